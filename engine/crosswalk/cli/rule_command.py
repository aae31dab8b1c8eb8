"""`crosswalk rule`."""

import json
from dataclasses import asdict

import click

from crosswalk.documents.codes import codes_page, explain_code, explained


@click.command("rule")
@click.argument("code", required=False)
@click.option("--page", is_flag=True, help="Print the page of all codes (Markdown).")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
def command(code: str | None, page: bool, style: str) -> None:  # noqa: FBT001
    """Explain a code: what it means, with a wrong and a right example; without one, list all.

    \b
    Examples:
      crosswalk rule CW416
      crosswalk rule CW103 --format json
    """  # noqa: D301
    if page:
        click.echo(codes_page(), nl=False)
        return
    if code is None:
        listed = list(explained().values())
        rows = "\n".join(f"{one.code:<7} {one.title}" for one in listed)
        click.echo(
            json.dumps([asdict(one) for one in listed], indent=2) if style == "json" else rows
        )
        return
    try:
        found = explain_code(code)
    except KeyError as unknown:
        raise click.BadParameter(str(unknown.args[0]), param_hint="CODE") from None
    if style == "json":
        click.echo(json.dumps(asdict(found), indent=2))
        return
    click.echo(f"{found.code}: {found.title}\n\n{found.means}\n")
    for label, example in (("wrong", found.wrong), ("right", found.right)):
        click.echo(f"{label}:\n" + "\n".join(f"  {line}" for line in example.split("\n")))
