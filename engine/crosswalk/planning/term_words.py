"""What the origins of terms do, in words."""

from crosswalk.planning import plan as p


def options_of(origin: p.BoundOrigin) -> tuple[p.Term, ...]:
    """Give the terms among which an origin chooses, or of which it is put together."""
    match origin:
        case p.Choice(options) | p.FirstGiven(options) | p.Agreed(options):
            return options
        case p.Calculated(of=of, by=by):
            return (*of, *by)
        case p.Rebuilt(parts=parts):
            return tuple(term for _, term in parts)
        case _:
            return ()


def introduced(origin: p.BoundOrigin) -> str:  # noqa: C901, PLR0911 - one sentence for each origin
    """Say what an origin does with the fields or options that follow; nothing for plain ones."""
    match origin:
        case p.Choice():
            return "the first option whose condition holds"
        case p.FirstGiven():
            return "the first option that gives a value"
        case p.Agreed(within=within):
            near = "" if within is None else f" within {within}"
            return f"several fields that must agree{near}"
        case p.Rebuilt(pattern) | p.Joined(pattern):
            return f"put together by the pattern '{pattern.text}'"
        case p.Taken(_, pattern, part):
            return f"part {part} by the pattern '{pattern.text}'"
        case p.Gathered(slots):
            return f"the pieces of {len(slots)} fields in a row"
        case p.Chunk():
            return _chunk(origin)
        case p.Summed():
            return _summed(origin)
        case p.Calculated():
            return _calculated(origin)
        case p.Numbered():
            return "counted below its record"
        case p.NullValue():
            return "null, as the mapping says"
        case _:
            return ""


def _chunk(origin: p.Chunk) -> str:
    start = sum(length or 0 for length in origin.lengths[: origin.index])
    length = origin.lengths[origin.index]
    end = f" to {start + length}" if length is not None else " on"
    number = f"piece {origin.index + 1} of {len(origin.lengths)}"
    return f"{number} of a long text: characters {start + 1}{end}"


def _summed(origin: p.Summed) -> str:
    added = [slot.field.name for slot in origin.add]
    less = [f"less {slot.field.name}" for slot in origin.less]
    running = ", running over the lines up to this one" if origin.running else ""
    start = f", from {origin.start.field.name}" if origin.start is not None else ""
    return f"the sum of {', '.join([*added, *less])}{running}{start}"


def _calculated(origin: p.Calculated) -> str:
    size, by = len(origin.of), len(origin.by)
    if origin.word == "add":
        return f"the sum of {size} values" + (f", less the last {by}" if by else "")
    return f"the product of {size} values" + (f", divided by the last {by}" if by else "")
