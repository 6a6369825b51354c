"""Scores and labels -> the threshold at or above which a score is positive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def youden_threshold(scores: NDArray[np.float64], cases: NDArray[np.int64]) -> float:
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
