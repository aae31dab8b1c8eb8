"""Author's words in messages: quoted, and the nearest known word for "did you mean"."""

from collections.abc import Iterable

SHOWN = 60
_LONGEST = 80


def quoted(text: str) -> str:
    """Author text for use in a message: in single quotes, at most 60 characters of it."""
    return f"'{text}'" if len(text) <= SHOWN else f"'{text[:SHOWN]}...'"


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate that `word` was probably meant to be, or None when none is near.

    Letters compare without case; a third of the word's length may differ. Among equally near
    candidates the one with the longest common beginning wins, then the alphabet decides.
    """
    folded = word.casefold()
    if not 0 < len(folded) <= _LONGEST:
        return None
    limit = (len(folded) + 1) // 3
    ranked = [
        (distance(folded, other), -_shared(folded, other), candidate)
        for candidate in candidates
        if abs(len(other := candidate.casefold()) - len(folded)) <= limit and candidate != word
    ]
    nearest, _, candidate = min(ranked, default=(limit + 1, 0, ""))
    return candidate if nearest <= limit else None


def _shared(left: str, right: str) -> int:
    """Count the letters of the common beginning."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))


def distance(left: str, right: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours between two words."""
    earlier: list[int] = []
    above = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        earlier, above = above, row
    return above[-1]
