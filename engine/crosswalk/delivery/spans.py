"""OpenTelemetry spans around requests, where it is installed; nothing at all where it is not."""

import importlib
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any


def span(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """Open a span; attributes are numbers and names of settings, never a payer's data."""
    tracer = _tracer()
    if tracer is None:
        return nullcontext()
    found: AbstractContextManager[Any] = tracer.start_as_current_span(name, attributes=attributes)
    return found


@lru_cache(maxsize=1)
def _tracer() -> Any:  # noqa: ANN401 - of a library that may be absent
    try:
        return importlib.import_module("opentelemetry.trace").get_tracer("crosswalk.delivery")
    except ImportError:
        return None
