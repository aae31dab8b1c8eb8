"""All findings about a rule set, exact by enumeration of its cells (payment codes 7)."""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from crosswalk.decisions import find_cells, find_codes, find_rules
from crosswalk.decisions.base import Bound
from crosswalk.decisions.cells import CAP, Domain, domain
from crosswalk.decisions.findings import WARNING, Found, Words, found
from crosswalk.decisions.grid import Grid
from crosswalk.decisions.model import Allowed, meet, narrower
from crosswalk.findings.diagnostics import Diagnostic, Severity, sort_key

_NONE: Mapping[str, Collection[str]] = {}


def analyse(
    bound: Bound,
    channels: Collection[str] = (),
    known: Mapping[str, Collection[str]] = _NONE,
    cap: int = CAP,
) -> list[Diagnostic]:
    """Give every finding RUL101-RUL405 of a bound rule set, in document order.

    `channels` are those in use (a value too long for one of them is an error), `known` the
    values a biller has of an open input. Over `cap` cells rules are compared in pairs only, and
    RUL602 says so. Findings that the author allows are left out, errors never.
    """
    everything = domain(bound.model, [bound.rules], bound)
    if everything.size > cap:
        grid = Grid(bound, Domain(bound.model, tuple(() for _ in everything.atoms)))
        made = list(_pairwise(grid))
    else:
        grid = Grid(bound, everything)
        made = list(_exactly(grid))
    uses = find_codes.uses(grid)
    made += find_codes.limits(grid, uses, channels)
    made += find_codes.spelling(grid, uses)
    made += find_codes.unknown(grid, known)
    made += find_codes.unusual(grid, uses)
    made += find_codes.apart(grid)
    return sorted(_accepted(grid, made), key=sort_key)


def _exactly(grid: Grid) -> Iterator[Found]:
    dead = find_cells.aliased(grid)
    yield from find_rules.impossible(grid)
    same, hidden = list(find_rules.same(grid)), list(find_rules.hidden(grid, dead))
    yield from same
    yield from hidden
    skip = dead | _rules_of(grid, same + hidden)
    yield from find_rules.redundant(grid, skip)
    yield from find_rules.mergeable(grid)
    yield from find_rules.incomplete(grid)
    yield from find_rules.crossing(grid)
    yield from find_rules.surprising(grid)
    yield from find_cells.unresolved(grid)
    yield from find_cells.gaps(grid)
    yield from find_cells.collisions(grid)
    yield from find_cells.shared(grid)
    yield from find_cells.substitution(grid, dead)


def _rules_of(grid: Grid, made: list[Found]) -> int:
    """Give the rules that findings are about, and those they repeat, as bits."""
    ids = {one.rule for one in made}
    repeats = [one.finding for one in made if one.finding.code != "RUL103"]
    spans = {label.span for finding in repeats for label in finding.related}
    return sum(1 << rule.order for rule in grid.rules if rule.id in ids or rule.span in spans)


def _pairwise(grid: Grid) -> Iterator[Found]:
    """Compare rules in pairs: what a union of rules hides is not seen."""
    message = "analysis partial: too many cases to enumerate, rules are only compared in pairs"
    yield found(grid, "RUL602", WARNING, Words(message))
    yield from find_rules.impossible(grid)
    yield from find_rules.same(grid)
    yield from find_rules.incomplete(grid)
    present = {rule.accepts for rule in grid.rules}
    for one, other in combinations(grid.rules, 2):
        shared = meet(one.accepts, other.accepts)
        apart = one.accepts == other.accepts or shared is None or shared in present
        inside = narrower(one.accepts, other.accepts) or narrower(other.accepts, one.accepts)
        if not apart and not inside:
            yield find_rules.crossed(grid, one, other, None)


def _accepted(grid: Grid, made: list[Found]) -> Iterator[Diagnostic]:
    """Leave out what the author allows; report what is allowed in vain."""
    rules = grid.bound.rules
    allows: list[tuple[str | None, Allowed]] = []
    allows += [(None, allowed) for allowed in rules.allow] if rules else []
    allows += [(rule.id, allowed) for rule in grid.rules for allowed in rule.allow]
    used: set[int] = set()
    for one in made:
        hits = [at for at, (rule, allowed) in enumerate(allows) if _covers(rule, allowed, one)]
        used.update(hits)
        if not hits:
            yield one.finding
    for at, (_, allowed) in enumerate(allows):
        if at not in used:
            message = f"{allowed.code} is allowed here, but nothing of that kind is found"
            remedy = "remove it; errors cannot be allowed"
            yield Diagnostic("RUL503", message, allowed.span, WARNING, help=remedy)


def _covers(rule: str | None, allowed: Allowed, one: Found) -> bool:
    error = one.finding.severity is Severity.ERROR
    return one.finding.code == allowed.code and not error and rule in (None, one.rule)
