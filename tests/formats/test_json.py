"""The JSON forms: shapes by layout, exact numbers, refusals, and reading what was written."""

import json
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.kit import change, damage, make_layout, make_record

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import jsonform
from crosswalk.formats.jsonform import document, fragment, read, writer
from crosswalk.formats.jsonshape import plain_path
from crosswalk.formats.jsontext import decode
from crosswalk.model.layout import Branch, Layout
from crosswalk.model.records import Cell, Damage, Instance
from crosswalk.values.codecs import MISSING, Problem


def _root(*branches: Branch) -> Branch:
    return Branch("", None, 1, 1, branches)


def _flat(**file: Any) -> Layout:
    record = change(make_record("payment", ["Id", "City", "Amount"]), "City", path="payer.city")
    return make_layout([record], **file)


def _nested(form: str = "json-lines", paths: tuple[str, str] | None = None, **file: Any) -> Layout:
    """FH, then invoices of one IH, an optional CR and any number of ID."""
    fh, ih = make_record("FH", ["No"]), make_record("IH", ["Due", "Total"], 1)
    cr, lines = make_record("CR", ["Name"], 2), make_record("ID", ["Text", "Amount"], 3)
    if paths:
        fh, ih = (
            type(fh)(r.name, r.ordinal, r.fields, r.span, path)
            for r, path in zip((fh, ih), paths, strict=True)
        )
    invoice = Branch("invoice", ih, 0, None, (Branch("CR", cr, 0, 1), Branch("ID", lines, 0, None)))
    root = _root(Branch("FH", fh, 1, 1), invoice)
    return make_layout([fh, ih, cr, lines], root, form=form, **file)


def _grouped() -> Layout:
    ih, lines = make_record("IH", ["Due"]), make_record("ID", ["Text"], 1)
    children = (Branch("IH", ih, 1, 1), Branch("ID", lines, 1, None))
    return make_layout([ih, lines], _root(Branch("invoice", None, 0, None, children)))


def _pathed(*paths: str, ids: tuple[str, str, str] = ("id", "payer.city", "amount")) -> Layout:
    """Heads and payments, each at a path, whose three fields are at paths too."""
    record = make_record("payment", ["Id", "City", "Amount"])
    for key, path in zip(("Id", "City", "Amount"), ids, strict=True):
        record = change(record, key, path=path)
    records = [replace(record, name=f"r{at}", path=path) for at, path in enumerate(paths)]
    return make_layout(records, form="json")


PATHED = [
    _pathed("a[]", "b"),
    _pathed("list[kind='a']", "list[kind='b'][deep.on=true]", "list[level=1]"),
    _pathed("data.edges[].node", "data.others[kind='x'].inner"),
    _pathed("rows", ids=("[0]", "[1]", "[2]")),
    _pathed("rows", ids=("more[0]", "more[1].deep", "id")),
    _pathed(
        "rows", ids=("tags[name='a'].value", "tags[name='b'].value", "tags[name='c'].more.value")
    ),
    _pathed('"a.b"[]', ids=('"@id"', '"x y"."z"', '"q\\"q"')),
]


def _read(text: str | bytes, layout: Layout) -> list[Instance | Damage]:
    return list(read(BytesIO(text if isinstance(text, bytes) else text.encode()), layout))


def _tree(instance: Instance | Damage) -> tuple[str, list[Cell] | None, list[Any]]:
    assert isinstance(instance, Instance), instance
    below = [[_tree(one) for one in found] for found in instance.children]
    return instance.branch.name, instance.cells, below


def test_a_line_of_a_single_repeating_branch_is_its_object() -> None:
    (one, two) = _read('{"Id":7,"payer":{"city":"Ross"},"Amount":12.50}\n{"Id":null}', _flat())
    assert _tree(one) == ("payment", [7, "Ross", Decimal("12.50")], [])
    assert _tree(two) == ("payment", [None, MISSING, MISSING], [])
    assert isinstance(two, Instance)
    assert two.line == 2


