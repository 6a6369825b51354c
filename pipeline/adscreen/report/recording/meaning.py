"""A score row and its model -> what a result is worth at the prevalence that the user named, with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adscreen.metrics import Interval, bound_predictive, exact_interval
from adscreen.scoring.recording_report import ScoreRow


@dataclass(frozen=True, slots=True)
class Worth:
    """The share of positive and of negative results that are right where ``prevalence`` of those screened are cases."""

    prevalence: float
    positive: Interval
    negative: Interval


def weigh_result(row: ScoreRow, model: Mapping[str, Any], *, positive_label: str, negative_label: str) -> Worth | None:
    """Return what results are worth at the row's prevalence; None where the user named none.

    The interval joins the exact ones of sensitivity and specificity over the training subjects, so it holds in at least
    95% of training cohorts; NaN where the model does not hold the counts.
    """
    if not math.isfinite(row.prevalence):
        return None
    subjects = model.get("subjects")
    counts = subjects if isinstance(subjects, Mapping) else {}
    rates = [
        exact_interval(float(model.get(name, math.nan)), counts.get(label, 0))
        for name, label in (("sensitivity", positive_label), ("specificity", negative_label))
        if math.isfinite(model.get(name, math.nan)) and counts.get(label)
    ]
    if len(rates) < 2:
        return Worth(row.prevalence, *(Interval(value, math.nan, math.nan) for value in (row.ppv, row.npv)))
    low, high = (bound_predictive(*ends, prevalence=row.prevalence) for ends in zip(*rates, strict=True))
    return Worth(row.prevalence, Interval(row.ppv, low[0], high[0]), Interval(row.npv, low[1], high[1]))


def weigh_results(
    rows: Sequence[ScoreRow], model: Mapping[str, Any], *, positive_label: str, negative_label: str
) -> tuple[Worth, ...]:
    """Return what results are worth at each prevalence that a cohort was scored with, rarest first."""
    first = {row.prevalence: row for row in reversed(rows) if math.isfinite(row.prevalence)}
    labels = {"positive_label": positive_label, "negative_label": negative_label}
    found = (weigh_result(first[prevalence], model, **labels) for prevalence in sorted(first))
    return tuple(one for one in found if one is not None)


def case_share(model: Mapping[str, Any], *, positive_label: str) -> float:
    """Return the share of the training subjects that are cases; NaN where the model does not tell."""
    subjects = model.get("subjects")
    if not isinstance(subjects, Mapping) or positive_label not in subjects:
        return math.nan
    return float(subjects[positive_label] / sum(subjects.values()))
