"""The rows of a manifest -> its recordings, each made when it is taken."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort import Recording
from adscreen.cohort.recordings import Recordings
from adscreen.cohort.spreadsheet import parse_delimited
from adscreen.errors import InputError


def recordings(rows: int) -> Recordings:
    """Return that many recordings of a table in memory."""
    text = "subject_id,transcript,age\n" + "".join(f"S{number:05d},S{number:05d}.cha,60\n" for number in range(rows))
    return Recordings(parse_delimited(text, delimiter=",", file="m.csv"), folder=Path("/corpus"), file="m.csv")


def test_they_are_a_sequence() -> None:
    """Taken by place, from the end, by slice or in turn, a recording is the same; there is none beyond the last."""
    found = recordings(3)
    second = Recording(2, "S00001", "S00001", Path("/corpus/S00001.cha"), age=60.0)
    assert [second] * 4 == [found[1], found[-2], found[1:2][0], [*found][1]]
    assert 3 == len(found)
    with pytest.raises(IndexError):
        found[3]


@given(st.integers(0, 6), st.slices(8))
def test_a_slice_is_that_of_a_tuple(rows: int, part: slice) -> None:
    """Any slice, with steps or backward, holds what it holds of a tuple."""
    found = recordings(rows)
    assert tuple(found)[part] == found[part]


def test_those_of_equal_tables_are_equal() -> None:
    """Two readings of a table agree; a table of another length does not."""
    assert recordings(2) == recordings(2)
    assert recordings(2) != recordings(3)


def test_a_number_that_is_none_is_an_input_error() -> None:
    """It is told when the recording is taken, with its row and column."""
    table = parse_delimited("subject_id,transcript,age\na,a.cha,60\nb,b.cha,old\n", delimiter=",", file="m.csv")
    found = Recordings(table, folder=Path("/corpus"), file="m.csv")
    assert 60.0 == found[0].age
    with pytest.raises(InputError, match="row 2: age is 'old', not a number"):
        found[1]


def test_they_take_a_third_of_the_memory_of_records() -> None:
    """A large cohort keeps the cells of its manifest and not a record of each row."""
    tracemalloc.start()
    try:
        kept = recordings(2_000)
        cells = tracemalloc.get_traced_memory()[0]
        made = tuple(kept)
        records = tracemalloc.get_traced_memory()[0] - cells
    finally:
        tracemalloc.stop()
    assert 2_000 == len(made)
    assert cells < records
