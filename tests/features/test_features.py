"""Transcript -> all linguistic features, and the dictionary that says what each is."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.features import FEATURES, compute_features, feature_dictionary, missing_reason, prepare_speech
from adscreen.ingest import read_transcript
from adscreen.ingest.main_line import parse_main_line
from adscreen.records import Transcript

SHORT = "the boy is on the stool ."
LONG = "the boy is up on the stool and he wants a cookie for the girl who is there below him with her hand up high ."


def transcript(*lines: str, source_format: str = "chat") -> Transcript:
    """Return a transcript of the participant's lines."""
    utterances = tuple(parse_main_line(line, speaker="PAR").utterance for line in lines)
    return Transcript("r", "s", utterances, "PAR", source_format=source_format)


def test_the_dictionary_is_unique_and_complete() -> None:
    """Every column has one entry, in the table's order, and says unit, formula, view and minimum."""
    entries = feature_dictionary()
    names = [entry["name"] for entry in entries]
    assert list(compute_features(transcript(LONG))) == names
    assert len(set(names)) == len(names)
    for entry in entries:
        assert entry["family"] == entry["name"].split(".")[0]
        assert entry["unit"]
        assert entry["formula"]
        assert entry["view"] in ("spoken", "fluent")
        assert entry["minimum_words"] >= 0
        measured = {"name", "family", "unit", "formula", "view", "minimum_words", "source"}
        assert measured | {"title", "shown_as", "shown_unit", "reading"} == set(entry)


def test_values_are_numbers_and_repeat() -> None:
    """Each feature is a float; the same transcript gives the same values, whatever its ids are."""
    first = compute_features(transcript(LONG, SHORT))
    assert {float} == {type(value) for value in first.values()}
    again = compute_features(
        Transcript("other", "else", transcript(LONG, SHORT).utterances, "PAR", source_format="chat")
    )
    assert repr(first) == repr(again)


@pytest.mark.parametrize(
    ("lines", "source_format", "name", "reason"),
    [
        ((SHORT,), "chat", "lexical.mattr", "6 words, needs 25"),
        ((SHORT,), "chat", "fluency.fillers", "6 words, needs 10"),
        ((), "chat", "lexical.brunet_w", "0 words, needs 10"),
        ((), "chat", "lexical.tokens", ""),
        ((LONG,), "text", "fluency.pauses", "the transcript marks no pauses"),
        ((LONG,), "chat", "fluency.pauses", ""),
        ((LONG,), "chat", "fluency.speech_rate", "the transcript has no times"),
        ((SHORT, "and all else in here differs ."), "chat", "lexical.honore_r", ""),
        (
            ("one two three four five six seven eight nine ten .",),
            "chat",
            "lexical.honore_r",
            "every word is used once",
        ),
    ],
)
def test_a_missing_value_has_a_reason(lines: tuple[str, ...], source_format: str, name: str, reason: str) -> None:
    """What is NaN says why: too few words, or what the format or the speech lacks; what is there has no reason."""
    spoken = transcript(*lines, source_format=source_format)
    (feature,) = [feature for feature in FEATURES if feature.key == name]
    value = compute_features(spoken)[name]
    assert reason == missing_reason(feature, value, prepare_speech(spoken))
    assert bool(reason) == math.isnan(value)


def test_no_speech_is_nan_and_never_zero() -> None:
    """Without a word only the counts of words are numbers."""
    values = compute_features(transcript("0 ."))
    assert {"lexical.tokens": 0.0, "lexical.types": 0.0} == {k: v for k, v in values.items() if not math.isnan(v)}


@pytest.mark.parametrize("lines", [(), ("0 .",), ("&-uh .",), ("boy .",), ("xxx .",), ("&=laughs .", "(2.0) .")])
def test_next_to_nothing_said(lines: tuple[str, ...]) -> None:
    """No utterance, no word, one filler, one word: nothing fails; all but the counts is NaN with a reason."""
    spoken = transcript(*lines)
    speech = prepare_speech(spoken)
    for feature, value in zip(FEATURES, compute_features(spoken).values(), strict=True):
        assert feature.key in ("lexical.tokens", "lexical.types") or missing_reason(feature, value, speech)


def test_five_thousand_words() -> None:
    """A long recording, in many utterances or in one, gives every feature: finite, or NaN with a reason."""
    said = f"{LONG.removesuffix(' .')} with &-uh a [/] a cat"
    for lines in ((f"{said} .",) * 186, (f"{' and '.join([said] * 179)} .",)):
        spoken = transcript(*lines)
        speech = prepare_speech(spoken)
        values = {feature.key: feature.value(speech) for feature in FEATURES}
        assert len(speech.spoken) >= 5_000
        assert all(math.isfinite(values[own.key]) or own.missing_reason(speech) for own in FEATURES)
        assert 0 < values["lexical.mattr"] <= 1


def test_clinical_transcripts_have_features(shared: Path) -> None:
    """Each readable CHAT file gives every feature: finite, or NaN with a reason."""
    read = 0
    for path in sorted((shared / "chat" / "clinical").rglob("*.cha")):
        try:
            spoken = read_transcript(path, recording_id=path.stem, subject_id="s")
        except InputError:
            continue
        read += 1
        for feature, value in zip(FEATURES, compute_features(spoken).values(), strict=True):
            assert math.isfinite(value) or missing_reason(feature, value, prepare_speech(spoken))
    assert read > 20
