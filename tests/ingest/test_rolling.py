"""Cues that show words more than once -> cues that hold each word once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.cues import Cue, Line
from adscreen.ingest.pieces import Piece
from adscreen.ingest.rolling import take_once

WORDS = st.integers(0, 999).map(lambda number: f"w{number}")
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=4, max_size=12, unique=True)


def cues(*texts: str) -> list[Cue]:
    """Return cues of a second each, whose lines a newline parts."""
    return [
        Cue(n, 1000 * n, 1000 * (n + 1), tuple(Line(tuple(map(Piece, line.split()))) for line in text.split("\n")))
        for n, text in enumerate(texts)
    ]


def said(found: list[Cue]) -> str:
    """Return all words in order."""
    return " ".join(piece.text for cue in found for line in cue.lines for piece in line.pieces)


@given(LINES)
def test_what_rolls_comes_out_as_it_was_said(lines: list[str]) -> None:
    """Captions of two lines, each shown twice, hold each line once."""
    pairs = ["\n".join(lines[max(0, n - 1) : n + 1]) for n in range(len(lines))]
    found, repeated = take_once(cues(*pairs))
    assert " ".join(lines) == said(found)
    assert len(lines) - 1 == repeated


@given(st.lists(WORDS, min_size=4, max_size=12, unique=True))
def test_what_is_painted_on_comes_out_as_it_was_said(words: list[str]) -> None:
    """Cues that grow by a word hold each word once, and go on with the line before."""
    found, _ = take_once(cues(*(" ".join(words[: n + 1]) for n in range(len(words)))))
    assert " ".join(words) == said(found)
    assert all(line.joined for cue in found[1:] for line in cue.lines)


@given(st.lists(st.integers(1, 4), max_size=12))
def test_captions_that_do_not_roll_are_left_alone(lengths: list[int]) -> None:
    """Where no word is shown again nothing is taken away."""
    numbers = iter(range(99))
    before = cues(*(" ".join(f"w{next(numbers)}" for _ in range(length)) for length in lengths))
    assert (before, 0) == take_once(before)


@given(st.lists(st.sampled_from(["no", "the boy", "the boy fell", "no\nno"]), max_size=8))
def test_nothing_is_added(texts: list[str]) -> None:
    """Words are only ever taken away from the start of a cue."""
    before = cues(*texts)
    found, _ = take_once(before)
    for was, now in zip(before, found, strict=True):
        assert said([was]).endswith(said([now]))


def test_words_with_times_are_said_anew() -> None:
    """A line whose words have times is speech, though the line above was the same."""
    rolled = cues("we go", "we go\nhome now", "home now\nhome now", "home now\nand eat")
    timed = rolled[2]._replace(lines=(rolled[2].lines[0], rolled[2].lines[1]._replace(timed=True)))
    assert "we go home now home now and eat" == said(take_once([*rolled[:2], timed, rolled[3]])[0])


def test_two_people_who_say_the_same_at_once_are_two() -> None:
    """Cues of one start and text are a copy only where they name the same speaker."""
    (cue,) = cues("yes")
    both = [cue._replace(lines=(cue.lines[0]._replace(voice=name),)) for name in ("Anna", "Ben")]
    assert "yes yes" == said(take_once(both)[0])
    assert "yes" == said(take_once([both[0], both[0]])[0])
