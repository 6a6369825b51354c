"""Scores and labels -> how well the order of the scores tells cases from controls.

Every function takes sets of row weights (B, n) at once: a weight is a number of copies of the row, so that a bootstrap
is one call.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.predictions import Floats, Predictions

Labels = NDArray[np.bool_]
Counted = Callable[[Floats, Labels, Floats], tuple[Floats, Floats]]


def weighted_auc(scores: Floats, labels: Labels, weights: Floats) -> Floats:
    """Return the AUC (B,) of one fold under row weights (B, n); NaN where a class has no weight."""
    concordant, pairs = count_pairs(scores, labels, weights)
    with np.errstate(invalid="ignore"):
        area: Floats = concordant / pairs
    return area


def weighted_average_precision(scores: Floats, labels: Labels, weights: Floats) -> Floats:
    """Return the average precision (B,) of one fold under row weights (B, n); NaN where a class has no weight.

    The mean, over cases, of the precision at the threshold that just finds the case.
    """
    found, cases = sum_precisions(scores, labels, weights)
    with np.errstate(invalid="ignore"):
        precision: Floats = found / cases
    return precision


def count_pairs(scores: Floats, labels: Labels, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weight of concordant case-control pairs, ties half, and of all pairs; each (B,)."""
    positive, negative = _tied(scores, labels, weights)
    below = np.cumsum(negative, axis=1) - negative / 2
    return (positive * below).sum(axis=1), positive.sum(axis=1) * negative.sum(axis=1)


def sum_precisions(scores: Floats, labels: Labels, weights: Floats) -> tuple[Floats, Floats]:
    """Return the sum of the precision over cases and the weight of cases, each (B,); 0 where a class has no weight."""
    positive, negative = _tied(-scores, labels, weights)
    found = np.cumsum(positive, axis=1)
    chosen = found + np.cumsum(negative, axis=1)
    precision = np.divide(found, chosen, out=np.zeros_like(found), where=chosen > 0)
    both = (found[:, -1] > 0) & (chosen[:, -1] > found[:, -1])
    return (positive * precision).sum(axis=1) * both, found[:, -1] * both


def _tied(scores: Floats, labels: Labels, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weight of cases and of controls at each distinct score, ascending; each (B, distinct)."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], np.diff(scores[order]) > 0]))
    ordered, cases = weights[:, order], labels[order]
    return np.add.reduceat(ordered * cases, starts, axis=1), np.add.reduceat(ordered * ~cases, starts, axis=1)


def auc_within_folds(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return the AUC (B,) over case-control pairs within folds; a fold without one of the classes adds nothing.

    ``weights`` are those of the cohort's rows (B, n_rows). NaN where no fold has both classes.
    """
    return _within_folds(count_pairs, predictions, cases, weights)


def average_precision_within_folds(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return the average precision (B,) over the cases of folds with both classes, as ``auc_within_folds`` does."""
    return _within_folds(sum_precisions, predictions, cases, weights)


def _within_folds(count: Counted, predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return what ``count`` finds in folds over what it finds it among, each added up over folds (B,)."""
    found, among = np.zeros(len(weights)), np.zeros(len(weights))
    for fold in np.unique(predictions.folds):
        own = predictions.folds == fold
        rows = predictions.rows[own]
        one, all_of_them = count(predictions.scores[own], cases[rows].astype(bool), weights[:, rows])
        found, among = found + one, among + all_of_them
    with np.errstate(invalid="ignore"):
        ratio: Floats = found / among
    return ratio


def roc_curve(repeats: list[Predictions], cases: NDArray[np.int64], rates: Floats) -> Floats:
    """Return the sensitivity at each false positive rate, averaged over folds and repeats by case-control pairs.

    Between two thresholds the curve is a straight line, so the area of each repeat's average is its AUC.
    """
    curves = []
    for predictions in repeats:
        total, pairs = np.zeros(len(rates)), 0.0
        for fold in np.unique(predictions.folds):
            own = predictions.folds == fold
            labels = cases[predictions.rows[own]].astype(bool)
            weight = float(labels.sum() * (~labels).sum())
            if weight:
                total, pairs = total + weight * _sensitivities(predictions.scores[own], labels, rates), pairs + weight
        if pairs:
            curves.append(total / pairs)
    return np.mean(curves, axis=0) if curves else np.full(len(rates), np.nan)


def _sensitivities(scores: Floats, labels: Labels, rates: Floats) -> Floats:
    """Return one fold's sensitivity at each false positive rate; where the curve is upright, its upper end."""
    positive, negative = (side[0] for side in _tied(-scores, labels, np.ones((1, len(scores)))))
    found = np.concatenate([[0.0], np.cumsum(positive) / positive.sum()])
    false = np.concatenate([[0.0], np.cumsum(negative) / negative.sum()])
    upper = np.searchsorted(false, rates, side="right") - 1
    next_one = np.minimum(upper + 1, len(false) - 1)
    run = false[next_one] - false[upper]
    share = np.divide(rates - false[upper], run, out=np.zeros(len(rates)), where=run > 0)
    curve: Floats = found[upper] + share * (found[next_one] - found[upper])
    return curve
