"""Speech -> semantic features."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from adscreen.features import missing_reason, prepare_speech
from adscreen.features.coherence import Vectors
from adscreen.features.semantic import SEMANTIC
from adscreen.features.tasks import parse_task
from adscreen.ingest.main_line import parse_main_line
from adscreen.records import Transcript

FIRST = (
    "the boy is standing on the stool .",  # boy 1, stool 6
    "he is taking a cookie from the jar .",  # boy taking 7, cookie 11, jar 14
    "the &-uh stool [/] stool is tipping over .",  # stool again 16, boy or stool falling 16
    "the mother doesn't notice the water .",  # woman 21, woman unconcerned 21, water 25; 26 words
)
SECOND = (
    "I can't say .",
    "there is a girl laughing in the kitchen .",  # girl 6, action by the girl 6, kitchen 10
    "the girl is at the window .",  # girl again 12, window 16; 17 words
)


def transcript(*lines: str, task: str | None = "Cookie_Theft", milliseconds: int | None = None) -> Transcript:
    """Return a transcript of the participant's lines; each takes so many milliseconds where given."""
    utterances = [parse_main_line(line, speaker="PAR").utterance for line in lines]
    if milliseconds:
        times = enumerate(utterances)
        utterances = [replace(own, start_ms=9_000 * k, end_ms=9_000 * k + milliseconds) for k, own in times]
    return Transcript("r", "s", tuple(utterances), "PAR", task=task, source_format="chat")


def semantic(
    spoken: Transcript, *, vectors: Vectors | None = None, reference: Vectors | None = None
) -> dict[str, float]:
    """Return the semantic features by their short names."""
    speech = prepare_speech(spoken, vectors=vectors, reference=reference)
    return {feature.name: feature.value(speech) for feature in SEMANTIC}


def check(expected: dict[str, float], values: dict[str, float]) -> None:
    """Assert that every feature has its expected value, or is NaN where that is."""
    assert list(expected) == list(values)
    for name, value in expected.items():
        assert math.isclose(value, values[name], abs_tol=1e-12) or (math.isnan(value) and math.isnan(values[name])), (
            name
        )


def test_hand_computed_values_of_the_first_transcript() -> None:
    """26 words, nine units, one told twice; four utterances of 2 s; vectors (1,0) (3,4) (0,2) (1,0).

    In the file's order the units stand at 1 6 11 14 7 16 21 25 21 (boy, stool, cookie, jar, taking, falling, woman,
    water, unconcerned). Of 36 pairs three are out of order (cookie and jar after taking, water after unconcerned), one
    is tied (woman, unconcerned): tau-b = (32 - 3) / sqrt(36 x 35).
    """
    values = semantic(
        transcript(*FIRST, milliseconds=2_000),
        vectors=np.array([[1, 0], [3, 4], [0, 2], [1, 0]], dtype=float),
        reference=np.array([[2, 0], [0, 2]], dtype=float),
    )
    places = [1, 6, 7, 11, 14, 16, 21, 21, 25]
    expected = {
        "units_mentioned": 9.0,
        "units_share": 9 / 23,
        "subject_units_share": 2 / 3,  # boy, woman
        "place_units_share": 0 / 2,
        "object_units_share": 4 / 11,  # stool, cookie, jar, water
        "action_units_share": 3 / 7,  # taking, falling, unconcerned
        "units_per_100_words": 100 * 9 / 26,
        "units_per_minute": 9 / (8 / 60),
        "unit_repeats": 1 / 9,
        "unit_order": (32 - 3) / math.sqrt(36 * 35),
        "first_unit_place": 1 / 26,
        "mean_unit_place": sum(places) / 9 / 26,
        "coherence_next": (3 / 5 + 4 / 5 + 0) / 3,
        "coherence_next_least": 0.0,
        "coherence_gain": (3 / 5 + 4 / 5 + 0) / 3 - (0 + 1 + 3 / 5) / 3,
        "coherence_reference": (1 + 7 / 5 + 1 + 1) / 4 / math.sqrt(2),
    }
    check(expected, values)


