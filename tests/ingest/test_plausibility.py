"""The turns of a conversation -> what of their times cannot be."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.plausibility import check_plausibility, likely_units
from adscreen.records import Pause, Utterance, Word


def said(words: int, start: int | None, end: int | None, speaker: str = "PAR") -> Utterance:
    """Return an utterance."""
    return Utterance(speaker, "", (Word("so"),) * words, start_ms=start, end_ms=end)


def talk(words: int, milliseconds: int, turns: int) -> Conversation:
    """Return turns of so many words and milliseconds each, one after the other."""
    return Conversation(tuple(said(words, n * milliseconds, (n + 1) * milliseconds) for n in range(turns)))


def doubts(conversation: Conversation, format: str = "json") -> list[str]:
    """Return what is said of the times."""
    checked = check_plausibility(conversation, file="a", where="a", format=format)
    return [diagnostic.what for diagnostic in checked.diagnostics]


@pytest.mark.parametrize("rate", [12, 30, 60, 120, 200, 300, 440])
def test_speech_of_any_rate_that_people_have(rate: int) -> None:
    """From severe aphasia to the quickest talker nothing is said."""
    assert [] == doubts(talk(12, 60_000 * 12 // rate, 5))


@pytest.mark.parametrize("rate", [60, 120, 200])
@pytest.mark.parametrize(
    ("factor", "unit"),
    [
        (1000, "milliseconds, not seconds"),
        (10_000, "ticks of 100 ns, not milliseconds"),
        (10_000_000, "ticks of 100 ns, not seconds"),
        (0.001, "seconds, not milliseconds"),
    ],
)
def test_a_unit_that_explains_the_rate_is_named(rate: int, factor: float, unit: str) -> None:
    """Times that are a thousand times too long, or too short, are refused with the unit they look like."""
    length = max(1, round(60_000 * 8 / rate * factor))
    with pytest.raises(InputError, match=f"words a minute.*: the times look like .*{unit}"):
        doubts(talk(8, length, 4))


def test_the_line_of_a_refusal() -> None:
    """It holds the words, the seconds, the rate and the unit; the remedy is the format's."""
    with pytest.raises(InputError) as caught:
        check_plausibility(talk(5, 3_000_000, 1), file="a", where="a.csv", format="table")
    assert (
        "a.csv: 5 words in 3,000 s (0.1 words a minute): the times look like milliseconds, not seconds; "
        "name columns in milliseconds `start_ms` and `end_ms`, in seconds `start` and `end`"
    ) == str(caught.value)


def test_hundredths_of_a_second_are_whole() -> None:
    """Between a second and a hundredth only whole seconds are a sign; else very slow speech is reported."""
    with pytest.raises(InputError, match="hundredths of a second"):
        doubts(talk(8, 320_000, 4))
    assert ["PAR: 32 words in 1,281 s (1.5 words a minute), outside 10 to 450"] == doubts(talk(8, 320_250, 4))


@pytest.mark.parametrize(
    "conversation",
    [
        talk(1, 3_000_000, 2),
        talk(2, 1, 1),
        talk(9, 0, 1),
        Conversation((said(9, None, None),)),
        Conversation((said(0, 0, 9_000_000),)),
        Conversation(()),
    ],
)
def test_too_little_is_not_judged(conversation: Conversation) -> None:
    """One word in an hour, or no time at all, means nothing."""
    assert [] == doubts(conversation)


def test_a_cue_that_stays_long_is_read() -> None:
    """A caption of five words over a minute is no wrong unit."""
    assert [] == doubts(talk(5, 60_000, 1))


def test_a_speaker_far_out_of_bounds_is_reported() -> None:
    """Each speaker is judged alone; the value is in the diagnostic."""
    turns = (said(20, 0, 10_000, "A"), said(20, 10_000, 11_000, "B"))
    assert ["B: 20 words in 1 s (1,200 words a minute), outside 10 to 450"] == doubts(Conversation(turns))


def test_utterances_without_an_end_last_to_the_next_start() -> None:
    """A table that gives starts alone is judged by them."""
    turns = tuple(said(8, 4_000_000 * number, None) for number in range(4))
    with pytest.raises(InputError, match="24 words in 12,000 s"):
        doubts(Conversation(turns))


def test_times_of_words_stand_in_for_those_of_utterances() -> None:
    """Words alone tell how long the utterance took."""
    words = tuple(Word("so", start_ms=400_000 * n, end_ms=400_000 * n + 300_000) for n in range(6))
    with pytest.raises(InputError, match="milliseconds, not seconds"):
        doubts(Conversation((Utterance("PAR", "", words),)))


def test_times_beyond_the_recording() -> None:
    """A little is rounding, more is a doubt, ten times is another unit."""
    turns = talk(8, 3_000, 4)
    assert [] == doubts(replace(turns, duration_ms=11_000))
    assert ["the last time is 12.0 s, but the recording lasts 8.0 s"] == doubts(replace(turns, duration_ms=8_000))
    short = Conversation((said(2, 4_000_000, 4_100_000),), duration_ms=4_100)
    with pytest.raises(InputError, match=r"the last time is 4,100.0 s, .* to last 4.1 s: their units differ"):
        doubts(short)


def test_utterances_that_contradict_themselves() -> None:
    """Ends before starts, pauses longer than the utterance and words that last for ages are counted."""
    backward = said(3, 5_000, 4_000)
    paused = replace(said(3, 6_000, 8_000), pauses=(Pause(1, "timed", 3.0),))
    long = Utterance("PAR", "", (Word("so", start_ms=9_000, end_ms=15_000),))
    assert [
        "1 utterances end before they start",
        "1 utterances hold longer pauses than they last",
        "1 words last longer than 5 s: a pause may be hidden in them",
    ] == doubts(Conversation((backward, paused, long)))


@pytest.mark.parametrize(
    ("rate", "units"),
    [
        (150, []),
        (0.15, ["milliseconds, not seconds"]),
        (1.5, ["hundredths of a second, not seconds", "frames, not seconds"]),
        (150_000, ["seconds, not milliseconds"]),
        (1e12, []),
    ],
)
def test_the_likeliest_unit_comes_first(rate: float, units: list[str]) -> None:
    """Units are named that make the rate credible; none for a rate that people have, or that no unit explains."""
    assert units == likely_units(rate)


TIMES = st.none() | st.integers(0, 10**12)


@given(st.lists(st.builds(said, st.integers(0, 30), TIMES, TIMES, st.sampled_from("AB")), max_size=6), TIMES)
def test_any_times_are_judged(turns: list[Utterance], duration: int | None) -> None:
    """Nothing but an InputError is raised, and no word is lost."""
    conversation = Conversation(tuple(turns), duration_ms=duration)
    with suppress(InputError):
        assert conversation.utterances == check_plausibility(conversation, file="a", where="a", format="").utterances
