"""A table of texts as CSV, Markdown or an HTML page."""

import csv
from collections.abc import Callable
from html import escape
from io import StringIO

from crosswalk.telling.spec_table import Table, cells

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 14px/1.4 system-ui, sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #bbb; padding: .25em .5em; text-align: left; vertical-align: top; }}
th {{ background: #eee; position: sticky; top: 0; }}
</style>
</head>
<body>
<h1>{title}</h1>
<table>
<thead>
{head}
</thead>
<tbody>
{body}
</tbody>
</table>
</body>
</html>
"""


def as_csv(table: Table) -> str:
    """Write a table as CSV with a header line."""
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(cells(table))
    return out.getvalue()


def as_markdown(table: Table) -> str:
    """Write a table as a Markdown table below its title."""
    lines = [f"# {table.title}", ""]
    for number, row in enumerate(cells(table)):
        lines.append(f"| {' | '.join(map(_cell, row))} |")
        if number == 0:
            lines.append(f"|{' --- |' * len(row)}")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")


def as_html(table: Table) -> str:
    """Write a table as a page of its own, without anything from elsewhere."""
    body = "\n".join(_row(row, "td") for row in table.rows)
    head = _row(table.header, "th")
    return _PAGE.format(title=escape(table.title), head=head, body=body)


def _row(row: tuple[str, ...], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(one)}</{tag}>' for one in row)}</tr>"


FORMS: dict[str, Callable[[Table], str]] = {"csv": as_csv, "md": as_markdown, "html": as_html}
"""The forms that are text, by their name and file ending."""
