"""The turns of a conversation -> what of their times cannot be: diagnostics, or a refusal that names the unit.

    rate      words a minute, over the time that utterances take
    usual     SLOW to FAST: conversation has 115 to 230 words a minute (Tauroza and Allison, Applied Linguistics, 1990;
              Yuan, Liberman and Cieri, Interspeech 2006), nonfluent aphasia fewer than 50 (Kerschensteiner, Poeck and
              Brunner, Cortex, 1972), the quickest talkers some 400; the bounds lie far outside
    refused   under STILL or over SUDDEN (over RUSHED, of more words) no person speaks, and nothing but the unit of the
              times explains it: where milliseconds are read as seconds, 120 words a minute are 0.12. Between STILL and
              STALLED only where every time is a whole second and no utterance is quicker than LAGGING, as where
              hundredths of a second are read as seconds. A unit must make the rate CREDIBLE, and most words must be in
              utterances of such a rate: one false time is no unit
    duration  where the file says how long the recording is, no time lies far beyond

A diagnostic keeps the file: slow speech, cues that stay long, an utterance that was cut wrongly. So few words that a
rate means nothing are passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.records import Diagnostic, Utterance, Word

SLOW, FAST = 10.0, 450.0  # words a minute
STILL, STALLED, LAGGING = 0.5, 4.0, 8.0
RUSHED, SUDDEN = 1_800.0, 30_000.0
CREDIBLE = (30.0, 400.0)
WORD_MS = 5000  # no word takes longer
SPILL_MS = 2000  # a time may lie this far beyond the recording: durations are rounded
BEYOND = 10  # times the recording, from which the last time must be of another unit

_FEW, _SOME = 3, 10  # words that a rate far out of bounds, and any other, needs to mean something
_UNITS = {  # how many times too long the times are -> what they look like
    1_000.0: "milliseconds, not seconds",
    100.0: "hundredths of a second, not seconds",
    10_000.0: "ticks of 100 ns, not milliseconds",
    1_000_000.0: "microseconds, not seconds",
    10_000_000.0: "ticks of 100 ns, not seconds",
    25.0: "frames, not seconds",
    1 / 60: "minutes, not seconds",
    1 / 1_000: "seconds, not milliseconds",
}
_USUAL = 150.0
_DAY_MS = 86_400_000
_REMEDIES = {
    "chat": "correct the time bullets, which are milliseconds",
    "table": "name columns in milliseconds `start_ms` and `end_ms`, in seconds `start` and `end`",
    "excel": "name columns in milliseconds `start_ms` and `end_ms`, in seconds `start` and `end`",
}


class Span(NamedTuple):
    """The time that an utterance takes, and its words."""

    speaker: str
    words: int
    start_ms: int
    end_ms: int


def check_plausibility(conversation: Conversation, *, file: str, where: str, format: str) -> Conversation:
    """Return the conversation with what is doubtful of its times among its diagnostics.

    Raises InputError where another unit of time explains what cannot be.
    """
    spans = list(_spans(conversation.utterances))
    remedy = _REMEDIES.get(format, "correct the times, or leave them out")
    _refuse_duration(conversation, where=where, remedy=remedy)
    _refuse_rate(spans, where=where, remedy=remedy)
    doubts = [*_doubts_of_rate(spans), *_doubts_of_utterances(conversation)]
    found = tuple(Diagnostic(file, None, what, "check the times") for what in doubts)
    return replace(conversation, diagnostics=conversation.diagnostics + found) if found else conversation


def likely_units(rate: float) -> list[str]:
    """Return the units that would make a rate credible, the likeliest first.

    >>> likely_units(0.12)
    ['milliseconds, not seconds']
    """
    low, high = CREDIBLE
    found = [(max(rate * factor / _USUAL, _USUAL / rate / factor), unit) for factor, unit in _UNITS.items()]
    furthest = max(_USUAL / low, high / _USUAL)
    return [unit for distance, unit in sorted(found) if distance <= furthest]


def _spans(utterances: Sequence[Utterance]) -> Iterator[Span]:
    """Return the utterances with words and times; one without an end lasts up to the next start."""
    following: int | None = None
    found = []
    for utterance in reversed(utterances):
        start, end, words = utterance.start_ms, utterance.end_ms, utterance.words
        if start is None:
            start = next((word.start_ms for word in words if word.start_ms is not None), None)
        if end is None:
            end = _last_of_words(words)
        if end is None:
            end = following
        if start is not None:
            following = start
            if words and end is not None and end >= start:
                found.append(Span(utterance.speaker, len(words), start, end))
    return reversed(found)


def _last_of_words(words: Sequence[Word]) -> int | None:
    times = [time for word in words for time in (word.start_ms, word.end_ms) if time is not None]
    return max(times) if len(times) > 1 else None


def _end(utterance: Utterance) -> int | None:
    return _last_of_words(utterance.words) if utterance.end_ms is None else utterance.end_ms


def _rate(spans: Sequence[Span]) -> tuple[int, float, float]:
    """Return words, seconds and words a minute."""
    words = sum(span.words for span in spans)
    seconds = sum(span.end_ms - span.start_ms for span in spans) / 1000
    return words, seconds, 60 * words / seconds if seconds else 0.0


def _said(words: int, seconds: float, rate: float) -> str:
    exact = 1 if rate < 100 else 0
    written = f"{rate:,.{exact}f}" if rate < 1_000 else f"{float(f'{rate:.2g}'):,.0f}"
    return f"{words} words in {seconds:,.{0 if seconds >= 1 else 3}f} s ({written} words a minute)"


def _refuse_rate(spans: Sequence[Span], *, where: str, remedy: str) -> None:
    spans = [span for span in spans if span.end_ms > span.start_ms]  # points in time take none
    words, seconds, rate = _rate(spans)
    if words < _FEW or STALLED <= rate <= min(SUDDEN, RUSHED):
        return
    whole = all(span.start_ms % 1000 == 0 and span.end_ms % 1000 == 0 for span in spans)
    lagging = whole and all(_rate([span])[2] < LAGGING for span in spans)
    bounds = [STILL, SUDDEN if words < _SOME else RUSHED]
    if words >= _SOME and lagging:
        bounds[0] = STALLED
    if words < _FEW or bounds[0] <= rate <= bounds[1] or not _is_usual(spans, bounds):
        return
    units = likely_units(rate)[:2]
    if units:
        looks = ", or ".join(units)
        raise InputError(f"{_said(words, seconds, rate)}: the times look like {looks}", where=where, remedy=remedy)


def _is_usual(spans: Sequence[Span], bounds: Sequence[float]) -> bool:
    """Tell whether most words are in utterances whose own rate is out of bounds."""
    outside = sum(span.words for span in spans if not bounds[0] <= _rate([span])[2] <= bounds[1])
    return 2 * outside > sum(span.words for span in spans)


def _refuse_duration(conversation: Conversation, *, where: str, remedy: str) -> None:
    duration = conversation.duration_ms
    if duration and (last := _last(conversation)) > BEYOND * max(duration, SPILL_MS):
        what = f"the last time is {last / 1000:,.1f} s, but the recording is said to last {duration / 1000:,.1f} s"
        raise InputError(f"{what}: their units differ", where=where, remedy=remedy)


def _last(conversation: Conversation) -> int:
    ends = [end for utterance in conversation.utterances if (end := _end(utterance)) is not None]
    return max(ends, default=0)


def _doubts_of_rate(spans: Sequence[Span]) -> Iterator[str]:
    speakers: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        speakers[span.speaker].append(span)
    for speaker, own in speakers.items():
        words, seconds, rate = _rate(own)
        if words >= _SOME and seconds and not SLOW <= rate <= FAST:
            yield f"{speaker}: {_said(words, seconds, rate)}, outside {SLOW:g} to {FAST:g}"
        elif words >= _SOME and not seconds:
            yield f"{speaker}: {words} words in no time: the starts and ends are the same"


def _doubts_of_utterances(conversation: Conversation) -> Iterator[str]:
    utterances = conversation.utterances
    backward = outlasted = endless = 0
    for utterance in utterances:
        if utterance.start_ms is None or utterance.end_ms is None:
            continue
        length = utterance.end_ms - utterance.start_ms
        backward += length < 0
        outlasted += bool(utterance.pauses) and _outlasted(utterance, length)
        endless += length > 60_000 / STILL and _is_endless(len(utterance.words), length)
    yield from _counted("end before they start", backward)
    yield from _counted("hold longer pauses than they last", outlasted)
    yield from _counted("last longer than any speech of their words", endless)
    if long := _count_long_words(utterances):
        yield f"{long} words last longer than {WORD_MS / 1000:g} s: a pause may be hidden in them"
    duration = conversation.duration_ms
    if duration and (last := _last(conversation)) > duration + max(SPILL_MS, duration // 20):
        yield f"the last time is {last / 1000:,.1f} s, but the recording lasts {duration / 1000:,.1f} s"


def _count_long_words(utterances: Sequence[Utterance]) -> int:
    ended = [word for utterance in utterances for word in utterance.words if word.end_ms is not None]
    return sum(word.start_ms is not None and (word.end_ms or 0) - word.start_ms > WORD_MS for word in ended)


def _counted(what: str, count: int) -> Iterator[str]:
    if count:
        yield f"{count} utterances {what}"


def _is_endless(words: int, length: int) -> bool:
    """Tell whether an utterance of words takes minutes for each of them."""
    return words > 0 and (length > _DAY_MS or (words >= _FEW and length > words * 60_000 / STILL))


def _outlasted(utterance: Utterance, length: int) -> bool:
    """Tell whether the pauses between words are longer than the utterance."""
    inside = [pause.seconds or 0.0 for pause in utterance.pauses if 0 < pause.before < len(utterance.words)]
    return sum(inside) * 1000 > length > 0
