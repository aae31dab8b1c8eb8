"""What an author, or a command that proposes a document, has left to decide: `# TODO: ...`.

The one mechanism for gaps in documents. Each is a finding (CW116) at its place: the check fails and
nothing runs by the document until a person has decided and taken the comment away.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from crosswalk.documents.yaml_rules import span_at
from crosswalk.findings.diagnostics import Diagnostic

MAX_SHOWN = 1000
_MARK = re.compile(r"(?:^|(?<= ))(?P<mark>#[ \t]*TODO)\b:?(?P<what>.*)", re.MULTILINE)


def undecided(text: str, file: str, scalars: Sequence[tuple[int, int]]) -> Iterator[Diagnostic]:
    """Give a finding for each comment `# TODO: what` of a YAML text, at most 1,000.

    `scalars` are the ranges of its values and keys in order: what looks like a comment inside a
    quoted or block text is none.
    """
    begins = [begin for begin, _ in scalars]
    shown = 0
    for match in _MARK.finditer(text):
        at = bisect_right(begins, match.start()) - 1
        if at >= 0 and match.start() < scalars[at][1]:
            continue
        shown += 1
        if shown > MAX_SHOWN:
            return
        what = match["what"].strip() or "nothing is said of it"
        span = span_at(file, text, match.start(), match.end("mark"))
        remedy = "decide it, then take the comment away"
        yield Diagnostic("CW116", f"left to decide: {what}", span, help=remedy)
