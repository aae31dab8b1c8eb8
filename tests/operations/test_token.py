"""How a token is had is configuration: what a declared source becomes for sending (facts 2.27)."""

import json
from pathlib import Path

import pytest
from tests.operations.kit import changed

from crosswalk.checking import check
from crosswalk.delivery.endpoint import TokenSource
from crosswalk.operations.sending import as_curl, as_http, as_json, prepare
from crosswalk.outbound.biller import endpoint_of

SETTINGS = "  Fresh: {type: url}\n  Id: {type: text, secret: true}\n  Version:"
VALUES = "  Fresh: https://login.example/token\n  Id: {env: TOWN_ID}\n  Version:"
REFRESH = "token: {source: refresh, url: {setting: Fresh}, client_secret: {setting: Token}%s}"
MORE = ", client_id: {setting: Id}"


def declared(token: str, kept: str = "{env: TOWN_TOKEN}") -> list[tuple[str, str, str]]:
    return [
        ("buy.yaml", "token: {setting: Token}", token),
        ("settings.yaml", "  Version:", SETTINGS),
        ("town.yaml", "  Version:", VALUES),
        ("town.yaml", "{env: TOWN_TOKEN}", kept),
    ]


@pytest.mark.parametrize(
    ("token", "kept", "made", "hosts"),
    [
        (
            REFRESH % MORE,
            "{env: TOWN_TOKEN}",
            TokenSource(
                url="https://login.example/token",
                client_id="env:TOWN_ID",
                client_secret="env:TOWN_TOKEN",  # noqa: S106 - a reference
            ),
            {"parking.example", "login.example"},
        ),
        (
            "token: {source: static, setting: Token}",
            "{env: TOWN_TOKEN}",
            TokenSource(static="env:TOWN_TOKEN"),
            {"parking.example"},
        ),
        (
            "token: {source: pushed, setting: Token}",
            "{file: town/token}",
            TokenSource(static="file:town/token"),
            {"parking.example"},
        ),
    ],
    ids=["refresh", "static", "pushed"],
)
def test_a_source_becomes_what_sending_asks(
    tmp_path: Path, token: str, kept: str, made: TokenSource, hosts: set[str]
) -> None:
    project = changed(tmp_path, declared(token, kept))
    assert [one.code for one in check(project) if one.code != "CW814"] == []
    view = project.view("town")
    endpoint, problems = endpoint_of(project.operation("parking/buy", view), view)
    assert problems == []
    assert endpoint is not None
    assert endpoint.token == made
    assert endpoint.hosts == hosts


def test_a_source_without_its_setting_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    changes = declared(REFRESH % MORE)
    changes[2] = ("town.yaml", "  Version:", "  Id: {env: TOWN_ID}\n  Version:")
    project = changed(tmp_path, changes)
    view = project.view("town")
    endpoint, [problem] = endpoint_of(project.operation("parking/buy", view), view)
    assert endpoint is None
    assert problem.code == "CW484"
    assert "setting Fresh has no value" in problem.message


def test_a_printed_request_shows_where_the_token_goes(tmp_path: Path) -> None:
    project = changed(tmp_path, declared(REFRESH % ""))
    view = project.view("town")
    operation = project.operation("parking/buy", view)
    made = prepare(operation, project.types_of(operation) or "", view.settings, '{"holder":"A"}')
    assert json.loads(as_json(made))["credentials"] == {"token": "a refreshed one"}
    assert "Authorization: Bearer ${TOKEN}" in as_curl(made)
    assert "Authorization: Bearer {{$processEnv TOKEN}}" in as_http(made)
