"""Decisions and labels -> counts, rates, predictive values, net benefit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.predictions import Floats, Predictions


def confusion(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> Floats:
    """Return true positives, false negatives, false positives, true negatives (B, 4) under row weights (B, n_rows)."""
    labels, decided = cases[predictions.rows].astype(bool), predictions.decisions
    cells = np.stack([labels & decided, labels & ~decided, ~labels & decided, ~labels & ~decided], axis=1)
    counts: Floats = weights[:, predictions.rows] @ cells.astype(np.float64)  # (B, n) @ (n, 4)
    return counts


def rates(counts: Floats) -> dict[str, Floats]:
    """Return measures of confusion counts (B, 4); NaN where a class they need has no weight.

    MCC (Matthews 1975) is 0 where every decision is the same, as is usual.
    """
    hits, misses, alarms, passes = counts.T
    with np.errstate(invalid="ignore", divide="ignore"):
        sensitivity, specificity = hits / (hits + misses), passes / (passes + alarms)
        margins = (hits + misses) * (alarms + passes) * (hits + alarms) * (misses + passes)
        product = hits * passes - alarms * misses
        mcc = np.divide(product, np.sqrt(margins), out=np.zeros_like(product), where=margins > 0)
        return {
            "accuracy": (hits + passes) / counts.sum(axis=1),
            "balanced_accuracy": (sensitivity + specificity) / 2,
            "sensitivity": sensitivity,
            "specificity": specificity,
            "mcc": np.where(np.isnan(sensitivity + specificity), np.nan, mcc),
        }


def predictive_values(sensitivity: Floats, specificity: Floats, *, prevalence: float) -> tuple[Floats, Floats]:
    """Return the positive and the negative predictive value at a prevalence, by Bayes' rule.

    NaN where nobody would be called positive (or negative).
    """
    positive, negative = sensitivity * prevalence, specificity * (1 - prevalence)
    called = positive + (1 - specificity) * (1 - prevalence)
    passed = negative + (1 - sensitivity) * prevalence
    with np.errstate(invalid="ignore", divide="ignore"):
        return positive / called, negative / passed


def net_benefit(
    predictions: Predictions, cases: NDArray[np.int64], weights: Floats, thresholds: Floats
) -> tuple[Floats, Floats]:
    """Return the net benefit of treating at or above each threshold probability (T,) and of treating all; (B, T) each.

    True positives less false positives weighed by the odds of the threshold, a head (Vickers & Elkin 2006).
    """
    labels = cases[predictions.rows].astype(np.float64)
    treated = predictions.scores[:, None] >= thresholds  # (n, T)
    worth = labels[:, None] - (1 - labels)[:, None] * thresholds / (1 - thresholds)  # (n, T)
    own = weights[:, predictions.rows]
    with np.errstate(invalid="ignore"):
        total = own.sum(axis=1)[:, None]
        return own @ (treated * worth) / total, own @ worth / total
