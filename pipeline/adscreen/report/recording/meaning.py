"""A score row -> what a result is worth at the prevalence that the user named, and whether its labels are decided."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adscreen.metrics import Interval
from adscreen.scoring.recording_report import ScoreRow


@dataclass(frozen=True, slots=True)
class Worth:
    """The share of positive and of negative results that are right where ``prevalence`` of those screened are cases.

    ``probability`` is the row's own, moved to that prevalence.
    """

    prevalence: float
    positive: Interval
    negative: Interval
    probability: float


def weigh_result(row: ScoreRow) -> Worth | None:
    """Return what results are worth at the row's prevalence; None where the user named none."""
    if not math.isfinite(row.prevalence):
        return None
    positive = Interval(row.ppv, row.ppv_low, row.ppv_high)
    negative = Interval(row.npv, row.npv_low, row.npv_high)
    return Worth(row.prevalence, positive, negative, row.probability_at_prevalence)


def weigh_results(rows: Sequence[ScoreRow]) -> tuple[Worth, ...]:
    """Return what results are worth at each prevalence that a cohort was scored with, rarest first."""
    first = {row.prevalence: row for row in reversed(rows) if math.isfinite(row.prevalence)}
    found = (weigh_result(first[prevalence]) for prevalence in sorted(first))
    return tuple(one for one in found if one is not None)


def case_share(model: Mapping[str, Any], *, positive_label: str) -> float:
    """Return the share of the training subjects that are cases; NaN where the model does not tell."""
    subjects = model.get("subjects")
    if not isinstance(subjects, Mapping) or positive_label not in subjects:
        return math.nan
    return float(subjects[positive_label] / sum(subjects.values()))


@dataclass(frozen=True, slots=True)
class Decided:
    """Of the recordings scored with a confidence, how many sets hold one label; the others are no decision."""

    confidence: float
    scored: int
    one_label: int


def count_decided(rows: Sequence[ScoreRow]) -> tuple[Decided, ...]:
    """Return how many recordings are decided at each confidence that a cohort was scored with, lowest first."""
    asked = sorted({row.confidence for row in rows if row.conformal_set})
    of = {
        confidence: [row for row in rows if row.confidence == confidence and row.conformal_set] for confidence in asked
    }
    return tuple(Decided(name, len(own), sum(is_decided(row) for row in own)) for name, own in of.items())


def is_decided(row: ScoreRow) -> bool:
    """Return whether a row's conformal set holds one label."""
    return row.conformal_set in ("control", "case")
