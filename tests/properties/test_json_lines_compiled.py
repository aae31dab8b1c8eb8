"""Lines of JSON that the compiled form reads by quick tests come out as the reference says."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.kit import model, rules
from tests.properties.kit import both, layout, node, run

from crosswalk.planning.bind import Names, bind
from crosswalk.planning.deciding import Judge
from crosswalk.planning.plan import Plan
from crosswalk.planning.read_mapping import read_mapping

SOURCE = """
file: {form: json-lines%s}
structure: pay*(part*)
records:
  pay:
    fields:
      Type: {type: integer, json: number}
      Vendor: {type: text}
      Invoice: {type: integer, json: number}
      Day: {type: date}
      Flag: {type: boolean, json: boolean}
      Count: {type: integer, json: number, required: true}
      Unread: {type: integer, json: number, missing: empty}
      Short: {type: integer, json: number, length: 4, missing: empty}
      Amount: {type: money, point: implied, json: number, missing: empty}
  part:
    fields:
      Nr: {type: integer, json: number}
      Sum: {type: money, json: number, missing: empty}
"""
TARGET = """
file: {form: %s}
structure: out*(line*)
records:
  out:
    fields:
      Code: {type: code}
      Vendor: {type: text}
      Invoice: {type: integer}
      Count: {type: integer, json: number}
      Amount: {type: money, json: number}
      Flag: {type: boolean}
  line: {fields: {R: {type: text, always: L, tag: true}, Nr: {type: integer}, Sum: {type: money}}}
"""
MAPPING = """
nest:
  out: {of: pay}
  line: {of: part}
decisions:
  judged:
    rules: test/sample@1
    inputs: {type: Type, vendor: Vendor, invoice_type: Invoice}
fields:
  out:
    Code: {decide: judged.payment_code}
    Vendor: Vendor
    Invoice: Invoice
    Count: Count
    Amount: Amount
    Flag: Flag
  line: {Nr: Nr, Sum: Sum}
"""


def _plan(source: str, target: str) -> Plan:
    written, _ = read_mapping(node(f"name: a/mapping\nversion: 1.0.0\n{MAPPING}"))
    judge = Judge(model(), (rules("sample"),))
    names = Names({}, dict.fromkeys(("64", "65", "paypal_alias"), "text"), {"judged": judge})
    plan, findings = bind(written, layout(source), layout(target), names, "forward")
    assert plan is not None, findings
    return plan


PLANS = [
    _plan(SOURCE % loose, TARGET % form)
    for loose in ("", ", extra_columns: ignore")
    for form in ("json-lines", 'delimited, delimiter: "|"')
]

EDGES = [edge + off for edge in (10**15, -(10**15), 2**63, 10**18) for off in (-1, 0, 1)]
ODD = ("0", "-0", "9999", "10000", "-9999", "7.0", "42.00", "1e2", "0.5", "-0.0", "true", "null")
LONG = st.integers(15, 64).map(lambda digits: "9" * digits)
WHOLE = (
    st.sampled_from(("true", "1", "-1"))
    | st.sampled_from([*map(str, EDGES), *ODD, '"42"', '""', "[]", "{}", "1" + "0" * 64])
    | LONG
)
TEXT = st.sampled_from(['"VISA"', '"visa"', '"a:b"', '"\\":"', '"\\\\"', '""', '" "', "null", "4"])
VALUES = {
    "Type": st.sampled_from(["1", "1", "2", "11", "1.0", "true", "15", "3", "null", '"1"', "1e0"]),
    "Vendor": TEXT,
    "Invoice": st.sampled_from(["42", "42", "43", "42.0", "true", "null", "044"]) | WHOLE,
    "Day": st.sampled_from(['"2026-01-31"', '"2026-02-30"', '"2026-01-31"', '"x:y"', "null", "1"]),
    "Flag": st.sampled_from(["true", "false", "1", "0", "null", '"true"']),
    "Count": WHOLE,
    "Unread": WHOLE,
    "Short": WHOLE,
    "Amount": WHOLE,
}
GOOD = {
    "Type": "1",
    "Vendor": '"VISA"',
    "Invoice": "42",
    "Day": '"2026-01-31"',
    "Flag": "true",
    "Count": "5",
    "Unread": "6",
    "Short": "7",
    "Amount": "1050",
}
SPACE = st.sampled_from(["", "", "", " ", "\t"])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Draw an object: mostly good; a few values are drawn, keys are left out or stand twice."""
    members = dict(GOOD)
    for name in draw(st.lists(st.sampled_from([*GOOD]), min_size=1, max_size=2)):
        members[name] = draw(VALUES[name])
    pairs = [*members.items()]
    odd = draw(st.integers(0, 11))
    if odd == 0:
        pairs.append((name := draw(st.sampled_from([*GOOD])), draw(VALUES[name])))
    elif odd == 1:
        pairs.pop(draw(st.integers(0, len(pairs) - 1)))
    elif odd == 2:
        pairs.append((draw(st.sampled_from(["x", 'a\\":', "Coun\\u0074", "count"])), "1"))
    parts = draw(st.lists(st.just("1") | WHOLE, max_size=1))
    inner = [f'{{"Nr":{one},"Sum":{draw(st.sampled_from(("2.50", "-0.00")))}}}' for one in parts]
    pairs.append(("part", f"[{','.join(inner)}]"))
    texts = [f'"{key}"{draw(SPACE)}:{draw(SPACE)}{value}' for key, value in pairs]
    return f"{{{','.join(texts)}}}"


@settings(max_examples=300, deadline=None)
@given(which=st.sampled_from(range(len(PLANS))), drawn=st.lists(lines(), min_size=1, max_size=4))
def test_objects_read_by_quick_tests_are_what_the_reference_says(
    which: int, drawn: list[str]
) -> None:
    both(PLANS[which], "\n".join(drawn).encode())


def test_most_lines_go_the_quick_way() -> None:
    line = ",".join(f'"{key}":{value}' for key, value in GOOD.items())
    for plan in PLANS:
        made = run(plan, f'{{{line},"part":[{{"Nr":1,"Sum":2.50}}]}}'.encode())
        assert (made.summary.compiled, made.summary.units, made.rejects) == ("compiled", 1, [])
