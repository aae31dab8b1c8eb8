"""What the channels can carry."""

from collections.abc import Iterator, Mapping

from crosswalk.decisions.model import Limit, Model


def too_long(model: Model, limit: Limit, values: Mapping[str, str | None]) -> Iterator[str]:
    """Say which values a channel cannot carry (payment codes 2.8).

    Digits count without leading zeros, because a column formats them; other text as it is.
    """
    for name, longest in limit.longest.items():
        value = values.get(name)
        if value is None or len(value) <= longest:
            continue
        digits = model.by_name[name].digits
        length = len(value.lstrip("0")) if digits else len(value)
        if length > longest:
            what = "digits" if digits else "characters"
            yield f"{name} {value} has {length} {what}, limit {longest}"
