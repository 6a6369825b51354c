"""Probabilities and labels -> how far the probabilities can be taken at their word.

Slope and intercept are those of a logistic recalibration on the logit (Cox 1958; Van Calster et al. 2019): the slope of
``logit P(case) = a + b logit(p)``, 1 if right, below 1 if too extreme; and the intercept with the slope held at 1,
calibration in the large, 0 if right, above 0 if too low.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.predictions import Floats, Predictions, logit

_STEPS, _LONGEST, _DONE, _CHUNK = 50, 2.0, 1e-10, 256


def squared_errors(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return the Brier score (B,): the mean squared difference between probability and outcome."""
    errors = (predictions.scores - cases[predictions.rows]) ** 2
    own = weights[:, predictions.rows]
    with np.errstate(invalid="ignore"):
        brier: Floats = own @ errors / own.sum(axis=1)
    return brier


def observed_minus_expected(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return the share of cases less the mean probability (B,): above 0 where probabilities are too low."""
    own = weights[:, predictions.rows]
    with np.errstate(invalid="ignore"):
        difference: Floats = own @ (cases[predictions.rows] - predictions.scores) / own.sum(axis=1)
    return difference


def recalibrate(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> tuple[Floats, Floats]:
    """Return the calibration slope and the intercept at slope 1 (B,) each, under row weights (B, n_rows).

    NaN where a class has no weight; the slope also where the logits part the classes wholly (no fit is finite) or are
    the same within every fold. Fitted by Newton's method on all sets of weights at once.
    """
    return recalibration_line(predictions, cases, weights)[1], recalibration_shift(predictions, cases, weights)


def recalibration_shift(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return a (B,) of ``logit P(case) = a + logit(p)``; NaN where a class has no weight."""
    labels = cases[predictions.rows].astype(np.float64)
    odds, own = logit(predictions.scores), weights[:, predictions.rows]
    return fit_logistic(np.ones((len(odds), 1)), odds, labels, own)[:, 0]


def recalibration_line(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> tuple[Floats, Floats]:
    """Return a and b (B,) each of ``logit P(case) = a + b logit(p)``; NaN where ``recalibrate`` has no slope."""
    labels = cases[predictions.rows].astype(np.float64)
    odds = logit(predictions.scores)
    own = weights[:, predictions.rows]
    centre, scale = odds.mean(), odds.std()
    constant = all(np.ptp(odds[predictions.folds == fold]) == 0 for fold in np.unique(predictions.folds))
    if constant or not scale:
        return np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    design = np.concatenate([np.ones((len(odds), 1)), (odds - centre)[:, None] / scale], axis=1)
    fitted = fit_logistic(design, np.zeros(len(odds)), labels, own)
    fitted[_parted(odds, labels.astype(bool), own)] = np.nan
    slope = fitted[:, 1] / scale
    return fitted[:, 0] - slope * centre, slope


def _parted(odds: Floats, labels: NDArray[np.bool_], weights: Floats) -> NDArray[np.bool_]:
    """Tell under which weights all cases lie on one side of all controls."""
    there = weights > 0

    def ends(side: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        values, own = odds[side], there[:, side]
        low = np.where(own, values, np.inf).min(axis=1, initial=np.inf)
        return low, np.where(own, values, -np.inf).max(axis=1, initial=-np.inf)

    (lowest_case, highest_case), (lowest_control, highest_control) = ends(labels), ends(~labels)
    parted: NDArray[np.bool_] = (lowest_case >= highest_control) | (highest_case <= lowest_control)
    return parted


def fit_logistic(design: Floats, offset: Floats, labels: Floats, weights: Floats) -> Floats:
    """Return the coefficients (B, k) of logistic regressions of ``labels`` (n,) on ``design`` (n, k) with an offset.

    Every set of weights starts from the fit of the rows as they are, in chunks that stay in the processor's cache.
    """
    usable = (weights @ labels > 0) & (weights @ (1 - labels) > 0)
    fitted = np.full((len(weights), design.shape[1]), np.nan)
    start = np.zeros((1, design.shape[1]))
    if 0 < labels.sum() < len(labels):
        start = _newton(design, offset, labels, np.ones((1, len(labels))), start)
    for chunk in np.array_split(np.flatnonzero(usable), max(1, int(usable.sum()) // _CHUNK)):
        begin = np.repeat(start, len(chunk), axis=0)
        fitted[chunk] = _newton(design, offset, labels, weights[chunk], begin)
    return fitted


def _newton(design: Floats, offset: Floats, labels: Floats, weights: Floats, coefficients: Floats) -> Floats:
    """Return the maximum-likelihood coefficients (B, k) by Newton steps of bounded length from a starting point."""
    width = design.shape[1]
    squares = (design[:, :, None] * design[:, None, :]).reshape(len(design), width * width)
    ridge = 1e-12 * np.eye(width)
    active = np.arange(len(weights))
    for _ in range(_STEPS):
        own = weights[active]
        chances = 1 / (1 + np.exp(-(offset + coefficients[active] @ design.T)))  # (B, k) @ (k, n)
        slope = (own * (labels - chances)) @ design  # (B, n) @ (n, k)
        curvature = ((own * chances * (1 - chances)) @ squares).reshape(-1, width, width)
        steps = np.linalg.solve(curvature + ridge, slope[:, :, None])[:, :, 0]
        coefficients[active] += np.clip(steps, -_LONGEST, _LONGEST)
        active = active[np.abs(steps).max(axis=1) > _DONE]
        if not len(active):
            break
    coefficients[active] = np.nan  # no finite fit
    return coefficients


def calibration_curve(
    repeats: list[Predictions], cases: NDArray[np.int64], weights: Floats, *, bins: int
) -> tuple[Floats, Floats, Floats]:
    """Return rows, mean probability and share of cases in each bin (B, bins), over all repeats.

    Bins hold equal numbers of all repeats' predictions; equal probabilities share one, so there may be fewer.
    """
    pooled = np.concatenate([predictions.scores for predictions in repeats])
    edges = np.unique(np.quantile(pooled, np.arange(1, bins) / bins))
    sums = np.zeros((3, len(weights), len(edges) + 1))
    for predictions in repeats:
        where = np.searchsorted(edges, predictions.scores, side="left")
        member = np.eye(len(edges) + 1)[where]  # (n, bins)
        own = weights[:, predictions.rows]
        for number, values in enumerate((np.ones(len(where)), predictions.scores, cases[predictions.rows])):
            sums[number] += own @ (member * values[:, None])
    kept = np.bincount(np.searchsorted(edges, pooled, side="left"), minlength=len(edges) + 1) > 0
    count, predicted, observed = sums[:, :, kept]
    with np.errstate(invalid="ignore"):
        return count / len(repeats), predicted / count, observed / count
