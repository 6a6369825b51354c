"""Speech -> fluency features: fillers, fragments, repeats, retracings, pauses, and how utterances end.

Rates are per 100 words of the spoken view, as clinical studies report them (Fraser et al. 2016; CHAT manual for the
marks). Plain text marks no silences, so there the pause rate is NaN, not 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from pipeline.features.feature import Feature, Speech
from pipeline.records import Terminator, Utterance


def filler_count(utterance: Utterance) -> int:
    """Return the number of filled pauses (uh, um)."""
    return sum(word.kind == "filler" for word in utterance.words)


def fragment_count(utterance: Utterance) -> int:
    """Return the number of words broken off."""
    return sum(word.kind == "fragment" for word in utterance.words)


def repetition_count(utterance: Utterance) -> int:
    """Return how often words were said again unchanged (a stretch counts once)."""
    return utterance.repetitions


def retracing_count(utterance: Utterance) -> int:
    """Return how often words were given up and corrected (a stretch counts once)."""
    return utterance.retracings


def pause_rate(speech: Speech) -> float:
    """Return silent pauses per 100 spoken words; NaN where the format cannot mark them."""
    if not speech.marks_pauses:
        return math.nan
    return 100 * sum(len(utterance.pauses) for utterance in speech.utterances) / len(speech.spoken)


def speech_rate(speech: Speech) -> float:
    """Return words per minute over the time the participant's utterances take; NaN without times."""
    words, milliseconds = 0, 0
    for utterance in speech.utterances:
        if utterance.start_ms is not None and utterance.end_ms is not None and utterance.end_ms > utterance.start_ms:
            words += len(utterance.words)
            milliseconds += utterance.end_ms - utterance.start_ms
    return 60_000 * words / milliseconds if milliseconds else math.nan


def words_per_utterance(speech: Speech) -> float:
    """Return the mean number of spoken words of utterances that hold words."""
    lengths = [len(utterance.words) for utterance in speech.utterances if utterance.words]
    return sum(lengths) / len(lengths) if lengths else math.nan


def share_ending(speech: Speech, terminator: Terminator) -> float:
    """Return the share of utterances with a terminator."""
    endings = [utterance.terminator for utterance in speech.utterances if utterance.words]
    return endings.count(terminator) / len(endings) if endings else math.nan


def _per_100_words(name: str, formula: str, count: Callable[[Utterance], int], source: str = "CHAT manual") -> Feature:
    def of_speech(speech: Speech) -> float:
        return 100 * sum(count(utterance) for utterance in speech.utterances) / len(speech.spoken)

    return Feature(
        family="fluency",
        name=name,
        unit="per 100 words",
        formula=f"100 {formula} / spoken words",
        view="spoken",
        minimum=10,
        source=source,
        compute=of_speech,
    )


def _of_speech(
    name: str, unit: str, formula: str, compute: Callable[[Speech], float], *, undefined: str = "", source: str = ""
) -> Feature:
    return Feature(
        family="fluency",
        name=name,
        unit=unit,
        formula=formula,
        view="spoken",
        minimum=10,
        source=source,
        compute=compute,
        undefined=undefined or "undefined for this speech",
    )


FLUENCY = (
    _per_100_words("fillers", "filled pauses", filler_count),
    _per_100_words("fragments", "words broken off", fragment_count),
    _per_100_words("repetitions", "repetitions [/]", repetition_count),
    _per_100_words("retracings", "retracings [//] [///] [/-]", retracing_count),
    _per_100_words("unintelligible", "unintelligible stretches", lambda utterance: utterance.unintelligible),
    _of_speech(
        "pauses",
        "per 100 words",
        "100 silent pauses marked / spoken words",
        pause_rate,
        undefined="plain text marks no pauses",
        source="CHAT manual",
    ),
    _of_speech(
        "speech_rate",
        "words per minute",
        "spoken words / time of utterances",
        speech_rate,
        undefined="the transcript has no times",
    ),
    _of_speech("words_per_utterance", "words", "mean spoken words of an utterance", words_per_utterance),
    _of_speech(
        "trailing_off_share",
        "ratio",
        "utterances that trail off / utterances",
        lambda speech: share_ending(speech, "trailing_off"),
    ),
    _of_speech(
        "interrupted_share",
        "ratio",
        "utterances broken off / utterances",
        lambda speech: share_ending(speech, "interrupted"),
    ),
    _of_speech("question_share", "ratio", "questions / utterances", lambda speech: share_ending(speech, "question")),
)
