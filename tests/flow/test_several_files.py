"""A target with one file for each value of a field (facts 2.2): what goes where, whole or not."""

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswalk.checking import check
from crosswalk.findings.errors import FormatProblem
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, Result, convert

SALES = """
crosswalk: 1
kind: layout
name: shop/sales
version: 1.0.0
file: {form: FORM, header: true}
structure: sale*
records:
  sale:
    fields:
      Shop: {type: code}
      Amount: {type: money, required: true}
"""
LEDGER = """
crosswalk: 1
kind: layout
name: shop/ledger
version: 1.0.0
file: {form: delimited, delimiter: ";", per: Shop, name: "NAME"}
structure: head, entry*, foot
records:
  head:
    fields:
      H: {type: code, always: H, tag: true}
      Total: {type: money, equals: {sum: entry.Amount}}
  entry:
    fields:
      E: {type: code, always: E, tag: true}
      Shop: {type: code, required: true, length: 40}
      Amount: {type: money, required: true}
  foot:
    fields:
      F: {type: code, always: F, tag: true}
      Count: {type: integer, equals: {count: entry}}
"""
PLAIN = """
crosswalk: 1
kind: layout
name: shop/ledger
version: 1.0.0
file: {form: delimited, delimiter: ";", per: Shop, name: "NAME"}
structure: entry*
records:
  entry:
    fields:
      Shop: {type: code, required: true, length: 40}
      Amount: {type: money, required: true}
"""
MAPPING = """
crosswalk: 1
kind: mapping
name: shop/book
version: 1.0.0
from: shop/sales@1
to: shop/ledger@1
nest: {entry: {of: sale}}
fields: {entry: {Shop: Shop, Amount: Amount}}
"""


def shop(
    folder: Path, ledger: str = PLAIN, *, form: str = "delimited", name: str = "{{ file.per }}.txt"
) -> Project:
    (folder / "sales.yaml").write_text(SALES.replace("FORM", form).lstrip())
    (folder / "ledger.yaml").write_text(ledger.replace("NAME", name).lstrip())
    (folder / "book.yaml").write_text(MAPPING.lstrip())
    project = Project(folder)
    assert check(project) == []
    return project


def book(project: Project, source: Path, out: Path, *, compiled: bool) -> Result:
    plan = project.plan("shop/book", project.view(None))
    context = Context({}, Run(datetime(2026, 2, 1), "", source.name))
    out.mkdir(exist_ok=True)
    return convert(plan, context, source, Files(out, out / "rejects.jsonl"), compiled=compiled)


def contents(folder: Path) -> dict[str, str]:
    return {
        one.name: one.read_text("utf-8")
        for one in sorted(folder.iterdir())
        if one.suffix != ".jsonl"
    }


def names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def given_sales(folder: Path, sales: list[tuple[str, str]], form: str) -> Path:
    path = folder / "sales.txt"
    if form == "delimited":
        path.write_text("Shop,Amount\n" + "".join(f"{shop},{amount}\n" for shop, amount in sales))
    else:
        made = (json.dumps({"Shop": shop, "Amount": amount}) + "\n" for shop, amount in sales)
        path.write_text("".join(made))
    return path


SOLD = [("n1", "5.00"), ("s", "1.25"), ("n1", "-2.00"), ("", "9.00"), ("s", "x"), ("a/b", "3.00")]


