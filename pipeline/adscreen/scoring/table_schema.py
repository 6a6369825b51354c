"""Columns of two tables -> the columns of both, so that rows with other columns can stand in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow


def join_schemas(first: pyarrow.Schema, second: pyarrow.Schema) -> pyarrow.Schema:
    """Return the columns of the first table, then those that only the second one has.

    A column that is whole numbers in one and numbers in the other holds numbers; one of unlike types holds text, and so
    does one without any value.
    """
    import pyarrow

    fields = [
        pyarrow.field(field.name, _join_types(field.type, second.field(field.name).type))
        if field.name in second.names
        else field
        for field in first
    ]
    fields += [field for field in second if field.name not in first.names]
    return with_text(pyarrow.schema(fields))


def with_text(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Return the columns, those without any value as text."""
    import pyarrow

    empty = pyarrow.types.is_null
    return pyarrow.schema([field.with_type(pyarrow.string()) if empty(field.type) else field for field in schema])


def _join_types(first: pyarrow.DataType, second: pyarrow.DataType) -> pyarrow.DataType:
    import pyarrow

    if first == second or pyarrow.types.is_null(second):
        return first
    if pyarrow.types.is_null(first):
        return second
    numbers = (pyarrow.types.is_integer, pyarrow.types.is_floating)
    if all(any(kind(one) for kind in numbers) for one in (first, second)):
        return pyarrow.float64()
    return pyarrow.string()


def as_schema(
    values: Mapping[str, Any], schema: pyarrow.Schema, cells: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a row as a table with this schema holds it: None where it lacks a column.

    ``cells`` are values by column as they were written, where a number does not say how (1.50).
    """
    import pyarrow

    written = cells or {}
    return {
        field.name: written.get(field.name, as_text(values.get(field.name)))
        if pyarrow.types.is_string(field.type)
        else values.get(field.name)
        for field in schema
    }


def as_text(value: Any) -> str | None:
    """Return a value as text: a whole number without ``.0``, None for what is missing."""
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
