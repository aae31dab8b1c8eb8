"""`crosswalk ledger`: what was delivered, and the decisions that only a person takes."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from crosswalk.cli.ledger_options import existing, ledger_option, money

if TYPE_CHECKING:
    from crosswalk.delivery.ledger import Ledger

STATES = ("READY", "SENDING", "UNKNOWN", "POSTED", "REJECTED", "REVIEW", "HELD", "CANCELLED")
KINDS = ("payment", "void", "change")
Row = dict[str, Any]


@click.group("ledger")
def command() -> None:
    """Look at the ledger of deliveries, and decide what is in review.

    No command here sends anything, and none shows what was sent: payloads hold payers' data.

    \b
    Examples:
      crosswalk ledger list --state REVIEW --ledger ledger.db
      crosswalk ledger show 17 --ledger ledger.db
      crosswalk ledger resolve 17 posted --receipt 5.00010 --by Ada --note "in their list"
    """  # noqa: D301


def _filtered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose deliveries."""
    function = click.option("--kind", type=click.Choice(KINDS), help="Only these.")(function)
    function = click.option("--state", type=click.Choice(STATES), help="Only these.")(function)
    return click.option("--biller", help="Only this biller's.")(function)


def _decided(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add who decides, and why."""
    function = click.option("--note", required=True, help="Why; kept with the delivery.")(function)
    who = os.environ.get("USER", "")
    return click.option("--by", default=who, help="Who decides (default: $USER).")(function)


_json_option = click.option("--json", "as_json", is_flag=True, help="As JSON lines.")


@contextmanager
def opened(ledger: str) -> Iterator["Ledger"]:
    """Open a ledger that exists."""
    from crosswalk.delivery.ledger import Ledger

    found = Ledger(existing(ledger))
    try:
        yield found
    finally:
        found.close()


@command.command("list")
@ledger_option
@_filtered
@click.option("--after", type=int, default=0, help="Begin after this number.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@_json_option
def list_command(  # noqa: PLR0913
    ledger: str,
    biller: str | None,
    state: str | None,
    kind: str | None,
    after: int,
    limit: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """List deliveries and the endpoints that wait or are held."""
    from crosswalk.delivery import views

    with opened(ledger) as found:
        rows = views.listed(found, views.Filter(biller, state, kind, after, limit))
        waiting = [one for one in views.endpoints(found) if one["held"] or one["open_until_us"]]
        totals = views.totals(found)
    if as_json:
        _lines(rows)
        return
    for row in rows:
        click.echo(_line(row))
    for total in totals:
        click.echo(
            f"total  {total.state:<9} {total.count:>6}  {money(total.amount_minor, total.currency)}"
        )
    for one in waiting:
        why = (
            f"held: {one['held']}" if one["held"] else f"waits until {_time(one['open_until_us'])}"
        )
        click.echo(f"endpoint  {one['biller']}  {one['endpoint']}  {why}")


@command.command("show")
@click.argument("number", type=int)
@ledger_option
@_json_option
def show_command(number: int, ledger: str, as_json: bool) -> None:  # noqa: FBT001
    """Show one delivery with its attempts and events."""
    from crosswalk.delivery import views

    with opened(ledger) as found:
        row = views.shown(found, number)
    if row is None:
        raise click.BadParameter(f"there is no delivery {number}", param_hint="NUMBER")
    if as_json:
        _lines([row])
        return
    click.echo(_line(row))
    for name in ("operation", "mapping", "source", "partner_ref", "detail", "payload_sha256"):
        if row[name]:
            click.echo(f"  {name:<15} {row[name]}")
    for one in row["attempts_made"]:
        status = f"  HTTP {one['http_status']}" if one["http_status"] else ""
        said = f"{one['outcome'] or 'open'}  {one['reason'] or ''}"
        click.echo(f"  attempt {one['n']}  {_time(one['started_us'])}  {said}{status}")
    for one in row["events"]:
        step = f"{one['src'] or ''} -> {one['dst']}" if one["dst"] else one["what"]
        note = f"  {one['note']}" if one["note"] else ""
        click.echo(f"  event {one['seq']}  {_time(one['at_us'])}  {step}  {one['reason']}{note}")


@command.command("review")
@ledger_option
@click.option("--biller", help="Only this biller's.")
@_json_option
def review_command(ledger: str, biller: str | None, as_json: bool) -> None:  # noqa: FBT001
    """List what waits for a person, and what to check."""
    from crosswalk.delivery import views

    with opened(ledger) as found:
        rows = views.review(found, biller)
    if as_json:
        _lines(rows)
        return
    for row in rows:
        click.echo(_line(row) + (f"  receipts: {row['detail']}" if row["detail"] else ""))
    if rows:
        for number, what in enumerate(views.CHECKLIST, 1):
            click.echo(f"  {number}. {what}")
    click.echo(f"{len(rows)} in review")


@command.command("resolve")
@click.argument("number", type=int)
@click.argument("decision", type=click.Choice(["posted", "resend", "cancel", "lost"]))
@click.option("--receipt", help="The partner's receipt number; posted needs it.")
@_decided
@ledger_option
def resolve_command(  # noqa: PLR0913
    number: int, decision: str, receipt: str | None, by: str, note: str, ledger: str
) -> None:
    """Decide a delivery: it is posted, is to be sent again, or is given up.

    `lost` sends one to review that stays SENDING because its worker is gone with its lock.

    \b
    Examples:
      crosswalk ledger resolve 17 posted --receipt 5.00010 --by Ada --note "in their list"
      crosswalk ledger resolve 17 resend --by Ada --note "not there, nothing in progress"
      crosswalk ledger resolve 17 cancel --by Ada --note "paid at the counter"
    """  # noqa: D301
    from crosswalk.delivery import review
    from crosswalk.delivery.faults import IllegalStep

    if (decision == "posted") != (receipt is not None):
        raise click.UsageError("--receipt goes with posted, and only with it")
    given = (
        (review.Decision(by, note),) if receipt is None else (receipt, review.Decision(by, note))
    )
    with opened(ledger) as found:
        try:
            state = review.RESOLUTIONS[decision](found, number, *given)
        except IllegalStep as fault:
            raise click.UsageError(str(fault)) from None
    click.echo(f"delivery {number} is {state}")


@command.command("free")
@click.argument("biller")
@click.argument("endpoint")
@_decided
@ledger_option
def free_command(biller: str, endpoint: str, by: str, note: str, ledger: str) -> None:
    """Free an endpoint that was held, once its cause is gone, and what was held with it."""
    from crosswalk.delivery import review
    from crosswalk.delivery.faults import IllegalStep

    with opened(ledger) as found:
        try:
            count = review.free(found, biller, endpoint, review.Decision(by, note))
        except IllegalStep as fault:
            raise click.UsageError(str(fault)) from None
    click.echo(f"endpoint {endpoint} of {biller} is free, {count} deliveries are READY")


@command.command("export")
@ledger_option
@_filtered
def export_command(ledger: str, biller: str | None, state: str | None, kind: str | None) -> None:
    """Print every delivery as JSON lines, and check the chains of events.

    Exit code 1: events were changed after they were written; the deliveries are named.
    """
    from crosswalk.delivery import views

    with opened(ledger) as found:
        for row in views.exported(found, views.Filter(biller, state, kind)):
            click.echo(json.dumps(row))
        broken = views.broken_chains(found)
    for number in broken:
        click.echo(f"the events of delivery {number} were changed", err=True)
    click.get_current_context().exit(1 if broken else 0)


def _lines(rows: list[Row]) -> None:
    for row in rows:
        click.echo(json.dumps(row))


def _line(row: Row) -> str:
    amount = money(row["amount_minor"], row["currency"]) if row["amount_minor"] is not None else "-"
    receipt = f"  {row['partner_ref']}" if row["partner_ref"] else ""
    key = row["idem_key"] if row["kind"] != "change" else row["idem_key"][:12]
    head = f"{row['delivery_id']:>5}  {row['state']:<9} {row['kind']:<8} {amount:>14}"
    return f"{head}  {row['biller']}  {key}  {row['reason']}{receipt}"


def _time(at_us: int) -> str:
    moment = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
