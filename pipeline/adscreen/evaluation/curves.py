"""Finished folds -> points of the ROC, calibration and decision curves."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.results import CalibrationRow, DecisionRow, Level, RocRow
from adscreen.evaluation.summary import Folds
from adscreen.metrics import calibration_curve, net_benefit, roc_curve

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
    over = [folds.weights.subjects, folds.weights.clusters]
    drawn = [None if w is None else calibration_curve(repeats, folds.cases, w, bins=bins)[2] for w in over]
    bounds = _bounds(drawn, width=count.shape[1])
    for place in (0, 2):  # a bin of one label is the same in every resample, which is no interval
        bounds[bounds[:, place] == bounds[:, place + 1], place : place + 2] = np.nan
    return [
        CalibrationRow(
            folds.protocol,
            method,
            level,
            number,
            float(count[0, number]),
            float(predicted[0, number]),
            float(observed[0, number]),
            *bounds[number].tolist(),
        )
        for number in range(count.shape[1])
    ]


def draw_decisions(folds: Folds) -> list[DecisionRow]:
    """Return the decision curve of every method and level."""
    return [row for method in folds.methods for level in folds.levels for row in _decisions_of(folds, method, level)]


def _decisions_of(folds: Folds, method: str, level: Level) -> list[DecisionRow]:
    repeats = folds.repeats(method, level)

    def mean(weights: Floats | None) -> tuple[Floats, Floats] | None:
        if weights is None:
            return None
        found = [net_benefit(predictions, folds.cases, weights, THRESHOLDS) for predictions in repeats]
        return np.mean([own for own, _ in found], axis=0), np.mean([everybody for _, everybody in found], axis=0)

    point = mean(np.ones((1, len(folds.cases))))
    assert point is not None
    drawn = [mean(folds.weights.subjects), mean(folds.weights.clusters)]
    bounds = _bounds([own[0] if own else None for own in drawn], width=len(THRESHOLDS))
    columns = THRESHOLDS, point[0][0], *bounds.T, point[1][0]
    return [DecisionRow(folds.protocol, method, level, *row) for row in zip(*map(_plain, columns), strict=True)]


def _plain(column: Floats) -> list[float]:
    numbers: list[float] = column.tolist()
    return numbers


def _bounds(drawn: list[Floats | None], *, width: int) -> Floats:
    """Return low, high over subjects and low, high over clusters (width, 4); NaN where there is nothing to resample."""
    bounds = np.full((width, 4), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a bin that no resample fills has no interval
        for place, values in enumerate(drawn):
            if values is not None:
                bounds[:, 2 * place : 2 * place + 2] = np.nanpercentile(values, [2.5, 97.5], axis=0).T
    return bounds
