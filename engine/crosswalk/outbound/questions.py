"""Questions to a partner, and its answers as our records: balances, asked of many accounts."""

import asyncio
from collections.abc import Mapping, Sequence

from crosswalk.delivery.answers import at
from crosswalk.delivery.asking import Asker, NoAnswer
from crosswalk.delivery.clock import SystemClock
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Transport
from crosswalk.findings.diagnostics import CODES, Diagnostic
from crosswalk.findings.errors import ConfigError
from crosswalk.formats.jsontext import decode, encode
from crosswalk.model.mapping import Copy
from crosswalk.operations.graphql_answers import LACKS, lacks
from crosswalk.operations.jsontexts import opened
from crosswalk.outbound.prepared import Deliverable, Item
from crosswalk.outbound.results import Answered
from crosswalk.planning.plan import Plan
from crosswalk.project import CANONICAL, Project
from crosswalk.running.context import Context
from crosswalk.running.in_memory import run_in_memory


async def ask_all(
    found: Deliverable,
    items: Sequence[Item],
    setup: Setup,
    answer: tuple[Plan, Context],
    *,
    at_once: int = 4,
) -> list[Answered]:
    """Ask every question, several at once, and map the answers; in the order of the questions.

    `answer` is the plan that reads the partner's answer, with its context. Raises BadSetting.
    """
    transport, clock = Transport(setup.secrets), SystemClock()
    tokens = Tokens(setup.state / "tokens", setup.secrets, transport, clock)
    asker = Asker(setup, transport, tokens, clock)
    turns = asyncio.Semaphore(at_once)

    async def one(item: Item) -> Answered:
        async with turns:
            try:
                said, _ = await asker.whole(
                    found.biller,
                    found.operation.name,
                    found.operation.document.text,
                    item.prepared.variables,
                )
            except NoAnswer as fault:
                return Answered(item.number, (), fault.reason)
        return _mapped(found, item.number, said, answer)

    try:
        return list(await asyncio.gather(*map(one, items)))
    finally:
        await transport.close()


def answer_plan(project: Project, found: Deliverable) -> Plan:
    """Give the plan that reads the answers to a question, made in the canonical form."""
    named = found.delivery.answer
    return project.plan(named.text if named else "", found.view, target_form=CANONICAL)


def question(found: Deliverable, values: Sequence[str]) -> bytes:
    """Make records that hold nothing but what is asked for: the field of the delivery's key.

    Raises ConfigError (CW481) when the key is not one field of the streamed record.
    """
    origin = found.delivery.key[0].origin
    field = origin.field.rpartition(".")[2] if isinstance(origin, Copy) else ""
    if len(found.delivery.key) != 1 or not field:
        message = f"the key of {found.plan.name} is not one field, so records must be given"
        raise ConfigError([Diagnostic("CW481", message, found.delivery.span, help="use --input")])
    return "".join(f"{encode({field: value})}\n" for value in values).encode()


def asking(found: Deliverable, values: Mapping[str, str]) -> bytes:
    """Make the one record that asks, in the canonical form; a field that is not known is told."""
    kinds = {
        name: one.codec.type
        for record in found.plan.source.records
        for one in record.fields
        for name in (one.key, one.name)
    }
    record = {name: _typed(value, kinds.get(name, "")) for name, value in values.items()}
    return f"{encode(record)}\n".encode()


def _typed(value: str, kind: str) -> object:
    """Give a value as the canonical form has it: whole numbers and booleans are JSON's own."""
    if kind == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    return value == "true" if kind == "boolean" and value in ("true", "false") else value


def _mapped(
    found: Deliverable, number: int, said: dict[str, object], answer: tuple[Plan, Context]
) -> Answered:
    lacking = lacks(found.operation, found.sdl, said)
    if lacking:
        return Answered(number, (), f"{LACKS} {lacking[0].path} {lacking[0].reason}")
    block = found.operation.capability
    if at(said, block.success.path if block is not None else ()) is None:
        return Answered(number, (), "nothing_found")
    opened(said, found.operation)
    outcome = run_in_memory(*answer, f"{encode(said)}\n".encode())
    if outcome.stopped is not None:
        return Answered(number, (), str(outcome.stopped))
    if outcome.rejects:
        issue = outcome.rejects[0][0]
        field = issue.field or issue.target
        return Answered(number, (), f"{issue.code} {field} {CODES[issue.code]}")
    lines = filter(None, outcome.body.decode().split("\n"))
    return Answered(number, tuple(one for one in map(decode, lines) if isinstance(one, dict)))
