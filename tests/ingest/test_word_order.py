"""Timed words in the order of the text -> the same words, with only those times that are in this order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.word_order import OUTSIDE_MS, longest_run, with_times_in_order


def segment(*starts: int | None, speaker: str = "A", span: tuple[int, int] | None = None) -> Segment:
    """Return a segment of words with these starts."""
    pieces = tuple(Piece("so", start, None if start is None else start + 100) for start in starts)
    return Segment(speaker, pieces, *(span or (None, None)))


def starts(*segments: Segment) -> list[list[int | None]]:
    """Return the starts that are kept."""
    return [[piece.start_ms for piece in own.pieces] for own in with_times_in_order(segments, file="a")[0]]


def test_times_in_order_are_kept() -> None:
    """Nothing is changed or said."""
    given = [segment(0, 500, None, 500, 900)]
    assert (given, []) == with_times_in_order(given, file="a")


def test_a_word_out_of_order_loses_its_times() -> None:
    """The longest run is kept, and the number of the others is said."""
    ordered, found = with_times_in_order([segment(0, 500, 600, 100, 900)], file="a")
    assert [0, 500, 600, None, 900] == [piece.start_ms for piece in ordered[0].pieces]
    assert ["1 words have times out of the order of the text; the times of these words were dropped"] == [
        diagnostic.what for diagnostic in found
    ]


def test_a_segment_that_is_mostly_out_of_order_keeps_no_time() -> None:
    """Where most times are wrong, nothing says which are right."""
    assert [[None] * 4] == starts(segment(900, 700, 500, 300))


def test_order_is_each_speakers_own() -> None:
    """Two people may speak at once."""
    assert [[0, 900], [300, 400]] == starts(segment(0, 900), segment(300, 400, speaker="B"))


def test_a_word_outside_its_segment_loses_its_times() -> None:
    """What lies more than OUTSIDE_MS beside its segment was not found there."""
    near, far = 1000 - OUTSIDE_MS, 1000 - OUTSIDE_MS - 1
    assert [[near, 1500]] == starts(segment(near, 1500, span=(1000, 2000)))
    assert [[None, 1500]] == starts(segment(far, 1500, span=(1000, 2000)))
    assert [[1500, None]] == starts(segment(1500, 2001 + OUTSIDE_MS, span=(1000, 2000)))


@given(st.lists(st.integers(0, 20), max_size=12))
def test_the_run_is_the_longest(times: list[int]) -> None:
    """It never goes back, and no longer one exists (by trying all)."""
    run = [times[position] for position in longest_run(times)]
    assert sorted(run) == run
    best = [0] * len(times)
    for index, time in enumerate(times):
        best[index] = 1 + max((best[before] for before in range(index) if times[before] <= time), default=0)
    assert max(best, default=0) == len(run)
