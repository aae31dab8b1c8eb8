"""The XML form: what it reads, what it refuses, and reading what was written."""

import json
import resource
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.kit import make_layout, make_record

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import xmlform, xmlrecords
from crosswalk.formats.xmlpath import BadPathError, parse, spelled
from crosswalk.formats.xmlshape import tree
from crosswalk.formats.xmlwriter import document
from crosswalk.model.layout import Branch, Layout, Record
from crosswalk.model.records import Cell, Damage, Instance
from crosswalk.values.codecs import MISSING

ATTACKS = json.loads((Path(__file__).parent / "xml_attacks.json").read_text("utf-8"))


def record(name: str, path: str | None, ordinal: int = 0, **paths: str) -> Record:
    """A record whose fields have these paths."""
    made = make_record(name, list(paths), ordinal)
    fields = [replace(one, path=paths[one.key]) for one in made.fields]
    return replace(made, path=path, fields=tuple(fields))


def bills(loose: bool = False, **file: Any) -> Layout:
    """A head, and bills with lines: texts, attributes, ways, conditions, a record's own text."""
    head = record("head", "bills/head", 0, Count="@count", Town="town/name")
    bill = record(
        "bill",
        "bills/bill",
        1,
        Id="@id",
        Name="name",
        Amount="sum/amount",
        Currency="sum/amount/@ccy",
        Mail="contact[@kind='mail']",
        Phone="contact[@kind='phone']/number",
    )
    line = record("line", "lines/line", 2, No="@no", Text=".")
    branch = Branch("bill", bill, 0, None, (Branch("line", line, 0, None),))
    root = Branch("", None, 1, 1, (Branch("head", head, 0, 1), branch))
    file = {"form": "xml", "extra_columns": "ignore" if loose else "reject", **file}
    return make_layout([head, bill, line], root, **file)


def read(text: str | bytes, layout: Layout) -> list[Instance | Damage]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(xmlform.read(BytesIO(data), layout))


def plain(instance: Instance | Damage) -> tuple[str, list[Cell] | None, list[Any]]:
    assert isinstance(instance, Instance), instance
    below = [[plain(one) for one in group] for group in instance.children]
    return instance.branch.name, instance.cells, below


def cells(text: str, layout: Layout | None = None) -> list[Cell]:
    """The cells of the only bill of a document."""
    (one,) = read(text, layout or bills())
    return plain(one)[1] or []


def write(found: list[Instance], layout: Layout) -> bytes:
    made = document(layout)
    text = made.open() + "".join(made.add(one) for one in found) + made.close()
    return text.encode(layout.file.encoding)


# ------------------------------------------------------------------------------------ reading


def test_values_stand_in_elements_attributes_and_the_record_itself() -> None:
    text = """<?xml version="1.0"?><!-- made by hand -->
    <bills><head count="1"><town><name>Newport</name></town></head>
      <bill id="7"><?note nothing?>
        <name>Ada <![CDATA[& <Co>]]> &amp; Sons&#33;</name>
        <sum><amount ccy="EUR">12.50</amount></sum>
        <contact kind="phone"><number>555</number></contact>
        <contact kind="mail">a@b.example</contact>
        <lines><line no="1">Water</line><line no="2"/></lines>
      </bill>
    </bills>"""
    head, bill = read(text, bills())
    assert plain(head) == ("head", ["1", "Newport"], [])
    lines: Any = [("line", ["1", "Water"], []), ("line", ["2", ""], [])]
    values = ["7", "Ada & <Co> & Sons!", "12.50", "EUR", "a@b.example", "555"]
    assert plain(bill) == ("bill", values, [lines])
    assert [bill.line, *(one.line for one in bill.children[0])] == [3, 8, 8]  # type: ignore[union-attr]


def test_missing_empty_and_nil_are_three_things() -> None:
    nil = '<name xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    assert cells("<bills><bill/></bills>")[1] is MISSING
    assert cells("<bills><bill><name/></bill></bills>")[1] == ""
    assert cells(f"<bills><bill>{nil}</bill></bills>")[1] is None