def test_a_null_object_makes_its_fields_null() -> None:
    (one,) = _read('{"payer":null}', _flat())
    assert _tree(one)[1] == [MISSING, None, MISSING]


def test_a_line_of_a_layout_with_several_branches_names_its_branch() -> None:
    text = '{"FH":{"No":"1"}}\n{"invoice":{"Due":"x","CR":{"Name":"Ada"},"ID":[{"Text":"a"}]}}\n'
    head, invoice = _read(text, _nested())
    assert _tree(head) == ("FH", ["1"], [])
    detail: Any = ("ID", ["a", MISSING], [])
    assert _tree(invoice) == ("invoice", ["x", MISSING], [[("CR", ["Ada"], [])], [detail]])
    assert isinstance(invoice, Instance)
    assert invoice.children[1][0].parent is invoice


def test_a_group_without_record_holds_only_its_branches() -> None:
    good, bad = _read('{"IH":{"Due":"x"},"ID":[{}]}\n{"Due":"x"}\n', _grouped())
    assert _tree(good) == ("invoice", None, [[("IH", ["x"], [])], [("ID", [MISSING], [])]])
    assert damage(bad).code == "CW644"


DAMAGED: list[tuple[str, str, str]] = [
    ('{"Id":1,"Id":2}', "CW641", "'Id' stands twice"),
    ('{"Id":1,"Id" :2}', "CW641", "'Id' stands twice"),
    ('{"Id" :1,"Id":"\\":"}', "CW641", "'Id' stands twice"),
    ('{"payer":{"city":1,"city"\t:2}}', "CW641", "'city' stands twice"),
    ('{"Id":1,"\\u0049d":2}', "CW641", "'Id' stands twice"),
    ('{"Id":NaN}', "CW640", "malformed"),
    ('{"Id":-Infinity}', "CW640", "malformed"),
    ('{"Id":"\\ud800"}', "CW640", ""),
    ('{"Id":01}', "CW640", "malformed"),
    ('{"Id":1,}', "CW640", "trailing comma"),
    ('{"Id":1} {}', "CW640", "malformed"),
    ('{"Id":1e64}', "CW642", "digits"),
    ('{"Id":1.0E400000000}', "CW642", "digits"),
    ('{"Id":1e-999999999999999999999}', "CW642", "digits"),
    ('{"Id":0.' + "1" * 70 + "}", "CW642", "digits"),
    ('{"Id":' + "1" * 70 + "}", "CW642", "digits"),
    ('{"Id":' + "1" * 9000 + "}", "CW642", "digits"),
    ('{"Id":' + "[" * 65 + "]" * 65 + "}", "CW643", "deep"),
    ("[" * 100_000, "CW643", "deep"),
    ('{"Amuont":1}', "CW644", "did you mean 'Amount'"),
    ('{"payer":{"street":"x"}}', "CW644", "'street' is not a key of payment"),
    ('{"Id":{"a":1}}', "CW645", "an object or list"),
    ('{"payer":"x"}', "CW645", "'payer' must be an object"),
    ("[1]", "CW645", "must be an object"),
    ("", "CW608", "blank"),
]


