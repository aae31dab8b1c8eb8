"""From records to prepared requests: variables held against the partner's types, key, amount."""

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from crosswalk.documents.content import content
from crosswalk.formats.jsontext import decode, encode
from crosswalk.model.mapping import Delivery
from crosswalk.model.records import Issue
from crosswalk.operations.delivering import AMOUNT, DECIMALS, SUBJECT, key_name
from crosswalk.operations.operation import Operation
from crosswalk.operations.sending import Prepared, prepare
from crosswalk.planning.plan import Plan
from crosswalk.project import Project, View
from crosswalk.running.context import Context
from crosswalk.running.in_memory import run_in_memory

REFUSED = "CW721"


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A mapping that says how its requests are delivered, as a biller has it.

    `origin` names it with its version and the hash of what it says for this biller.
    """

    plan: Plan
    delivery: Delivery
    operation: Operation
    sdl: str
    view: View
    origin: str

    @property
    def biller(self) -> str:
        """Whose requests these are."""
        return self.view.owner.name if self.view.owner is not None else ""


@dataclass(frozen=True, slots=True)
class Item:
    """One request that a mapping made: `number` from 1, the parts of its key, minor units."""

    number: int
    parts: tuple[str, ...]
    amount_minor: int | None
    subject: str | None
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Items:
    """The requests of some records, in order, and an issue for each that gave none."""

    items: tuple[Item, ...]
    rejects: tuple[Issue, ...]


def deliverable(
    project: Project, name: str, view: View, source_form: str | None = None
) -> Deliverable:
    """Find a mapping with its delivery block, by the name of a flow or its own.

    `source_form` "json-lines" reads records in the canonical form instead of the layout's own.
    Raises ConfigError (CW481-CW483 among others).
    """
    mapping, _ = project.wanted(name, view)
    plan, delivery, operation = project.delivery(mapping, view, source_form)
    node = project.effective(project.find(mapping, "mapping"), view).node
    text = sha256(content(node).encode()).hexdigest()[:12]
    origin = f"{plan.name}@{plan.version}+{text}"
    return Deliverable(plan, delivery, operation, project.types_of(operation) or "", view, origin)


def items_of(found: Deliverable, data: bytes, context: Context) -> Items:
    """Map records, in the form of the mapping's source, to prepared requests.

    What the mapping rejects, and what the partner's types refuse, is an issue each; the records
    beside it go on. Raises FormatProblem when the input as a whole cannot be used.
    """
    outcome = run_in_memory(found.plan, context, data)
    if outcome.stopped is not None:
        raise outcome.stopped
    items, rejects = [], [issue for issue, _ in outcome.rejects]
    receipt = found.delivery.receipt.text if found.delivery.receipt is not None else None
    for number, line in enumerate(filter(None, outcome.body.decode().split("\n")), 1):
        item = _item(found, number, line)
        problems = [one for one in item.prepared.problems if one[0] != receipt]
        rejects += [
            Issue(REFUSED, f"request {number}: {problem}", 0, 0, target=path)
            for path, problem in problems
        ]
        if not problems:
            items.append(item)
    return Items(tuple(items), tuple(rejects))


def _item(found: Deliverable, number: int, line: str) -> Item:
    values = decode(line)
    if not isinstance(values, dict):
        raise TypeError("variables are an object")
    parts = [str(values.pop(key_name(n))) for n in range(1, len(found.delivery.key) + 1)]
    amount, subject = values.pop(AMOUNT, None), values.pop(SUBJECT, None)
    return Item(
        number,
        tuple(parts),
        None if amount is None else minor(str(amount)),
        None if subject is None else str(subject),
        prepare(found.operation, found.sdl, found.view.settings, encode(values)),
    )


def minor(amount: str) -> int:
    """Give an amount in the currency's minor unit.

    >>> minor("12.50"), minor("-0.01")
    (1250, -1)
    """
    shifted = Decimal(amount).scaleb(DECIMALS)
    if shifted != int(shifted):
        raise ValueError("an amount of money with more decimals than its type has")
    return int(shifted)
