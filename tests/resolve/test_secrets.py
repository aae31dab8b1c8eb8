"""A secret is a reference until it is revealed; nothing about it shows the value."""

import pickle
from pathlib import Path

import pytest

from crosswalk.documents.secret import Secret, SettingsError, belongs_to, namespace, well_formed

CANARY = "CANARY-5up3r"


def keep(folder: Path, name: str, data: bytes, mode: int = 0o600) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def test_the_environment_is_read_when_a_secret_is_revealed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = Secret("env", "TOWN_TOKEN")
    monkeypatch.setenv("TOWN_TOKEN", "first")
    assert secret.reveal() == "first"
    monkeypatch.setenv("TOWN_TOKEN", CANARY)
    assert secret.reveal() == CANARY
    assert secret.reveal(environ={"TOWN_TOKEN": "given"}) == "given"
    for shown in (
        repr(secret),
        str(secret),
        f"{secret}",
        repr([secret]),
        str(pickle.dumps(secret)),
    ):
        assert CANARY not in shown
        assert "TOWN_TOKEN" in shown


@pytest.mark.parametrize("data", [b"CANARY-5up3r", b"CANARY-5up3r\n", b"CANARY-5up3r\r\n"])
def test_a_file_gives_its_text_without_the_last_line_end(tmp_path: Path, data: bytes) -> None:
    keep(tmp_path, "town/token", data)
    assert Secret("file", "town/token").reveal(folder=tmp_path) == CANARY


@pytest.mark.parametrize(
    ("data", "mode", "reason"),
    [
        (b"", 0o600, "absent or empty"),
        (b"\n", 0o600, "absent or empty"),
        (b"CANARY-5up3r", 0o640, "can be read by others"),
        (b"CANARY-5up3r", 0o604, "can be read by others"),
        (b"CANARY-5up3r\xff", 0o600, "not UTF-8"),
        (b"CANARY-5up3r" * 6000, 0o600, "64 KiB"),
    ],
)
def test_a_file_that_is_not_kept_well_is_refused(
    tmp_path: Path, data: bytes, mode: int, reason: str
) -> None:
    keep(tmp_path, "token", data, mode)
    with pytest.raises(SettingsError) as caught:
        Secret("file", "token").reveal(folder=tmp_path)
    assert caught.value.code == "CW811"
    assert reason in str(caught.value)
    assert CANARY not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    keep(tmp_path, "outside", CANARY.encode())
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")
    for name in ("link", "../outside", str(tmp_path / "outside")):
        with pytest.raises(SettingsError, match="leads out of"):
            Secret("file", name).reveal(folder=folder)


def test_what_is_absent_says_which_reference() -> None:
    with pytest.raises(SettingsError, match=r"^\[CW811\] env:TOWN_TOKEN is absent or empty$"):
        Secret("env", "TOWN_TOKEN").reveal(environ={})
    with pytest.raises(SettingsError, match="file:a needs a secrets folder"):
        Secret("file", "a").reveal()
    with pytest.raises(SettingsError, match="file:a: FileNotFoundError"):
        Secret("file", "a").reveal(folder=Path(__file__).parent)


@pytest.mark.parametrize(
    ("source", "name", "good"),
    [
        ("env", "TOWN_TOKEN", True),
        ("env", "TOWN_2", True),
        ("env", "town_token", False),
        ("env", "2_TOWN", False),
        ("env", "TOWN TOKEN", False),
        ("env", "", False),
        ("file", "town/token", True),
        ("file", "token.txt", True),
        ("file", "../token", False),
        ("file", "town/../token", False),
        ("file", "/etc/token", False),
        ("file", "town//token", False),
        ("file", ".token", False),
        ("file", "town\\token", False),
        ("file", "", False),
    ],
)
def test_a_reference_has_a_form(source: str, name: str, *, good: bool) -> None:
    assert well_formed(Secret(source, name)) is good


@pytest.mark.parametrize(
    ("source", "name", "owners"),
    [
        ("env", "TOWN_TOKEN", ("town",)),
        ("env", "TOWN_HALL_TOKEN", ("town-hall",)),
        ("env", "TOWN_HALLS", ("town",)),
        ("env", "PARTNER_AR_KEY", ("partner/ar", "partner-ar")),
        ("env", "TOWNTOKEN", ()),
        ("env", "TOKEN", ()),
        ("file", "town/hall/token", ("town",)),
        ("file", "partner/ar/key", ("partner/ar",)),
        ("file", "partner/key", ("partner",)),
        ("file", "town", ()),
    ],
)
def test_a_reference_belongs_to_the_longest_name_it_begins_with(
    source: str, name: str, owners: tuple[str, ...]
) -> None:
    known = ("town", "town-hall", "partner", "partner/ar", "partner-ar")
    assert belongs_to(Secret(source, name), known) == owners


def test_a_namespace_is_told_to_the_author() -> None:
    assert namespace("partner/ar-2", "env") == "PARTNER_AR_2_"
    assert namespace("partner/ar-2", "file") == "partner/ar-2/"
