"""Tables with other columns are joined: the columns of both, each of a type that holds all its values."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from adscreen.scoring.table_schema import as_schema, join_schemas


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (pa.string(), pa.string(), pa.string()),
        (pa.int64(), pa.float64(), pa.float64()),
        (pa.null(), pa.float64(), pa.float64()),
        (pa.string(), pa.null(), pa.string()),
        (pa.float64(), pa.string(), pa.string()),
        (pa.bool_(), pa.int64(), pa.string()),
    ],
)
def test_a_column_holds_the_values_of_both(first: Any, second: Any, joined: Any) -> None:
    """Numbers stay numbers, an empty column takes the other's type, and unlike types become text."""
    assert joined == join_schemas(pa.schema([("ward", first)]), pa.schema([("ward", second)])).field("ward").type


def test_columns_keep_their_order() -> None:
    """Those of the first table come first, then those that only the second has."""
    first, second = (pa.schema([(name, pa.string()) for name in names]) for names in ("cab", "bde"))
    assert ["c", "a", "b", "d", "e"] == join_schemas(first, second).names


def test_a_row_is_written_as_its_columns_are() -> None:
    """A missing cell is None; a whole number as text has no ``.0``, and a number stays as it is."""
    schema = pa.schema([("ward", pa.string()), ("age", pa.float64()), ("site", pa.string()), ("code", pa.string())])
    row = {"ward": 7.0, "age": 71, "code": float("nan"), "other": 1}
    assert {"ward": "7", "age": 71, "site": None, "code": None} == as_schema(row, schema)
