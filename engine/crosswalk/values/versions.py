"""Versions of a partner's system: numbers with points between, compared part by part."""


def version_parts(version: str) -> tuple[int, ...] | None:
    """Give the parts of a partner's version as whole numbers; None for text that is no version.

    >>> version_parts("2021.02.160") < version_parts("2021.05")
    True
    """
    parts = version.strip().split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):  # noqa: PLR2004
        return None
    return tuple(int(part) for part in parts)


def is_older(version: str, than: str) -> bool | None:
    """Compare two versions part by part; a missing part counts as 0; None when one is none.

    >>> is_older("2021.5", "2021.05.0"), is_older("2021.10", "2021.9")
    (False, False)
    """
    left, right = version_parts(version), version_parts(than)
    if left is None or right is None:
        return None
    size = max(len(left), len(right))
    return left + (0,) * (size - len(left)) < right + (0,) * (size - len(right))
