"""`crosswalk fetch`: every page of a partner's list, or nothing at all."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from tests.outbound.reed_bank import CURSOR, KINDS, Bank, Spoils, documents, serve

import crosswalk
from crosswalk.checking import check
from crosswalk.cli.main import main
from crosswalk.findings.errors import FormatProblem
from crosswalk.project import Project

Told = tuple[int, list[dict[str, Any]], str]
Fetch = Callable[..., Told]


class Place:
    """A bank that is open, and the project that fetches from it."""

    def __init__(self, bank: Bank, project: Path, capsysbinary: Any) -> None:
        self.bank, self.project, self._captured = bank, project, capsysbinary

    def fetch(self, *args: object) -> Told:
        words = ["crosswalk", "-C", self.project, "fetch", "list", "--biller", "town", *args]
        environment = {"TOWN_TOKEN": "canary"}
        code = 0
        with (
            mock.patch.dict("os.environ", environment),
            mock.patch.object(sys, "argv", [str(one) for one in words]),
        ):
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
        out, err = self._captured.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err.decode()


Opened = Callable[..., Place]


@pytest.fixture
def opened(tmp_path: Path, capsysbinary: Any) -> Iterator[Opened]:
    with ExitStack() as stack:

        def open_(kind: dict[str, str], count: int, spoils: Spoils | None = None) -> Place:
            bank = Bank(count, spoils)
            url = stack.enter_context(serve(bank))
            return Place(bank, documents(tmp_path, url, kind), capsysbinary)

        yield open_


@pytest.mark.parametrize(
    ("kind", "pages"),
    [
        ("cursor", [{}, {"after": "p2"}, {"after": "p5"}]),
        ("offset", [{"offset": n} for n in (0, 2, 4, 6, 8)]),
        ("page", [{"page": n} for n in (1, 2, 3, 4)]),
        ("token", [{}, {"token": "3"}, {"token": "6"}]),
    ],
)
def test_every_page_is_read_and_mapped(
    kind: str, pages: list[dict[str, object]], opened: Opened
) -> None:
    place = opened(KINDS[kind], 8)
    code, records, told = place.fetch("-q")
    assert (code, told) == (0, "")
    assert place.bank.asked == pages
    assert set(place.bank.tokens) == {"Bearer canary"}
    kept = [n for n in range(8) if kind != "token" or n not in (3, 4, 5)]
    day = "2026-01-{:02}"
    assert records == [
        {"Id": f"p{n}", "Amount": f"{n}.50", "Day": day.format(n % 28 + 1)} for n in kept
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_is_whole(kind: str, opened: Opened) -> None:
    assert opened(KINDS[kind], 0).fetch("-q") == (0, [], "")


def test_a_question_may_say_what_is_asked_for_and_where_to_begin(opened: Opened) -> None:
    place = opened(CURSOR, 8)
    _, records, _ = place.fetch("Since=2026-01-06", "-q")
    assert [one["Id"] for one in records] == ["p5", "p6", "p7"]
    assert place.bank.asked == [{"since": "2026-01-06"}]


def test_several_questions_are_read_one_after_the_other(opened: Opened, tmp_path: Path) -> None:
    place = opened(KINDS["page"], 8)
    (tmp_path / "in.jsonl").write_text('{"Begin": 3}\n{"Begin": 2}\n', "utf-8")
    code, records, _ = place.fetch("--input", tmp_path / "in.jsonl", "-q")
    assert code == 0
    assert [one["Id"] for one in records] == ["p6", "p7", "p3", "p4", "p5", "p6", "p7"]


def _info(**changes: object) -> Spoils:
    def spoil(page: int, answer: dict[str, Any]) -> dict[str, Any]:
        if page == 2:
            answer["data"]["payments"]["pageInfo"] |= changes
        return answer

    return spoil


def _second(change: Callable[[dict[str, Any]], Any]) -> Spoils:
    return lambda page, answer: change(answer) if page >= 2 else answer


def _twice(answer: dict[str, Any]) -> dict[str, Any]:
    answer["data"]["payments"]["edges"][0]["node"]["id"] = "p1"
    return answer


def _fewer(answer: dict[str, Any]) -> dict[str, Any]:
    answer["data"]["payments"]["edges"].pop()
    return answer


def _without_amount(answer: dict[str, Any]) -> dict[str, Any]:
    del answer["data"]["payments"]["edges"][0]["node"]["amount"]
    return answer


ERROR = {"message": "no", "extensions": {"code": "LIMIT"}}
STUCK: dict[str, tuple[Spoils, str]] = {
    "cursor-again": (_info(endCursor="p2"), "page 2: the partner names a page again"),
    "no-cursor": (_info(endCursor=None), "nothing at data.payments.pageInfo.endCursor says"),
    "odd-cursor": (_info(endCursor=True), "is no place to go on"),
    "more-unknown": (_info(hasNextPage=None), "is neither true nor false"),
    "ended-too-soon": (_info(hasNextPage=False), "6 records came, and data.payments.totalCount"),
    "record-twice": (_second(_twice), "a record came on two pages"),
    "record-lost": (_second(_fewer), "6 records came"),
    "no-list": (_second(lambda a: a | {"data": {"payments": None}}), "has no list at"),
    "errors-beside-data": (_second(lambda a: a | {"errors": [ERROR]}), "errors (LIMIT)"),
    "value-lost": (_second(_without_amount), "edges.0.node.amount is missing, and the document"),
    "not-json": (_second(lambda _: b"<html>"), "not_json"),
    "too-large": (_second(lambda _: b" " * 1_100_000), "too_large"),
}


@pytest.mark.parametrize("case", STUCK)
def test_a_list_that_is_not_known_to_be_whole_writes_nothing(
    case: str, opened: Opened, tmp_path: Path
) -> None:
    spoils, why = STUCK[case]
    place = opened(CURSOR, 8, spoils)
    out = tmp_path / "out.jsonl"
    code, records, told = place.fetch("-o", out, "--json")
    assert (code, records, out.exists()) == (4, [], False)
    assert why in told
    assert "CW722" in told
    assert json.loads(told.splitlines()[0])["complete"] is False
    assert "canary" not in told


@pytest.mark.parametrize("kind", ["offset", "page"])
def test_a_partner_that_ignores_where_to_begin_is_not_asked_for_ever(
    kind: str, opened: Opened
) -> None:
    spoiled = [{"id": "p0", "amount": "1.00", "paid": "2026-01-01"}]
    documents_ = KINDS[kind] | {"PAGING": KINDS[kind]["PAGING"][:-1] + ", most_pages: 5}"}
    root = documents_["ROOT"]
    place = opened(documents_, 3, lambda _, __: {"data": {root: spoiled}})
    code, _, told = place.fetch("-q")
    assert code == 4
    assert ("two pages" if kind == "page" else "more than 5 pages") in told


def test_a_read_that_fails_once_is_asked_again(opened: Opened) -> None:
    failed: list[int] = []

    def once(page: int, answer: dict[str, Any]) -> dict[str, Any] | bytes:
        if page == 2 and not failed:
            failed.append(page)
            return b""
        return answer

    place = opened(CURSOR, 4, once)
    code, records, _ = place.fetch("-q")
    assert (code, len(records), len(place.bank.asked)) == (0, 4, 3)


def test_records_that_the_mapping_rejects_are_told_and_the_others_written(
    opened: Opened, tmp_path: Path
) -> None:
    def spoil(page: int, answer: dict[str, Any]) -> dict[str, Any]:
        if page == 1:
            answer["data"]["payments"]["edges"][1]["node"]["amount"] = "much"
        return answer

    place = opened(CURSOR, 4, spoil)
    out = tmp_path / "out.jsonl"
    code, _, told = place.fetch("-o", out, "--rejects", tmp_path / "rejects.jsonl")
    assert code == 3
    assert "4 records on 2 pages" in told
    assert "reject  record 2" in told
    assert [json.loads(line)["Id"] for line in out.read_text("utf-8").splitlines()] == [
        "p0",
        "p2",
        "p3",
    ]
    assert (tmp_path / "rejects.jsonl").read_text("utf-8").count("\n") == 1


def test_the_summary_for_machines_counts_pages_and_records(opened: Opened) -> None:
    _, _, told = opened(CURSOR, 8).fetch("--json")
    summary = json.loads(told)
    assert summary["complete"] is True
    assert (summary["pages"], summary["fetched"], summary["written"]) == (3, 8, 8)


def test_a_file_that_exists_is_refused_before_anything_is_asked(
    opened: Opened, tmp_path: Path
) -> None:
    place = opened(CURSOR, 8)
    (tmp_path / "out.jsonl").touch()
    code, _, told = place.fetch("-o", tmp_path / "out.jsonl")
    assert (code, place.bank.asked) == (2, [])
    assert "--replace overwrites it" in told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Since"], "'Since' is not FIELD=VALUE"),
        (["Sinze=2026-01-01"], "CW644"),
        (["Since=soon"], "CW5"),
        (["Since=2026-01-01", "--input", "x"], "give FIELD=VALUE, or --input"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told(
    arguments: list[str], says: str, opened: Opened
) -> None:
    place = opened(CURSOR, 8)
    code, _, told = place.fetch(*arguments)
    assert code in (2, 3, 4)
    assert says in told
    assert place.bank.asked == []


PAGING = CURSOR["PAGING"]


@pytest.mark.parametrize(
    ("paging", "says"),
    [
        ("{variable: after}", "paging says either next: or count:, and not both"),
        (PAGING[:-1] + ", count: page}", "paging says either next: or count:, and not both"),
        (PAGING.replace("variable: after", "variable: afther"), "paging names no variable"),
        ("{variable: after, count: offset}", "'after' counts records, so it is a whole number"),
        (PAGING.replace("endCursor", "endCurser"), "selects no 'data.payments.pageInfo.endCurser'"),
        (PAGING.replace("node.id", "node.key"), "selects no 'data.payments.edges.node.key'"),
        (PAGING[:-1] + ", most_pages: 0}", "most_pages must be above zero"),
    ],
)
def test_paging_that_cannot_work_is_found_by_check(paging: str, says: str, tmp_path: Path) -> None:
    project = documents(tmp_path, "https://bank.example/graphql", CURSOR | {"PAGING": paging})
    findings = check(Project(project))
    assert {one.code for one in findings} == {"CW477"}
    assert any(says in one.message for one in findings)


def test_a_query_without_paging_is_not_fetched(opened: Opened) -> None:
    place = opened(CURSOR, 8)
    file = place.project / "mappings" / "list.yaml"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("paging:")], "utf-8")
    code, _, told = place.fetch()
    assert (code, place.bank.asked) == (2, [])
    assert "add paging: to the operation" in told


def test_a_host_gets_the_records_or_the_reason(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWN_TOKEN", "canary")
    place = opened(CURSOR, 8)
    asked: Any = {"biller": "town", "at": datetime(2026, 2, 1), "state": tmp_path / "state"}
    library = crosswalk.load(place.project)
    found = library.fetch_sync("list", [{"Since": date(2026, 1, 6)}], **asked)
    assert ([one["Id"] for one in found.records], found.pages) == (["p5", "p6", "p7"], 1)
    assert found.rejects == ()
    whole = asyncio.run(library.fetch("list", **asked))
    assert (len(whole.records), whole.pages) == (8, 3)
    place.bank.payments = place.bank.payments[:1] * 4
    with pytest.raises(FormatProblem, match="CW722"):
        library.fetch_sync("list", **asked)
