"""`crosswalk balance` of a list: an answer that is not whole is told, never a part of it as all."""

import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from tests.outbound.reed_bank import CURSOR, Bank, Spoils, documents, serve

from crosswalk.cli.main import main


def _lost(_: int, answer: dict[str, Any]) -> dict[str, Any]:
    del answer["data"]["payments"]["edges"][0]["node"]["amount"]
    return answer


@pytest.mark.parametrize(
    ("paged", "count", "spoils", "code", "says"),
    [
        (False, 2, None, 0, ""),
        (False, 2, _lost, 3, "CW723 data.payments.edges.0.node.amount is missing"),
        (False, 8, None, 3, "CW723 data.payments.pageInfo.hasNextPage is true"),
        (True, 2, None, 2, "asks for a list that comes in pages"),
    ],
)
def test_a_question_is_answered_whole_or_not_at_all(
    paged: bool,
    count: int,
    spoils: Spoils | None,
    code: int,
    says: str,
    tmp_path: Path,
    capsysbinary: Any,
) -> None:
    with serve(Bank(count, spoils)) as url:
        project = documents(tmp_path, url, CURSOR)
        if not paged:
            file = project / "mappings" / "list.yaml"
            lines = file.read_text("utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not line.startswith("paging:")]
            assert len(kept) == len(lines) - 1
            file.write_text("".join(kept), "utf-8")
        (tmp_path / "in.jsonl").write_text("{}\n", "utf-8")
        words = ["crosswalk", "-C", project, "balance", "list", "--biller", "town", "--input"]
        with (
            mock.patch.dict("os.environ", {"TOWN_TOKEN": "canary"}),
            mock.patch.object(sys, "argv", [str(one) for one in [*words, tmp_path / "in.jsonl"]]),
            pytest.raises(SystemExit) as end,
        ):
            main()
    out, err = capsysbinary.readouterr()
    assert (end.value.code or 0, says in err.decode()) == (code, True), err.decode()
    assert len([json.loads(one) for one in out.splitlines()]) == (0 if code else count)
