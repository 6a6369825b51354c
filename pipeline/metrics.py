"""Scores and labels -> measures of discrimination, with bootstrap intervals over whole groups.

AUC is the probability that a case scores above a control of the same test fold (ties count half): scores of different
folds come from different models, and pooling them pulls the AUC of worthless scores below 0.5. An interval resamples
groups (subjects, or clusters) with replacement, never single recordings, and takes the 2.5th and 97.5th percentiles
(Efron & Tibshirani 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MEASURES = ("auc", "accuracy", "sensitivity", "specificity")
INTERVAL = 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predictions:
    """Out-of-fold predictions of one repeat: row, fold, score, and decision at the fold's own threshold of each."""

    rows: NDArray[np.intp]
    folds: NDArray[np.intp]
    scores: Floats
    decisions: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure, its interval, and its standard deviation over repeats (not part of the interval)."""

    value: float
    low: float
    high: float
    sd_over_repeats: float


def measure_counts(
    predictions: Predictions, cases: NDArray[np.int64], weights: NDArray[np.float64]
) -> dict[str, Floats]:
    """Return each measure under B sets of row weights (B, n_rows of the cohort); NaN where a class has no weight."""
    labels = cases[predictions.rows].astype(bool)
    own = weights[:, predictions.rows]  # (B, n)
    positive, negative = own[:, labels].sum(axis=1), own[:, ~labels].sum(axis=1)
    hits = own[:, labels & predictions.decisions].sum(axis=1)
    passes = own[:, ~labels & ~predictions.decisions].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "auc": _auc(predictions, cases, weights),
            "accuracy": (hits + passes) / (positive + negative),
            "sensitivity": hits / positive,
            "specificity": passes / negative,
        }


def weighted_auc(scores: Floats, labels: NDArray[np.bool_], weights: Floats) -> Floats:
    """Return the AUC (B,) of one fold under row weights (B, n); NaN where a class has no weight."""
    concordant, pairs = _pairs(scores, labels, weights)
    with np.errstate(invalid="ignore"):
        area: Floats = concordant / pairs
    return area


def _pairs(scores: Floats, labels: NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats]:
    """Return the weight of concordant case-control pairs, ties half, and of all pairs; each (B,)."""
    values, inverse = np.unique(scores, return_inverse=True)
    positive = np.zeros((len(values), len(weights)))
    negative = np.zeros_like(positive)
    np.add.at(positive, inverse[labels], weights[:, labels].T)
    np.add.at(negative, inverse[~labels], weights[:, ~labels].T)
    below = np.cumsum(negative, axis=0) - negative / 2
    return (positive * below).sum(axis=0), positive.sum(axis=0) * negative.sum(axis=0)


def _auc(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return the AUC (B,) over case-control pairs within folds, under row weights of the cohort (B, n)."""
    concordant, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for fold in np.unique(predictions.folds):
        own = predictions.folds == fold
        rows = predictions.rows[own]
        more = _pairs(predictions.scores[own], cases[rows].astype(bool), weights[:, rows])
        concordant, pairs = concordant + more[0], pairs + more[1]
    with np.errstate(invalid="ignore"):
        area: Floats = concordant / pairs
    return area


def bootstrap_weights(groups: NDArray[np.str_], *, resamples: int, seed: int) -> Floats:
    """Return row weights (resamples, n): how often each row's group was drawn."""
    names, inverse = np.unique(groups, return_inverse=True)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    weights: Floats = drawn[:, inverse].astype(np.float64)
    return weights


def estimate(repeats: list[Predictions], cases: NDArray[np.int64], weights: Floats) -> dict[str, Estimate]:
    """Return each measure, averaged over repeats, with its interval under bootstrap ``weights``."""
    plain = np.ones((1, len(cases)))
    point = [measure_counts(predictions, cases, plain) for predictions in repeats]
    drawn = [measure_counts(predictions, cases, weights) for predictions in repeats]
    result = {}
    for name in MEASURES:
        values = np.array([float(of_repeat[name][0]) for of_repeat in point])
        resampled = np.mean([of_repeat[name] for of_repeat in drawn], axis=0)
        low, high = interval_of(resampled)
        spread = float(values.std(ddof=1)) if len(values) > 1 else float("nan")
        result[name] = Estimate(float(values.mean()), low, high, spread)
    return result


def difference(
    first: list[Predictions], second: list[Predictions], cases: NDArray[np.int64], weights: Floats
) -> Estimate:
    """Return the AUC of the first minus that of the second on the same rows and resamples."""
    plain = np.ones((1, len(cases)))
    pairs = list(zip(first, second, strict=True))
    values = np.array([_auc(a, cases, plain)[0] - _auc(b, cases, plain)[0] for a, b in pairs])
    resampled = np.mean([_auc(a, cases, weights) - _auc(b, cases, weights) for a, b in pairs], axis=0)
    low, high = interval_of(resampled)
    return Estimate(float(values.mean()), low, high, float(values.std(ddof=1)) if len(values) > 1 else float("nan"))


def interval_of(resampled: Floats) -> tuple[float, float]:
    """Return the percentile interval of resampled values; resamples that lack a class are left out."""
    tail = 100 * (1 - INTERVAL) / 2
    kept = resampled[np.isfinite(resampled)]
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.percentile(kept, [tail, 100 - tail])
    return float(low), float(high)


def youden_threshold(scores: Floats, cases: NDArray[np.int64]) -> float:
    """Return the threshold (a score at or above it is positive) that maximises sensitivity + specificity - 1.

    It lies half way between two neighbouring scores; of equal maxima the one nearest 0.5 is taken.
    """
    values = np.unique(scores)
    cuts = np.concatenate([[values[0]], (values[1:] + values[:-1]) / 2]) if len(values) > 1 else values
    labels = cases.astype(bool)
    sensitivity = np.array([(scores[labels] >= cut).mean() for cut in cuts])
    specificity = np.array([(scores[~labels] < cut).mean() for cut in cuts])
    youden = sensitivity + specificity
    best = np.flatnonzero(youden >= youden.max() - 1e-12)
    return float(cuts[best[np.argmin(np.abs(cuts[best] - 0.5))]])
