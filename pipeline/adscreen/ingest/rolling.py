"""Cues that show words more than once (roll-up, paint-on, doubled cues) -> cues that hold each word once.

    roll-up   a cue begins with the last lines of the cue before: broadcast captions, YouTube's automatic ones
    paint-on  a cue is the cue before and a word or more
    window    a cue is the cue before without its first words and with more at its end

A person may say a thing twice, so that a word is shown again is decided by the shape of the whole file: most cues begin
with what the one before ended with, and go on. Words with times of their own are said anew. In other files a cue is a
copy only where it has the start of the cue before, is too short to be said, or where every cue has the same number of
copies.

Source: CTA-608, "roll-up" and "paint-on" captions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from adscreen.ingest.cues import Cue, Line

_WINDOW_WORDS = 3  # fewer words that a cue shares with the one before, and that are no whole lines, are a coincidence
_CONTINUOUS_MS = 250
_UNSPEAKABLE_MS = 100  # nobody says a word in less
_COPIED_WORDS = 6


class _Shown(NamedTuple):
    """The words of a cue as compared, where its lines start and end among them, and how many may be old."""

    words: tuple[str, ...]
    starts: frozenset[int]
    ends: frozenset[int]
    old: int


def take_once(cues: Sequence[Cue]) -> tuple[list[Cue], int]:
    """Return the cues, each without the words that it carries over, and how many lines or parts of lines those were."""
    filled = [cue for cue in cues if cue.lines]
    shown = [_show(cue) for cue in filled]
    shared = [_shared(before, after) for before, after in pairwise(shown)]
    carried = _rolled(filled, shown, shared) or _copied(filled, shown)
    pairs = zip(filled, [0, *carried] if filled else [], strict=True)
    once = [(cue, *_without(cue, count)) for cue, count in pairs]
    return [cue._replace(lines=lines) for cue, lines, _ in once], sum(taken for _, _, taken in once)


def _show(cue: Cue) -> _Shown:
    words = tuple("".join(filter(str.isalnum, p.text.casefold())) or p.text for line in cue.lines for p in line.pieces)
    ends = [*accumulate(len(line.pieces) for line in cue.lines)]
    old = next((end - len(line.pieces) for end, line in zip(ends, cue.lines, strict=True) if line.timed), len(words))
    return _Shown(words, frozenset([0, *ends[:-1]]), frozenset(ends), old)


def _shared(before: _Shown, after: _Shown) -> int:
    """How many words at the start of a cue are the last of the one before: whole lines, the whole cue or a window."""
    least = min(len(before.words), len(after.words))
    return next(
        (
            count
            for count in _borders(after.words, before.words)
            if count <= after.old
            and (
                count == len(before.words)
                or (count in after.ends and len(before.words) - count in before.starts)
                or (count >= _WINDOW_WORDS and 2 * count >= least)
            )
        ),
        0,
    )


def _borders(start: tuple[str, ...], end: tuple[str, ...]) -> Iterator[int]:
    """Yield the lengths, longest first, at which ``end`` ends with what ``start`` starts with (Knuth et al. 1977)."""
    sequence = (*start, None, *end)
    border = [0] * len(sequence)
    for index in range(1, len(sequence)):
        length = border[index - 1]
        while length and sequence[index] != sequence[length]:
            length = border[length - 1]
        border[index] = length + (sequence[index] == sequence[length])
    length = border[-1] if end else 0
    while length:
        yield length
        length = border[length - 1]


def _rolled(cues: Sequence[Cue], shown: Sequence[_Shown], shared: Sequence[int]) -> list[int]:
    """Return the words that each cue but the first carries over, or nothing where the file does not roll."""
    same = [before.words == after.words for before, after in pairwise(shown)]
    going_on = [count for count, copy in zip(shared, same, strict=True) if count and not copy]
    enough = len(going_on) > 1 or sum(going_on) >= _WINDOW_WORDS
    if not enough or 2 * len(going_on) < same.count(False):
        return []
    return [
        count if not copy or _gap(before, after) <= _CONTINUOUS_MS else 0
        for count, copy, (before, after) in zip(shared, same, pairwise(cues), strict=True)
    ]


def _gap(before: Cue, after: Cue) -> int:
    return after.start_ms - before.end_ms if after.start_ms is not None and before.end_ms is not None else 0


def _copied(cues: Sequence[Cue], shown: Sequence[_Shown]) -> list[int]:
    """Return the words of the cues that are copies of the one before."""
    runs = [len([*run]) for _, run in groupby(cue.words for cue in shown)]
    different = sum(len(words) for words, _ in groupby(cue.words for cue in shown))
    doubled = len(set(runs)) == 1 and len(runs) > 1 and different >= _COPIED_WORDS
    return [
        len(now.words) if was.words == now.words and _is_copy(before, after, doubled=doubled) else 0
        for (before, after), (was, now) in zip(pairwise(cues), pairwise(shown), strict=True)
    ]


def _is_copy(before: Cue, after: Cue, *, doubled: bool) -> bool:
    if (before.name, *(line.voice for line in before.lines)) != (after.name, *(line.voice for line in after.lines)):
        return False
    if doubled or after.start_ms is None or after.end_ms is None:
        return doubled
    return after.start_ms == before.start_ms or after.end_ms - after.start_ms < _UNSPEAKABLE_MS


def _without(cue: Cue, count: int) -> tuple[tuple[Line, ...], int]:
    """Drop the first words of a cue; return the lines that are left and how many were cut or dropped."""
    taken = 0
    lines: list[Line] = []
    for line in cue.lines:
        dropped = min(count, len(line.pieces))
        count -= dropped
        taken += dropped > 0
        if dropped < len(line.pieces):
            lines.append(line._replace(pieces=line.pieces[dropped:], joined=dropped > 0))
    return tuple(lines), taken
