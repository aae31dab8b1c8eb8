"""The complete decision matrix: every case with its outcome, as data and as text."""

import csv
import io
import json
from dataclasses import dataclass

from crosswalk.decisions.base import Bound
from crosswalk.decisions.cells import CAP, cells, domain
from crosswalk.decisions.decide import decide_cell
from crosswalk.decisions.model import Cell, Decision, Model
from crosswalk.decisions.wording import ANY, told, values_text


@dataclass(frozen=True, slots=True)
class Row:
    """One case and its decision."""

    cell: Cell
    decision: Decision


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cases of a bound rule set, in the order of the model's values."""

    model: Model
    rows: tuple[Row, ...]


def matrix(bound: Bound, cap: int = CAP) -> Matrix:
    """Decide every case. Raises ValueError for more than `cap` cases."""
    everything = domain(bound.model, [bound.rules])
    if everything.size > cap:
        raise ValueError(f"the matrix has more than {cap} cases")
    rows = (Row(cell, decide_cell(bound, cell)[0]) for cell in cells(everything))
    return Matrix(bound.model, tuple(rows))


def source_text(decision: Decision) -> str:
    """Name what decided: a rule, a rule by substitution, or the base settings."""
    if decision.rule is not None:
        return f"{decision.rule} via {decision.via}" if decision.via else decision.rule
    settings = {s[8:].partition(".")[0] for s in decision.sources.values() if s[:8] == "setting:"}
    return "base " + " ".join(sorted(settings)) if settings else "default"


def outcome_text(model: Model, decision: Decision) -> str:
    """Write an outcome as one entry of the matrix: `777/555/0 card-42 via card`."""
    text = f"{values_text(model, decision.values)} {source_text(decision)}"
    return text if decision.ok else f"{text} {decision.reason}({decision.subject})"


def as_data(made: Matrix) -> list[dict[str, object]]:
    """Give one record per case: inputs, outcomes, rule, via, reason, sources."""
    return [
        {
            "inputs": dict(zip((one.name for one in made.model.inputs), row.cell, strict=True)),
            "outcomes": dict(row.decision.values),
            "rule": row.decision.rule,
            "via": row.decision.via,
            "reason": row.decision.reason.value,
            "sources": dict(row.decision.sources),
        }
        for row in made.rows
    ]


def as_json(made: Matrix) -> str:
    """Write the records as a JSON document with one line per case."""
    lines = ",\n".join("  " + json.dumps(record) for record in as_data(made))
    return f"[\n{lines}\n]\n"


def as_csv(made: Matrix) -> str:
    """Write one line per case: inputs, outcomes, rule, via, reason. `-` is absent or other."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [one.name for one in made.model.inputs]
    writer.writerow([*names, *made.model.by_name, "rule", "via", "reason"])
    for row in made.rows:
        shown = [value or ANY for value in (*row.cell, *row.decision.values.values())]
        last = (row.decision.rule or ANY, row.decision.via or ANY, row.decision.reason.value)
        writer.writerow([*shown, *last])
    return out.getvalue()


def as_text(made: Matrix) -> str:
    """Write a table for people; cases with equal outcomes are drawn together."""
    head, body = drawn(made)
    widths = [max(len(line[at]) for line in [head, *body]) for at in range(len(head))]
    lines = [head, ["-" * width for width in widths], *body]
    text = "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )
    return legend(made.model) + text


def as_markdown(made: Matrix) -> str:
    """Write the same table in Markdown."""
    head, body = drawn(made)
    lines = [head, ["---"] * len(head), *body]
    text = "".join(f"| {' | '.join(map(_cell_text, line))} |\n" for line in lines)
    return f"{legend(made.model)}\n{text}"


def _cell_text(text: str) -> str:
    return text.replace("|", "\\|")


def legend(model: Model) -> str:
    """Say what the parts of an outcome are."""
    return f"{' / '.join(told(model))}, then what decided\n"


def drawn(made: Matrix) -> tuple[list[str], list[list[str]]]:
    """Give the heads and lines of the table for people.

    The last input of open values goes across, the others down; equal lines are joined.
    """
    model = made.model
    across = next((one.position for one in reversed(model.inputs) if one.values is None), None)
    lines: dict[Cell, dict[str | None, str]] = {}
    for row in made.rows:
        down = tuple(v for at, v in enumerate(row.cell) if at != across)
        column = None if across is None else row.cell[across]
        lines.setdefault(down, {})[column] = outcome_text(model, row.decision)
    columns = list(dict.fromkeys(column for line in lines.values() for column in line))
    names = [one.name for one in model.inputs if one.position != across]
    title = "" if across is None or columns == [None] else model.inputs[across].name
    heads = [f"{title} {column or 'other'}" if title else "outcome" for column in columns]
    body = [
        [*shown, *(line.get(column, "") for column in columns)] for shown, line in _joined(lines)
    ]
    return [*names, *heads], body


def _joined(
    lines: dict[Cell, dict[str | None, str]],
) -> list[tuple[list[str], dict[str | None, str]]]:
    """Join neighbours that differ in their last value only and have the same outcomes."""
    made: list[tuple[Cell, list[str], dict[str | None, str]]] = []
    for down, line in lines.items():
        last = down[-1] or ANY
        if made and made[-1][0][:-1] == down[:-1] and made[-1][2] == line:
            made[-1][1][-1] += f", {last}"
        else:
            made.append((down, [value or ANY for value in down], line))
    return [(shown, line) for _, shown, line in made]
