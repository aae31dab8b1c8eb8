"""Records that stand in the lines of others: groups of columns that repeat, and their places."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.suggest import closest
from crosswalk.formats.fixed_places import placed
from crosswalk.formats.groups import Line, is_numbered, number_of
from crosswalk.model.layout import Branch, Field, File, Record, branches

_FORMS = ("delimited", "fixed", "sheet")


def in_lines(
    records: dict[str, Record], file: File
) -> tuple[dict[str, Record] | None, list[Diagnostic]]:
    """Give the records with those of lines first, placed in a fixed-width file, and the findings.

    What stands in the line of another record is placed in that line; None when it cannot be.
    """
    findings = [
        found for record in records.values() for found in _wrong(_Case(record, records, file))
    ]
    if findings:
        return None, findings
    ordered = sorted(records.values(), key=lambda one: one.within is not None)
    made = {one.name: replace(one, ordinal=at) for at, one in enumerate(ordered)}
    if file.form != "fixed":
        return made, findings
    for one in [one for one in made.values() if one.within is None]:
        groups = tuple(other for other in made.values() if other.within == one.name)
        line, wrong = _placed(Line(one, groups), file)
        made |= {record.name: record for record in (line.record, *line.groups)}
        findings += wrong
    return made, findings


def whole_lines(records: dict[str, Record]) -> list[Record]:
    """Give the record of each line with the columns of all its groups."""
    return [
        Line(one, tuple(other for other in records.values() if other.within == one.name)).whole(0)
        for one in records.values()
        if one.within is None and one.fields
    ]


def _placed(line: Line, file: File) -> tuple[Line, list[Diagnostic]]:
    """Give the fields of a fixed-width line, and of its groups, their places."""
    if not line.groups:
        record, findings = placed(line.record, file)
        return Line(record, ()), findings
    line = _started(line)
    whole, found = placed(line.whole(0), file)
    of = {one.key: one for one in whole.fields}
    own = tuple(_at(one, of[one.key]) for one in line.record.fields)
    groups = tuple(
        replace(
            group,
            fields=tuple(
                one if one.number else _at(one, of[f"{group.name} {group.first} {one.key}"])
                for one in group.fields
            ),
        )
        for group in line.groups
    )
    once = {(one.code, one.span): one for one in reversed(found)}
    return Line(replace(line.record, fields=own), groups), list(once.values())[::-1]


def _at(field: Field, place: Field) -> Field:
    made = replace(place, key=field.key, name=field.name, column=field.column)
    return replace(made, position=field.position)


def _started(line: Line) -> Line:
    """Say where each field of a line begins, and each field of the first of its groups."""
    at = 1
    own: list[Field] = []
    groups: dict[str, Record] = {}
    for part in line.parts(0):
        if isinstance(part, Field):
            own.append(replace(part, start=part.start or at))
            at = (part.start or at) + (part.width or 1)
            continue
        group, times = part
        made: list[Field] = []
        for one in group.fields:
            made.append(one if one.number else replace(one, start=one.start or at))
            at = at if one.number else (one.start or at) + (one.width or 1)
        groups[group.name] = replace(group, fields=tuple(made))
        begin = min(one.start or 1 for one in made if not one.number)
        at = begin + (at - begin) * times
    record = replace(line.record, fields=tuple(own))
    return Line(record, tuple(groups[one.name] for one in line.groups))


@dataclass(frozen=True, slots=True)
class _Case:
    """One record to be looked at, among all of its layout."""

    record: Record
    records: dict[str, Record]
    file: File

    def finding(self, message: str, remedy: str, field: Field | None = None) -> Diagnostic:
        span = self.record.span if field is None else field.span
        return Diagnostic("CW455", message, span, help=remedy)


def _wrong(case: _Case) -> Iterator[Diagnostic]:
    """Find what a record says of its place in a line that cannot be."""
    record = case.record
    if record.within is None:
        yield from _alone(case)
        return
    of = case.records.get(record.within)
    name = f"record '{record.name}'"
    if case.file.form not in _FORMS:
        yield case.finding(
            f"{name} stands in a line, this file is {case.file.form}", "remove in: and times:"
        )
    elif of is None or of.within is not None or not of.fields:
        near = closest(record.within, [one for one in case.records if one != record.name])
        remedy = f"did you mean '{near}'?" if near and of is None else "name a record with a line"
        yield case.finding(f"{name} cannot stand in '{record.within}'", remedy)
    else:
        yield from _place(case, of)
        yield from _fields(case)


def _alone(case: _Case) -> Iterator[Diagnostic]:
    record = case.record
    if record.times is not None or record.after is not None or record.first != 1:
        message = f"record '{record.name}' has times, after or first, but stands in no line"
        yield case.finding(message, "say in: and the record whose line it stands in")
    for one in record.fields:
        if one.number:
            message = f"field {one.key} is the number of a group, but '{record.name}' is none"
            yield case.finding(message, "say in: and times: for the record", one)


def _place(case: _Case, of: Record) -> Iterator[Diagnostic]:
    record = case.record
    names = {alias for one in of.fields for alias in (one.key, one.name)}
    if record.after is not None and record.after not in names:
        near = closest(record.after, names)
        remedy = f"did you mean '{near}'?" if near else f"name a field of '{of.name}'"
        message = f"record '{record.name}' stands after '{record.after}', which is no field"
        yield case.finding(message, remedy)
        return
    line = Line(of, tuple(one for one in case.records.values() if one.within == of.name))
    after = of.fields[-1].key if record.after is None else record.after
    last = after in (of.fields[-1].key, of.fields[-1].name) and line.groups[-1] is record
    if record.times is None and (case.file.form == "fixed" or case.file.header or not last):
        message = f"nothing says how many times '{record.name}' stands in its line"
        remedy = "add times:; only what stands last in a line without header goes on to its end"
        yield case.finding(message, remedy)
    if of.fields[-1].rest and last:
        message = f"the last field of '{of.name}' takes the rest of the line, and its groups too"
        yield case.finding(message, "remove rest, or say after: which field the groups stand")


def _fields(case: _Case) -> Iterator[Diagnostic]:
    record = case.record
    number = number_of(record)
    for one in record.fields:
        if one.tag or one.rest:
            what = "tag" if one.tag else "rest"
            yield case.finding(
                f"field {one.key} of a group has {what}, which is for a line", f"remove {what}", one
            )
        if one.number and (one is not number or one.codec.type != "integer"):
            message = f"field {one.key} cannot be the number of its group"
            yield case.finding(message, "one field of type integer can", one)
        column = one.name if one.column is None else one.column
        if case.file.header and not one.number and not is_numbered(column):
            message = f"field {one.key} has one column, but its group stands several times"
            remedy = 'say column: with {n} where the number stands, such as "Item {n} Amount"'
            yield case.finding(message, remedy, one)
    if all(one.number for one in record.fields):
        yield case.finding(f"record '{record.name}' has no column", "describe its fields")


def structured(root: Branch) -> Iterator[Diagnostic]:
    """Find groups of columns that do not stand below their line's record in the structure."""
    for above in (root, *branches(root)):
        for branch in above.children:
            record = branch.record
            if record is None or record.within is None:
                continue
            name, of = record.name, record.within
            if above.record is None or above.record.name != of or branch.children:
                message = f"'{name}' stands in the line of '{of}', but not in the structure"
                yield Diagnostic("CW455", message, record.span, help=f"write it as {of}({name}*)")
            elif branch.most == 1 and record.times != 1:
                message = f"'{name}' stands several times in its line, but once in the structure"
                yield Diagnostic("CW455", message, record.span, help=f"write it as {of}({name}*)")
