"""Finished folds -> the smooth calibration curve of the evaluated method with a band, and its distance from the ideal.

The band is the interval of the curve's logit at each probability, refitted under the weights that all intervals share:
over whole subjects, and over whole clusters. The integrated calibration index has an interval of its own; E50 and E90,
quantiles of distances, have none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.intervals import Measured
from adscreen.evaluation.results import CalibrationCurveRow, CalibrationErrorRow, Level
from adscreen.evaluation.subgroups import FEWEST
from adscreen.evaluation.summary import Folds
from adscreen.metrics import NO_INTERVAL, Interval, Predictions
from adscreen.metrics.calibration_spline import calibration_errors, count_knots, place_knots, smooth_calibration

POINTS = 41
_CHUNK = 256
_INNER = (0.01, 0.99)  # the curve is drawn between these quantiles of the probabilities: beyond is extrapolation
_ERRORS = ("ici", "e50", "e90")

Floats = NDArray[np.float64]
Rows = tuple[list[CalibrationCurveRow], list[CalibrationErrorRow]]


def smooth_curves(folds: Folds) -> Rows:
    """Return the curve and its errors at every level; of a level without a curve, the reason."""
    found = [_smooth(folds, level) for level in folds.levels]
    return [row for curve, _ in found for row in curve], [row for _, errors in found for row in errors]


def _smooth(folds: Folds, level: Level) -> Rows:
    repeats = folds.repeats(folds.main, level)
    labels = folds.cases[repeats[0].rows]
    subjects = folds.subjects[repeats[0].rows]
    smaller = min(len(np.unique(subjects[labels == label])) for label in (0, 1))
    pooled = np.concatenate([one.scores for one in repeats])
    if smaller < FEWEST:
        return [], _absent(folds, level, f"fewer than {FEWEST} subjects of a label")
    knots = _choose_knots(folds, repeats, pooled, count_knots(smaller))
    if knots is None:
        return [], _absent(folds, level, "the probabilities separate the labels, or too many of them are equal")
    low, high = np.quantile(pooled, _INNER).tolist()
    at = np.linspace(low, high, POINTS)

    def measured(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
        parts = [_fit(predictions, cases, part, knots, at) for part in _split(weights)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    found = folds.resample(repeats, measured).measured()
    curve = [
        CalibrationCurveRow(folds.protocol, folds.main, level, float(place), *_as_shares(found[str(number)]).figures)
        for number, place in enumerate(at)
    ]
    return curve, [_error(folds, level, name, len(knots), found[name]) for name in _ERRORS]


def _split(weights: Floats) -> list[Floats]:
    """Return sets of weights in chunks: the curve at every prediction under all of them at once is too much to hold."""
    return np.array_split(weights, max(1, len(weights) // _CHUNK))


def _fit(
    predictions: Predictions, cases: NDArray[np.int64], weights: Floats, knots: Floats, at: Floats
) -> dict[str, Floats]:
    """Return the curve's logit at each point, by the point's number, and its distances."""
    curve, seen = smooth_calibration(predictions, cases, weights, knots=knots, at=at)
    return dict(zip(map(str, range(len(at))), curve.T, strict=True)) | calibration_errors(predictions, seen, weights)


def _choose_knots(folds: Folds, repeats: list[Predictions], pooled: Floats, most: int) -> Floats | None:
    """Return the knots of the curve; fewer than ``most`` where the labels are too nearly separated for that many."""
    once = np.ones((1, len(folds.cases)))
    for number in range(most, 2, -1):
        knots = place_knots(pooled, number=number)
        if len(knots) == number:
            fits = [smooth_calibration(one, folds.cases, once, knots=knots, at=one.scores)[1] for one in repeats]
            if all(np.isfinite(fit).all() for fit in fits):
                return knots
    return None


def _as_shares(found: Measured) -> Measured:
    """Return a logit with its intervals as a share of cases."""

    def share(one: Interval) -> Interval:
        return Interval(*(float(1 / (1 + np.exp(-bound))) for bound in (one.value, one.low, one.high)))

    return Measured(share(found.subjects), share(found.clusters))


def _error(folds: Folds, level: Level, name: str, knots: int, found: Measured) -> CalibrationErrorRow:
    """Return the row of a distance, whose interval does not go below 0."""

    def bounded(one: Interval) -> tuple[float, float]:
        return (max(one.low, 0.0), one.high) if name == "ici" else (np.nan, np.nan)

    bounds = *bounded(found.subjects), *bounded(found.clusters)
    return CalibrationErrorRow(folds.protocol, folds.main, level, name, knots, found.subjects.value, *bounds, "")  # type: ignore[arg-type]


def _absent(folds: Folds, level: Level, reason: str) -> list[CalibrationErrorRow]:
    none = Measured(NO_INTERVAL).figures
    return [CalibrationErrorRow(folds.protocol, folds.main, level, "ici", 0, *none, reason)]
