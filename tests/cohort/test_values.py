"""A table as a study keeps it -> known names, decimal points, no codes; and ranges."""

from __future__ import annotations

from pathlib import Path

import pytest

from adscreen.cohort import Cohort, Recording
from adscreen.cohort.missing_codes import Codes
from adscreen.cohort.spreadsheet import parse_delimited
from adscreen.cohort.values import require_in_range, standardise
from adscreen.errors import InputError


def cells(text: str, *, delimiter: str = ";", missing: Codes | None = None) -> list[tuple[str | None, ...]]:
    """Return the rows of a table in memory after reading it as a manifest."""
    table = parse_delimited(text, delimiter=delimiter, file="m.csv")
    read, _ = standardise(table, missing=missing or {}, file="m.csv")
    return [row.cells for row in read.rows]


def test_decimal_commas() -> None:
    """They are read in columns of numbers alone; ids, visits and text keep their commas."""
    text = "subject_id;visit;Age;f0;name;n\n1,5;1,0;70,5;151,25;a,b;1\n2,5;2,0;NA;-2,0e1;1,5;2\n"
    expected = [("1,5", "1,0", "70.5", "151.25", "a,b", "1"), ("2,5", "2,0", "NA", "-2.0e1", "1,5", "2")]
    assert expected == cells(text)


def test_thousands_are_no_decimals() -> None:
    """A column with a point or two commas in a cell is left as it is written."""
    assert [("1.234,5",), ("1,5",)] == [row[1:] for row in cells("subject_id;f0\na;1.234,5\nb;1,5\n")]


def test_a_comma_between_cells_is_no_decimal_mark() -> None:
    """Where commas separate cells, a quoted 70,5 is not guessed at."""
    assert [("a", "70,5")] == cells('subject_id,age\na,"70,5"\n', delimiter=",")


@pytest.mark.parametrize("code", ["-99", "-99.0", " -99", "-99,0"])
def test_a_code_is_missing_however_it_is_written(code: str) -> None:
    """-99.0 is -99; other values of the column stay."""
    missing: Codes = {"AGE": [-99, "unknown"]}
    assert [None, "70", None] == [row[1] for row in cells(f"id;age\na;{code}\nb;70\nc;unknown\n", missing=missing)]


def test_codes_of_other_columns_stay() -> None:
    """A code belongs to its column."""
    assert [("a", None, "-99")] == cells("id;age;f0\na;-99;-99\n", missing={"age": ["-99"]})


def test_a_column_of_codes_must_exist() -> None:
    """A misspelled column would leave its codes in."""
    with pytest.raises(InputError, match="missing: no column 'aeg'; columns found: id, age; correct the name"):
        cells("id;age\na;1\n", missing={"aeg": ["-99"]})


def test_the_edges_of_a_range_are_in_it() -> None:
    """18 and 120 years, 0 and 30 points, 0 and 40 years are values of people; a missing one is none."""
    rows = [Recording(1, "a", "a", Path("a"), age=18, mmse=0, education=0)]
    rows += [Recording(2, "b", "b", Path("b"), age=120, mmse=30, education=40), Recording(3, "c", "c", Path("c"))]
    require_in_range(Cohort(Path("m.csv"), tuple(rows)))
    outside = tuple(Recording(n, f"r{n}", f"r{n}", Path("a"), age=17.9) for n in range(1, 6))
    with pytest.raises(InputError) as caught:
        require_in_range(Cohort(Path("m.csv"), outside))
    assert "age is outside 18 to 120 in 5 rows (row 1: 17.9, row 2: 17.9, row 3: 17.9, ...); " in str(caught.value)
    assert str(caught.value).endswith("missing= age=17.9")
