"""Speech -> fluency features: fillers, fragments, repeats, retracings, pauses, and how utterances end.

Rates are per 100 words of the spoken view, as clinical studies report them (Fraser et al. 2016; CHAT manual for the
marks). Plain text marks no silences, so there pause rates are NaN, not 0. Where words have times, a silence of
250 ms or more between two words is a pause (adscreen.ingest.segments).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from adscreen.features.feature import UNDEFINED, Family, Feature, Speech, lacks_words
from adscreen.records import Pause, Terminator, Utterance

LONG_PAUSE_SECONDS = 2.0
NO_PAUSES = "the transcript marks no pauses"
NO_TIMES = "the transcript has no times"


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
    return _rate_of_pauses(speech, lambda pause: True)


def long_pause_rate(speech: Speech) -> float:
    """Return long pauses per 100 spoken words: marked ``(...)``, or of more than 2 s; NaN where none can be marked."""
    return _rate_of_pauses(speech, is_long)


def is_long(pause: Pause) -> bool:
    """Tell whether a pause is marked as long or lasts more than 2 s, as Yuan et al. 2021 read CHAT's marks."""
    return pause.length == "long" or (pause.seconds or 0.0) > LONG_PAUSE_SECONDS


def _rate_of_pauses(speech: Speech, counts: Callable[[Pause], bool]) -> float:
    if not speech.marks_pauses:
        return math.nan
    pauses = (pause for utterance in speech.utterances for pause in utterance.pauses)
    return 100 * sum(map(counts, pauses)) / len(speech.spoken)


def pause_length(speech: Speech) -> float:
    """Return the mean seconds of the pauses whose time is known; NaN where none is."""
    seconds = [pause.seconds for own in speech.utterances for pause in own.pauses if pause.seconds is not None]
    return math.fsum(seconds) / len(seconds) if seconds else math.nan


def pause_share(speech: Speech) -> float:
    """Return the share of the time of utterances that is pauses between their words.

    An utterance whose pauses are longer than itself contradicts itself and is left out, so the share is at most 1. NaN
    without times, or where a pause of an utterance with times has none.
    """
    shares = [(duration_ms(own) / 1000, inner_pauses(own)) for own in speech.utterances if duration_ms(own)]
    if not speech.marks_pauses or any(None in pauses for _, pauses in shares):
        return math.nan
    known = [(total, math.fsum(length for length in pauses if length)) for total, pauses in shares]
    sound = [(total, paused) for total, paused in known if paused <= total]
    return math.fsum(paused for _, paused in sound) / math.fsum(total for total, _ in sound) if sound else math.nan


def inner_pauses(utterance: Utterance) -> list[float | None]:
    """Return the seconds of the pauses between the words of an utterance."""
    return [pause.seconds for pause in utterance.pauses if 0 < pause.before < len(utterance.words)]


def lacks_pauses(speech: Speech) -> str:
    """Return that the format cannot mark pauses; empty where it can."""
    return "" if speech.marks_pauses else NO_PAUSES


def duration_ms(utterance: Utterance) -> int:
    """Return how long an utterance takes, 0 where its beginning or end is not known."""
    if utterance.start_ms is None or utterance.end_ms is None:
        return 0
    return max(0, utterance.end_ms - utterance.start_ms)


def speech_rate(speech: Speech) -> float:
    """Return words per minute over the time the participant's utterances take, pauses in them included."""
    durations = [duration_ms(utterance) for utterance in speech.utterances]
    words = sum(len(said) for said, taken in zip(_said(speech), durations, strict=True) if taken)
    return 60_000 * words / sum(durations) if sum(durations) else math.nan


def words_per_utterance(speech: Speech) -> float:
    """Return the mean number of spoken words of utterances that hold words."""
    lengths = [len(said) for said in _said(speech) if said]
    return sum(lengths) / len(lengths) if lengths else math.nan


def _said(speech: Speech) -> list[tuple[str, ...]]:
    """Return the spoken words of every utterance."""
    return [sentence.tokens for sentence in speech.sentences("spoken")]


def share_ending(speech: Speech, terminator: Terminator) -> float:
    """Return the share of utterances with a terminator."""
    endings = [utterance.terminator for utterance in speech.utterances if utterance.words]
    return endings.count(terminator) / len(endings) if endings else math.nan


def filler_rate(speech: Speech) -> float:
    """Return filled pauses per 100 spoken words; NaN where it is not known which words fill pauses."""
    if speech.language.fillers is None:
        return math.nan
    return 100 * sum(map(filler_count, speech.utterances)) / len(speech.spoken)


def _per_100_words(name: str, formula: str, count: Callable[[Utterance], int]) -> Feature:
    return _SPEECH.feature(
        name,
        "per 100 words",
        f"100 {formula} / spoken words",
        lambda speech: 100 * sum(map(count, speech.utterances)) / len(speech.spoken),
        undefined=UNDEFINED,
    )


_SPEECH = Family(
    name="fluency",
    view="spoken",
    read=lambda speech: speech,
    source="CHAT manual",
    undefined="no utterance has a word",
)
FLUENCY = (
    _SPEECH.feature(
        "fillers",
        "per 100 words",
        "100 filled pauses / spoken words",
        filler_rate,
        undefined=UNDEFINED,
        lacks=lacks_words("fillers"),
    ),
    _per_100_words("fragments", "words broken off", fragment_count),
    _per_100_words("repetitions", "repetitions [/]", repetition_count),
    _per_100_words("retracings", "retracings [//] [///] [/-]", retracing_count),
    _per_100_words("unintelligible", "unintelligible stretches", lambda utterance: utterance.unintelligible),
    _SPEECH.feature(
        "pauses",
        "per 100 words",
        "100 silent pauses marked / spoken words",
        pause_rate,
        undefined=NO_PAUSES,
    ),
    _SPEECH.feature(
        "long_pauses",
        "per 100 words",
        f"100 pauses marked (...) or of more than {LONG_PAUSE_SECONDS:g} s / spoken words",
        long_pause_rate,
        undefined=NO_PAUSES,
        source="Yuan et al. 2021",
    ),
    _SPEECH.feature(
        "pause_length",
        "seconds",
        "mean seconds of the pauses with a time",
        pause_length,
        undefined="no pause has a time",
        source="Pistono et al. 2016",
    ),
    _SPEECH.feature(
        "pause_time_share",
        "ratio",
        "seconds of pauses between words of utterances with times / seconds of these utterances",
        pause_share,
        undefined="the transcript has no times, or marks a pause without its time or longer than its utterance",
        lacks=lacks_pauses,
        source="Pistono et al. 2016",
    ),
    _SPEECH.feature(
        "speech_rate",
        "words per minute",
        "spoken words / time of utterances",
        speech_rate,
        undefined=NO_TIMES,
    ),
    _SPEECH.feature("words_per_utterance", "words", "mean spoken words of an utterance", words_per_utterance),
    _SPEECH.feature(
        "trailing_off_share",
        "ratio",
        "utterances that trail off / utterances",
        lambda speech: share_ending(speech, "trailing_off"),
    ),
    _SPEECH.feature(
        "interrupted_share",
        "ratio",
        "utterances broken off / utterances",
        lambda speech: share_ending(speech, "interrupted"),
    ),
    _SPEECH.feature(
        "question_share", "ratio", "questions / utterances", lambda speech: share_ending(speech, "question")
    ),
)
