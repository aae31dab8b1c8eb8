"""The reject file of a run: a JSON line for each reject."""

import json
from collections.abc import Callable

from crosswalk.model.records import Issue
from crosswalk.running.accounts import Reject

SHOWN = 20
"""How many rejects and notices a run keeps for the report."""


class RejectFile:
    """Writes reject records as JSON lines and keeps the first for the report."""

    def __init__(self, name: str) -> None:
        """Begin; `name` is that of the input, `write` is where the lines go."""
        self.name = name
        self.first: list[Reject] = []
        self.notices: list[Issue] = []
        self.count = 0
        self.write: Callable[[bytes], None] = lambda _: None

    def reject(self, reject: Reject) -> None:
        """Write a reject."""
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(reject)
        self.write(_reject_line(self.name, reject).encode())

    def notice(self, issue: Issue) -> None:
        """Keep a notice while there are few."""
        if len(self.notices) < SHOWN:
            self.notices.append(issue)


def _reject_line(name: str, reject: Reject) -> str:
    """Spell a reject as one JSON line: where it is, what is wrong, what it cost."""
    issue = reject.issue
    amounts = {
        key: None if value is None else format(value, "f") for key, value in reject.amounts.items()
    }
    line = {
        "file": name,
        "line": issue.line,
        "end_line": issue.end_line,
        "record": issue.record,
        "field": issue.field,
        "value": issue.value,
        "target": issue.target,
        "code": issue.code,
        "reason": issue.reason,
        "rule": str(issue.rule) if issue.rule is not None else "",
        "records": len(reject.lines),
        "lines": list(reject.lines),
        "amounts": amounts,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"
