"""What the page of a validation says of its lock: what was fixed before, and whether it is as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from adscreen.metrics import Interval
from adscreen.report.evaluation.tables import interval, rows_of


@dataclass(frozen=True, slots=True)
class LockItem:
    """One thing that was locked, whether it is as it was, and what changed or what was locked."""

    what: str
    held: bool
    note: str


@dataclass(frozen=True, slots=True)
class PrimaryResult:
    """The measure that was named before the labels were opened; its figure is NaN where it was not measured."""

    measure: str
    level: str
    figure: Interval


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """Whether the lock of a validation holds. ``labelled`` says whether the manifest had labels when it was locked."""

    holds: bool
    summary: str
    time: str
    digest: str
    labelled: bool
    items: tuple[LockItem, ...]
    primary: PrimaryResult


def read_outcome(locked: Mapping[str, Any] | None, metrics: pd.DataFrame) -> LockOutcome | None:
    """Return the outcome that a run's settings hold, with the figure of its primary measure; None without a lock."""
    if not locked:
        return None
    measure, level = str(locked["primary"]), str(locked["level"])
    found = metrics[(metrics["measure"] == measure) & (metrics["level"] == level)]
    figure = next(map(interval, rows_of(found)), Interval(*[float("nan")] * 3))
    return LockOutcome(
        holds=bool(locked["holds"]),
        summary=str(locked["summary"]),
        time=str(locked["time"]),
        digest=str(locked["digest"]),
        labelled=bool(locked["labelled"]),
        items=tuple(LockItem(**item) for item in locked["items"]),
        primary=PrimaryResult(measure, level, figure),
    )