def test_text_is_kept_and_other_values_lose_the_blanks_around_them() -> None:
    made = bills()
    fields = [
        replace(one, codec=replace(one.codec, type="money")) if one.key == "Amount" else one
        for one in made.records[1].fields
    ]
    bill = replace(made.records[1], fields=tuple(fields))
    branch = replace(made.root.children[1], record=bill)
    layout = replace(made, root=replace(made.root, children=(made.root.children[0], branch)))
    text = "<bills><bill><name>\n Ada\n</name><sum><amount>\n 1.00\n</amount></sum></bill></bills>"
    assert cells(text, layout)[1:3] == ["\n Ada\n", "1.00"]


@pytest.mark.parametrize(
    ("inside", "code", "words"),
    [
        ("<nam>x</nam>", "CW653", "did you mean 'name'"),
        ("<name x='1'>x</name>", "CW653", "'@x' in bills/bill/name"),
        ("<name xmlns='urn:example:x'>x</name>", "CW653", "in namespace 'urn:example:x'"),
        ("hello", "CW654", "text stands in"),
        ("<name>a</name><name>b</name>", "CW654", "'name' stands twice in one bill"),
        ("<name>a<b/></name>", "CW654", "holds elements"),
        ("<contact kind='fax'>1</contact>", "CW653", "no condition"),
    ],
)
def test_what_the_layout_does_not_have_costs_its_own_record(
    inside: str, code: str, words: str
) -> None:
    text = f"<bills>\n<bill id='1'/>\n<bill id='2'>{inside}</bill>\n<bill id='3'/></bills>"
    first, wrong, last = read(text, bills())
    assert plain(first)[1] == ["1", *[MISSING] * 5]
    assert plain(last)[1] == ["3", *[MISSING] * 5]
    assert isinstance(wrong, Damage)
    assert (wrong.code, wrong.line) == (code, 3)
    assert words in wrong.reason


def test_unknown_elements_and_attributes_are_passed_over_when_the_layout_says_so() -> None:
    text = (
        "<bills v='1'><x><y>1</y></x><bill id='1' z='2'><name>A</name><q>t<r/></q></bill></bills>"
    )
    assert cells(text, bills(loose=True))[:2] == ["1", "A"]


def test_a_value_in_parts_is_refused_even_when_unknown_elements_are_passed_over() -> None:
    (wrong,) = read("<bills><bill><name>a<b>b</b>c</name></bill></bills>", bills(loose=True))
    assert isinstance(wrong, Damage)
    assert wrong.code == "CW654"


@pytest.mark.parametrize(
    ("namespaces", "good"),
    [
        ((("default", ("urn:example:1",)),), True),
        ((("default", ("urn:example:0", "urn:example:1")),), True),
        ((("default", ("*",)),), True),
        ((("default", ("urn:example:2",)),), False),
        ((), False),
    ],
)
def test_names_are_matched_by_namespace_never_by_prefix(namespaces: Any, good: bool) -> None:
    layout = bills(namespaces=namespaces)
    for text in (
        "<bills xmlns='urn:example:1'><bill id='1'/></bills>",
        "<p:bills xmlns:p='urn:example:1'><p:bill id='1'/></p:bills>",
    ):
        if good:
            assert cells(text, layout)[0] == "1"
        else:
            with pytest.raises(FormatProblem, match=r"CW655.*is in namespace 'urn:example:1'"):
                read(text, layout)


def test_nothing_of_the_layout_in_a_file_is_no_empty_file() -> None:
    layout = bills(loose=True)
    deeper = replace(layout.records[1], path="bills/list/bill")
    branch = replace(layout.root.children[1], record=deeper)
    root = replace(layout.root, children=(branch,))
    assert read("<bills/>", replace(layout, root=root)) == []
    assert read("<bills><list><x/></list></bills>", replace(layout, root=root)) == []
    with pytest.raises(FormatProblem, match=r"CW655.*'bills' has only 'fault'"):
        read("<bills>\n<fault>no</fault></bills>", replace(layout, root=root))


def around(text: str) -> list[Instance | Damage]:
    """Read a statement with its entries inside, and a balance after them."""
    statement = record("statement", "doc/stmt", 0, Account="acct/id", From="list/from")
    entry = record("entry", "doc/stmt/list/entry", 1, Amount="amt")
    balance = record("balance", "doc/stmt/bal", 2, Amount="amt")
    children = (
        Branch("statement", statement, 1, 1),
        Branch("entry", entry, 0, None),
        Branch("balance", balance, 0, 1),
    )
    root = Branch("", None, 1, 1, children)
    layout = make_layout([statement, entry, balance], root, form="xml")
    found = read(text, layout)
    assert read(write([one for one in found if isinstance(one, Instance)], layout), layout)
    return found


