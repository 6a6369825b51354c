"""A subject's score rows -> the course over the visits, as positions in percent of a drawing's width."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adscreen.scoring.recording_report import ScoreRow
from adscreen.scoring.subjects import order_visits

_LEFT, _RIGHT = 4.0, 84.0  # beside the points there is room for the axis and the threshold's name
_MOST_LABELS = 8
_LONGEST_LABEL = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """One recording on the course; ``before`` is the last scored one before it, None where a line has no two ends."""

    row: ScoreRow
    page: str
    x: float
    here: bool
    labelled: bool
    before: Visit | None

    @property
    def scored(self) -> bool:
        """Whether it has a probability."""
        return math.isfinite(self.row.probability)

    @property
    def name(self) -> str:
        """The visit, or where the manifest names none the recording."""
        return self.row.recording_id if self.row.visit is None else self.row.visit

    @property
    def short(self) -> str:
        """The name, cut to fit under its point."""
        return self.name if len(self.name) <= _LONGEST_LABEL else f"{self.name[: _LONGEST_LABEL - 1]}…"


def place_visits(rows: Sequence[ScoreRow], pages: Mapping[str, str], *, here: str) -> tuple[Visit, ...]:
    """Return the visits of one subject in order, evenly spaced; ``here`` is the recording whose page shows them.

    Visits that are all numbers are put in their order; others stay as the manifest has them.
    """
    placed: list[Visit] = []
    before: Visit | None = None
    ordered = order_visits(rows)
    step = max(1, math.ceil(len(ordered) / _MOST_LABELS))
    for number, row in enumerate(ordered):
        is_here = row.recording_id == here
        visit = Visit(
            row=row,
            page=pages[row.recording_id],
            x=_LEFT + (_RIGHT - _LEFT) * (number + 0.5) / len(ordered),
            here=is_here,
            labelled=number % step == 0,
            before=before if math.isfinite(row.probability) else None,
        )
        placed.append(visit)
        before = visit if visit.scored else before
    return tuple(placed)