@pytest.mark.parametrize("form", ["delimited", "json-lines"])
@pytest.mark.parametrize("compiled", [True, False])
def test_each_value_has_a_file_and_rejects_stand_in_one(
    tmp_path: Path, form: str, *, compiled: bool
) -> None:
    source = given_sales(tmp_path, SOLD, form)
    result = book(shop(tmp_path, form=form), source, tmp_path / "out", compiled=compiled)
    assert contents(tmp_path / "out") == {"n1.txt": "n1;5.00\nn1;-2.00\n", "s.txt": "s;1.25\n"}
    assert [(one.key, one.file.name, one.units) for one in result.files] == [
        ("n1", "n1.txt", 2),
        ("s", "s.txt", 1),
    ]
    rejects = (tmp_path / "out" / "rejects.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(one)["code"] for one in rejects] == ["CW508", "CW522", "CW661"]
    assert result.summary.adds_up()
    assert result.summary.compiled == ("compiled" if compiled else "reference")


@pytest.mark.parametrize("form", ["delimited", "json-lines"])
def test_every_file_has_totals_of_its_own_which_add_up(tmp_path: Path, form: str) -> None:
    source = given_sales(tmp_path, SOLD, form)
    result = book(shop(tmp_path, LEDGER, form=form), source, tmp_path / "out", compiled=True)
    assert contents(tmp_path / "out") == {
        "n1.txt": "H;3.00\nE;n1;5.00\nE;n1;-2.00\nF;2\n",
        "s.txt": "H;1.25\nE;s;1.25\nF;1\n",
    }
    whole = result.summary.tally.sums["entry.Amount"]
    assert whole == sum(one.sums["entry.Amount"] for one in result.files)


def test_without_records_there_is_no_file(tmp_path: Path) -> None:
    source = given_sales(tmp_path, [], "delimited")
    result = book(shop(tmp_path, LEDGER), source, tmp_path / "out", compiled=True)
    assert contents(tmp_path / "out") == {}
    assert result.files == []


@pytest.mark.parametrize("compiled", [True, False])
def test_two_values_that_make_one_name_stop_the_run(tmp_path: Path, *, compiled: bool) -> None:
    source = given_sales(tmp_path, [("a", "1"), ("b", "1"), ("A", "1")], "delimited")
    project = shop(tmp_path)
    with pytest.raises(FormatProblem, match="'a' and 'A' give files of one name") as refused:
        book(project, source, tmp_path / "out", compiled=compiled)
    assert refused.value.code == "CW663"
    assert names(tmp_path / "out") == []


def test_one_file_that_exists_keeps_all_from_being_written(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "s.txt").write_text("kept")
    source = given_sales(tmp_path, SOLD, "delimited")
    project = shop(tmp_path)
    with pytest.raises(FormatProblem) as refused:
        book(project, source, tmp_path / "out", compiled=True)
    assert refused.value.code == "CW660"
    assert names(tmp_path / "out") == ["s.txt"]
    assert (tmp_path / "out" / "s.txt").read_text() == "kept"


def test_a_file_that_cannot_be_published_takes_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, link = given_sales(tmp_path, SOLD, "delimited"), os.link
    done: list[object] = []

    def fail(*given: object, **more: object) -> None:
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        done.append(given[1])
        link(*given, **more)  # type: ignore[arg-type]

    project = shop(tmp_path)
    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(FormatProblem, match="No space left"):
        book(project, source, tmp_path / "out", compiled=True)
    assert len(done) == 2
    assert names(tmp_path / "out") == []


def test_several_files_need_a_folder(tmp_path: Path) -> None:
    project, source = shop(tmp_path), given_sales(tmp_path, SOLD, "delimited")
    plan = project.plan("shop/book", project.view(None))
    for output in ("-", tmp_path / "one.txt"):
        with pytest.raises(FormatProblem, match="name a folder"):
            convert(plan, Context({}, Run(datetime(2026, 2, 1))), source, Files(output))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), st.integers(-99, 99))))
def test_the_files_together_hold_what_one_file_would(
    tmp_path_factory: pytest.TempPathFactory, sales: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    source = given_sales(folder, [(key, str(amount)) for key, amount in sales], "delimited")
    project = shop(folder)
    for compiled in (True, False):
        out = folder / str(compiled)
        book(project, source, out, compiled=compiled)
        expected = {
            f"{key}.txt": "".join(f"{key};{n}.00\n" for other, n in sales if other == key)
            for key in {key for key, _ in sales if key}
        }
        assert contents(out) == expected
