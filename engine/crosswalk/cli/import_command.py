"""`crosswalk import`: documents proposed from spec tables and sample files."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from crosswalk.cli.files import read_input, write_output
from crosswalk.cli.options import pass_project, refuse_errors
from crosswalk.findings.diagnostics import unreadable
from crosswalk.findings.errors import ConfigError
from crosswalk.importing.choose import choose, told
from crosswalk.importing.drift import Drift, codes_drift, layout_drift, mapping_drift
from crosswalk.importing.grid import Grid, Refused
from crosswalk.importing.headers import CODES, TABLES, Columns
from crosswalk.importing.propose_codes import code_rows, propose_codes
from crosswalk.importing.propose_layout import Head, Proposal, propose_layout
from crosswalk.importing.propose_mapping import propose_mapping
from crosswalk.importing.read_grids import read_grids
from crosswalk.importing.sample import propose_sample
from crosswalk.importing.spec import Spec, read_spec
from crosswalk.model.layout import Layout
from crosswalk.planning.read_layout import read_layout
from crosswalk.planning.read_mapping import read_mapping
from crosswalk.project import Project
from crosswalk.telling.spec_table import codes_of

KINDS = ("layout", "partner-layout", "fixed", "mapping", "code-table")


@click.group("import")
def command() -> None:
    """Propose documents from a spec table or a sample file.

    What the file does not say is marked with `# TODO: ...`; `crosswalk check` reports each mark,
    and nothing runs by the document until they are gone.

    \b
    Examples:
      crosswalk import table spec.xlsx --as layout --name partner/product/file -o mappings/file.yaml
      crosswalk import sample statement.csv --name partner/product/statement
    """  # noqa: D301


@command.command("table")
@click.argument("file", metavar="FILE|-")
@click.option("--as", "kind", type=click.Choice(KINDS), default="layout", help="What to propose.")
@click.option("--name", required=True, help="Name of the document: partner/product/file.")
@click.option("--table", "wanted", help="Which table: its number, or the name of its sheet.")
@click.option("--columns", metavar="HEADER=ROLE,...", help="What columns are, by their header.")
@click.option("--from", "source", metavar="NAME@1", help="Of a mapping: the partner's layout.")
@click.option("--to", "target", metavar="NAME@1", help="Of a mapping: our layout.")
@click.option("--check", is_flag=True, help="Compare with the document; write nothing.")
@click.option("-o", "--output", default="-", help="New file (default: standard output).")
@click.option("--replace", is_flag=True, help="Overwrite an existing file.")
@pass_project
def table(  # noqa: PLR0913
    project: Project,
    file: str,
    kind: str,
    name: str,
    wanted: str | None,
    columns: str | None,
    source: str | None,
    target: str | None,
    check: bool,  # noqa: FBT001
    output: str,
    replace: bool,  # noqa: FBT001
) -> None:
    """Propose a layout, a mapping or a code table from a spec table.

    FILE is CSV, TSV, XLSX, XLS, ODS, HTML, Markdown, or text as pasted from a page.

    \b
    --as layout          our file: one field for each row, by id and name
    --as partner-layout  the partner's file: each of the partner's fields once
    --as fixed           a fixed-width file, with the places that the table gives
    --as mapping         one entry for each row; --from and --to name the layouts
    --as code-table      two columns: the partner's code and ours

    With --check the table is compared with the document of that name: rows that were added,
    removed or changed are told, and the exit code is 1 when there are any.

    \b
    Examples:
      crosswalk import table spec.csv --as layout --name partner/product/file
      crosswalk import table spec.xlsx --table Fields --columns "Remarks=description" --name a/b
      crosswalk import table spec.csv --as mapping --name a/map --from a/in@1 --to a/out@1
      crosswalk import table spec.csv --as mapping --name a/map --check
    """  # noqa: D301
    title = "standard input" if file == "-" else Path(file).name
    try:
        read = _read(read_input(file, "FILE"), title, (wanted, columns, kind))
        if check:
            _tell_drift(list(_drift(project, read, kind, name)), read)
            return
        made = _proposed(project, read, kind, (Head(_DOCUMENTS[kind], name, title), source, target))
    except Refused as wrong:
        raise click.UsageError(f"{title}: {wrong}") from None
    read.tell(made.rows)
    _write(made, "rows", output, replace=replace)


@command.command("sample")
@click.argument("file", metavar="FILE|-")
@click.option("--name", required=True, help="Name of the layout: partner/product/file.")
@click.option("-o", "--output", default="-", help="New file (default: standard output).")
@click.option("--replace", is_flag=True, help="Overwrite an existing file.")
def sample(file: str, name: str, output: str, replace: bool) -> None:  # noqa: FBT001
    """Propose a layout from a sample of the file.

    FILE is delimited text, X12 or EDIFACT segments, JSON, JSON lines, XML, or fixed-width text. A
    type is proposed only where all values agree in one reading; what is not sure is marked.

    \b
    Examples:
      crosswalk import sample statement.csv --name partner/product/statement
      crosswalk import sample answer.json --name partner/answer -o mappings/answer.yaml
    """  # noqa: D301
    title = "standard input" if file == "-" else Path(file).name
    try:
        made, notes = propose_sample(read_input(file, "FILE"), Head("layout", name, title))
    except Refused as wrong:
        raise click.UsageError(f"{title}: {wrong}") from None
    for one in notes:
        click.echo(one, err=True)
    _write(made, "fields", output, replace=replace)


_DOCUMENTS = {"layout": "layout", "partner-layout": "layout", "fixed": "layout"} | {
    one: one for one in ("mapping", "code-table")
}


@dataclass(frozen=True, slots=True)
class _Read:
    """The tables of a file, and the one that is meant with its columns."""

    grids: list[Grid]
    at: int
    columns: Columns
    notes: list[str]

    @property
    def grid(self) -> Grid:
        return self.grids[self.at]

    def spec(self) -> Spec:
        return read_spec(self.grid, self.columns)

    def codes(self) -> list[tuple[str, str]]:
        return [(left, right) for _, left, right, _ in code_rows(self.grid, self.columns)]

    def tell(self, rows: int) -> None:
        for one in (*self.notes, *told(self.grids, self.at, self.columns, rows)):
            click.echo(one, err=True)


def _read(data: bytes, title: str, how: tuple[str | None, str | None, str]) -> _Read:
    wanted, columns, kind = how
    grids, notes = read_grids(data, Path(title).stem)
    roles = CODES if kind == "code-table" else TABLES
    at, found = choose(grids, wanted, _pairs(columns), roles)
    return _Read(grids, at, found, notes)


def _proposed(
    project: Project, read: _Read, kind: str, how: tuple[Head, str | None, str | None]
) -> Proposal:
    head, source, target = how
    if kind == "code-table":
        return propose_codes(read.grid, read.columns, head)
    if kind != "mapping":
        return propose_layout(read.spec(), head, kind)
    if source is None or target is None:
        raise click.UsageError("a mapping needs its two layouts: --from NAME@1 --to NAME@1")
    refuse_errors(project)
    ends = (_layout(project, source), _layout(project, target))
    return propose_mapping(read.spec(), head, *ends)


def _drift(project: Project, read: _Read, kind: str, name: str) -> Iterator[Drift]:
    """Compare a table with the document of a name. Raises ConfigError."""
    refuse_errors(project)
    if kind == "code-table":
        document = project.find(name, "code-table")
        yield from codes_drift(read.codes(), codes_of(document.node))
    elif kind == "mapping":
        parts = project.parts(name, project.view(None))
        if parts.target is None:
            raise ConfigError(parts.findings)
        yield from mapping_drift(read.spec(), read_mapping(parts.document.node)[0], parts.target)
    else:
        layout = _layout(project, name)
        yield from layout_drift(read.spec(), layout, partners=kind == "partner-layout")


def _tell_drift(found: list[Drift], read: _Read) -> None:
    """Print differences on standard output, their number on standard error; exit 1 for any."""
    read.tell(len(read.grid.rows) - read.columns.first - 1)
    for one in found:
        click.echo(str(one))
    counts = Counter(one.kind for one in found)
    said = ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "removed", "changed"))
    number = f"{len(found)} difference{'' if len(found) == 1 else 's'}"
    click.echo(f"{number}: {said}" if found else "no differences", err=True)
    click.get_current_context().exit(1 if found else 0)


def _layout(project: Project, reference: str) -> Layout:
    """Read a layout of the project, gaps and all. Raises ConfigError."""
    document = project.find(reference, "layout")
    made, findings = read_layout(document.node)
    if made is None or unreadable([*document.findings, *findings]):
        raise ConfigError([*document.findings, *findings])
    return made


def _pairs(columns: str | None) -> dict[str, str]:
    """Read `Header=role,...`; a header may hold a comma when it stands in quotes, as in CSV."""
    if not columns:
        return {}
    made = {}
    for one in next(csv.reader([columns], skipinitialspace=True)):
        header, sign, role = one.rpartition("=")
        if not sign or not header:
            message = f"'{one}' is not HEADER=ROLE"
            raise click.BadParameter(message, param_hint="--columns")
        made[header.strip()] = role.strip()
    return made


def _write(made: Proposal, what: str, output: str, *, replace: bool) -> None:
    """Write a proposal, and say on standard error how much of it is left to decide."""
    write_output(made.text.encode(), output, replace=replace)
    where = "" if output == "-" else f" in {output}"
    click.echo(f"{made.rows} {what}{where}, {made.doubts} left to decide (# TODO)", err=True)
