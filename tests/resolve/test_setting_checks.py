"""What `check` says of settings: each finding with a case that has it and one without."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from crosswalk.checking import check
from crosswalk.documents.setting_checks import settings_read
from crosswalk.documents.source import Map
from crosswalk.project import Project

BASE = Path(__file__).parents[1] / "diagnostics" / "base"
ENDS = "{type: date, expires: 30}"
URL = "{type: url, needs: [Password, Ends]}"
KEPT = "{type: text, secret: true}"
READ = "when: {all: [{settings.Url: present}, {settings.Ends: present}]}"

CASES = [
    ("a whole group", {"Url": URL, "Ends": ENDS, "Password": KEPT}, READ, "2026-01-01", []),
    ("two are missing", {"Url": URL}, READ, "2026-01-01", ["CW812", "CW812"]),
    ("far from its end", {"Ends": ENDS}, READ, "2026-05-31", []),
    ("near its end", {"Ends": ENDS}, READ, "2026-06-01", ["CW813"]),
    ("on its last day", {"Ends": ENDS}, READ, "2026-07-01", ["CW813"]),
    ("over", {"Ends": ENDS}, READ, "2026-07-02", ["CW813"]),
    ("no clock", {"Ends": ENDS}, READ, None, []),
    ("no last day", {"Ends": "{type: date}"}, READ, "2026-07-02", []),
    ("read by nothing", {"Ends": ENDS}, "when: {Kind: present}", "2026-01-01", ["CW814"]),
]
VALUES = {
    "Url": "https://city.example/token",
    "Ends": '"2026-07-01"',
    "Password": "{env: TOWN_PASSWORD}",
}


@pytest.mark.parametrize(
    ("given", "read", "day", "codes"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_settings_of_a_biller_are_checked(
    given: dict[str, str], read: str, day: str | None, codes: list[str], tmp_path: Path
) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    plain = {"Url": "{type: url}", "Ends": "{type: date}"}
    declared = {name: one for name, one in {**plain, **given}.items() if name != "Password"}
    _add(tmp_path / "settings.yaml", "", declared)
    _add(tmp_path / "town.yaml", "override:", {name: VALUES[name] for name in given})
    mapping = (tmp_path / "map.yaml").read_text("utf-8")
    (tmp_path / "map.yaml").write_text(mapping.replace("pattern: label", f"pattern: label, {read}"))
    found = check(Project(tmp_path), on=None if day is None else date.fromisoformat(day))
    rest = [one for one in found if "Password is set" not in one.message]  # only operations read it
    assert [one.code for one in rest] == codes


def _add(path: Path, before: str, settings: dict[str, str]) -> None:
    lines = "".join(f"  {name}: {value}\n" for name, value in settings.items())
    text = path.read_text("utf-8")
    path.write_text(text.replace(before, lines + before) if before else text + lines)


def test_settings_are_read_by_conditions_entries_and_file_names() -> None:
    project = Project(Path(__file__).parents[2])
    node = project.find("caselle/cash-receipting/lockbox-file", "layout").node
    assert set(settings_read(node)) == {"LockboxDistributionCode"}
    node = project.find("caselle/cash-receipting/payment", "mapping").node
    assert set(settings_read(node)) == {"35"}
    node = project.find("caselle/cash-receipting/payment-code", "decision").node
    assert isinstance(node, Map)
    assert set(settings_read(node)) == {"64", "65", "paypal_alias"}
