"""Segments of a recogniser that hold a stretch of speech twice -> segments that hold it once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.pieces import Segment
from adscreen.ingest.recognisers.repeats import take_once
from adscreen.ingest.segments import untimed


def said(written: str, start: int | None, end: int | None, speaker: str = "A") -> Segment:
    """Return a segment."""
    return Segment(speaker, untimed(written), start, end)


def words(segments: list[Segment]) -> list[str]:
    """Return the text of each segment."""
    return [" ".join(piece.text for piece in segment.pieces) for segment in segments]


def test_what_two_windows_share_is_taken_once() -> None:
    """The second begins where the first ends."""
    kept, dropped = take_once([said("he is on the stool.", 0, 3000), said("On the stool and falls", 2000, 5000)])
    assert (["he is on the stool.", "and falls"], 3) == (words(kept), dropped)
    assert 3000 == kept[1].start_ms


def test_what_is_said_again_stays() -> None:
    """Later, by somebody else, in two words, or in less time than it takes to say it."""
    first = said("and so on and on", 0, 3000)
    for again in (
        said("and so on and on", 3000, 6000),
        said("and so on and on", 2000, 6000, "B"),
        said("and on he went", 2000, 6000),
        said("so on and on", 2900, 6000),
        said("so on and on", None, None),
    ):
        assert ([first, again], 0) == take_once([first, again])


@given(st.lists(st.tuples(st.text("ab ", max_size=9), st.integers(0, 9), st.integers(0, 9)), max_size=9))
def test_the_words_are_kept_or_counted(rows: list[tuple[str, int, int]]) -> None:
    """No word is lost without being counted."""
    segments = [said(text, 500 * start, 500 * (start + length)) for text, start, length in rows]
    kept, dropped = take_once(segments)
    assert sum(len(one.pieces) for one in segments) == dropped + sum(len(one.pieces) for one in kept)
