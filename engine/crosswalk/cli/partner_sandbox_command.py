"""`crosswalk partner-sandbox`."""

from pathlib import Path

import click

from crosswalk.sandbox.faults import FAULTS, LOOP, Faults

_FAULT = click.Choice(sorted(FAULTS))


@click.command("partner-sandbox")
@click.argument("description", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File of its receipts; what is there already is read again.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8700, show_default=True)
@click.option(
    "--first", multiple=True, type=_FAULT, help="Faults of the first mutations, in this order."
)
@click.option("--share", type=click.FloatRange(0, 1), default=0.0, help="Share with a fault.")
@click.option("--fault", "faults", multiple=True, type=_FAULT, help="Which faults (default: many).")
@click.option("--seed", type=int, default=0, help="Chooses which requests get a fault.")
@click.option("--slow", type=float, default=2.0, help="Seconds of a slow answer.")
@click.option("--late", type=float, default=1.0, help="Seconds until a late booking.")
@click.option("--work", type=float, default=0.0, help="Seconds that every answer takes.")
def command(  # noqa: PLR0913
    description: Path,
    receipts: Path,
    port: int,
    first: tuple[str, ...],
    share: float,
    faults: tuple[str, ...],
    seed: int,
    slow: float,
    late: float,
    work: float,
) -> None:
    """Start a partner on this machine: a real GraphQL server that books every request anew.

    DESCRIPTION is a JSON file that says what its fields do. /receipts shows what it has booked.
    Ctrl-C ends it.

    \b
    Examples:
      crosswalk partner-sandbox partner/pay.sandbox.json --receipts out/receipts.jsonl
      crosswalk partner-sandbox partner/pay.sandbox.json --receipts out/receipts.jsonl \\
          --first slow --share 0.3 --fault drop_after
    """  # noqa: D301
    from crosswalk.sandbox import graph
    from crosswalk.sandbox.server import Behaviour, Sandbox
    from crosswalk.sandbox.store import Store

    receipts.parent.mkdir(parents=True, exist_ok=True)
    try:
        partner = graph.load(description)
    except (OSError, ValueError) as fault:
        raise click.BadParameter(str(fault), param_hint="DESCRIPTION") from None
    store = Store(receipts, partner.number, partner.voided, str(partner.does["create"]["group"]))
    shown = Faults(faults or LOOP, share, 0.0, seed)
    shown.add(*first)
    behaviour = Behaviour(slow_s=slow, late_s=late, work_s=work, faults=shown)
    try:
        sandbox = Sandbox(partner, store, behaviour, port)
    except OSError as fault:
        message = f"port {port} cannot be used: {fault.strerror}"
        raise click.BadParameter(message, param_hint="--port") from None
    click.echo(f"partner sandbox on {sandbox.url}")
    try:
        sandbox.serve()
    except KeyboardInterrupt:
        sandbox.wait_late()
