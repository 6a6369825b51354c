"""Finished folds -> points of the ROC, calibration and decision curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.intervals import Measured
from adscreen.evaluation.results import CalibrationRow, DecisionRow, Level, RocRow
from adscreen.evaluation.summary import Folds
from adscreen.metrics import (
    NO_INTERVAL,
    Groups,
    Interval,
    Predictions,
    Training,
    calibration_curve,
    leave_out,
    net_benefit,
    roc_curve,
)
from adscreen.metrics.proportions import share_interval

FALSE_POSITIVE_RATES = np.arange(101) / 100
THRESHOLDS = np.arange(1, 100) / 100
MOST_BINS, PER_BIN = 10, 15  # bins of the calibration curve, and how many predictions of a repeat each needs

Floats = NDArray[np.float64]


def draw_roc(folds: Folds) -> list[RocRow]:
    """Return the ROC curve of every method and level."""
    return [
        RocRow(folds.protocol, method, level, float(rate), float(sensitivity))
        for method in folds.methods
        for level in folds.levels
        for rate, sensitivity in zip(
            FALSE_POSITIVE_RATES,
            roc_curve(folds.repeats(method, level), folds.cases, FALSE_POSITIVE_RATES),
            strict=True,
        )
    ]


def draw_calibration(folds: Folds) -> list[CalibrationRow]:
    """Return the calibration curve of every method and level, bins by quantiles of the probability."""
    return [row for method in folds.methods for level in folds.levels for row in _calibration_of(folds, method, level)]


def _calibration_of(folds: Folds, method: str, level: Level) -> list[CalibrationRow]:
    repeats = folds.repeats(method, level)
    bins = int(np.clip(len(repeats[0].rows) // PER_BIN, 2, MOST_BINS))
    count, predicted, observed = calibration_curve(repeats, folds.cases, np.ones((1, len(folds.cases))), bins=bins)
    subjects, clusters = (
        _bound_bins(folds, repeats, groups, bins=bins) if groups else [NO_INTERVAL] * count.shape[1]
        for groups in (folds.groups.subjects, folds.groups.clusters)
    )
    return [
        CalibrationRow(
            folds.protocol,
            method,
            level,
            number,
            float(count[0, number]),
            float(predicted[0, number]),
            float(observed[0, number]),
            *Measured(subjects[number], clusters[number]).figures[1:],
        )
        for number in range(count.shape[1])
    ]


def _bound_bins(folds: Folds, repeats: list[Predictions], groups: Groups, *, bins: int) -> list[Interval]:
    """Return the interval of the share of cases in each bin, over groups.

    Which recordings fall into a bin follows from the training rows: where the cohort trains, its share is taken whole.
    """
    counts: list[Floats] = []

    def observe(weights: Floats) -> list[dict[str, Floats]]:
        count, _, observed = calibration_curve(repeats, folds.cases, weights, bins=bins)
        counts.append(count)
        return [{str(number): share for number, share in enumerate(observed.T)}]

    training: Training = "none" if folds.groups.training == "none" else "whole"
    found = leave_out(repeats, folds.cases, groups, observe, training=training)
    (count,) = counts
    people = (count[1:] < count[0] - 1e-9).sum(axis=0)  # the groups that a bin lacks something without
    return [
        share_interval(
            float(found.values[name][0]), found.error(name), people=int(people[number]), rows=float(count[0, number])
        )
        for number, name in enumerate(found.values)
    ]


def draw_decisions(folds: Folds) -> list[DecisionRow]:
    """Return the decision curve of every method and level."""
    return [row for method in folds.methods for level in folds.levels for row in _decisions_of(folds, method, level)]


def _decisions_of(folds: Folds, method: str, level: Level) -> list[DecisionRow]:
    repeats = folds.repeats(method, level)
    everybody = [net_benefit(one, folds.cases, np.ones((1, len(folds.cases))), THRESHOLDS)[1][0] for one in repeats]
    found = folds.resample(repeats, _benefits).measured()
    return [
        DecisionRow(folds.protocol, method, level, threshold, *found[str(number)].figures, treat_all)
        for number, (threshold, treat_all) in enumerate(
            zip(THRESHOLDS.tolist(), np.mean(everybody, axis=0).tolist(), strict=True)
        )
    ]


def _benefits(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    """Return the net benefit at each threshold, as a measure of its own."""
    benefits, _ = net_benefit(predictions, cases, weights, THRESHOLDS)
    return {str(number): values for number, values in enumerate(benefits.T)}