def test_a_record_around_others_is_handed_out_before_them() -> None:
    found = around(
        "<doc><stmt><acct><id>1</id></acct><list><from>0</from><entry><amt>5</amt></entry>"
        "<entry><amt>6</amt></entry></list><bal><amt>11</amt></bal></stmt></doc>"
    )
    values = [plain(one)[:2] for one in found]
    names = ["statement", "entry", "entry", "balance"]
    assert values == list(zip(names, (["1", "0"], ["5"], ["6"], ["11"]), strict=True))


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<list><entry/></list><acct><id>1</id></acct>", "make it a record of its own"),
        ("<bal/><list><entry/></list>", "'entry' stands after 'balance'"),
        ("<bal/><bal/>", "a second 'balance'"),
        ("</stmt><stmt>", "a second 'statement'"),
    ],
)
def test_what_stands_in_another_order_refuses_the_file(inside: str, words: str) -> None:
    with pytest.raises(FormatProblem, match=words):
        around(f"<doc><stmt>{inside}</stmt></doc>")


def test_a_record_that_must_be_there_is_missed() -> None:
    with pytest.raises(FormatProblem, match=r"CW631.*'statement' is not in the file"):
        around("<doc/>")


# ------------------------------------------------------------------------------------ attacks


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("loose", [False, True], ids=["strict", "loose"])
def test_an_attack_is_refused_with_its_line(name: str, loose: bool) -> None:
    attack = ATTACKS[name]
    if "bytes" in attack:
        data = bytes.fromhex(attack["bytes"])
    else:
        text, times = attack.get("repeat", ["", 0])
        data = (attack["before"] + text * times + attack.get("after", "")).encode()
    if name == "deep nesting" and not loose:
        data = data.replace(b"<x>", b"<x>", 100_000)
    with pytest.raises(FormatProblem) as refused:
        read(data, bills(loose))
    assert (refused.value.code, refused.value.line) == (attack["code"], attack["line"])


def test_a_record_that_is_too_large_is_let_go_and_its_neighbours_come_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xmlrecords, "RECORD", 1 << 20)
    lines = "<line no='1'>Water</line>" * 100_000
    text = f"<bills><bill id='1'/><bill id='2'><lines>{lines}</lines></bill><bill id='3'/></bills>"
    first, wrong, last = read(text, bills())
    assert isinstance(wrong, Damage)
    assert wrong.code == "CW652"
    assert [plain(one)[1][0] for one in (first, last)] == ["1", "3"]  # type: ignore[index]


