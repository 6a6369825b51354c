"""Fields of a recogniser's JSON -> words with speakers and times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.pieces import Piece
from adscreen.ingest.recognisers.fields import Said, attach, clock_ms, event, glued, label, punctuated, runs


def said(speaker: str, text: str, start: int | None = None, end: int | None = None) -> Said:
    """Return a word."""
    return Said(speaker, Piece(text, start, end))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("00:00:01,250", 1250),
        ("1:02:03", 3_723_000),
        ("PT0.1S", 100),
        ("PT1H2M3S", 3_723_000),
        ("PT", None),
        ("", None),
        ("12", None),
        (None, None),
        (1.5, None),
    ],
)
def test_clock_times(written: object, expected: int | None) -> None:
    """Clock times and ISO 8601 durations are milliseconds; anything else is no time."""
    assert expected == clock_ms(written)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (True, ""), (" spk_0 ", "spk_0"), ("UU", ""), ("?", ""), (None, ""), ({}, "")],
)
def test_labels(value: object, expected: str) -> None:
    """Services number speakers from 0, and write that nobody is known in several ways."""
    assert expected == label(value)


def test_runs_end_where_another_speaks() -> None:
    """The times of a run are the first and last of its words."""
    words = [said("A", "so", 5, 9), said("A", "well"), said("B", "no", 20, 30), said("A", "yes", 40, None)]
    assert [("A", 5, 9), ("B", 20, 30), ("A", 40, None)] == [(s.speaker, s.start_ms, s.end_ms) for s in runs(words)]


def test_a_mark_is_written_at_the_word_before() -> None:
    """Punctuation before any word is dropped."""
    words: list[Said] = []
    attach(words, ".")
    assert [] == words
    words.append(said("A", "yes", 1, 2))
    attach(words, "?")
    assert [said("A", "yes?", 1, 2)] == words


def test_pieces_of_words_are_glued() -> None:
    """A token that begins with a space begins a word, as does another speaker's; the word ends with its last token."""
    tokens = [(" kett", said("A", "kett", 0, 5)), ("le", said("A", "le", 5, 9)), (".", said("A", ".", 9, None))]
    tokens += [("No", said("B", "No", 20, 30))]
    assert [said("A", "kettle.", 0, 9), said("B", "No", 20, 30)] == glued(tokens)


@pytest.mark.parametrize(
    ("words", "written", "expected"),
    [
        (["the", "boy"], "The boy.", ["The", "boy."]),
        (["well", "known"], "Well-known?", ["well", "known?"]),
        (["the", "boy"], "The 2 boy.", ["The", "2", "boy."]),
        (["the", "boy"], "The girl.", None),
        (["the", "boy"], "Boy the", None),
        ([], "The boy", ["The", "boy"]),
    ],
)
def test_words_get_the_marks_of_the_text(words: list[str], written: str, expected: list[str] | None) -> None:
    """Capitals, marks and words without times come from the text, where its words are the timed ones in order."""
    found = punctuated(tuple(Piece(word, number, number) for number, word in enumerate(words)), written)
    assert expected == (None if found is None else [piece.text for piece in found])


@given(st.lists(st.text("ab-'.", max_size=4), max_size=6), st.text("ab-'. ", max_size=20))
def test_no_timed_word_is_lost_by_punctuation(words: list[str], written: str) -> None:
    """Each time stays at its word, and all letters are those of the text."""
    pieces = tuple(Piece(word, number, number) for number, word in enumerate(words) if any(map(str.isalnum, word)))
    found = punctuated(pieces, written)
    if found is not None:
        assert [piece.start_ms for piece in pieces] == [p.start_ms for p in found if p.start_ms is not None]
        assert list(filter(str.isalnum, written)) == [c for p in found for c in p.text if c.isalnum()]


def test_an_event_is_written_in_brackets() -> None:
    """Whatever brackets the service writes."""
    for name in ("(door slams)", "[door slams]", "door slams"):
        assert Piece("[door slams]", 1, 2) == event(name, 1, 2)
