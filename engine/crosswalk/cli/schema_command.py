"""`crosswalk schema`."""

from importlib.resources import files
from pathlib import Path

import click


@click.command("schema")
@click.argument("kind", required=False)
@click.option(
    "--all",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write all into a folder.",
)
def command(kind: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of a kind of document, for editors.

    \b
    Examples:
      crosswalk schema mapping
      crosswalk schema --all schemas
    """  # noqa: D301
    schemas = {
        one.name.removesuffix(".json"): one.read_bytes()
        for one in sorted((files("crosswalk") / "schemas").iterdir(), key=lambda one: one.name)
        if one.name.endswith(".json")
    }
    if folder is not None and kind is None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in schemas.items():
            (folder / f"{name}.json").write_bytes(text)
        click.echo(f"{len(schemas)} schemas written to {folder}")
        return
    if kind is None or folder is not None:
        raise click.UsageError("give a kind, or --all FOLDER")
    if kind not in schemas:
        message = f"there is no kind '{kind}'; kinds: {', '.join(schemas)}"
        raise click.BadParameter(message, param_hint="KIND")
    click.echo(schemas[kind].decode(), nl=False)
