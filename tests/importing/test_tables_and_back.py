"""An exported table shows no drift; any change of it is found; a workbook keeps its codes."""

import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from click.testing import CliRunner, Result

from crosswalk.cli.export_command import command as export
from crosswalk.cli.import_command import command as imports
from crosswalk.documents.source import Map, read
from crosswalk.importing.grid import Grid, Refused
from crosswalk.importing.read_grids import read_grids
from crosswalk.planning.read_layout import read_layout

ROOT = Path(__file__).parents[2]
STRANGERS = ROOT / "tests" / "strangers"
DOCUMENTS = [
    (ROOT, "caselle/ar/invoice", "mapping", "caselle/ar/invoice"),
    (ROOT, "caselle/ar/invoice", "layout", "invoicecloud/invoice-file"),
    (ROOT, "caselle/ar/statement-file", "layout", "caselle/ar/statement-file"),
    (ROOT, "caselle/ar/invoice-types", "code-table", "caselle/ar/invoice-types"),
    (STRANGERS, "strangers/nacha/file", "fixed", "strangers/nacha/file"),
    (STRANGERS, "strangers/meter/file", "fixed", "strangers/meter/file"),
    (STRANGERS, "strangers/mainframe/file", "fixed", "strangers/mainframe/file"),
    (STRANGERS, "strangers/bank-csv/file", "layout", "strangers/bank-csv/file"),
    (STRANGERS, "strangers/paypal", "mapping", "strangers/paypal"),
]
Rows = list[list[str]]


def exported(root: Path, name: str, form: str, path: Path, *more: str) -> bytes:
    args = [name, "--as", form, "-o", str(path), *more]
    result = CliRunner().invoke(export, args, obj=root)
    assert result.exit_code == 0, result.output
    return path.read_bytes()


def drift(root: Path, path: Path, kind: str, name: str) -> Result:
    args = ["table", str(path), "--as", kind, "--name", name, "--check"]
    return CliRunner().invoke(imports, args, obj=root)


CASES = [(*one, "csv") for one in DOCUMENTS]
CASES += [(*DOCUMENTS[0], form) for form in ("xlsx", "html", "md")]


@pytest.mark.parametrize(
    ("root", "given", "kind", "name", "form"), CASES, ids=[f"{c[1]}-{c[2]}-{c[4]}" for c in CASES]
)
def test_an_exported_table_shows_no_drift(
    root: Path, given: str, kind: str, name: str, form: str, tmp_path: Path
) -> None:
    exported(root, given, form, tmp_path / f"table.{form}")
    result = drift(root, tmp_path / f"table.{form}", kind, name)
    assert (result.exit_code, result.stdout) == (0, ""), result.output


def column(rows: Rows, header: str) -> int:
    return rows[0].index(header)


def row(rows: Rows, key: str) -> list[str]:
    return next(one for one in rows if one[0] == key)


