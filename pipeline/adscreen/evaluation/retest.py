"""Finished folds -> how well the visits of a subject agree: test-retest of the evaluated method's results.

Only subjects whose visits one fold tested together are taken, so that one model gave both results, and subjects are
compared within their fold: folds' models differ in level and spread, and that difference is not one of people. Visits
may lie years apart, so a change of the person is part of the disagreement. An ICC depends on how different the people
are, and rises where cases and controls are mixed: so it is also given within each label.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.levels import has_one_label
from adscreen.evaluation.results import RetestRow
from adscreen.evaluation.summary import Folds
from adscreen.metrics import Interval, Predictions, logit
from adscreen.metrics.agreement import NO_AGREEMENT, Agreement, measure_agreement

FEWEST = 10
ALL = "all"

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]
Scale = Literal["log_odds", "probability"]
Measure = Literal["icc", "within_sd", "minimal_detectable_change"]


def measure_retest(folds: Folds) -> list[RetestRow]:
    """Return the agreement of visits over all subjects and within each label, or the reason why there is none."""
    if folds.protocol == "paper":
        return [_absent(folds, ALL, 0, 0, "the visits of a subject are split between training and test")]
    repeats = [_with_visits(one, folds.subjects) for one in folds.repeats(folds.main)]
    steady = np.zeros(len(folds.cases), dtype=bool)
    steady[folds.tested] = has_one_label(folds.subjects[folds.tested], folds.cases[folds.tested])
    among = {
        ALL: np.ones(len(steady), dtype=bool),
        folds.table.negative: steady & (folds.cases == 0),
        folds.table.positive: steady & (folds.cases == 1),
    }
    return [row for name, rows in among.items() for row in _measure(folds, name, [one.among(rows) for one in repeats])]


def _with_visits(predictions: Predictions, subjects: NDArray[np.str_]) -> Predictions:
    """Return the predictions of subjects with at least two recordings in a fold, the same ones in every fold."""
    keys = np.stack([predictions.folds, np.unique(subjects, return_inverse=True)[1][predictions.rows]], axis=1)
    _, inverse, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    several = (counts > 1)[inverse.reshape(-1)]
    rows = np.zeros(len(subjects), dtype=bool)
    rows[predictions.rows[several]] = True
    return predictions.among(rows)


def _measure(folds: Folds, among: str, repeats: list[Predictions]) -> Iterator[RetestRow]:
    rows = repeats[0].rows
    subjects = len(np.unique(folds.subjects[rows]))
    if subjects < FEWEST:
        yield _absent(folds, among, subjects, len(rows), f"fewer than {FEWEST} subjects with several visits in a fold")
        return
    scales: tuple[Scale, ...] = ("log_odds", "probability")
    for scale in scales:
        found = _mean([_agree(one, folds.subjects, scale) for one in repeats])
        if not np.isfinite(found.correlation.value):
            yield _absent(folds, among, subjects, len(rows), "the results do not vary", scale)
            continue
        figures: dict[Measure, Interval] = {"icc": found.correlation, "within_sd": found.within}
        figures["minimal_detectable_change"] = found.detectable
        for name, one in figures.items():
            bounds = one.value, one.low, one.high
            yield RetestRow(folds.protocol, folds.main, among, scale, name, subjects, len(rows), *bounds, "")


def _agree(predictions: Predictions, subjects: NDArray[np.str_], scale: Scale) -> Agreement:
    values = logit(predictions.scores) if scale == "log_odds" else predictions.scores
    numbers = np.unique(subjects, return_inverse=True)[1]
    keys = np.stack([predictions.folds, numbers[predictions.rows]], axis=1)  # of a site protocol: one person, two folds
    return measure_agreement(values, np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1), predictions.folds)


def _mean(found: list[Agreement]) -> Agreement:
    """Return the mean over repeats of each figure and of its bounds; none where a repeat has none."""
    if NO_AGREEMENT in found:
        return NO_AGREEMENT

    def mean(figures: list[Interval]) -> Interval:
        return Interval(*np.mean([(one.value, one.low, one.high) for one in figures], axis=0).tolist())

    return Agreement(
        mean([one.correlation for one in found]),
        mean([one.within for one in found]),
        mean([one.detectable for one in found]),
    )


def _absent(
    folds: Folds, among: str, subjects: int, recordings: int, reason: str, scale: Scale = "log_odds"
) -> RetestRow:
    none = float("nan"), float("nan"), float("nan")
    return RetestRow(folds.protocol, folds.main, among, scale, "icc", subjects, recordings, *none, reason)
