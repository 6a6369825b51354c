"""Probabilities and labels -> a smooth calibration curve, and how far probabilities are from it.

The curve is a logistic regression of the label on a restricted cubic spline of logit(p) (Harrell 2015, section 2.4.5):
cubic between the knots, straight outside them. Knots are at Harrell's quantiles, three to five of them. The integrated
calibration index is the mean absolute difference between a probability and the curve at it; E50 and E90 are the median
and the 90th percentile of that difference (Austin & Steyerberg 2019).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.calibration import fit_logistic
from adscreen.metrics.predictions import Floats, Predictions, logit

QUANTILES = {3: (0.1, 0.5, 0.9), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95)}
MORE_KNOTS, MOST_KNOTS = 50, 100  # subjects of the smaller label from which there are four and five knots
_PERFECT = 1e-3  # a curve this near to every label has parted the labels: no fit is finite
_STEEPEST = 30.0  # a logit beyond is a probability of 0 or 1 to twelve digits


def count_knots(smaller: int) -> int:
    """Return the number of knots that a curve has where the rarer label has ``smaller`` subjects."""
    return 3 + (smaller >= MORE_KNOTS) + (smaller >= MOST_KNOTS)


def place_knots(scores: Floats, *, number: int) -> Floats:
    """Return the knots, in logits, of a curve through these probabilities.

    Fewer than three where too many probabilities are equal: then there is no curve.
    """
    knots: Floats = np.unique(np.quantile(logit(scores), QUANTILES[number]))
    return knots


def spline_basis(odds: Floats, knots: Floats) -> Floats:
    """Return 1, x and the k - 2 cubic terms (n, k) of a restricted cubic spline of x, in units of the knots' range."""
    first, last, before = knots[0], knots[-1], knots[-2]

    def cube(knot: float) -> Floats:
        raised: Floats = np.maximum(odds - knot, 0) ** 3
        return raised

    terms = [
        (cube(knot) - cube(before) * (last - knot) / (last - before) + cube(last) * (before - knot) / (last - before))
        / (last - first) ** 2
        for knot in knots[:-2]
    ]
    return np.stack([np.ones(len(odds)), odds, *terms], axis=1)


def smooth_calibration(
    predictions: Predictions, cases: NDArray[np.int64], weights: Floats, *, knots: Floats, at: Floats
) -> tuple[Floats, Floats]:
    """Return the curve's logits (B, len(at)) at probabilities ``at``, and at the predictions (B, n), under row weights.

    NaN where a class has no weight or no fit is finite.
    """
    labels = cases[predictions.rows].astype(np.float64)
    design = spline_basis(logit(predictions.scores), knots)
    orthogonal, change = np.linalg.qr(design)  # the terms are nearly collinear, which Newton's steps would suffer from
    scale = np.sqrt(len(design))
    own = orthogonal * scale
    fitted = fit_logistic(own, np.zeros(len(own)), labels, weights[:, predictions.rows])
    seen = fitted @ own.T
    perfect = np.abs(1 / (1 + np.exp(-seen)) - labels).max(axis=1) < _PERFECT
    seen[perfect] = np.nan
    curve = fitted @ (scale * np.linalg.solve(change.T, spline_basis(logit(at), knots).T))
    curve[~np.isfinite(seen).all(axis=1)] = np.nan
    return np.clip(curve, -_STEEPEST, _STEEPEST), np.clip(seen, -_STEEPEST, _STEEPEST)


def calibration_errors(predictions: Predictions, seen: Floats, weights: Floats) -> dict[str, Floats]:
    """Return ICI, E50 and E90 (B,) of the curve's logits at the predictions (B, n), under row weights (B, n_rows)."""
    own = weights[:, predictions.rows]
    distance = np.abs(1 / (1 + np.exp(-seen)) - predictions.scores)
    order = np.argsort(distance, axis=1, kind="stable")
    ranked, heavy = np.take_along_axis(distance, order, 1), np.take_along_axis(own, order, 1)
    share = np.cumsum(heavy, axis=1) / own.sum(axis=1, keepdims=True)

    def quantile(chance: float) -> Floats:
        place = (share < chance - 1e-12).sum(axis=1, keepdims=True)
        return np.take_along_axis(ranked, np.minimum(place, ranked.shape[1] - 1), 1)[:, 0]

    mean: Floats = (own * distance).sum(axis=1) / own.sum(axis=1)
    return {"ici": mean, "e50": quantile(0.5), "e90": quantile(0.9)}
