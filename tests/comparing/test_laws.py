"""What must hold whatever changes: writing does not count, and no change of output goes untold."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.comparing.kit import PROJECT, copy, side

from crosswalk.comparing.change import ADDITIVE, NONE
from crosswalk.comparing.compare import compare_all, mappings_about
from crosswalk.comparing.impact import impact
from crosswalk.comparing.outputs import NOTHING
from crosswalk.documents.source import List, Map, Node, Scalar, read_file
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project
from crosswalk.telling.show import document_lines

ROOT = Path(__file__).parents[2]


ORDERED = ("fields", "records", "rules", "inputs", "outcomes", "base")
"""Maps whose order means something."""


def rewritten(node: Node, shuffled: random.Random, ordered: tuple[str, ...], key: str = "") -> Node:
    """Give the same document with the keys of its maps in another order, where order is free."""
    if not isinstance(node, Map):
        return node
    keys = list(node.entries)
    if key not in ordered:
        shuffled.shuffle(keys)
    entries = {
        one: type(node.entries[one])(
            node.entries[one].key, rewritten(node.entries[one].value, shuffled, ordered, one)
        )
        for one in keys
    }
    return Map(node.span, entries)


@pytest.mark.parametrize("root", [PROJECT, ROOT], ids=["small", "shipped"])
def test_how_a_document_is_written_never_counts(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "mappings", tmp_path / "mappings")
    project, shuffled = Project(root), random.Random(7)
    for document in project.workspace.documents:
        node = rewritten(document.node, shuffled, ORDERED)
        assert isinstance(node, Map)
        lines = document_lines(node, project.view(None).settings.declared)
        if "(hidden)" not in "".join(line.text for line in lines):
            text = "".join(f"{line.text}  # {line.span.line}\n" for line in lines)
            (tmp_path / document.file).write_text(text, "utf-8")
    assert compare_all(side(root), side(tmp_path)) == []


def scalars(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    match node:
        case Scalar():
            yield path, node
        case Map(entries=entries):
            for key, entry in entries.items():
                yield from scalars(entry.value, (*path, key))
        case List(items=items):
            for one in items:
                yield from scalars(one, path)


FILES = ("bills", "invoices", "kinds", "invoice", "code", "codes", "settings", "mill")
HEAD = {"crosswalk", "kind", "name", "version", "description", "meta"}


def mutants() -> Iterator[tuple[str, str]]:
    """Give each value of the documents another one of the same document, or none: file and text."""
    chance = random.Random(11)
    for name in FILES:
        path = PROJECT / "mappings" / f"{name}.yaml"
        node, _ = read_file(path, path.name)
        assert node is not None
        lines = path.read_text("utf-8").split("\n")
        found = [one for at, one in scalars(node) if at and at[0] not in HEAD]
        flat = [one for one in found if one.span.line == one.span.end_line]
        for one in flat:
            other = chance.choice(flat)
            line = lines[one.span.line - 1]
            written = lines[other.span.line - 1][other.span.column - 1 : other.span.end_column - 1]
            changed = line[: one.span.column - 1] + written + line[one.span.end_column - 1 :]
            yield name, "\n".join([*lines[: one.span.line - 1], changed, *lines[one.span.line :]])


MUTANTS = random.Random(5).sample(list(mutants()), 30)
INPUT = "Account No;<i>Name</i>;Kind;Parcel;Due;Amount;Brand\r\n" + "".join(
    f"A-{n};Ann {n};{'WGS'[n % 3]};P{n};2026-01-0{1 + n % 5};1,{n}00.50;{'AB'[n % 2]}\r\n"
    for n in range(6)
)


def test_no_change_of_output_goes_untold_and_what_adds_changes_no_value(tmp_path: Path) -> None:
    bills = tmp_path / "bills.txt"
    bills.write_text(INPUT, "utf-8")
    judged = changed = 0
    for number, (name, text) in enumerate(MUTANTS):
        after = copy(tmp_path / str(number))
        (after / "mappings" / f"{name}.yaml").write_text(text, "utf-8")
        sides = (side(PROJECT, "mill"), side(after, "mill"))
        try:
            told = compare_all(side(PROJECT), side(after))
        except ConfigError:
            continue
        [invoice] = [one for one in mappings_about(*sides, None) if one[0].name == "town/invoice"]
        found = impact(*sides, [invoice], [bills])
        effects = {change.effect for one in told for change in one.changes}
        judged += 1
        if found.changed or found.cannot:
            changed += 1
            assert effects - {NONE}, text
        if effects and effects <= {ADDITIVE, NONE}:
            assert not found.records, text
            assert not [one for one in found.rejects if one[0] != "rejected no more"], text
            was = {old for one in found.fields.values() for old, _ in one.values}
            assert was <= {NOTHING}, text
    assert judged > 8
    assert changed > 4
