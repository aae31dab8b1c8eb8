"""What one attempt means (delivery 3.2, D11): the table, then laws over any answer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.delivery import partner

from crosswalk.delivery.classify import classify
from crosswalk.delivery.states import Outcome
from crosswalk.delivery.wire import Ambiguous, NotSent, Reply

CREATE = partner.operations()["create_receipt"]
SENT = dict(partner.payment("g-1", "inv-1", 1250).variables)
GOOD = {
    "receiptNumber": "5.00010",
    "amount": "12.50",
    "confirmationNumber": "g-1",
    "allocateTo": "inv-1",
}


def reply(content: Any, status: int = 200, media: str = "application/json") -> Reply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Reply(status, media, body)


def answer(receipt: Any, errors: Any = ...) -> dict[str, Any]:
    found = {"data": {"create_receipt": receipt}}
    return found if errors is ... else found | {"errors": errors}


def error(code: str | None, path: list[str] | None) -> dict[str, Any]:
    made: dict[str, Any] = {"message": "ACCOUNT_UNKNOWN"}
    if code is not None:
        made["extensions"] = {"code": code}
    return made | ({"path": path} if path is not None else {})


ROOT = ["create_receipt"]
LISTED = error("ACCOUNT_UNKNOWN", ROOT)
TABLE: list[tuple[str, Any, Outcome, str]] = [
    ("a receipt that repeats our values", reply(answer(GOOD)), Outcome.POSTED, "answered"),
    (
        "amount written otherwise",
        reply(answer(GOOD | {"amount": "12.5"})),
        Outcome.POSTED,
        "answered",
    ),
    (
        "a receipt although there are errors",
        reply(answer(GOOD, [LISTED])),
        Outcome.POSTED,
        "answered",
    ),
    ("another amount", reply(answer(GOOD | {"amount": "12.51"})), Outcome.REVIEW, "echo_differs"),
    (
        "another invoice",
        reply(answer(GOOD | {"allocateTo": "inv-2"})),
        Outcome.REVIEW,
        "echo_differs",
    ),
    ("amount missing", reply(answer({"receiptNumber": "5.1"})), Outcome.REVIEW, "echo_differs"),
    (
        "receipt number null",
        reply(answer(GOOD | {"receiptNumber": None})),
        Outcome.UNKNOWN,
        "no_reference",
    ),
    (
        "receipt number as a float",
        reply(answer(GOOD | {"receiptNumber": 5.1})),
        Outcome.UNKNOWN,
        "no_reference",
    ),
    (
        "receipt number blank",
        reply(answer(GOOD | {"receiptNumber": " "})),
        Outcome.UNKNOWN,
        "no_reference",
    ),
    (
        "receipt number with half a character",
        reply(b'{"data": {"create_receipt": {"receiptNumber": "5.\\ud800"}}}'),
        Outcome.UNKNOWN,
        "no_reference",
    ),
    (
        "receipt number too long to keep",
        reply(answer(GOOD | {"receiptNumber": "5" * 201})),
        Outcome.UNKNOWN,
        "no_reference",
    ),
    ("listed code at the root field", reply(answer(None, [LISTED])), Outcome.REJECTED, "refused"),
    (
        "listed code, data null",
        reply({"data": None, "errors": [LISTED]}),
        Outcome.REJECTED,
        "refused",
    ),
    (
        "one of two codes not listed",
        reply(answer(None, [LISTED, error("X", ROOT)])),
        Outcome.UNKNOWN,
        "errors",
    ),
    (
        "listed code below the root",
        reply(answer(None, [error("ACCOUNT_UNKNOWN", [*ROOT, "amount"])])),
        Outcome.UNKNOWN,
        "errors",
    ),
    (
        "listed code without a path",
        reply(answer(None, [error("ACCOUNT_UNKNOWN", None)])),
        Outcome.UNKNOWN,
        "errors",
    ),
    (
        "the code only in the message",
        reply(answer(None, [error(None, ROOT)])),
        Outcome.UNKNOWN,
        "errors",
    ),
    ("errors is an empty list", reply(answer(None, [])), Outcome.UNKNOWN, "no_data"),
    ("errors is null", reply(answer(None, None)), Outcome.UNKNOWN, "no_data"),
    ("data absent, errors absent", reply({}), Outcome.UNKNOWN, "no_data"),
    (
        "data absent, unlisted error",
        reply({"errors": [error("X", None)]}),
        Outcome.UNKNOWN,
        "errors",
    ),
    ("field null without errors", reply(answer(None)), Outcome.UNKNOWN, "no_data"),
    ("body is an array", reply([answer(GOOD)]), Outcome.UNKNOWN, "no_data"),
    (
        "HTML with status 200",
        reply(b"<html>", media="text/html"),
        Outcome.UNKNOWN,
        "wrong_media_type",
    ),
    ("JSON cut off", reply(b'{"data": {"create'), Outcome.UNKNOWN, "not_json"),
    (
        "a key twice",
        reply(b'{"data": null, "data": {"create_receipt": null}}'),
        Outcome.UNKNOWN,
        "not_json",
    ),
    ("NaN in the body", reply(b'{"data": NaN}'), Outcome.UNKNOWN, "not_json"),
    (
        "too large",
        Reply(200, "application/json", b"", flaw="too_large"),
        Outcome.UNKNOWN,
        "too_large",
    ),
    (
        "400, request errors",
        reply({"errors": [error(None, None)]}, 400),
        Outcome.REJECTED,
        "request_error",
    ),
    (
        "422, request errors",
        reply({"data": None, "errors": [error(None, None)]}, 422),
        Outcome.REJECTED,
        "request_error",
    ),
    (
        "400, error with a path",
        reply({"errors": [error(None, ROOT)]}, 400),
        Outcome.UNKNOWN,
        "http_400",
    ),
    ("400 with data", reply(answer(GOOD, [error(None, None)]), 400), Outcome.UNKNOWN, "http_400"),
    ("400 without a body", reply(b"", 400), Outcome.UNKNOWN, "http_400"),
    ("401", reply({}, 401), Outcome.HELD, "unauthorized"),
    ("401 with data", reply(answer(GOOD), 401), Outcome.UNKNOWN, "unauthorized"),
    ("429", reply({}, 429), Outcome.NOT_EXECUTED, "throttled"),
    ("429 with data", reply(answer(GOOD), 429), Outcome.UNKNOWN, "throttled"),
    *[
        (f"status {code}", reply({}, code), Outcome.HELD, f"http_{code}")
        for code in (403, 404, 405, 413, 415)
    ],
    *[
        (f"status {code}", reply({}, code), Outcome.UNKNOWN, f"http_{code}")
        for code in (201, 204, 301, 302, 307, 308, 408, 409, 500, 502, 503, 504, 599)
    ],
    ("connection refused", NotSent("connect_error"), Outcome.NOT_EXECUTED, "connect_error"),
    ("certificate not trusted", NotSent("tls_untrusted"), Outcome.HELD, "tls_untrusted"),
    ("reset after the request", Ambiguous("read_error"), Outcome.UNKNOWN, "read_error"),
    ("deadline", Ambiguous("deadline"), Outcome.UNKNOWN, "deadline"),
]


@pytest.mark.parametrize(
    ("seen", "outcome", "reason"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_an_attempt_means(seen: Any, outcome: Outcome, reason: str) -> None:
    verdict = classify(CREATE, SENT, seen)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "errors", "create_receipt", "receiptNumber", "path", "extensions", "code"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(content=JSON, status=st.sampled_from([200, 200, 200, 400, 401, 422, 429, 500]))
def test_no_answer_is_posted_without_our_values_or_refused_without_a_listed_code(
    content: Any, status: int
) -> None:
    verdict = classify(CREATE, SENT, reply(content, status))
    assert verdict.outcome is not Outcome.POSTED
    if verdict.outcome is Outcome.REJECTED and status == 200:
        assert set(verdict.codes) == {"ACCOUNT_UNKNOWN"}
