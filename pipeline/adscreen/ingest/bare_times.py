"""The lines of a plain text -> which clock times without brackets are stamps, and which were said.

`10:30` may be a time of day in an answer. Bare times are stamps where a third of the lines begin, or end, with one,
none is earlier than the one above (one of ten may be), and they either begin within the first minute, as only the time
of a recording does, or stand in nearly every line. Times with a fraction or hours (`0:03.5`, `00:00:03`) are stamps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeGuard

from adscreen.ingest.clock_times import Stamp, cut_first, cut_last, match_stamp

_FIRST_MINUTE_MS = 60_000
_BARE = re.compile(r"(?<!\S)(\d{1,3}:\d\d)(?!\S)")


class BareTimes(NamedTuple):
    """Whether a time without brackets at the start, or at the end, of a line is a stamp; how many such were said."""

    first: bool
    last: bool
    said: int = 0

    def cut_first(self, line: str, *, alone: bool) -> tuple[Stamp | None, str]:
        """Return the stamp at the start of a line and what stands behind it; ``alone``: a line may hold it only."""
        stamp, rest = cut_first(line)
        is_stamp = stamp and (self.first or stamp.marked or stamp.exact or (alone and not rest))
        return (stamp, rest) if is_stamp else (None, line)

    def cut_last(self, line: str) -> tuple[Stamp | None, str]:
        """Return the stamp at the end of a line and what stands before it."""
        stamp, rest = cut_last(line)
        return (stamp, rest) if stamp and (self.last or stamp.marked or stamp.exact) else (None, line)


def find_bare_times(lines: Sequence[str]) -> BareTimes:
    """Tell by all lines of a file, without their labels, whether bare times are stamps."""
    starts = [stamp for stamp, _ in map(cut_first, lines) if is_bare(stamp)]
    ends = [stamp for stamp, _ in map(cut_last, lines) if is_bare(stamp)]
    first, last = _are_stamps(starts, len(lines)), _are_stamps(ends, len(lines))
    said = [
        sum(is_bare(stamp) and bool(rest) for stamp, rest in map(cut, lines))
        for cut, are_stamps in ((cut_first, first), (cut_last, last))
        if not are_stamps
    ]
    return BareTimes(first, last, sum(count for count in said if count > 1))


def is_bare(stamp: Stamp | None) -> TypeGuard[Stamp]:
    """Tell a time that may have been said."""
    return stamp is not None and not stamp.marked and not stamp.exact


def may_be_said(stamp: Stamp | None) -> bool:
    """Tell a time that may have been said by itself: no recording's first minute is a time of day."""
    return is_bare(stamp) and stamp.start_ms >= _FIRST_MINUTE_MS


def _are_stamps(stamps: Sequence[Stamp], lines: int) -> bool:
    times = [stamp.start_ms for stamp in stamps]
    forward = sum(before <= after for before, after in pairwise(times))
    if len(times) < min(2, lines) or 3 * len(times) < lines or 10 * forward < 9 * (len(times) - 1):
        return False
    return not times or times[0] < _FIRST_MINUTE_MS or 5 * len(times) >= 4 * lines


def mark_times(text: str, start: int, end: int) -> str:
    """Put the bare times between ``start`` and ``end`` into brackets, which tell them from words."""
    pieces = _BARE.split(text)
    for index in range(1, len(pieces), 2):
        found = match_stamp(pieces[index])
        if found and start <= found[0].start_ms <= end:
            pieces[index] = f"[{pieces[index]}]"
    return "".join(pieces)
