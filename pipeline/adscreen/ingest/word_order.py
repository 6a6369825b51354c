"""Timed words in the order of the text -> the same words, with only those times that are in this order.

Aligners place a word they cannot find anywhere in its segment, and some print times of words that run backward
(m-bain/whisperX#419, ggml-org/whisper.cpp#2271). The text is in the order of speech, so the longest run of times that
never goes back is kept for each speaker. Where most times of a segment are outside that run, none of it is kept: then
nothing says which are right. A word more than OUTSIDE_MS beside its own segment was not found there either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from adscreen.ingest.pieces import Piece, Segment
from adscreen.records import Diagnostic

OUTSIDE_MS = 500


def with_times_in_order(segments: Sequence[Segment], *, file: str) -> tuple[list[Segment], list[Diagnostic]]:
    """Drop the times of words that are out of order or outside their segment; say how many there are."""
    found: list[Diagnostic] = []
    inside = [_within(segment) for segment in segments]
    outside = _untimed_since(segments, inside)
    if outside:
        what = f"{outside} words lie outside the times of their segment; the times of these words were dropped"
        found.append(Diagnostic(file, None, what, "align the words again"))
    times = [_times(segment) for segment in inside]
    kept = [set(own) for own in times]
    for own in _by_speaker(inside):
        _keep_run(own, times, kept)
    ordered = [_only(segment, positions) for segment, positions in zip(inside, kept, strict=True)]
    backward = _untimed_since(inside, ordered)
    if backward:
        what = f"{backward} words have times out of the order of the text; the times of these words were dropped"
        found.append(Diagnostic(file, None, what, "align the words again"))
    return ordered, found


def longest_run(times: Sequence[int]) -> list[int]:
    """Return the positions of a longest run that never goes back, in order.

    >>> longest_run([5, 1, 2, 9, 3])
    [1, 2, 4]
    """
    ends: list[int] = []  # the least time at which a run of each length ends
    lasts: list[int] = []  # and its position
    before: list[int] = []
    for position, time in enumerate(times):
        length = bisect_right(ends, time)
        before.append(lasts[length - 1] if length else -1)
        ends[length : length + 1] = [time]
        lasts[length : length + 1] = [position]
    run: list[int] = []
    position = lasts[-1] if lasts else -1
    while position >= 0:
        run.append(position)
        position = before[position]
    return run[::-1]


def _by_speaker(segments: Sequence[Segment]) -> list[list[int]]:
    speakers: dict[str, list[int]] = defaultdict(list)
    for index, segment in enumerate(segments):
        speakers[segment.speaker].append(index)
    return list(speakers.values())


def _untimed_since(before: Sequence[Segment], after: Sequence[Segment]) -> int:
    return sum(len(_times(old)) - len(_times(new)) for old, new in zip(before, after, strict=True))


def _keep_run(own: Sequence[int], times: Sequence[dict[int, int]], kept: list[set[int]]) -> None:
    """Reduce ``kept`` to a speaker's longest run, without the segments of which most is outside it."""
    places = [(index, position) for index in own for position in times[index]]
    run = longest_run([times[index][position] for index, position in places])
    if len(run) == len(places):
        return
    in_run: dict[int, set[int]] = defaultdict(set)
    for index, position in (places[number] for number in run):
        in_run[index].add(position)
    for index in own:
        kept[index] = in_run[index] if 2 * len(in_run[index]) > len(times[index]) else set()


def _times(segment: Segment) -> dict[int, int]:
    """Return the time of each piece that has one: its start, or its end where only that is known."""
    times = {}
    for position, piece in enumerate(segment.pieces):
        time = piece.start_ms if piece.start_ms is not None else piece.end_ms
        if time is not None:
            times[position] = time
    return times


def _within(segment: Segment) -> Segment:
    first = segment.start_ms - OUTSIDE_MS if segment.start_ms is not None else None
    last = segment.end_ms + OUTSIDE_MS if segment.end_ms is not None else None
    inside = [
        position
        for position, time in _times(segment).items()
        if (first is None or time >= first) and (last is None or time <= last)
    ]
    return _only(segment, inside)


def _only(segment: Segment, positions: Sequence[int] | set[int]) -> Segment:
    """Return the segment with the times of these pieces alone."""
    if len(positions) == len(_times(segment)):
        return segment
    known = set(positions)
    pieces = [piece if place in known else Piece(piece.text) for place, piece in enumerate(segment.pieces)]
    return segment._replace(pieces=tuple(pieces))
