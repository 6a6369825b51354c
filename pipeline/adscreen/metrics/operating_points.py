"""Scores and labels -> sensitivity at a fixed specificity, and specificity at a fixed sensitivity.

The threshold is the quantile of the controls' scores of which a share of 1 - specificity of all controls is expected to
lie above (Weibull's plotting position, k / (n + 1)); the sensitivity is the share of cases above it, ties half. The
folds of a repeat are pooled under one threshold: a fold alone has too few controls, and read from its own curve the
sensitivity at a specificity of 0.9 is up to 0.1 too high (10 controls per fold). That threshold is found on the very
rows that are measured, so the values describe the scores; no threshold that was chosen beforehand has them.

Under weights the threshold stays and its error is carried by the slope of the ROC curve (Bahadur's representation):

    sensitivity(w) = TPR(w) - slope (FPR(w) - FPR(1))

A quantile moves from one score to the next where a row is left out, of which a jackknife makes a wrong variance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.predictions import Floats, Predictions

_BEYOND = 2  # controls expected above a threshold that is reported: one alone would decide where it lies
_WINDOW = 0.1  # on either side of the false rate: the slope of the curve is the mean over it


def sensitivity_at(
    predictions: Predictions, cases: NDArray[np.int64], weights: Floats, *, specificity: float
) -> Floats:
    """Return the sensitivity (B,) at a specificity under row weights (B, n_rows).

    NaN where a class has no weight, or where fewer than two controls are expected above the threshold.
    """
    labels = cases[predictions.rows] == 1
    return _rate_at(predictions.scores, labels, weights[:, predictions.rows], 1 - specificity)


def specificity_at(
    predictions: Predictions, cases: NDArray[np.int64], weights: Floats, *, sensitivity: float
) -> Floats:
    """Return the specificity (B,) at a sensitivity: what ``sensitivity_at`` gives with the two classes exchanged."""
    labels = cases[predictions.rows] == 0
    return _rate_at(-predictions.scores, labels, weights[:, predictions.rows], 1 - sensitivity)


def _rate_at(scores: Floats, labels: NDArray[np.bool_], weights: Floats, false_rate: float) -> Floats:
    """Return the share (B,) of ``labels`` above the threshold which a share ``false_rate`` of the others is above."""
    others = scores[~labels]
    if not labels.any() or (len(others) + 1) * false_rate < _BEYOND - 1e-9:
        return np.full(len(weights), np.nan)

    def threshold(rate: float) -> float:
        return float(np.quantile(others, 1 - rate, method="weibull"))

    def above(cut: float) -> Floats:
        share: Floats = (scores > cut) + (scores == cut) / 2
        return share

    near, far = max(false_rate - _WINDOW, 0.0), min(false_rate + _WINDOW, 1.0)
    found, ends = above(threshold(false_rate)), [above(threshold(rate))[labels].mean() for rate in (near, far)]
    slope = (ends[1] - ends[0]) / (far - near)
    with np.errstate(invalid="ignore"):
        right = weights[:, labels] @ found[labels] / weights[:, labels].sum(axis=1)
        wrong = weights[:, ~labels] @ found[~labels] / weights[:, ~labels].sum(axis=1)
    rate: Floats = np.clip(right - slope * (wrong - found[~labels].mean()), 0.0, 1.0)
    return rate
