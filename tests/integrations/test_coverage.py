"""No row of the partner's tables is lost: each lives in a document that says the same of it."""

from collections import Counter

import pytest
from tests.integrations.coverage import Row, homes, read_rows

ROWS = read_rows()
COUNTS = {
    "advanced_settings": 28,
    "bif_customizations": 19,
    "configuration": 5,
    "data_structure": 24,
    "equipment": 6,
    "features": 36,
    "graphql_operations": 7,
    "lockbox_fields": 6,
    "procedure": 6,
    "products": 20,
    "readiness": 12,
    "required_parameters": 18,
    "roles": 7,
}


def named(row: Row) -> str:
    return f"{row.integration}-{row.table}-{row.number or row.item}"


def test_all_rows_are_listed_once() -> None:
    assert Counter(one.table for one in ROWS) == COUNTS
    assert len({named(one) + one.item for one in ROWS}) == len(ROWS) == 194


def test_every_row_lives_in_a_document_that_says_the_same() -> None:
    said = {named(one): {home.state for home in homes(one)} for one in ROWS}
    assert said == {named(one): {one.state} for one in ROWS}


@pytest.mark.parametrize("row", [one for one in ROWS if one.table == "data_structure"], ids=named)
def test_every_data_structure_has_a_flow_with_a_case_or_a_reason(row: Row) -> None:
    assert all(one.cases > 0 or one.reason for one in homes(row))
