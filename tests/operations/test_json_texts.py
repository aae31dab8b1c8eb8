"""A partner whose arguments and values are JSON text: records become it, and are read from it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.operations.kit import HERE, mapped, told

from crosswalk.checking import check
from crosswalk.operations.answer import read_answer
from crosswalk.operations.jsontexts import opened
from crosswalk.operations.sending import prepare
from crosswalk.project import Project

BOARD = HERE / "board"
TASK: dict[str, Any] = {
    "Name": "Bill 7",
    "State": 'paid", "x": "',
    "Sum": "12.50",
    "Due": "2026-03-01",
    "At": "2026-02-01T06:30:00+00:00",
    "word": [{"Word": "a"}, {"Word": "b"}],
    "remark": [{"Text": "one", "By": "Ann"}, {"Text": "two"}],
}


def sent(task: dict[str, Any], *, compiled: bool = True) -> dict[str, Any]:
    project = Project(BOARD)
    view = project.view(None)
    operation = project.operation("board/create", view)
    outcome = mapped(project, "board/to-create", None, json.dumps(task).encode(), compiled=compiled)
    assert outcome.rejects == ()
    line = outcome.body.decode().strip()
    request = prepare(operation, project.types_of(operation) or "", view.settings, line)
    assert request.problems == ()
    found: dict[str, Any] = json.loads(request.body)["variables"]
    return found


def test_the_board_as_it_stands_has_no_finding() -> None:
    assert told(check(Project(BOARD))) == []


@pytest.mark.parametrize("compiled", [True, False])
def test_records_become_json_text(compiled: bool) -> None:
    made = sent(TASK, compiled=compiled)
    assert isinstance(made["columns"], str)
    assert json.loads(made.pop("columns")) == {
        "status": {"label": 'paid", "x": "'},
        "amount": 12.5,
        "due": {"date": "2026-03-01"},
        "tags": {"labels": ["a", "b"]},
    }
    assert made == {
        "board": "7",
        "name": "Bill 7",
        "at": "2026-02-01T06:30:00Z",
        "notes": [{"text": "one", "detail": '{"by":"Ann"}'}, {"text": "two"}],
    }


def test_what_was_not_given_is_not_in_the_text() -> None:
    made = sent({"Name": "n", "State": "s", "At": "2026-02-01T06:30:00+02:00"})
    assert made["columns"] == '{"status":{"label":"s"}}'
    assert made["at"] == "2026-02-01T06:30:00+02:00"
    assert "notes" not in made


@pytest.mark.parametrize("compiled", [True, False])
def test_json_text_in_an_answer_is_read(compiled: bool) -> None:
    project = Project(BOARD)
    operation = project.operation("board/create", project.view(None))
    held = ['{"label": "paid", "index": 1}', None, "null"]
    values = [{"id": f"c{n}", "held": one} for n, one in enumerate(held)]
    item = {"id": "5", "at": "2026-02-01T06:30:00.000Z", "values": values}
    body = json.dumps({"data": {"create_item": item}}).encode()
    read = read_answer(body, None, lambda value: opened(value, operation))
    outcome = mapped(project, "board/from-create", None, read.body, compiled=compiled)
    assert outcome.rejects == ()
    (made,) = map(json.loads, outcome.body.splitlines())
    assert (made["Number"], made["At"]) == ("5", "2026-02-01T06:30:00Z")
    assert [one.get("Label") for one in made["shown"]] == ["paid", None, None]


def test_text_that_is_no_json_rejects_its_record() -> None:
    project = Project(BOARD)
    operation = project.operation("board/create", project.view(None))
    item = {"id": "5", "values": [{"id": "c", "held": "{label"}]}
    body = json.dumps({"data": {"create_item": item}}).encode()
    read = read_answer(body, None, lambda value: opened(value, operation))
    outcome = mapped(project, "board/from-create", None, read.body)
    assert [issue.code for issue, _ in outcome.rejects] == ["CW645"]


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("[columns, notes.detail]", "[board, columns, notes.detail]", "CW465", "names 'board'"),
        ("[columns, notes.detail]", "[columns, notes.text]", "CW465", "names 'notes.text'"),
        ("as_text: data.create_item.values.held", "as_text: data.create_item.values", "CW473", ""),
        ("as_text: data.create_item.values.held", "", "CW473", ""),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "dd.MM.yyyy HH:mm XXX", "CW466", "the partner wants DateTime"),
    ],
)
def test_text_where_the_partner_wants_none_is_found(
    old: str, new: str, code: str, says: str, tmp_path: Path
) -> None:
    shutil.copytree(BOARD, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "create.yaml"
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")
    findings = told(check(Project(tmp_path)))
    assert any(one.startswith(code) and says in one for one in findings), findings


def test_a_scalar_of_the_partners_own_may_be_an_object(tmp_path: Path) -> None:
    shutil.copytree(BOARD, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "create.yaml"
    text = file.read_text("utf-8").replace("  as_text: [columns, notes.detail]\n", "")
    file.write_text(text, "utf-8")
    schema = tmp_path / "board.graphql"
    schema.write_text(schema.read_text("utf-8").replace("held: String", "held: JSON"), "utf-8")
    text = text.replace("  as_text: data.create_item.values.held\n", "")
    file.write_text(text, "utf-8")
    project = Project(tmp_path)
    assert told(check(project)) == []
    view = project.view(None)
    operation = project.operation("board/create", view)
    line = mapped(project, "board/to-create", None, json.dumps(TASK).encode()).body.decode()
    request = prepare(operation, project.types_of(operation) or "", view.settings, line)
    assert request.problems == ()
    made: Any = json.loads(request.body)["variables"]
    assert made["columns"]["tags"] == {"labels": ["a", "b"]}
    assert made["notes"][0] == {"text": "one", "detail": {"by": "Ann"}}
