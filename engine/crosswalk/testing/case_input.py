"""The input of a case: text, a file, or records written in YAML."""

import json
from pathlib import Path

from crosswalk.documents.access import child, mapping, scalar
from crosswalk.documents.source import Map, Node, Scalar
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.errors import ConfigError
from crosswalk.model.layout import Branch, Field, Layout
from crosswalk.testing.case_compare import aliases, is_bare, items

INPUTS = ("input", "input_file", "records")
"""The keys of a case that give its input; it has one of them."""


def the_input(case: Map) -> str:
    """Tell which key gives the input. Raises ConfigError unless there is exactly one."""
    given = [key for key in INPUTS if key in case.entries]
    if len(given) == 1:
        return given[0]
    message = f"the case has {' and '.join(given)}" if given else "the case has no input"
    place = case.entries[given[1]].key.span if given else case.span
    raise _refusal("CW451", message, place, f"give one of {', '.join(INPUTS)}")


def input_bytes(case: Map, base: Map | None, source: Layout, root: Path) -> bytes:
    """Give the input of a case; `records` become lines of the canonical form.

    `base` holds values of records that do not give them. Raises ConfigError for a file that
    cannot be read or lies outside of the root.
    """
    key = the_input(case)
    if key == "records":
        listed = child(case, key)
        return _lines(items(listed) if listed is not None else [], base, source)
    given = scalar(case, key)
    if given is not None and key == "input_file":
        return read_beside(given, root)
    return given.text.encode(source.file.encoding) if given is not None else b""


def read_beside(given: Scalar, root: Path) -> bytes:
    """Read a file named relative to its document. Raises ConfigError."""
    try:
        return beside(given, root).read_bytes()
    except OSError as wrong:
        message = f"cannot read {given.text}: {wrong.strerror}"
        raise _refusal("CW452", message, given.span, "name it relative to this document") from None


def beside(given: Scalar, root: Path) -> Path:
    """Give the path of a file named relative to its document. Raises ConfigError if outside."""
    path = (root / given.span.file).parent / given.text
    if not path.resolve().is_relative_to(root.resolve()):
        raise _refusal("CW452", f"{given.text} is outside of the project", given.span)
    return path


def _refusal(code: str, message: str, span: object, remedy: str = "") -> ConfigError:
    return ConfigError([Diagnostic(code, message, span, help=remedy)])  # type: ignore[arg-type]


# --- records as canonical JSON lines ------------------------------------------------------


def _lines(records: list[Node], base: Map | None, source: Layout) -> bytes:
    top = source.root.children
    if is_bare(source):
        texts = [_object(top[0], item, base) for item in records]
    else:
        known = {branch.name: branch for branch in top}
        texts = [
            f"{{{json.dumps(name)}:{_object(known[name], one, base) if name in known else 'null'}}}"
            for item in records
            if isinstance(item, Map)
            for name, entry in item.entries.items()
            for one in items(entry.value)
        ]
    return "".join(text + "\n" for text in texts).encode()


def _object(branch: Branch, node: Node, base: Map | None) -> str:
    """Spell one occurrence; fields by id or name, base values where it gives none."""
    given = dict(node.entries) if isinstance(node, Map) else {}
    fields = aliases(branch)
    children = {one.name: one for one in branch.children}
    members: dict[str, str] = {}
    below = mapping(base, branch.record.name) if base and branch.record else None
    for source in (below.entries if below else {}, given):
        for key, entry in source.items():
            if key in fields:
                members[fields[key].name] = _value(fields[key], entry.value)
            elif key in children:
                members[key] = _children(children[key], entry.value, base)
            else:
                members[key] = _value(None, entry.value)
    return "{" + ",".join(f"{json.dumps(key)}:{text}" for key, text in members.items()) + "}"


def _children(branch: Branch, node: Node, base: Map | None) -> str:
    made = [_object(branch, one, base) for one in items(node)]
    return f"[{','.join(made)}]" if branch.most is None else made[0] if made else "null"


def _value(one: Field | None, node: Node) -> str:
    """Spell a scalar as the kind of JSON scalar that its field has in the canonical form."""
    if not isinstance(node, Scalar):
        return "{}"
    if node.value is None:
        return "null"
    if isinstance(node.value, bool) and (one is None or one.json == "boolean"):
        return "true" if node.value else "false"
    bare = one is not None and one.json == "number" and not isinstance(node.value, str)
    return node.text if bare else json.dumps(node.text, ensure_ascii=False)
