"""What a feature is, and the speech it reads."""

from __future__ import annotations

import math

from adscreen.features import Feature, prepare_speech
from adscreen.ingest.main_line import parse_main_line
from adscreen.records import Transcript


def transcript(*lines: str, source_format: str = "chat") -> Transcript:
    """Return a transcript of the participant's lines."""
    utterances = tuple(parse_main_line(line, speaker="PAR").utterance for line in lines)
    return Transcript("r", "s", utterances, "PAR", source_format=source_format)


def feature(minimum: int) -> Feature:
    """Return a feature that is 1 wherever it is computed."""
    return Feature(
        family="test",
        name="one",
        unit="ratio",
        formula="1",
        view="fluent",
        minimum=minimum,
        source="",
        compute=lambda speech: 1.0,
    )


def test_both_views_in_lower_case() -> None:
    """Speech holds the words of all sentences, spoken and fluent, in order and folded."""
    speech = prepare_speech(transcript("&-Uh The boy [/] boy .", "He fell ."))
    assert "uh the boy boy he fell".split() == speech.spoken == speech.words("spoken")
    assert "the boy he fell".split() == speech.fluent == speech.words("fluent")


def test_a_feature_is_nan_below_its_minimum() -> None:
    """The minimum counts the words of the feature's own view."""
    speech = prepare_speech(transcript("&-uh the boy fell ."))
    assert 1.0 == feature(3).value(speech)
    assert math.isnan(feature(4).value(speech))
    assert "test.one" == feature(3).key


def test_plain_text_cannot_mark_pauses() -> None:
    """Every format but plain text can."""
    assert not prepare_speech(transcript("the boy .", source_format="text")).marks_pauses
    assert prepare_speech(transcript("the boy .", source_format="chat")).marks_pauses