def test_hand_computed_values_of_the_second_transcript() -> None:
    """17 words, four units, one told twice, no times; only the last two sentences have vectors, and no reference.

    In the file's order the units stand at 10 6 6 16 (kitchen, girl, her action, window): of six pairs two are out of
    order and one is tied: tau-b = (3 - 2) / sqrt(6 x 5).
    """
    vectors = np.array([[np.nan, np.nan], [3, 4], [4, 3]], dtype=float)
    expected = {
        "units_mentioned": 4.0,
        "units_share": 4 / 23,
        "subject_units_share": 1 / 3,  # girl
        "place_units_share": 1 / 2,  # kitchen
        "object_units_share": 1 / 11,  # window
        "action_units_share": 1 / 7,  # action by the girl
        "units_per_100_words": 100 * 4 / 17,
        "units_per_minute": math.nan,
        "unit_repeats": 1 / 4,
        "unit_order": (3 - 2) / math.sqrt(6 * 5),
        "first_unit_place": 6 / 17,
        "mean_unit_place": (6 + 6 + 10 + 16) / 4 / 17,
        "coherence_next": 24 / 25,
        "coherence_next_least": 24 / 25,
        "coherence_gain": math.nan,
        "coherence_reference": math.nan,
    }
    check(expected, semantic(transcript(*SECOND), vectors=vectors))


def test_units_per_minute_reads_utterances_with_times() -> None:
    """A unit told only where no time is known does not count, nor does that utterance's time: 2 units in 2 s."""
    timed = transcript(*FIRST, milliseconds=2_000)
    first, *others = timed.utterances
    untimed = replace(timed, utterances=(first, *(replace(own, end_ms=None) for own in others)))
    assert math.isclose(2 / (2 / 60), semantic(untimed)["units_per_minute"])


@pytest.mark.parametrize(
    ("task", "reason"),
    [(None, "the transcript names no task"), ("park", "no task file for this task"), ("cookie", "")],
)
def test_without_a_task_file_units_are_nan_with_the_reason(task: str | None, reason: str) -> None:
    """No task named, or one that no file is for: no unit is counted as missing."""
    speech = prepare_speech(transcript(*FIRST, task=task, milliseconds=2_000))
    units = [feature for feature in SEMANTIC if "unit" in feature.name]
    assert {reason} == {missing_reason(feature, feature.value(speech), speech) for feature in units}


def test_every_missing_value_says_why() -> None:
    """Too few words; no unit; too few units or sentences; no times; a file without a category or a reference."""
    bare = parse_task('name = "park"\n[[units]]\nname = "dog"\ncategory = "subject"\npatterns = ["dog"]', where="park")
    words = "this is all there is to say of it I think ."
    speech = prepare_speech(transcript(words, task="park"), tasks=[bare], vectors=np.ones((1, 2)))
    reasons = {feature.name: missing_reason(feature, feature.value(speech), speech) for feature in SEMANTIC}
    assert {
        "units_mentioned": "",
        "units_share": "",
        "subject_units_share": "",
        "place_units_share": "the task file has no place",
        "object_units_share": "the task file has no object",
        "action_units_share": "the task file has no action",
        "units_per_100_words": "",
        "units_per_minute": "the transcript has no times",
        "unit_repeats": "no unit is mentioned",
        "unit_order": "fewer than 3 units are mentioned one after the other",
        "first_unit_place": "no unit is mentioned",
        "mean_unit_place": "no unit is mentioned",
        "coherence_next": "fewer than 2 sentences of 3 words",
        "coherence_next_least": "fewer than 2 sentences of 3 words",
        "coherence_gain": "fewer than 4 sentences of 3 words",
        "coherence_reference": "the task file has no reference",
    } == reasons


@pytest.mark.parametrize("line", ["0 .", "boy .", "the boy and the girl and the mother there ."])
def test_too_few_words_are_nan(line: str) -> None:
    """Nothing said, one word, nine words: every feature is NaN, none is 0."""
    values = semantic(transcript(line), vectors=np.ones((1, 2)), reference=np.ones((1, 2)))
    assert {True} == {math.isnan(value) for value in values.values()}


def test_a_picture_of_ones_own_needs_no_code() -> None:
    """A task file given by the user is read instead of a shipped one of that name."""
    text = 'name = "cookie"\n[[units]]\nname = "boy"\ncategory = "subject"\npatterns = ["@boy"]\n[words]\nboy = "boy"'
    speech = prepare_speech(transcript(*FIRST, task="cookie"), tasks=[parse_task(text, where="own")])
    (share,) = [feature.value(speech) for feature in SEMANTIC if feature.name == "units_share"]
    assert 1.0 == share


def test_twice_the_speech_halves_the_density() -> None:
    """Said again word for word: as many units, half as many per 100 words, the first mention twice as early."""
    once, twice = semantic(transcript(*FIRST)), semantic(transcript(*FIRST, *FIRST))
    for name in ("units_mentioned", "units_share", "action_units_share", "unit_order"):
        assert once[name] == twice[name]
    for name in ("units_per_100_words", "first_unit_place", "mean_unit_place"):
        assert math.isclose(once[name], 2 * twice[name])
