"""A probe asks each endpoint once, changes nothing, and says in words what is wrong."""

import json
from typing import Any

import pytest
from tests.outbound.kit import CANARIES, LOGIN, SANDBOX_URL, Opened, Place

ENDPOINTS = {"8", "11", "14", "101"}


def probed(place: Place, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    code = place.crosswalk("ready", "riverton", "--probe", "--format", "json", "--at", "2026-03-01")
    assert code == 1  # nobody confirmed anything yet
    told = capsys.readouterr().out
    assert not any(secret in told for secret in CANARIES)
    items = json.loads(told)["items"]
    return {one["id"]: one for one in items if one["kind"] == "endpoint"}


def test_endpoints_that_answer_are_met_and_nothing_is_booked(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    found = probed(place, capsys)
    assert {key: one["state"] for key, one in found.items()} == dict.fromkeys(ENDPOINTS, "met")
    assert [one.fault for one in place.sandbox.arrivals] == ["query"] * len(ENDPOINTS)
    assert all("__typename" in one.body.decode() for one in place.sandbox.arrivals)
    assert place.receipts() == []


def test_an_endpoint_that_wants_other_credentials_is_missing(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    place.sandbox.behaviour.token = ("client", "secret")
    found = probed(place, capsys)
    assert {one["why"] for one in found.values()} == {"refuses the credentials (status 401)"}
    assert {one["state"] for one in found.values()} == {"missing"}


def test_an_endpoint_that_is_not_there_is_told_from_the_others(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    biller = "billers/riverton.yaml"
    place = opened()
    path = place.folder / "mappings" / biller
    text = path.read_text("utf-8")
    gone = f"  8: {place.sandbox.url}\n"
    assert gone in text
    path.write_text(text.replace(gone, "  8: http://127.0.0.1:1/graphql\n"), "utf-8")
    found = probed(place, capsys)
    assert found["8"]["why"].startswith("cannot be reached: ")
    assert {key for key, one in found.items() if one["state"] == "met"} == ENDPOINTS - {"8"}


def test_a_secret_that_is_not_set_is_told_without_asking(
    opened: Opened, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = opened()
    monkeypatch.setitem(LOGIN, "RIVERTON_PASSWORD", "")
    found = probed(place, capsys)
    assert {one["why"] for one in found.values()} == {
        "its user name, password or token cannot be read"
    }
    assert place.sandbox.arrivals == []


def test_without_the_option_no_connection_is_opened(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    assert place.crosswalk("ready", "riverton", "--at", "2026-03-01") == 1
    assert SANDBOX_URL not in capsys.readouterr().out
    assert place.sandbox.arrivals == []