@pytest.mark.parametrize(("line", "code", "words"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_bad_line_costs_itself_and_no_neighbour(line: str, code: str, words: str) -> None:
    before, bad, after = _read('{"Id":1}\n' + line + '\n{"Id":3}', _flat())
    assert (_tree(before)[1], _tree(after)[1]) == ([1, MISSING, MISSING], [3, MISSING, MISSING])
    assert (damage(bad).code, damage(bad).line) == (code, 2)
    assert words in damage(bad).reason


NESTED_DAMAGE: list[tuple[str, str, str]] = [
    ('{"FH":{"No":"1"},"invoice":{}}', "CW645", "one key"),
    ('{"invioce":{}}', "CW644", "did you mean 'invoice'"),
    ('{"invoice":{"ID":{}}}', "CW645", "'ID' must be a list"),
    ('{"invoice":{"CR":[]}}', "CW645", "'CR' must be an object"),
    ('{"invoice":{"ID":[{"Text":[]}]}}', "CW645", "an object or list"),
]


@pytest.mark.parametrize(("line", "code", "words"), NESTED_DAMAGE)
def test_a_nested_object_must_have_the_layouts_shape(line: str, code: str, words: str) -> None:
    _, bad = _read('{"FH":{"No":"1"}}\n' + line, _nested())
    assert damage(bad).code == code
    assert words in damage(bad).reason


def test_a_branch_that_must_be_there_is_missed() -> None:
    (bad,) = _read('{"IH":{"Due":"x"},"ID":[]}', _grouped())
    assert (damage(bad).code, damage(bad).reason) == ("CW645", "invoice lacks 'ID'")


def test_a_field_to_blame_is_named() -> None:
    (bad,) = _read('{"Amount":[]}', _flat())
    assert damage(bad).field == "Amount"


def test_unknown_keys_are_passed_over_only_when_the_layout_says_so() -> None:
    (one,) = _read('{"Id":1,"x":{"Id":[{}]},"payer":{"z":1}}', _flat(extra_columns="ignore"))
    assert _tree(one)[1] == [1, MISSING, MISSING]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_key_twice_is_found_wherever_and_however_it_is_written(data: st.DataObject) -> None:
    space = st.sampled_from(["", " ", "\t", "\n", " \r\n"])
    keys = data.draw(st.lists(st.sampled_from(['a":', "b :", "c\\", "d"]), max_size=5))
    values = [data.draw(st.sampled_from(['":', '" :', "x", '\\":'])) for _ in keys]
    members = [
        json.dumps(key) + data.draw(space) + ":" + data.draw(space) + json.dumps(value)
        for key, value in zip(keys, values, strict=True)
    ]
    text = '[{"k":{' + ",".join(members) + "}}]"
    if len(set(keys)) == len(keys):
        assert decode(text) == decode(text.encode()) == json.loads(text)
    else:
        for form in (text, text.encode()):
            with pytest.raises(Exception, match="stands twice"):
                decode(form)


def test_numbers_are_exact() -> None:
    found = decode(
        "[0.10,0.20,999999999999999.99,123456789012345678901,-0.00,1.10,"
        "1.5E3,1e5,-2E0,1.50e1,12e-3,0e5,-1.25E-1]"
    )
    assert [str(number) for number in found] == [  # type: ignore[attr-defined]
        "0.10",
        "0.20",
        "999999999999999.99",
        "123456789012345678901",
        "-0.00",
        "1.10",
        "1500",
        "100000",
        "-2",
        "15.0",
        "0.012",
        "0",
        "-0.125",
    ]


CELLS = st.one_of(
    st.none(),
    st.just(MISSING),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-999, max_value=999),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


def _fragment(cell: Cell) -> Cell:
    if cell is MISSING:
        return cell
    if cell is None:
        return "null"
    if isinstance(cell, bool):
        return fragment(str(cell).lower(), "boolean")
    return fragment(str(cell), "text" if isinstance(cell, str) else "number")


@st.composite
def _instances(draw: st.DrawFn, branch: Branch) -> Instance:
    fields = branch.record.fields if branch.record else ()
    cells = [draw(CELLS) for _ in fields] if branch.record else None
    below = [
        draw(st.lists(_instances(child), min_size=child.least, max_size=child.most or 2))
        for child in branch.children
    ]
    return Instance(branch, 0, cells, below)


def _encoded(instance: Instance) -> Instance:
    found = None if instance.cells is None else [_fragment(cell) for cell in instance.cells]
    below = [[_encoded(one) for one in group] for group in instance.children]
    return Instance(instance.branch, 0, found, below)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([_flat(), _nested(), _grouped(), _flat(encoding="cp1252")]))
def test_lines_that_are_written_read_back_the_same(data: st.DataObject, layout: Layout) -> None:
    write = writer(layout)
    made = [data.draw(_instances(branch)) for branch in layout.root.children for _ in range(2)]
    text = "".join(write(_encoded(one)) for one in made)
    found = _read(text.encode(layout.file.encoding), layout)
    assert [_tree(one) for one in found] == [_tree(one) for one in made]
    assert text.count("\n") == len(made)


@settings(max_examples=150, deadline=None)
@given(
    st.data(),
    st.sampled_from(
        [
            _nested("json"),
            _nested("json", ("meta.head", "meta.list")),
            _nested("json", ("head", 'data."all rows"')),
            _flat(form="json"),
            *PATHED,
        ]
    ),
)
def test_a_document_that_is_written_reads_back_the_same(
    data: st.DataObject, layout: Layout
) -> None:
    made = [
        one
        for branch in layout.root.children
        for one in data.draw(
            st.lists(_instances(branch), min_size=branch.least, max_size=branch.most or 3)
        )
    ]
    pieces = document(layout)
    text = pieces.open() + "".join(pieces.add(_encoded(one)) for one in made) + pieces.close()
    json.loads(text)
    found = [_tree(one) for one in _read(text, layout)]
    assert found == [_filled(_tree(one), layout) for one in made]


def _filled(tree: tuple[str, list[Cell] | None, Any], layout: Layout) -> Any:
    """In a list, what is missing before something else is null."""
    name, cells, below = tree
    record = next((one for one in layout.records if one.name == name), None)
    if cells is None or record is None or layout not in PATHED:
        return tree
    paths = [field.path or "" for field in record.fields]
    listed = [path.startswith(("[", "more[")) for path in paths]
    kept = record.fields[0].path == "[0]"  # the record itself is the list
    some = kept or any(cell is not MISSING for cell, at in zip(cells, listed, strict=True) if at)
    filled = [
        None if cell is MISSING and at and some else cell
        for cell, at in zip(cells, listed, strict=True)
    ]
    return name, filled, below


def test_a_document_is_laid_out_to_be_read() -> None:
    layout = _nested("json")
    fh, invoice = layout.root.children
    pieces = document(layout)
    made = [
        Instance(fh, 0, ['"1"']),
        Instance(invoice, 0, ['"x"', "1.00"], [[], []]),
        Instance(invoice, 0, [MISSING, "2.00"], [[], []]),
    ]
    text = pieces.open() + "".join(pieces.add(one) for one in made) + pieces.close()
    assert text == (
        "{\n"
        '  "FH": {"No":"1"},\n'
        '  "invoice": [\n'
        '    {"Due":"x","Total":1.00,"ID":[]},\n'
        '    {"Total":2.00,"ID":[]}\n'
        "  ]\n"
        "}\n"
    )


def test_a_document_takes_branches_in_order_only() -> None:
    layout = _nested("json")
    fh, invoice = layout.root.children
    for order in ([invoice, fh], [fh, fh]):
        pieces = document(layout)
        values: list[Cell] = ["1", "2"]
        pieces.add(Instance(order[0], 0, values[: len(order[0].children) or 1], [[], []]))
        with pytest.raises(FormatProblem, match="cannot stand here"):
            pieces.add(Instance(order[1], 0, ["1"]))


def test_a_single_repeating_branch_may_be_a_bare_list() -> None:
    one, bad, two = _read('[{"Id":1},{"Idd":2},\n{"Id":3}]', _flat(form="json"))
    assert (_tree(one)[1], _tree(two)[1]) == ([1, MISSING, MISSING], [3, MISSING, MISSING])
    assert (damage(bad).line, damage(bad).text) == (2, '{"Idd":2}')
    assert damage(bad).reason.startswith("payment 2: ")


def test_an_expression_may_tell_where_a_branch_is() -> None:
    layout = _nested("json", ("head", "pages[].rows[]"))
    text = '{"head":{"No":"1"},"pages":[{"rows":[{"Due":"a"}]},{"rows":[{"Due":"b"}]}]}'
    found = _read(text, layout)
    assert [_tree(one)[1] for one in found] == [["1"], ["a", MISSING], ["b", MISSING]]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("a[", "what stands in brackets is a place"),
        ("a[?type=='x']", "what stands in brackets is a place"),
        ("a[type]", "what stands in brackets is a place"),
        ("a[0", "what stands in brackets is a place"),
        ("a[10001]", "goes further into a list than 10000 places"),
        ("a." * 200 + "b[]", "longer than 256 characters"),
        ("a..b", "'.b' is no key"),
        ("a.", "ends where a key belongs"),
        ("", "ends where a key belongs"),
        ("@odata", "stand in double quotes"),
        ("due date", "stand in double quotes"),
        ("$.a", "begins with '$'"),
        ("a/b", "stand in double quotes"),
    ],
)
def test_a_path_that_is_none_is_refused(path: str, words: str) -> None:
    with pytest.raises(FormatProblem) as refused:
        _read('{"a":[]}', _nested("json", ("head", path)))
    assert refused.value.code == "CW647"
    assert words in refused.value.message


