"""Files of `cases/`: streams of documents with their heads left out."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from crosswalk.documents.source import Map, plain, read
from crosswalk.project import Project

CASES = Path(__file__).parent / "cases"
FILES = sorted(path.relative_to(CASES).as_posix() for path in CASES.rglob("*.yaml"))

_BEGIN = re.compile(r"^--- # ([a-z-]+) ?([a-z0-9/-]*)$", re.MULTILINE)
_FILLED = {
    "mapping": {"from": "theirs@1", "to": "ours@1"},
    "case": {"mapping": "mapping@1"},
}


@dataclass(slots=True)
class Stream:
    """One file: its documents by file name, and what `expected` says."""

    documents: dict[str, str] = field(default_factory=dict)
    expected: dict[str, object] = field(default_factory=dict)

    def project(self, folder: Path) -> Project:
        """Write the documents into a folder and open it."""
        for name, text in self.documents.items():
            path = folder / "mappings" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Project(folder)


def stream(file: str) -> Stream:
    """Read a file of `cases/`."""
    made = Stream()
    parts = _BEGIN.split((CASES / file).read_text("utf-8"))
    for kind, name, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if kind == "expected":
            node, findings = read(body, file)
            assert not findings, findings
            assert isinstance(node, Map), f"{file}: expected is no map"
            read_plain = plain(node)
            assert isinstance(read_plain, dict)
            made.expected = read_plain
            continue
        made.documents[f"{name or kind}.{kind}.yaml"] = _head(kind, name or kind, body) + body
    return made


def _head(kind: str, name: str, body: str) -> str:
    filled = {"crosswalk": "1", "kind": kind, "name": name, "version": "1.0.0"}
    filled |= _FILLED.get(kind, {})
    given = set(re.findall(r"^([a-z_]+):", body, re.MULTILINE))
    return "".join(f"{key}: {value}\n" for key, value in filled.items() if key not in given)
