"""What a mapping's `delivery` block declares, bound as more fields of the record it fills.

So key and amount have everything an entry can have, and a record without them is a reject.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crosswalk.delivery.capability import Effect
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.model import mapping as m
from crosswalk.model.layout import Branch, Field, Layout, Record
from crosswalk.operations.operation import VARIABLES, Operation
from crosswalk.values.codecs import canonical

AMOUNT, SUBJECT = "(amount)", "(subject)"
DECIMALS = 2
"""Amounts are money with two decimals; the minor unit is the hundredth."""

_WANTS = {
    "payment": ("amount", "currency"),
    "void": ("amount", "currency", "voids", "receipt"),
    "change": ("subject",),
    "question": ("answer",),
}
"""What each kind declares beside its key, all of it and nothing else."""


def key_name(number: int) -> str:
    """Give the name of the field that holds a part of the key, counted from 1."""
    return f"(key {number})"


@dataclass(frozen=True, slots=True)
class _More:
    """A field that is added, its entry, and the type of its values."""

    name: str
    entry: m.Entry
    type: str


def extended(
    written: m.Mapping, delivery: m.Delivery, source: Layout, operation: Operation
) -> tuple[m.Mapping, Layout]:
    """Give the mapping and its target with the fields that the delivery needs.

    The variable that takes a receipt number is left empty; the ledger fills it.
    """
    record = operation.variables.records[0]
    receipt = delivery.receipt.text if delivery.receipt is not None else ""
    fields = [
        replace(one, required=False, on_missing="empty") if receipt in (one.key, one.name) else one
        for one in record.fields
    ]
    kept = tuple(one for one in written.targets if one.field != receipt or not receipt)
    added = list(_more(delivery, source))
    for one in added:
        codec = canonical(one.type, DECIMALS if one.type == "money" else None)
        place = len(fields)
        fields.append(Field(one.name, one.name, place, codec, one.entry.span, required=True))
    targets = tuple(m.Target(VARIABLES, one.name, one.entry, one.entry.span) for one in added)
    made = replace(record, fields=tuple(fields))
    return replace(written, targets=(*kept, *targets)), _with(operation.variables, made)


def _more(delivery: m.Delivery, source: Layout) -> Iterator[_More]:
    for number, entry in enumerate(delivery.key, 1):
        yield _More(key_name(number), entry, _type(entry, source))
    if delivery.amount is not None:
        yield _More(AMOUNT, delivery.amount, "money")
    if delivery.subject is not None:
        yield _More(SUBJECT, delivery.subject, _type(delivery.subject, source))


def _type(entry: m.Entry, source: Layout) -> str:
    """Give the type of a field that is taken as it is; what an entry makes must be text."""
    if not isinstance(entry.origin, m.Copy) or entry.steps:
        return "text"
    wanted = entry.origin.field
    for record in source.records:
        for one in record.fields:
            if wanted in (
                one.key,
                one.name,
                f"{record.name}.{one.key}",
                f"{record.name}.{one.name}",
            ):
                return one.codec.type
    return "text"


def _with(layout: Layout, record: Record) -> Layout:
    def branch(old: Branch) -> Branch:
        mine = old.record is not None and old.record.name == record.name
        return replace(old, record=record) if mine else old

    root = replace(layout.root, children=tuple(map(branch, layout.root.children)))
    return replace(layout, root=root, records=(record, *layout.records[1:]))


def check_delivery(delivery: m.Delivery, operation: Operation | None) -> Iterator[Diagnostic]:
    """Find what does not go together in a delivery block, and between it and its operation."""
    kind = delivery.kind
    if operation is None:
        message = "the mapping fills no operation, so there is nothing to deliver"
        yield Diagnostic("CW481", message, delivery.span, help="remove delivery:")
        return
    given = [key for key in _given(delivery) if key not in _WANTS[kind]]
    missing = [key for key in _WANTS[kind] if key not in _given(delivery)]
    missing += ["key"] if kind != "question" and not delivery.key else []
    for key in missing:
        message = f"a {kind} needs {key}:"
        yield Diagnostic("CW481", message, delivery.span, help=f"add {key}: under delivery")
    for key in given:
        message = f"a {kind} has no {key}:"
        yield Diagnostic("CW481", message, delivery.span, help=f"remove {key}:, or correct kind:")
    block = operation.capability
    if block is not None and (block.effect is Effect.READ) != (kind == "question"):
        message = f"{operation.name} has the effect {block.effect}, so it is no {kind}"
        remedy = "kind: question is for what only reads, and only for it"
        yield Diagnostic("CW481", message, delivery.span, help=remedy)
    receipt = delivery.receipt
    names = {one.name: one for one in operation.variables.records[0].fields}
    if receipt is not None and receipt.text not in names:
        near = closest(receipt.text, names)
        remedy = f"did you mean '{near}'?" if near else f"it has {', '.join(names)}"
        message = f"{operation.name} has no variable '{receipt.text}'"
        yield Diagnostic("CW482", message, receipt.span, help=remedy)


def _given(delivery: m.Delivery) -> tuple[str, ...]:
    there: Mapping[str, object] = {
        "amount": delivery.amount,
        "currency": delivery.currency or None,
        "voids": delivery.voids,
        "receipt": delivery.receipt,
        "subject": delivery.subject,
        "answer": delivery.answer,
    }
    return tuple(key for key, value in there.items() if value is not None)


def without_delivery(mapping: str, span: Span) -> Diagnostic:
    """Say that a mapping cannot be delivered because it declares no key."""
    message = f"{mapping} says nothing of its delivery, so a request could be sent twice"
    remedy = "add delivery: with its kind and its key"
    return Diagnostic("CW483", message, span, help=remedy)
