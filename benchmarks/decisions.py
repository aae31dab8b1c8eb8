"""Measure decision tables: decisions a second, explaining, analysing, beside other engines.

Usage: python benchmarks/decisions.py [--rounds 5]

Needs the package on the path; `pip install zen-engine json-logic-qubit` adds the rivals (each is
skipped with a line where it is not there). All contenders decide the same cases, and must agree,
before anything is timed. Figures are CPU time, the best of the rounds, in one process on one core.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crosswalk.decisions.analyse import analyse
from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.decide import decide
from crosswalk.decisions.explain import explain
from crosswalk.decisions.load import load_model, load_rules
from crosswalk.decisions.model import Model
from crosswalk.decisions.table import Table

HOME = Path(__file__).resolve().parents[1]
MODEL = HOME / "mappings" / "caselle" / "cash-receipting" / "payment-code.yaml"
SAMPLE = HOME / "tests" / "decisions" / "sets" / "sample.yaml"
SETTINGS = {"64": "101|99|0", "65": "101|98|99"}
OUTCOMES = ("payment_code", "distribution_code", "gl_activity")
VENDORS = ("VISA", "MASTERCARD", "DISCOVER", "AMEX")
Case = tuple[int, str | None, int | None]
Decide = Callable[[Case], Sequence[str | None]]

# The same decisions for engines that take the first match: type, vendor, invoice type, outcomes.
ROWS: tuple[tuple[tuple[int, ...], str | None, int | None, tuple[str, str, str]], ...] = (
    ((1,), "VISA", 42, ("4", "111", "0")),
    ((1,), None, 42, ("7", "444", "0")),
    ((1,), None, None, ("123", "456", "0")),
    ((11,), None, 42, ("777", "555", "99")),
    ((15, 16, 17), None, 42, ("777", "555", "0")),
    ((2,), None, 42, ("777", "555", "99")),
    ((15, 16, 17), None, None, ("99", "101", "0")),
    ((2, 11), None, None, ("98", "101", "99")),
)


def model() -> Model:
    """Read the shipped decision."""
    made, findings = load_model(MODEL.read_text("utf-8"), MODEL.name)
    assert made is not None, findings
    return made


def sample(of: Model) -> Bound:
    """Bind the partner's sample of six rules."""
    rules, findings = load_rules(SAMPLE.read_text("utf-8"), SAMPLE.name, of)
    assert rules is not None, findings
    return bind(of, rules, SETTINGS)[0]


def hundred(of: Model) -> Bound:
    """Bind a hundred rules over fifty invoice types."""
    lines = ['  cc: {when: {type: credit_card}, then: {payment_code: "97"}}']
    for number in range(1, 34):
        card = f"type: credit_card, invoice_type: {number}"
        brands = f"vendor: [{VENDORS[number % 3]}, AMEX]"
        both = f'payment_code: "{number}", distribution_code: "{number}"'
        ach = f"type: ach, invoice_type: {number + 20}"
        lines.append(f'  v{number}: {{when: {{{card}, {brands}}}, then: {{payment_code: "9"}}}}')
        lines.append(f"  c{number}: {{when: {{{card}}}, then: {{{both}}}}}")
        lines.append(f'  a{number}: {{when: {{{ach}}}, then: {{payment_code: "{number}"}}}}')
    head = "crosswalk: 1\nkind: rules\nname: bench/hundred\nversion: 1.0.0\n"
    text = f"{head}use: {of.name}@1\nrules:\n" + "\n".join(lines) + "\n"
    rules, findings = load_rules(text, "hundred.yaml", of)
    assert rules is not None, findings
    assert len(rules.rules) == 100
    return bind(of, rules, SETTINGS)[0]


def cases(count: int) -> list[Case]:
    """Give seeded random cases; cards are the most frequent, as in life."""
    source = random.Random(7)
    made: list[Case] = []
    for _ in range(count):
        kind = source.choice((1, 1, 1, 2, 2, 11, 15, 16, 17))
        vendor = source.choice((*VENDORS, None)) if kind == 1 else None
        made.append((kind, vendor, source.choice((42, 42, 7, 43, None))))
    return made


def compiled(bound: Bound) -> Decide:
    """Decide by table."""
    decide_now = Table(bound).decide
    return lambda case: [decide_now(case).values[name] for name in OUTCOMES]


