"""The partner's JSON: nothing is lost on the way in and out, nothing faulty passes unseen."""

import json
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.kit import HERE, OLD, bound, model, rules, rules_of

from crosswalk.decisions.decide import decide_cell
from crosswalk.decisions.jsonnodes import read_json
from crosswalk.decisions.legacy_export import export_legacy
from crosswalk.decisions.legacy_import import import_legacy
from crosswalk.decisions.load import bind_legacy, load_rules
from crosswalk.decisions.matrix import matrix
from crosswalk.decisions.model import Reason, RuleSet
from crosswalk.decisions.write_rules import write_rules

# Settings that cannot be read as a whole, or only without an entry, have no round trip.
BROKEN = {"residue", "blank", "duplicate-key", "unknown-type"}
NAMES = sorted(path.stem for path in (HERE / "legacy").glob("*.json") if path.stem not in BROKEN)


def text_of(name: str) -> str:
    return (HERE / "legacy" / f"{name}.json").read_text("utf-8")


def identity(text: str) -> object:
    """JSON values with the order of keys and the kinds of numbers."""
    return json.loads(text, object_pairs_hook=list, parse_float=lambda t: ("decimal", Decimal(t)))


def taken(text: str) -> RuleSet:
    made, findings = import_legacy(text, model(), "old.json", salvage=True)
    assert made is not None, findings
    return made


def exported(made: RuleSet) -> str:
    text, findings = export_legacy(made, model())
    assert text is not None, findings
    assert not [finding for finding in findings if finding.code != "RUL206"]
    return text


def through_yaml(made: RuleSet) -> RuleSet:
    again, findings = load_rules(write_rules(made, model()), "new.yaml", model())
    assert again is not None, findings
    return again


