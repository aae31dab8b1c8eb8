"""Control totals of strangers: a wrong one refuses the file, whatever kind of total it is."""

from datetime import datetime
from pathlib import Path

import pytest
from tests.strangers.test_strangers import source_of

from crosswalk.project import CANONICAL, FORWARD, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import ControlFailure, Files, convert

HERE = Path(__file__).parent
AT = datetime(2021, 2, 1, 8, 0)

WRONG = [
    ("nacha", "0014200002", "0014200003", "hash total"),
    ("nacha", "000000010050000000000550123", "000000010050000000000551123", "sum with a condition"),
    ("nacha", "8200000003", "8200000004", "count of two record types"),
    ("nacha", "9000001", "9000002", "count of batches"),
    ("bai2", "49,300000,5", "49,300000,4", "count with continuations"),
    ("bai2", "99,300000", "99,300001", "sum of sums"),
    ("bank-totals", "Total;3", "Total;4", "count below a header line"),
    ("bank-totals", "1.254,50", "1.254,51", "sum with a condition below a header line"),
    ("bai2-summary", "49,795000", "49,795001", "sum of groups of columns"),
    ("x12-820", "SE*12", "SE*13", "count of segments"),
    ("x12-820", "BPR*C*1500", "BPR*C*1501", "sum in a head record"),
    ("x12-835", "150.5**12", "150.4**12", "sum of components' segments"),
    ("edifact", "UNT+11", "UNT+12", "count of composite segments"),
    ("edifact", "MOA+12:1500'", "MOA+12:1501'", "sum in a component"),
    ("erp-tabs", "T\t2\t95.00", "T\t3\t95.00", "count of rows"),
    ("erp-tabs", "T\t2\t95.00", "T\t2\t95.01", "debits less credits"),
    ("camt053-xml", "<Sum>1534.50", "<Sum>1534.51", "sum in an element around the records"),
    ("camt053-xml", "<NbOfNtries>4", "<NbOfNtries>5", "count of elements"),
    ("camt053-xml", ">40.00</Amt>", ">40.01</Amt>", "sum inside an element"),
    ("pain001", "<NbOfTxs>3", "<NbOfTxs>2", "count in a head element"),
    ("pain001", "<CtrlSum>100.00", "<CtrlSum>100.01", "sum in a batch element"),
    ("ubl-invoice", ">26.60<", ">26.61<", "sum of tax elements"),
    ("attributes-xml", 'total="1241.75"', 'total="1241.76"', "sum in an attribute of the root"),
    ("x12-810", "CTT|2", "CTT|3", "count of a loop's segments"),
    ("x12-810", "SE|15", "SE|14", "count of segments in nested loops"),
    ("x12-810", "GE|2", "GE|3", "count of groups"),
    (
        "aba",
        "99-999            0000000000",
        "99-999            0000000001",
        "sum of its own record",
    ),
    ("gbk-batch", "F20210105000003", "F20210105000004", "count beside wide characters"),
    ("zengin", "8000002000000012500", "8000002000000012501", "sum beside wide characters"),
    ("aba", "000003   ", "000002   ", "count"),
    ("cnab-240", "000002000000000000225", "000001000000000000225", "count of pairs"),
    ("cnab-240", "00000225000", "00000225100", "sum over pairs"),
    ("camt-json", '"1234.50"', '"1234.51"', "sum of nested objects"),
    ("odata", '.count": 2', '.count": 3', "count beside the list"),
    ("odata", "4E1", "4.1E1", "sum of objects under keys"),
    ("cxml-invoice", "100.50<", "100.51<", "sum in a summary behind a document type"),
]


