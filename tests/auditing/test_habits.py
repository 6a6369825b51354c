"""How a transcript was written down is measured apart from what was said."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.auditing.habits import HABITS, measure_habits, spelling_variants
from adscreen.records import Event, Pause, Utterance, Word


def utterance(*words: Word | str, **fields: object) -> Utterance:
    """Return an utterance of the participant."""
    made = tuple(word if isinstance(word, Word) else Word(word) for word in words)
    return Utterance("PAR", "Participant", made, **fields)  # type: ignore[arg-type]


def test_marks_are_counted_per_100_words() -> None:
    """Four words with one filler, one fragment, one pause, one event and one repetition: 25 of each per 100 words."""
    words = (Word("the"), Word("uh", kind="filler"), Word("bo", kind="fragment"), Word("boy"))
    spoken = utterance(*words, pauses=(Pause(1, "short"),), events=(Event(0, "laughs"),), repetitions=1)
    measured = measure_habits([spoken])
    marked = {"mark.fillers", "mark.fragments", "mark.pauses", "mark.events", "mark.repeated"}
    assert dict.fromkeys(marked, 25.0) == {name: measured[name] for name in marked}
    assert 0.0 == measured["mark.retraced"]
    assert 4.0 == measured["mark.utterance"]


def test_typing_is_seen() -> None:
    """A capital at the start of one of two utterances, one inside, one number in digits, one comma, one dash."""
    measured = measure_habits(
        [utterance("The", "boy", "I", raw="The boy, I"), utterance("on", "3", "Stools", raw="on 3 – Stools")]
    )
    assert 0.5 == measured["typing.capitals"]
    assert pytest.approx(1 / 3) == measured["typing.inner_capitals"]  # boy, 3, Stools; I is always a capital
    assert pytest.approx(1 / 6) == measured["typing.digits"]
    assert pytest.approx(1 / 6) == measured["typing.commas"]
    assert pytest.approx(1 / 6) == measured["typing.typographic"]


def test_a_spelling_is_a_share_of_those_who_chose() -> None:
    """Two of three wrote okay; nobody wrote um or erm, so that choice is unknown and not 0."""
    measured = measure_habits([utterance("okay", "ok", "Okay")])
    assert pytest.approx(2 / 3) == measured["spelling.okay"]
    assert math.isnan(measured["spelling.um"])


def test_without_words_nothing_is_known() -> None:
    """A participant who says no word has no habit, not a habit of 0."""
    assert all(math.isnan(value) for value in measure_habits([utterance(pauses=(Pause(0, "long"),))]).values())


def test_every_spelling_is_on_one_side() -> None:
    """No word counts for both sides of a choice, and each is written as words are compared, in lower case."""
    for variant in spelling_variants().values():
        assert not variant.spelling & variant.other
        assert {word.lower() for word in variant.spelling | variant.other} == variant.spelling | variant.other


@given(st.lists(st.lists(st.sampled_from(["the", "The", "uh", "okay", "ok", "3"]), max_size=5), max_size=5))
def test_every_habit_is_measured(turns: list[list[str]]) -> None:
    """Whatever is said, each habit has one number; shares lie from 0 to 1 or are unknown."""
    measured = measure_habits([utterance(*words) for words in turns])
    assert list(HABITS) == list(measured)
    for name, value in measured.items():
        if HABITS[name].family != "mark":
            assert math.isnan(value) or 0 <= value <= 1
