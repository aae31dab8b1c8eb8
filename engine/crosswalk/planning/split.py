"""A layout whose records go to one file for each value of a field (`file: per`)."""

from crosswalk.documents.access import scalar
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.suggest import closest
from crosswalk.model.layout import Branch, Record


def read_per(file: Map | None, root: Branch) -> tuple[tuple[str, int] | None, list[Diagnostic]]:
    """Find the field that `per` names, by the name of its record and its position.

    It is a required field, `Field` or `Record.Field`, that stands once in each of the records
    that repeat. Findings CW447. Source: facts 2.2.
    """
    per = scalar(file, "per") if file is not None else None
    if file is None or per is None:
        return None, []
    repeating = [branch for branch in root.children if branch.most is None]
    if len(repeating) != 1:
        return None, [_wrong("files are only told apart in a layout where one thing repeats", per)]
    records = list(_once(repeating[0]))
    named = {
        name: (record, field)
        for record in reversed(records)
        for field in record.fields
        for name in (
            field.name,
            field.key,
            f"{record.name}.{field.name}",
            f"{record.name}.{field.key}",
        )
    }
    if per.text not in named:
        near = closest(per.text, named)
        remedy = f"did you mean '{near}'?" if near else "name a field of the record that repeats"
        return None, [
            _wrong(
                f"per names '{per.text}', which is no field of the records that repeat", per, remedy
            )
        ]
    record, field = named[per.text]
    if not field.required:
        remedy = f"say required: true of field {field.key}"
        return None, [_wrong(f"'{per.text}' may have no value, so it names no file", per, remedy)]
    name = scalar(file, "name")
    if name is None or "file.per" not in name.text:
        remedy = "let name: hold {{ file.per }}"
        return None, [_wrong("all files would have one name", name or per, remedy)]
    return (record.name, field.position), []


def _once(branch: Branch) -> list[Record]:
    """Give the records that stand exactly once in each occurrence of a branch."""
    own = [branch.record] if branch.record is not None else []
    below = [one.record for one in branch.children if (one.least, one.most) == (1, 1)]
    return [*own, *(record for record in below if record is not None)]


def _wrong(message: str, place: Scalar, remedy: str = "") -> Diagnostic:
    return Diagnostic("CW447", message, place.span, help=remedy)