@pytest.mark.parametrize("name", NAMES)
def test_export_of_an_import_is_the_same_json(name: str) -> None:
    assert identity(exported(taken(text_of(name)))) == identity(text_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_with_yaml_in_between(name: str) -> None:
    made = through_yaml(taken(text_of(name)))
    assert identity(exported(made)) == identity(text_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_yaml_in_between_changes_no_decision(name: str) -> None:
    made = taken(text_of(name))
    assert through_yaml(made).digest == made.digest


def test_the_variants_are_all_there() -> None:
    """Section 9 lists what must survive."""
    assert {
        *("sample", "go-forward", "visa", "text-ids", "key-order", "empties", "misspelt"),
        *("extra-keys", "text-vendor", "obd-posting", "decimal"),
    } <= set(NAMES)


@pytest.mark.parametrize(("name", "native"), [("sample", "sample"), ("go-forward", "listed")])
def test_an_imported_set_decides_like_the_native_one(name: str, native: str) -> None:
    one, other = matrix(bound(f"legacy {name}", OLD)), matrix(bound(native, OLD))
    assert [(row.cell, row.decision.values) for row in one.rows] == [
        (row.cell, row.decision.values) for row in other.rows
    ]


def test_canonical_entries_need_no_hints() -> None:
    text = write_rules(taken(text_of("go-forward")), model())
    assert "keys" not in text
    assert "kinds" not in text


def test_ids_are_made_from_the_conditions() -> None:
    assert [rule.id for rule in taken(text_of("sample")).rules] == [
        *("credit-card-visa-42", "credit-card-42", "obd-42", "paypal-42", "ach-42", "credit-card")
    ]
    assert [rule.id for rule in taken(text_of("repeated")).rules] == ["ach", "ach-2"]


# ------------------------------------------------------------------------------------- findings

ENTRY = '{"PaymentTypeID": 2, "PaymentCode": 95}'


def said(text: str) -> list[str]:
    """Import strictly: code, severity, line:column and help of each finding."""
    made, findings = import_legacy(text, model(), "old.json")
    assert (made is None) == any(finding.severity == "error" for finding in findings)
    return [
        f"{one.code} {one.severity} {one.span.line}:{one.span.column} {one.help}"
        for one in findings
        if one.span is not None
    ]


def entries(*listed: str) -> str:
    return '{"PaymentSettings": [\n' + ",\n".join(listed) + "\n]}"


NOT_JSON = {
    "json\n{}": "1:1 residue of a wiki page: remove what stands before the brace",
    "\ufeff{}": "1:1 save it without one",
    '{\n "a": 1,\n}': "2:8 remove the comma before the closing bracket",
    '{"a": [1, 2,]}': "1:12 remove the comma before the closing bracket",
    "{'a': 1}": "1:2 JSON text stands in double quotes",
    "{\u201ca\u201d: 1}": '1:2 typographic quotes: write "straight" ones',
    '{"a": NaN}': "1:7 JSON has no NaN or Infinity: write a number",
    '{"a": -Infinity}': "1:7 JSON has no NaN or Infinity: write a number",
    '{"a": 1} // b': "1:10 remove it",
    '{"a": /* b */ 1}': "1:7 JSON has no comments: remove them",
    '{"a": True}': "1:7 JSON words are true, false and null",
    '{"a": 1,\n "a": 2}': "2:4 first set in line 1; keep one of them",
    '{"a": 1': "1:8 is it complete?",
    '{"a": 042}': "1:7 ",
    '{"a": "\\ud800"}': "1:7 ",
    '{"a": 1e999999999}': "1:7 ",
    "[" * 50: "1:41 ",
    "": "1:1 is it complete?",
}


@pytest.mark.parametrize("text", NOT_JSON)
def test_text_that_is_not_json_is_told_with_place_and_cause(text: str) -> None:
    assert said(text) == [f"RUL001 error {NOT_JSON[text]}"]


CONTAINERS = {
    "[]": "RUL002 error 1:1",
    "{}": "RUL002 error 1:1",
    '{"PaymentSetting": []}': "RUL002 error 1:1 is 'PaymentSetting' meant?",
    '{"PaymentSettings": {}}': "RUL002 error 1:21",
}


@pytest.mark.parametrize("text", CONTAINERS)
def test_a_wrong_container_is_told(text: str) -> None:
    assert [line[: len(CONTAINERS[text])] for line in said(text)] == [CONTAINERS[text]]


ENTRIES = {
    '{"PaymentTypeID": 1, "PaymentCode": 4, "CardVendor": ["VISA"]}': "RUL003 error 2:40",
    '{"PaymentTypeID": 1, "paymentcode": 4}': "RUL003 error 2:22 did you mean 'PaymentCode'?",
    '{"PaymentTypeID": 1, "PaymentCode": 4, "Remark": "x"}': "RUL003 warning 2:40",
    '{"PaymentTypeID": 11, "PaymentCode": 4, "OBDVender": "x"}': "RUL003 warning 2:41",
    '{"PaymentCode": 4}': "RUL004 error 2:1 add it",
    '{"PaymentTypeID": null, "PaymentCode": 4}': "RUL004 warning 2:19",
    '{"PaymentTypeID": true, "PaymentCode": 4}': "RUL004 error 2:19",
    '{"PaymentTypeID": 1.5, "PaymentCode": 4}': "RUL004 error 2:19",
    '{"PaymentTypeID": 2.0, "PaymentCode": 4}': "RUL004 warning 2:19",
    '{"PaymentTypeID": 2, "PaymentCode": "4a"}': "RUL004 error 2:37",
    '{"PaymentTypeID": 2, "PaymentCode": -4}': "RUL004 error 2:37",
    '{"PaymentTypeID": 2, "PaymentCode": [4]}': "RUL004 error 2:37",
    '{"PaymentTypeID": 2, "InvoiceTypeID": [42, 43]}': "RUL004 error 2:39",
    '{"PaymentTypeID": 1, "CardVender": []}': "RUL004 warning 2:36",
    '{"PaymentTypeID": 1, "CardVender": "VISA"}': "RUL004 warning 2:36",
    '{"PaymentTypeID": 1, "CardVender": [4]}': "RUL004 error 2:37",
    '{"PaymentTypeID": 1, "CardVender": ["VISA", "visa"]}': "RUL004 error 2:45",
    '{"PaymentTypeID": 1, "CardVender": ["VSIA"]}': "RUL105 error 2:37 did you mean 'VISA'?",
    '{"PaymentTypeID": 3, "PaymentCode": 4}': "RUL105 error 2:19",
    '{"PaymentTypeID": 2, "PostingMethod": "Other"}': "RUL110 error 2:39",
    '"text"': "RUL004 error 2:1",
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_faulty_entry_is_told_at_its_place(entry: str) -> None:
    found = said(entries(entry))
    assert found[0].startswith(ENTRIES[entry])


def test_a_sound_document_has_no_findings() -> None:
    assert said(text_of("sample")) == []
    assert said(text_of("go-forward")) == []


def test_a_faulty_entry_costs_only_itself_when_salvaged() -> None:
    for entry, finding in ENTRIES.items():
        made, _ = import_legacy(entries(entry, ENTRY), model(), salvage=True)
        assert made is not None
        kept = "warning" in finding or "RUL003" in finding
        # An entry without a type is told twice: its type is empty, and it is needed.
        kept = kept and "null" not in entry
        assert len(made.rules) == 1 + kept, entry


def test_run_time_tolerates_and_tells() -> None:
    here, findings = bind_legacy(text_of("residue"), model(), OLD)
    assert here.fallen is Reason.BASE_RULESET_INVALID
    assert [finding.code for finding in findings] == ["RUL001"]
    here, findings = bind_legacy(text_of("unknown-type"), model(), OLD)
    assert here.rules is not None
    assert [finding.code for finding in findings] == ["RUL105"]
    assert bind_legacy(None, model(), OLD)[0].fallen is Reason.BASE_NO_RULESET


# --------------------------------------------------------------------------------------- export


def codes(text: str, split: tuple[str, ...] = ()) -> list[str]:
    return [finding.code for finding in export_legacy(rules_of(text), model(), split)[1]]


def test_export_refuses_what_the_form_cannot_say() -> None:
    made = rules_of('a: {when: {type: ach}, then: {payment_code: "1", gl_activity: "7"}}')
    text, findings = export_legacy(made, model())
    assert text is None
    assert [finding.code for finding in findings] == ["RUL608"]
    assert codes('a: {when: {type: ach}, then: {payment_code: "1"}}') == []


def test_export_writes_one_entry_for_each_invoice_type_and_brand_if_asked() -> None:
    made = rules_of(
        "a: {when: {type: credit_card, vendor: [VISA, AMEX], invoice_type: [42, 43]}, "
        'then: {payment_code: "1"}}'
    )
    text, _ = export_legacy(made, model(), ("vendor",))
    assert text is not None
    listed = json.loads(text)["PaymentSettings"]
    assert [(one["CardVender"], one["InvoiceTypeID"]) for one in listed] == [
        *((["VISA"], 42), (["VISA"], 43), (["AMEX"], 42), (["AMEX"], 43))
    ]
    text, _ = export_legacy(made, model())
    assert text is not None
    assert [one["CardVender"] for one in json.loads(text)["PaymentSettings"]] == [
        ["VISA", "AMEX"]
    ] * 2


def test_export_puts_the_most_specific_first() -> None:
    text = exported(rules("go-forward"))
    listed = [
        (one["PaymentTypeID"], one["PaymentCode"]) for one in json.loads(text)["PaymentSettings"]
    ]
    assert listed == [(1, 98), (1, 97), (2, 95), (11, 96), (15, 99)]


def test_an_order_that_a_first_match_reader_misreads_is_told() -> None:
    made = taken(text_of("general-first"))
    found = export_legacy(made, model())[1]
    assert [finding.code for finding in found] == ["RUL206"]
    assert "98" in found[0].label
    assert "97" in found[0].label
    assert export_legacy(rules("go-forward"), model())[1] == []


STALE = {
    "legacy: {kinds: {PaymentCode: number}}}": '"04"',
    "legacy: {kinds: {InvoiceTypeID: text}}}": '"4"',
    "legacy: {empty: {PaymentCode: text}}}": '"4"',
    "legacy: {keys: [InvoiceTypeID, PaymentTypeID]}}": '"4"',
}


@pytest.mark.parametrize("hint", STALE)
def test_a_hint_that_no_longer_fits_is_told_and_left_out(hint: str) -> None:
    made = rules_of(f"a: {{when: {{type: ach}}, then: {{payment_code: {STALE[hint]}}}, {hint}")
    text, findings = export_legacy(made, model())
    assert [finding.code for finding in findings] == ["RUL607"]
    assert text is not None
    assert str(json.loads(text)["PaymentSettings"][0]["PaymentCode"]) == STALE[hint].strip('"')


def test_an_imported_order_that_lost_a_rule_is_told() -> None:
    lines = 'b: {when: {type: ach}, then: {payment_code: "1"}}'
    made = rules_of(lines, head="legacy: {order: [b, gone]}\n")
    assert [finding.code for finding in export_legacy(made, model())[1]] == ["RUL607"]


def test_an_edited_code_wins_over_what_was_imported() -> None:
    text = write_rules(taken(text_of("text-ids")), model()).replace('"0111"', '"0222"')
    made, _ = load_rules(text, "new.yaml", model())
    assert made is not None
    assert '"DistributionCode": "0222"' in exported(made)
    assert "0111" not in exported(made)


# ----------------------------------------------------------------------------------- order, laws


def test_of_720_orders_first_match_reads_120_as_documented_and_most_specific_all() -> None:
    made, here = rules("sample"), bound("sample", OLD)
    expected = {row.cell: row.decision.values for row in matrix(here).rows}
    first = specific = 0
    for order in permutations(made.rules):
        moved = tuple(replace(rule, order=at) for at, rule in enumerate(order))
        again = replace(made, rules=moved, legacy_order=tuple(rule.id for rule in order))
        first += not export_legacy(again, model())[1]
        other = replace(here, rules=again)
        specific += all(decide_cell(other, cell)[0].values == expected[cell] for cell in expected)
    assert (first, specific) == (120, 720)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(value=JSON, spaced=st.booleans())
@settings(max_examples=100, deadline=None)
def test_json_is_read_like_the_standard_reader_does(value: object, spaced: bool) -> None:
    from crosswalk.documents.source import plain

    text = json.dumps(value, ensure_ascii=spaced, indent=2 if spaced else None)
    node, findings = read_json(text, "x.json")
    assert findings == []
    assert node is not None
    assert plain(node) == value


@given(text=st.text(alphabet='{}[]",:0123456789.eE+- \n\\truefalsn', max_size=30))
@settings(max_examples=200, deadline=None)
def test_what_is_not_json_never_passes_and_never_raises(text: str) -> None:
    node, findings = read_json(text, "x.json")
    assert (node is None) == bool(findings)
    if node is not None:
        json.loads(text)


KEYS = {
    "PaymentTypeID": st.sampled_from([1, 2, 11, 15, 16, 17, "1", "2", "15"]),
    "PaymentCode": st.sampled_from([4, "4", "04", 777, None, ""]),
    "InvoiceTypeID": st.sampled_from([42, "42", 43, None, ""]),
    "DistributionCode": st.sampled_from([111, "111", "0111", None]),
    "OBDVender": st.sampled_from(["default", None, ["a"]]),
    "Remark": JSON,
}


@given(
    listed=st.lists(
        st.permutations(list(KEYS)).flatmap(
            lambda keys: st.fixed_dictionaries(
                {key: KEYS[key] for key in keys if key == "PaymentTypeID"},
                optional={key: KEYS[key] for key in keys if key != "PaymentTypeID"},
            )
        ),
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_entries_survive_import_yaml_and_export(listed: list[dict[str, object]]) -> None:
    text = json.dumps({"PaymentSettings": listed})
    made = through_yaml(taken(text))
    assert identity(exported(made)) == identity(text)
