"""A small project in two states."""

import shutil
from pathlib import Path

from crosswalk.comparing.side import Side
from crosswalk.project import Project

PROJECT = Path(__file__).parents[1] / "site" / "project"


def copy(folder: Path, edits: dict[str, list[list[str]]] | None = None) -> Path:
    """Copy the project and replace texts in its files; each text stands there exactly once."""
    shutil.copytree(PROJECT, folder)
    for file, changes in (edits or {}).items():
        path = folder / "mappings" / file
        text = path.read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{file} holds this {text.count(old)} times: {old}"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    return folder


def side(folder: Path, biller: str | None = None, label: str = "") -> Side:
    project = Project(folder)
    return Side(project, project.view(biller), label)