class Endless(BytesIO):
    """A document of many bills that is never in memory as a whole."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left, self.begun = count, False
        self.piece = b"<bill id='1'><name>Ada</name><lines><line>x</line></lines></bill>\n" * 1000

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        if not self.begun:
            self.begun = True
            return b"<bills>"
        self.left -= 1
        return self.piece if self.left > 0 else b"</bills>" if self.left == 0 else b""


def test_memory_does_not_grow_with_the_number_of_records() -> None:
    for _ in xmlform.read(Endless(5), bills()):
        pass
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in xmlform.read(Endless(60), bills())) == 59_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 << 10


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 400), st.binary(max_size=4), st.integers(0, 12), st.booleans())
def test_any_damage_gives_records_or_refusals_and_nothing_else(
    at: int, put: bytes, gone: int, loose: bool
) -> None:
    text = (
        b"<?xml version='1.0' encoding='utf-8'?><bills><head count='1'/><bill id='1'><name>A</name>"
        b"<contact kind='mail'>x</contact><lines><line no='1'>W</line></lines></bill></bills>"
    )
    at %= len(text)
    with suppress(FormatProblem):
        found = read(text[:at] + put + text[at + gone :], bills(loose))
        assert all(isinstance(one, Instance | Damage) for one in found)


# ------------------------------------------------------------------------------------ both ways

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
VALUES = TEXTS | st.sampled_from(
    ["", " a ", "a\nb", "\t", "\r", "]]>", "&amp;", "<", '"', "\u2028"]
)
CELLS = st.one_of(VALUES, st.just(MISSING))


@st.composite
def documents(draw: st.DrawFn, layout: Layout) -> list[Instance]:
    head, bill = layout.root.children
    found = [Instance(head, 0, [draw(CELLS), draw(CELLS)])] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(0, 3))):
        values: list[Cell] = [draw(CELLS) for _ in range(6)]
        if values[2] is MISSING:
            values[3] = MISSING  # an attribute makes its element, whose text is then empty
        made = Instance(bill, 0, values, [[]])
        made.children[0] = [
            Instance(bill.children[0], 0, [draw(CELLS), draw(VALUES)])
            for _ in range(draw(st.integers(0, 2)))
        ]
        found.append(made)
    return found


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from([0, 2]), st.sampled_from(["utf-8", "iso-8859-1", "ascii"]))
def test_what_is_written_reads_back_the_same(data: st.DataObject, indent: int, code: str) -> None:
    layout = (
        bills(indent=indent, encoding=code, namespaces=(("default", ("urn:example:1 & 2",)),))
        if indent
        else bills(encoding=code)
    )
    found = data.draw(documents(layout))
    written = write(found, layout)
    assert [plain(one) for one in read(written, layout)] == [plain(one) for one in found]
    assert (
        write([one for one in read(written, layout) if isinstance(one, Instance)], layout)
        == written
    )


def test_a_constant_attribute_alone_makes_no_element() -> None:
    layout = bills()
    fields = tuple(
        replace(one, always="EUR") if one.key == "Currency" else one
        for one in layout.records[1].fields
    )
    branch = replace(layout.root.children[1], record=replace(layout.records[1], fields=fields))
    layout = replace(layout, root=replace(layout.root, children=(layout.root.children[0], branch)))
    made = Instance(branch, 0, ["7", MISSING, MISSING, "EUR", MISSING, MISSING], [[]])
    assert b'<bills><bill id="7"/></bills>' in write([made], layout)
    made.cells = ["7", MISSING, "1.00", "EUR", "m", "5"]
    assert (
        b'<bill id="7"><sum><amount ccy="EUR">1.00</amount></sum><contact kind="mail">m</contact>'
        b'<contact kind="phone"><number>5</number></contact></bill>'
    ) in write([made], layout)


# ------------------------------------------------------------------------------------ paths


@pytest.mark.parametrize(
    "path",
    [
        ".",
        "a",
        "@a",
        "a/b",
        "a/@b",
        "p:a/p:b",
        "a[@b='c']/d",
        "a[b/@c='d']",
        "a[.='x']",
        'a[b="it\'s"]',
        "a[b='1'][@c='2']",
        "Straße/Größe",
    ],
)
def test_a_path_is_read_and_spelled_alike(path: str) -> None:
    assert spelled(parse(path)) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/..",
        "@a/b",
        "a[0]",
        "a[1][b='c']",
        "a[b='c'][1]",
        "a[10000]",
        "a[b[1]='c']",
        "a[b]",
        "a['b']",
        "text()",
        "a b",
        "a[b='c'",
        "a:b:c",
        "*",
        "a|b",
        "@a[b='c']",
        "a[b[c='d']='e']",
        "/".join("a" * 40),
    ],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(BadPathError):
        parse(path)


@pytest.mark.parametrize(
    ("one", "two", "code"),
    [
        ("a", "a", "CW439"),
        ("@a", "@a", "CW439"),
        ("a", "p:a", "CW440"),
        ("a/@b/c", "d", "CW438"),
        ("lines/line", "d", "CW439"),
    ],
)
def test_wrong_paths_are_found(one: str, two: str, code: str) -> None:
    layout = bills()
    fields = layout.records[1].fields
    bill = replace(
        layout.records[1],
        fields=(replace(fields[0], path=one), replace(fields[1], path=two), *fields[2:]),
    )
    branch = replace(layout.root.children[1], record=bill)
    layout = replace(layout, root=replace(layout.root, children=(layout.root.children[0], branch)))
    _, findings = tree(layout)
    assert [finding.code for finding in findings] == [code]
