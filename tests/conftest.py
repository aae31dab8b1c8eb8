"""What all tests share: laws are never judged by the clock of a busy machine, nor for coverage.

A law tries hundreds of inputs on lines that the cases reach already; to watch each line while it
does makes it three times slower. Other tests of that kind bear the mark `no_cover` of pytest-cov.
"""

import pytest
from hypothesis import settings

settings.register_profile("crosswalk", deadline=None)
settings.load_profile("crosswalk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")
