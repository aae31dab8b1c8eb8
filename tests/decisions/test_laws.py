"""Laws: the table is the reference, order never matters, rules act where they match."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.kit import OLD, bound, model, rules

from crosswalk.decisions.analyse import analyse
from crosswalk.decisions.base import Bound, bind, covers
from crosswalk.decisions.cells import cells, domain
from crosswalk.decisions.decide import decide, decide_cell
from crosswalk.decisions.grid import Grid
from crosswalk.decisions.inputs import understand
from crosswalk.decisions.model import Reason, Rule, RuleSet
from crosswalk.decisions.read_rules import accepts
from crosswalk.decisions.table import Table

TYPES = ("credit_card", "ach", "obd", "paypal", "paypal_credit", "venmo")
VENDORS = ("VISA", "MASTERCARD", "DISCOVER", "AMEX")
CODE = dict(zip(TYPES, (1, 2, 11, 15, 16, 17), strict=True))
BACK = {"obd": "ach", "paypal_credit": "paypal", "venmo": "paypal"}
RAW = (
    [*CODE.values(), "17", " 2 ", 3, None, True, 1.0, Decimal(1), "x", -1],
    [None, "", "VISA", " visa", "JCB", "AMEX", 4],
    [None, 42, "42", 43, "044", 7, 10**18, "x", False],
)


@st.composite
def rule_sets(draw: st.DrawFn, most: int = 7) -> RuleSet:
    made = [draw(rule_named(f"r{at}", at)) for at in range(draw(st.integers(0, most)))]
    return replace(rules("sample"), rules=tuple(made))


def rule_named(name: str, order: int) -> st.SearchStrategy[Rule]:
    def make(kind: str, vendors: list[str], invoices: list[str], then: dict[str, str]) -> Rule:
        when: dict[str, tuple[str, ...]] = {"type": (kind,)}
        when |= {"vendor": tuple(vendors)} if vendors and kind == "credit_card" else {}
        when |= {"invoice_type": tuple(invoices)} if invoices else {}
        return Rule(name, order, when, then, accepts(model(), when), rules("sample").span)

    return st.builds(
        make,
        st.sampled_from(TYPES),
        st.lists(st.sampled_from(VENDORS), unique=True, max_size=4),
        st.lists(st.sampled_from(["42", "43", "44"]), unique=True, max_size=2),
        st.fixed_dictionaries(
            {}, optional={"payment_code": st.sampled_from("123"), "gl_activity": st.just("9")}
        ),
    )


def settled(made: RuleSet) -> Bound:
    return bind(model(), made, OLD)[0]


def oracle(made: RuleSet, kind: str, vendor: str | None, invoice: str | None) -> set[str]:
    """Who may win, from payment codes 2.4 and 2.5 alone: sets of concrete cases, compared."""
    cases = list(product(TYPES, [*VENDORS, None], ["42", "43", "44", None]))

    def matches(rule: Rule, case: tuple[str | None, ...]) -> bool:
        names = ("type", "vendor", "invoice_type")
        return all(case[at] in rule.when[n] for at, n in enumerate(names) if n in rule.when)

    extent = {rule.id: {case for case in cases if matches(rule, case)} for rule in made.rules}
    for tried in [kind, *([BACK[kind]] if kind in BACK else [])]:
        here = [rule.id for rule in made.rules if (tried, vendor, invoice) in extent[rule.id]]
        if here:
            return {one for one in here if not any(extent[two] < extent[one] for two in here)}
    return set()


def winners(made: RuleSet, raw: Mapping[str, object]) -> set[str]:
    decision = decide(settled(made), raw).decision
    return set(decision.ties) or ({decision.rule} if decision.rule else set())


@given(
    made=rule_sets(),
    raw=st.tuples(*map(st.sampled_from, (TYPES, [*VENDORS, None], [42, 43, None]))),
)
@settings(max_examples=100, deadline=None)
def test_the_reference_agrees_with_a_brute_force_oracle(
    made: RuleSet, raw: tuple[str, str | None, int | None]
) -> None:
    kind, vendor, invoice = raw
    case = {"type": CODE[kind], "vendor": vendor, "invoice_type": invoice}
    brand = vendor if kind == "credit_card" else None
    expected = oracle(made, kind, brand, None if invoice is None else str(invoice))
    assert winners(made, case) == expected


def compare_with_reference(here: Bound) -> None:
    table = Table(here)
    for values in product(*RAW):
        raw = dict(zip(("type", "vendor", "invoice_type"), values, strict=True))
        assert table.decide(values) == decide(here, raw).decision, raw


@pytest.mark.parametrize("name", ["sample", "visa", "listed", "go-forward", "none"])
@pytest.mark.parametrize("alias", ["none", "credit_card"])
def test_the_table_is_the_reference_for_every_kind_of_value(name: str, alias: str) -> None:
    compare_with_reference(bound(name, {**OLD, "paypal_alias": alias}))


@given(made=rule_sets())
@settings(max_examples=15, deadline=None)
def test_the_table_is_the_reference_for_any_rules(made: RuleSet) -> None:
    compare_with_reference(settled(made))


def test_a_set_with_too_many_cases_is_decided_by_the_reference() -> None:
    many = tuple(str(number) for number in range(1, 7000))
    when = {"type": ("ach",), "invoice_type": many}
    rule = Rule("many", 0, when, {"payment_code": "5"}, accepts(model(), when), model().span)
    here = settled(replace(rules("sample"), rules=(rule,)))
    assert Table(here).decide((2, None, 6999)).rule == "many"
    assert Table(here).decide((2, None, 7000)).rule is None


@given(made=rule_sets())
@settings(max_examples=30, deadline=None)
def test_the_analysis_sees_the_same_winners_as_the_reference(made: RuleSet) -> None:
    here = settled(made)
    grid = Grid(here, domain(model(), [made]))
    for verdict in grid.verdicts:
        decision, tried = decide_cell(here, verdict.cell)
        winner = grid.winner(verdict)
        assert (winner.id if winner else None) == decision.rule
        assert grid.decision(verdict).values == decision.values
        assert verdict.step == (len(tried) - 1 if decision.rule else 0)


@given(made=rule_sets(), seed=st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rules_never_matters_where_nothing_crosses(
    made: RuleSet, seed: Random
) -> None:
    moved = list(made.rules)
    seed.shuffle(moved)
    other = replace(made, rules=tuple(replace(r, order=at) for at, r in enumerate(moved)))
    one, two = settled(made), settled(other)
    for cell in cells(domain(model(), [made])):
        left, right = decide_cell(one, cell)[0], decide_cell(two, cell)[0]
        assert set(left.ties) == set(right.ties)
        assert left.ties or left == right


@given(made=rule_sets(), new=rule_named("new", 0))
@settings(max_examples=30, deadline=None)
def test_a_new_rule_changes_only_cases_that_it_matches(made: RuleSet, new: Rule) -> None:
    more = (*made.rules, replace(new, order=len(made.rules)))
    one, two = settled(made), settled(replace(made, rules=more))
    for cell in cells(domain(model(), [made])):
        tried = [(value, *cell[1:]) for value in model().tried(cell[0])]
        if not any(covers(new.accepts, there) for there in tried):
            assert decide_cell(one, cell)[0] == decide_cell(two, cell)[0]


@given(made=rule_sets())
@settings(max_examples=30, deadline=None)
def test_a_substitute_never_changes_a_case_with_a_rule_of_its_own(made: RuleSet) -> None:
    plain = replace(model(), substitutes={})
    one, two = settled(made), bind(plain, made, OLD)[0]
    for cell in cells(domain(model(), [made])):
        alone = decide_cell(two, cell)[0]
        if alone.reason is Reason.RULE:
            assert decide_cell(one, cell)[0] == alone


@given(made=rule_sets())
@settings(max_examples=40, deadline=None)
def test_a_rule_called_redundant_or_hidden_can_be_removed_without_effect(made: RuleSet) -> None:
    here = settled(made)
    for finding in analyse(here):
        if finding.code in ("RUL101", "RUL103", "RUL108"):
            name = finding.message.split()[1]
            rest = [rule for rule in made.rules if rule.id != name]
            rest = [replace(rule, order=at) for at, rule in enumerate(rest)]
            other = settled(replace(made, rules=tuple(rest)))
            for cell in cells(domain(model(), [made])):
                left, right = decide_cell(here, cell)[0], decide_cell(other, cell)[0]
                assert left.values == right.values


@given(
    raw=st.dictionaries(
        st.sampled_from(["type", "vendor", "invoice_type", "other"]),
        st.none() | st.text(max_size=3) | st.integers() | st.booleans() | st.floats(),
    )
)
@settings(max_examples=150, deadline=None)
def test_no_input_raises(raw: dict[str, object]) -> None:
    decision = decide(bound("sample", OLD), raw).decision
    assert decision.ok or decision.subject is not None


def test_repairs_are_noted() -> None:
    case = understand(model(), {"type": "1", "vendor": " visa ", "invoice_type": "042"})
    assert case.cell == ("credit_card", "VISA", "42")
    assert len(case.notes) == 4
    assert understand(model(), {"type": 1, "vendor": "VISA", "invoice_type": 42}).notes == ()
