"""Segments of a recogniser that hold a stretch of speech twice -> segments that hold it once.

    copy     a segment with the speaker, times and words of an earlier one
    window   a segment that starts well before the speaker's last one ends, and begins with the words that that one
             ends with: the recogniser heard the recording in windows that overlap

Nobody says the same words twice at the same time: the time that two segments share must be long enough to say the words
in. What is said again later stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from adscreen.ingest.pieces import Segment

LEAST_WORDS = 3  # fewer that two segments share are a coincidence
WORD_MS = 100  # nobody says a word in less


def take_once(segments: Iterable[Segment]) -> tuple[list[Segment], int]:
    """Return the segments without what they hold for the second time, and how many words that was."""
    kept: list[Segment] = []
    seen: set[tuple[object, ...]] = set()
    lasts: dict[str, Segment] = {}
    dropped = 0
    for segment in segments:
        own = (segment.speaker, segment.start_ms, segment.end_ms, *_words(segment))
        if segment.start_ms is not None and segment.pieces and own in seen:
            dropped += len(segment.pieces)
            continue
        seen.add(own)
        last = lasts.get(segment.speaker)
        count = _shared(last, segment) if last else 0
        lasts[segment.speaker] = segment
        dropped += count
        kept.append(_without(segment, count, after=last.end_ms) if last and count else segment)
    return kept, dropped


def _words(segment: Segment) -> list[str]:
    return ["".join(filter(str.isalnum, piece.text.casefold())) or piece.text for piece in segment.pieces]


def _shared(before: Segment, after: Segment) -> int:
    """Return how many words at the start of a segment are the last of the one before, said at the same time."""
    if before.start_ms is None or before.end_ms is None or after.start_ms is None:
        return 0
    if not before.start_ms <= after.start_ms < before.end_ms:
        return 0
    first, second = _words(before), _words(after)
    most = min(len(first), len(second), (before.end_ms - after.start_ms) // WORD_MS)
    return next((count for count in range(most, LEAST_WORDS - 1, -1) if first[-count:] == second[:count]), 0)


def _without(segment: Segment, count: int, *, after: int | None) -> Segment:
    return segment._replace(pieces=segment.pieces[count:], start_ms=after)