@pytest.mark.parametrize(
    ("name", "good", "bad", "what"), WRONG, ids=[f"{w[0]} {w[3]}" for w in WRONG]
)
def test_a_wrong_control_total_refuses_the_file(
    name: str, good: str, bad: str, what: str, tmp_path: Path
) -> None:
    project = Project(HERE)
    data = (HERE / name / "input.txt").read_bytes()
    assert good.encode() in data, what
    source = tmp_path / "input.txt"
    source.write_bytes(data.replace(good.encode(), bad.encode(), 1))
    plan = project.plan(f"strangers/{name}", project.view(None), FORWARD, target_form=CANONICAL)
    with pytest.raises(ControlFailure, match="CW633"):
        convert(plan, Context({}, Run(AT, "1", name)), source, Files(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


ROUND = [
    "aba",
    "attributes-xml",
    "bai2",
    "bai2-summary",
    "bank-totals",
    "edifact",
    "erp-tabs",
    "gbk-batch",
    "mainframe",
    "mainframe-variable",
    "meter",
    "nacha",
    "pain001",
    "x12-810",
    "x12-820",
    "x12-835",
    "zengin",
]


@pytest.mark.parametrize("name", ROUND)
def test_a_file_is_written_as_it_was_read(name: str, tmp_path: Path) -> None:
    """Copying a layout to itself field by field writes the input again, with its totals."""
    copy = tmp_path / "project"
    copy.mkdir()
    layout = (HERE / name / "layout.yaml").read_text("utf-8")
    (copy / "layout.yaml").write_text(layout, "utf-8")
    (copy / "mapping.yaml").write_text(copying(name, layout), "utf-8")
    project = Project(copy)
    plan = project.plan("copy", project.view(None))
    out = tmp_path / "out"
    source = source_of(name, tmp_path)
    result = convert(plan, Context({}, Run(AT, "1", name)), source, Files(out))
    assert result.rejects == []
    assert plain(out.read_bytes(), name) == plain(source.read_bytes(), name)


def plain(data: bytes, name: str) -> bytes:
    """Amounts in the examples of EDI leave out decimals that nobody needs; we write them."""
    if name == "meter":
        return data
    for short, full in (
        (b"*1500*", b"*1500.00*"),
        (b":1500'", b":1500.00'"),
        (b"*150.5*", b"*150.50*"),
    ):
        data = data.replace(short, full)
    return (
        data.replace(b"*200*", b"*200.00*")
        .replace(b"*120*", b"*120.00*")
        .replace(b"*100.5~", b"*100.50~")
        .replace(b"*80*50~", b"*80.00*50.00~")
    )


def copying(name: str, layout: str) -> str:
    """A mapping of a layout to itself: every branch of itself, every field of itself."""
    from crosswalk.documents.source import Map
    from crosswalk.documents.source import read as read_yaml
    from crosswalk.model.layout import Branch
    from crosswalk.planning.read_layout import read_layout

    node, _ = read_yaml(layout, "layout.yaml")
    assert isinstance(node, Map)
    made, _ = read_layout(node)
    assert made is not None
    reference = f"strangers/{name}/file@1"
    lines = ["crosswalk: 1", "kind: mapping", "name: copy", "version: 1.0.0"]
    lines += [f"from: {reference}", f"to: {reference}", "nest:"]

    def nest(branch: Branch) -> None:
        for child in branch.children:
            lines.append(f"  {child.name}: {{of: {child.name}}}")
            nest(child)

    nest(made.root)
    lines.append("fields:")
    for record in made.records:
        lines.append(f"  {record.name}:")
        lines += [f'    "{one.key}": "{record.name}.{one.key}"' for one in record.fields]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("compiled", [False, True], ids=["reference", "compiled"])
@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("62F:C210106EUR2190,", "62F:C210106EUR2190,01"),
        ("C1234,50", "D1234,50"),
        ("60F:C", "60F:D"),
    ],
    ids=["balance", "sign of an entry", "sign of the opening balance"],
)
def test_balances_inside_texts_are_held_against_the_entries(
    good: str, bad: str, tmp_path: Path, *, compiled: bool
) -> None:
    """By `agree` in the mapping: the statement is rejected, for its amounts are parts of texts."""
    text = (HERE / "mt940-balances" / "input.txt").read_text("utf-8")
    assert good in text
    source = tmp_path / "statement.txt"
    source.write_text(text.replace(good, bad), encoding="utf-8")
    project = Project(HERE)
    plan = project.plan("strangers/mt940-balances", project.view(None), target_form=CANONICAL)
    context = Context({}, Run(AT, "1", "statement"))
    result = convert(plan, context, source, Files(tmp_path / "out"), compiled=compiled)
    assert [reject.issue.code for reject in result.rejects] == ["CW575"]
