"""Words that a recogniser repeats over and over -> flags and a diagnostic."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.loops import COPIES, LONGEST, WORDS, find_loops, flag_loops
from adscreen.ingest.pieces import Segment
from adscreen.ingest.segments import converse, untimed
from adscreen.records import Utterance, Word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no no no no", []),
        ("no no no no no no no no", [(0, 8, 1)]),
        ("the boy the boy the boy", []),
        ("a thank you thank you thank you thank you b", [(1, 9, 2)]),
        ("so " + "I don't know what " * 4 + "now", [(1, 17, 4)]),
        ("a b a b a b a b a", [(0, 8, 2)]),
        ("a a a a a a a a b b b b b b b b", [(0, 8, 1), (8, 16, 1)]),
        ("", []),
    ],
)
def test_loops(text: str, expected: list[tuple[int, int, int]]) -> None:
    """A phrase that comes COPIES times in a row and WORDS words in all is a loop, told by its shortest phrase."""
    assert expected == find_loops(text.split())


def test_a_loop_over_utterances_is_flagged_and_reported() -> None:
    """All copies but the last are repeated, none is removed, and the listener learns where."""
    segments = [Segment("A", untimed("Thank you."), 1000 * n, 1000 * n + 900) for n in range(10)]
    conversation = converse([*segments, Segment("A", untimed("Good bye."), 10_000, 10_900)], file="a.json")
    words = [word for utterance in conversation.utterances for word in utterance.words]
    assert ["Thank", "you"] * 10 + ["Good", "bye"] == [word.text for word in words]
    assert [True] * 18 + [False] * 4 == [word.repeated for word in words]
    (diagnostic,) = conversation.diagnostics
    assert "a phrase of 2 words comes 10 times in a row at 0.0 s" in diagnostic.what
    assert 0 == sum(utterance.repetitions for utterance in conversation.utterances)


def test_speakers_do_not_make_a_loop_together() -> None:
    """Two people who say the same by turns are not a loop of one."""
    talk = [Utterance("AB"[n % 2], "", (Word("yes"),)) for n in range(14)]
    assert (talk, []) == flag_loops(talk, file="a")


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_a_loop_is_what_it_says(keys: list[str]) -> None:
    """Every loop is whole copies of one phrase, long enough, and none overlaps another."""
    loops = find_loops(keys)
    for start, stop, length in loops:
        assert 0 == (stop - start) % length
        assert keys[start : stop - length] == keys[start + length : stop]
        assert stop - start >= max(COPIES * length, WORDS)
        assert length <= LONGEST
    assert all(one[1] <= other[0] for one, other in pairwise(loops))


def test_time_grows_with_the_words() -> None:
    """Four times the words take about four times as long, not sixteen."""

    def seconds(count: int) -> float:
        keys = ["so", "the", "boy", "and"] * count
        start = time.process_time()
        find_loops(keys)
        return time.process_time() - start

    assert seconds(40_000) < 10 * max(seconds(10_000), 0.005)
