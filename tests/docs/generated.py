"""The generated parts of the pages, made from the package's schemas and the shipped mappings."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from tests.integrations import coverage

from crosswalk.planning.read_mapping import read_mapping
from crosswalk.project import Parts, Project
from crosswalk.telling import reference

ROOT = Path(__file__).resolve().parents[2]


def schema(kind: str) -> Any:
    """Give the JSON Schema of a kind of document."""
    return json.loads(files("crosswalk").joinpath("schemas", f"{kind}.json").read_text("utf-8"))


def part(name: str) -> str:
    """Make a generated part by its name: `keys layout`, `words`, `classes MAPPING BILLER`."""
    what, *about = name.split()
    return _PARTS[what](*about)


def _classes(mapping: str, biller: str | None = None) -> str:
    project, parts = _parts(mapping, biller)
    return reference.classes(project.inverse(parts))


def _side_by_side(mapping: str, biller: str | None = None) -> str:
    _, parts = _parts(mapping, biller)
    assert parts.target is not None
    written, _ = read_mapping(parts.document.node)
    return reference.side_by_side(written, parts.target)


def _parts(mapping: str, biller: str | None = None) -> tuple[Project, Parts]:
    project = Project(ROOT)
    return project, project.parts(mapping, project.view(biller))


_PARTS: dict[str, Callable[..., str]] = {
    "head": lambda: reference.keys(schema("mapping"), head=True),
    "keys": lambda kind: reference.keys(schema(kind)),
    "words": reference.words,
    "operators": reference.operator_list,
    "part-classes": reference.part_classes,
    "classes": _classes,
    "side-by-side": _side_by_side,
    "coverage": coverage.page,
}