DOCUMENTS: list[tuple[bytes, str, int | None, str]] = [
    (b'{\n"FH": {"No" 1}}', "CW640", 2, "malformed"),
    (b'{"FH":{"No":"1"},"FH":null}', "CW641", None, "'FH' stands twice"),
    (b'{"FH":{"No":"1"},"invocie":[]}', "CW644", None, "did you mean 'invoice'"),
    (b'{"invoice":{}}', "CW645", None, "'invoice' must be a list"),
    (b"[]", "CW645", None, "must be an object"),
    (b'\n{"FH":"\xff"}', "CW601", 2, "byte 0xFF"),
    (b"", "CW640", None, ""),
]


@pytest.mark.parametrize(("data", "code", "line", "words"), DOCUMENTS)
def test_a_document_that_is_not_the_layouts_is_refused(
    data: bytes, code: str, line: int | None, words: str
) -> None:
    with pytest.raises(FormatProblem) as refused:
        _read(data, _nested("json"))
    assert (refused.value.code, refused.value.line) == (code, line)
    assert words in refused.value.message


def test_a_document_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonform, "DOCUMENT_CAP", 8)
    assert _read(b"[]      ", _flat(form="json")) == []
    with pytest.raises(FormatProblem) as refused:
        _read(b"[]       ", _flat(form="json"))
    assert refused.value.code == "CW646"


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("a", ("a",)),
        ('a.b_1."c d.e"', ("a", "b_1", "c d.e")),
        ("a[0]", None),
        ("a..b", None),
        ("", None),
        ("a.b.", None),
        ("1a", None),
        ("a-b.Stra\u00dfe", ("a-b", "Stra\u00dfe")),
        ('"a\\"b".c', ('a"b', "c")),
        ("a" * 257, None),
    ],
)
def test_a_plain_path_is_names_with_dots(path: str, steps: tuple[str, ...] | None) -> None:
    assert plain_path(path) == steps


def test_two_things_cannot_stand_at_one_path() -> None:
    record = make_record("payment", ["a", "b"])
    for path in ("a", "a.x"):
        layout = make_layout([change(record, "b", path=path)])
        with pytest.raises(FormatProblem, match="stand at path"):
            _read("{}", layout)


@pytest.mark.parametrize(
    ("text", "kind", "made"),
    [
        ('a"é\n', "text", '"a\\"é\\n"'),
        ("-12.50", "number", "-12.50"),
        ("true", "boolean", "true"),
    ],
)
def test_a_fragment_is_json(text: str, kind: str, made: str) -> None:
    assert fragment(text, kind) == made


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("01", "number", "CW648"),
        ("1e5", "number", "CW648"),
        ("\u0661", "number", "CW648"),
        ("1\n", "number", "CW648"),
        ("NaN", "number", "CW648"),
        ("True", "boolean", "CW648"),
        ("\ud800", "text", "CW622"),
    ],
)
def test_a_fragment_is_never_anything_else(text: str, kind: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        fragment(text, kind)
    assert refused.value.code == code