def put(key: str, header: str, text: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        row(rows, key)[column(rows, header)] = text

    return change


CHANGES: dict[str, tuple[str, str, Callable[[Rows], None]]] = {
    "type": ("layout", "changed  IH.13 TotalAmountDue", put("13", "Type", "integer")),
    "name": ("layout", "changed  IH.13 AmountDue", put("13", "Field", "Other")),
    "format": ("layout", "changed  IH.11 InvoiceDate", put("11", "Format", "MM/dd/yyyy")),
    "required": ("layout", "changed  IH.93 BalanceDue", put("93", "Required", "yes")),
    "constant": ("layout", "changed  FH.1 RowType", put("1", "Always", "XX")),
    "row gone": ("layout", "removed  IH.407 PastDue", lambda rows: rows.remove(row(rows, "407"))),
    "row new": (
        "layout",
        "added    IH.900 New",
        lambda rows: rows.append(["900", "New", "IH", "text", *[""] * (len(rows[0]) - 4)]),
    ),
    "source": ("mapping", "changed  IH.93 BalanceDue", put("93", "Partner Field", "Past Due")),
    "how": ("mapping", "changed  CR.59 AccountNumber", put("59", "How", "as it is")),
    "entry gone": ("mapping", "removed  CR.60 ", lambda rows: rows.remove(row(rows, "60"))),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "told", "change"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_the_table_is_drift_and_the_only_one(
    kind: str, told: str, change: Callable[[Rows], None], tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    rows = list(csv.reader(StringIO(exported(ROOT, "caselle/ar/invoice", "csv", path).decode())))
    change(rows)
    out = StringIO(newline="")
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), "utf-8")
    name = "caselle/ar/invoice" if kind == "mapping" else "invoicecloud/invoice-file"
    result = drift(ROOT, path, kind, name)
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith(told.replace("IH.13 AmountDue", "IH.13 TotalAmountDue"))


def test_all_53_rows_come_out_with_their_gaps_and_places(tmp_path: Path) -> None:
    text = exported(ROOT, "caselle/ar/invoice", "csv", tmp_path / "t.csv", "--origin").decode()
    rows = list(csv.reader(StringIO(text)))
    ids = [int(one[0]) for one in rows[1:]]
    assert len(ids) == len(set(ids)) == 53
    assert set(ids) >= {1, 252, 371, 407}
    assert 3 not in ids
    places = [one[column(rows, "Origin")] for one in rows[1:]]
    assert all(":" in one for one in places)
    file, line = places[ids.index(59)].split(":")
    assert "59:" in (ROOT / file).read_text("utf-8").splitlines()[int(line) - 1]


def test_a_billers_layers_are_in_its_table(tmp_path: Path) -> None:
    plain = exported(ROOT, "caselle/ar/invoice-types", "csv", tmp_path / "a.csv")
    own = exported(
        ROOT, "caselle/ar/invoice-types", "csv", tmp_path / "b.csv", "--biller", "newport"
    )
    assert plain != own


def test_a_table_is_imported_again_as_the_same_layout(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    exported(ROOT, "invoicecloud/invoice-file", "csv", path)
    result = CliRunner().invoke(imports, ["table", str(path), "--name", "a/b"], obj=ROOT)
    assert facts_of(result.stdout) == facts_of((ROOT / INVOICE_FILE).read_text("utf-8"))


INVOICE_FILE = "mappings/invoicecloud/invoice-file.yaml"


def facts_of(text: str) -> list[tuple[object, ...]]:
    """Give what a layout's text says of each field; a date without a format is written in ISO."""
    node = read(re.sub(r"  # TODO.*", "", text), "")[0]
    assert isinstance(node, Map)
    layout = read_layout(node)[0]
    assert layout is not None
    return [
        (record.name, one.key, one.name, one.codec.type, one.required, one.always, one.length)
        for record in layout.records
        for one in record.fields
    ]


# --- workbooks --------------------------------------------------------------------------------


def workbook(write: Callable[[xlsxwriter.Workbook], None]) -> Grid:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        write(book)
    return read_grids(out.getvalue(), "")[0][0]


def test_a_workbook_keeps_codes_and_has_whole_numbers_without_decimals() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Fields")
        for at, text in enumerate(("0012", "00010", " no-break\u00a0space ")):
            sheet.write_string(0, at, text)
        for at, number in enumerate((12, 1.5, True)):
            sheet.write(1, at, number)
        sheet.merge_range(2, 0, 2, 2, "Invoice Header")

    grid = workbook(write)
    assert grid.title == "Fields"
    assert grid.rows == (
        ("0012", "00010", "no-break space"),
        ("12", "1.5", "true"),
        ("Invoice Header",) * 3,
    )


def test_a_workbook_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    made = [exported(ROOT, "caselle/ar/invoice", "xlsx", tmp_path / f"{n}.xlsx") for n in (1, 2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 no archive", "no workbook can be read"),
        (b"\xd0\xcf\x11\xe0 no workbook", "no workbook can be read"),
        (b"", "empty"),
        (b"<table></table>", "no table"),
        (b"x" * (32 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_grids(data, "")


# --- wrong usage ------------------------------------------------------------------------------

SPEC = "FileSpecID,Field,Type\n1,A,text\n"


@pytest.mark.parametrize(
    ("text", "args", "reason"),
    [
        (SPEC, "--as mapping --name a/b", "--from NAME@1 --to NAME@1"),
        (SPEC, "--name a/b --table 2", "there is no table '2'"),
        (SPEC, "--name a/b --columns Typ=type", "did you mean 'Type'?"),
        (SPEC, "--name a/b --columns Type=tipe", "did you mean 'type'?"),
        (SPEC, "--name a/b --columns Type", "is not HEADER=ROLE"),
        ("one,two\n1,2\n", "--name a/b", "no header row is recognised"),
        (SPEC, "--name a/none --check", "no layout is called 'a/none'"),
    ],
)
def test_wrong_usage_is_told_with_the_remedy(
    text: str, args: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "spec.csv").write_text(text, "utf-8")
    result = CliRunner().invoke(
        imports, ["table", str(tmp_path / "spec.csv"), *args.split()], obj=ROOT
    )
    told = result.output + str(getattr(result.exception, "findings", ""))
    assert result.exit_code != 0
    assert reason in told
