"""Spans where a tracer is installed, nothing where there is none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from crosswalk.delivery import spans


def test_there_is_no_span_without_a_tracer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    spans._tracer.cache_clear()
    with spans.span("crosswalk.attempt", delivery=1) as nothing:
        assert nothing is None
    spans._tracer.cache_clear()


def test_a_span_carries_its_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    class Tracer:
        @contextmanager
        def start_as_current_span(self, name: str, attributes: dict[str, Any]) -> Iterator[None]:
            seen.append((name, attributes))
            yield

    module = ModuleType("opentelemetry.trace")
    monkeypatch.setattr(module, "get_tracer", lambda _: Tracer(), raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", ModuleType("opentelemetry"))
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", module)
    spans._tracer.cache_clear()
    with spans.span("crosswalk.attempt", delivery=7):
        pass
    spans._tracer.cache_clear()
    assert seen == [("crosswalk.attempt", {"delivery": 7})]