def reference(bound: Bound) -> Decide:
    """Decide by the reference."""
    names = ("type", "vendor", "invoice_type")

    def run(case: Case) -> Sequence[str | None]:
        values = decide(bound, dict(zip(names, case, strict=True))).decision.values
        return [values[name] for name in OUTCOMES]

    return run


def zen() -> Decide:
    """Decide by zen-engine: a decision table with first match."""
    import zen as engine  # type: ignore[import-not-found, unused-ignore]

    fields = ("type", "vendor", "invoice_type")
    rules = []
    for at, (kinds, vendor, invoice, outcomes) in enumerate(ROWS):
        conditions = (", ".join(map(str, kinds)), f'"{vendor}"' if vendor else "", invoice or "")
        rule = {"_id": f"r{at}"}
        rule |= {name: str(text) for name, text in zip(fields, conditions, strict=True)}
        rule |= {n: f'"{text}"' for n, text in zip(OUTCOMES, outcomes, strict=True)}
        rules.append(rule)
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in fields],
        "outputs": [{"id": name, "name": name, "field": name} for name in OUTCOMES],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    made = engine.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def run(case: Case) -> Sequence[str | None]:
        found = made.evaluate(dict(zip(fields, case, strict=True)))["result"]
        return [found[name] for name in OUTCOMES]

    return run


def json_logic() -> Decide:
    """Decide by json-logic: one `if` with all rows."""
    import json_logic as engine  # type: ignore[import-not-found, import-untyped, unused-ignore]

    branches: list[Any] = []
    for at, (kinds, vendor, invoice, _) in enumerate(ROWS):
        parts: list[Any] = [{"in": [{"var": "type"}, list(kinds)]}]
        parts += [{"==": [{"var": "vendor"}, vendor]}] if vendor else []
        parts += [{"==": [{"var": "invoice_type"}, invoice]}] if invoice else []
        branches += [{"and": parts}, at]
    logic = {"if": branches}
    names = ("type", "vendor", "invoice_type")
    return lambda case: ROWS[engine.jsonLogic(logic, dict(zip(names, case, strict=True)))][3]


def contenders(bound: Bound) -> Iterator[tuple[str, Decide, int]]:
    """Give name, function and number of cases of everything that can run here."""
    yield "crosswalk, compiled", compiled(bound), 200_000
    yield "crosswalk, reference", reference(bound), 10_000
    for name, package, make in (
        ("zen-engine", "zen", zen),
        ("json-logic", "json_logic", json_logic),
    ):
        if find_spec(package):
            yield name, make(), 10_000
        else:
            print(f"{name}: not installed, skipped", file=sys.stderr)


def best(rounds: int, run: Callable[[], object]) -> float:
    """Give the CPU seconds of the fastest round."""
    fastest = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        run()
        fastest = min(fastest, time.process_time() - start)
    return fastest


def speeds(bound: Bound, rounds: int) -> Iterator[tuple[str, float]]:
    """Check that all agree, then give decisions a second."""
    every = cases(200_000)
    expected = [tuple(reference(bound)(case)) for case in every[:2_000]]
    table = Table(bound).decide

    def alone() -> None:
        for case in every:
            table(case)

    yield "crosswalk, compiled, decision only", len(every) / best(rounds, alone)
    for name, run, count in contenders(bound):
        assert [tuple(run(case)) for case in every[:2_000]] == expected, name
        some = every[:count]

        def several(run: Decide = run, some: list[Case] = some) -> None:
            for case in some:
                run(case)

        yield name, count / best(rounds, several)


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    of = model()
    bound, large = sample(of), hundred(of)
    print("| what | figure | goal |\n|---|---|---|")
    for name, speed in speeds(bound, rounds):
        goal = ">= 1,000,000" if name.endswith("only") else ""
        print(f"| {name}, decisions/s | {speed:,.0f} | {goal} |")
    raw: dict[str, object] = {"type": 17, "invoice_type": 42}
    seconds = best(rounds, lambda: [explain(bound, raw) for _ in range(1_000)]) / 1_000
    print(f"| explain one decision | {seconds * 1e6:.0f} µs | <= 50 µs |")
    seconds = best(rounds, lambda: analyse(large))
    print(f"| analyse 100 rules | {seconds * 1e3:.1f} ms | <= 50 ms |")
    seconds = best(rounds, lambda: Table(large))
    print(f"| compile 100 rules | {seconds * 1e3:.1f} ms | |")


if __name__ == "__main__":
    main()
