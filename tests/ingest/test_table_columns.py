"""The names of a table's columns -> what each holds."""

from __future__ import annotations

import pytest

from adscreen.ingest.table_columns import CLOCK, find_column, read_column, read_columns, read_time, split_span


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Utterance text", ("text", None)),
        ("Speaker Name", ("speaker", None)),
        ("Start (s)", ("start", 1000)),
        ("startMs", ("start", 1)),
        ("End [msec]", ("end", 1)),
        ("Begin Time - ss.msec", ("start", 1000)),
        ("Begin Time - msec", ("start", 1)),
        ("End Time - hh:mm:ss.ms", ("end", CLOCK)),
        ("tmax", ("end", None)),
        ("age", ("", None)),
        ("s", ("", None)),
    ],
)
def test_names_and_units(name: str, expected: tuple[str, float | None]) -> None:
    """A name says what a column holds and, at its end, the unit."""
    column = read_column(0, name)
    assert expected == (column.role, column.unit)


def test_elans_times_in_another_language() -> None:
    """The clock in ELAN's names says which columns are begin and end."""
    columns = read_columns(["Tier", "Temps de départ - hh:mm:ss.ms", "Temps de fin - hh:mm:ss.ms", "Texte"])
    start, end = find_column(columns, "start"), find_column(columns, "end")
    assert start is not None
    assert end is not None
    assert (1, 2) == (start.position, end.position)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1:00:00", 3600000), ("[00:02]", 2000), ("0:00.4", 400), ("2,5", 2500), ("00:00:03;12", 3000), ("", None)],
)
def test_times(cell: str, expected: int | None) -> None:
    """Clocks and seconds, with brackets or frames."""
    assert expected == read_time(cell, unit=None)


@pytest.mark.parametrize("span", ["0:01.0 - 0:02.0", "0:01.0-0:02.0", "0:01.0 --> 0:02.0", "0:01.0 – 0:02.0"])
def test_spans(span: str) -> None:
    """Two times with any dash between them."""
    assert ("0:01.0", "0:02.0") == split_span(span)
