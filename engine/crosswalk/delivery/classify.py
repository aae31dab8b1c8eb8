"""What one HTTP attempt means for the payment: pure, one table per kind of sight (delivery 3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crosswalk.delivery import answers
from crosswalk.delivery.answers import Fault
from crosswalk.delivery.capability import Operation
from crosswalk.delivery.states import Outcome
from crosswalk.delivery.wire import Ambiguous, NotSent, Reply, Seen

HTTP_OK = 200
UNAUTHORIZED = 401
TOO_MANY = 429
CONFIGURATION = frozenset({403, 404, 405, 413, 415})
NEEDS_A_PERSON = frozenset({"tls_untrusted", "host_refused", "credential"})
OUR_FAULT = frozenset({400, 422})


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with a reason word; `reference` is the partner's receipt when posted.

    codes: the partner's error codes (words, no message text); retry_after: the header as it came;
    status: the HTTP status when there was one; trouble: counts against the endpoint's breaker.
    """

    outcome: Outcome
    reason: str
    reference: str | None = None
    codes: tuple[str, ...] = ()
    retry_after: str | None = None
    status: int | None = None
    trouble: bool = False


def classify(operation: Operation, variables: Mapping[str, object], seen: Seen) -> Verdict:
    """Say what an attempt of `operation` with `variables` means; undecided is always UNKNOWN."""
    match seen:
        case NotSent(reason) if reason in NEEDS_A_PERSON:
            return Verdict(Outcome.HELD, reason)
        case NotSent(reason):
            return Verdict(Outcome.NOT_EXECUTED, reason, trouble=True)
        case Ambiguous(reason):
            return Verdict(Outcome.UNKNOWN, reason, trouble=True)
        case Reply():
            return _reply(operation, variables, seen)


def _reply(operation: Operation, variables: Mapping[str, object], reply: Reply) -> Verdict:
    status = reply.status
    if status == TOO_MANY or _says_later(operation, reply):
        return _throttled(operation, reply)
    if status == HTTP_OK:
        return _answer(operation, variables, reply)
    if status == UNAUTHORIZED:
        return _unauthorized(operation, reply)
    if status in CONFIGURATION:
        return Verdict(Outcome.HELD, f"http_{status}", status=status, trouble=True)
    if status in OUR_FAULT and _is_request_error(reply):
        codes = codes_of(answers.read(reply.body), operation)
        return Verdict(Outcome.REJECTED, "request_error", codes=codes, status=status)
    return Verdict(
        Outcome.UNKNOWN,
        f"http_{status}",
        retry_after=reply.retry_after,
        status=status,
        trouble=True,
    )


def _unauthorized(operation: Operation, reply: Reply) -> Verdict:
    if not operation.auth_before_execute or _has_data(reply):
        return Verdict(Outcome.UNKNOWN, "unauthorized", status=reply.status)
    return Verdict(Outcome.HELD, "unauthorized", status=reply.status)


def _throttled(operation: Operation, reply: Reply) -> Verdict:
    before = operation.throttle_before_execute and not _has_data(reply)
    outcome = Outcome.NOT_EXECUTED if before else Outcome.UNKNOWN
    return Verdict(outcome, "throttled", retry_after=reply.retry_after, status=reply.status)


def _says_later(operation: Operation, reply: Reply) -> bool:
    """Tell whether an answer without data has no errors but such as mean later."""
    if not operation.throttle_codes or reply.flaw is not None or _has_data(reply):
        return False
    try:
        errors = _errors(answers.read(reply.body))
    except answers.Unreadable:
        return False
    codes = [answers.code_of(answers.at(one, operation.error_code)) for one in errors]
    return bool(codes) and all(code in operation.throttle_codes for code in codes)


def _answer(operation: Operation, variables: Mapping[str, object], reply: Reply) -> Verdict:
    if reply.flaw is not None:
        return _unknown(reply, reply.flaw)
    if "json" not in reply.content_type.lower():
        return _unknown(reply, "wrong_media_type")
    try:
        answer = answers.read(reply.body)
    except answers.Unreadable:
        return _unknown(reply, "not_json")
    faults = answers.faults(answer, operation.refusal)
    told = operation.refusal is not None and bool(operation.refusal.values)
    if faults and (told or answers.at(answer, operation.success.path) is None):
        return _refused(operation, faults, answer, reply)
    root = answers.at(answer, operation.success.path[:2])
    if root is not None:
        return _receipt(operation, variables, answer, reply)
    return _refusal(operation, answer, reply)


