"""From a request to the row that is frozen for it, checked against its operation."""

from collections.abc import Iterator
from dataclasses import dataclass

from crosswalk.delivery import answers, documents
from crosswalk.delivery.capability import Effect, Operation
from crosswalk.delivery.faults import BadSetting
from crosswalk.delivery.request import Kind, Request, digest, payload
from crosswalk.findings.diagnostics import has_errors

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Frozen:
    """A request made ready for the ledger: its payload will not change any more.

    identity_sha256 covers what makes it the same payment (amount, currency, kind, target, key);
    content_sha256 covers the payload as well.
    """

    request: Request
    endpoint: str
    match_key: str | None
    payload: str
    payload_sha256: str
    content_sha256: str


def freeze(request: Request, operation: Operation) -> Frozen:
    """Check a request and write its payload once. Raises BadSetting."""
    found = documents.check(operation, request.document)
    if has_errors(found):
        raise BadSetting(found[0].code, found[0].message)
    problem = _problem(request, operation)
    if problem:
        raise BadSetting("CW709", f"{request.operation}: {problem}")
    variables = dict(request.variables)
    if request.fill is not None:
        variables[request.fill] = None
    body = payload(request.document, variables)
    parts = (
        request.kind,
        str(request.amount_minor),
        request.currency,
        request.target or "",
        operation.endpoint,
        digest(body),
    )
    return Frozen(
        request=request,
        endpoint=operation.endpoint,
        match_key=_match_key(request, operation),
        payload=body,
        payload_sha256=digest(body),
        content_sha256=digest("\n".join(parts)),
    )


def _match_key(request: Request, operation: Operation) -> str | None:
    if request.kind is Kind.VOID:
        return request.target
    if request.subject is not None or operation.lookup is None:
        return request.subject
    value = answers.ours(operation, request.variables, operation.lookup.key)
    return None if value is None else str(value)


def _problem(request: Request, operation: Operation) -> str | None:
    """Return what is wrong with a request, the first thing that is."""
    found = (message for wrong, message in _checks(request, operation) if wrong)
    return next(found, None)


def _checks(request: Request, operation: Operation) -> Iterator[tuple[bool, str]]:
    is_change, is_void = request.kind is Kind.CHANGE, request.kind is Kind.VOID
    yield operation.effect is Effect.READ, "a read is not delivered, it is asked"
    yield not 0 < len(request.key.strip()) <= LONGEST, "the key must be text of 1 to 200 characters"
    yield not is_change and (request.amount_minor or 0) <= 0, "the amount must be above zero"
    yield is_change and request.amount_minor is not None, "a change has no amount"
    yield not is_change and request.subject is not None, "only a change has a subject"
    subject = request.subject
    yield subject is not None and not 0 < len(subject) <= LONGEST, "the subject is 1 to 200 long"
    yield (
        is_void != (request.target is not None) or is_void != (request.fill is not None),
        "a void, and nothing else, names its payment and the variable for its receipt",
    )
    document = documents.read(request.document)
    given = set(request.variables) | ({request.fill} if request.fill else set())
    fits = document.needed <= given <= document.variables
    yield not fits, "the variables given are not those of the document"