def _receipt(
    operation: Operation, variables: Mapping[str, object], answer: object, reply: Reply
) -> Verdict:
    codes = codes_of(answer, operation)
    reference = answers.reference(answers.at(answer, operation.success.path))
    if reference is None:
        return Verdict(Outcome.UNKNOWN, "no_reference", codes=codes, status=reply.status)
    receipt = answers.at(answer, operation.success.path[:-1])
    for path, values in operation.success.expect.items():
        if not any(answers.same(one, answers.at(answer, path)) for one in values):
            reason = "not_as_expected"
            return Verdict(Outcome.REVIEW, reason, reference, codes, status=reply.status)
    success = operation.success
    if not repeats(operation, (success.echo, success.theirs), variables, receipt):
        return Verdict(Outcome.REVIEW, "echo_differs", reference, codes, status=reply.status)
    return Verdict(Outcome.POSTED, "answered", reference, codes, status=reply.status)


def same_field(operation: Operation, name: str, ours: object, theirs: object) -> bool:
    """Compare one field: amounts by value, every other exactly."""
    compare = answers.same_amount if name in operation.amounts else answers.same
    return compare(ours, theirs)


def repeats(
    operation: Operation,
    named: tuple[Sequence[str], Mapping[str, Sequence[str]]],
    variables: Mapping[str, object],
    receipt: object,
) -> bool:
    """Tell that a record of the partner repeats those values of ours that are named.

    `named` are our fields, and where the record has those that stand under another name.
    """
    names, theirs = named
    return all(
        same_field(
            operation,
            name,
            answers.ours(operation, variables, name),
            answers.at(receipt, theirs.get(name, (name,))),
        )
        for name in names
    )


def _refusal(operation: Operation, answer: object, reply: Reply) -> Verdict:
    errors = _errors(answer)
    codes = codes_of(answer, operation)
    field = operation.success.field
    definite = bool(errors) and all(_is_definite(operation, field, error) for error in errors)
    if definite and _data_is_empty(answer, field):
        return Verdict(Outcome.REJECTED, "refused", codes=codes, status=reply.status)
    reason = "errors" if errors else "no_data"
    return Verdict(Outcome.UNKNOWN, reason, codes=codes, status=reply.status)


def _refused(operation: Operation, faults: list[Fault], answer: object, reply: Reply) -> Verdict:
    """Judge an answer whose own data say that nothing was booked; errors beside it leave doubt."""
    codes = tuple(one.code[:64] for one in faults if _is_word(one.code))
    definite = operation.refusal is not None and operation.refusal.definite
    proved = definite or all(one.code in operation.definite_rejects for one in faults)
    if proved and not _errors(answer):
        return Verdict(Outcome.REJECTED, "refused", codes=codes, status=reply.status)
    return Verdict(Outcome.UNKNOWN, "errors", codes=codes, status=reply.status)


def _is_definite(operation: Operation, field: str, error: object) -> bool:
    code = answers.code_of(answers.at(error, operation.error_code))
    path = answers.at(error, ["path"])
    listed = code in operation.definite_rejects
    return listed and path == [field]


def _data_is_empty(answer: object, field: str) -> bool:
    data = answers.at(answer, ["data"])
    return data is None or (isinstance(data, dict) and set(data) <= {field})


def _is_request_error(reply: Reply) -> bool:
    if reply.flaw is not None or _has_data(reply):
        return False
    try:
        errors = _errors(answers.read(reply.body))
    except answers.Unreadable:
        return False
    return bool(errors) and all(answers.at(error, ["path"]) is None for error in errors)


def _has_data(reply: Reply) -> bool:
    try:
        answer = answers.read(reply.body)
    except answers.Unreadable:
        return False
    data = answers.at(answer, ["data"])
    if isinstance(data, dict):
        return any(value is not None for value in data.values())
    return data is not None


def _errors(answer: object) -> list[object]:
    errors = answers.at(answer, ["errors"])
    return errors if isinstance(errors, list) else []


def codes_of(answer: object, operation: Operation) -> tuple[str, ...]:
    """Give the codes of an answer's errors: words only."""
    found = (answers.at(error, operation.error_code) for error in _errors(answer))
    codes = (answers.code_of(one) for one in found)
    return tuple(code[:64] for code in codes if code is not None and _is_word(code))


def _is_word(code: str) -> bool:
    return code.replace("_", "").replace("-", "").replace(".", "").isalnum() and code.isascii()


def _unknown(reply: Reply, reason: str) -> Verdict:
    return Verdict(Outcome.UNKNOWN, reason, status=reply.status, trouble=True)
