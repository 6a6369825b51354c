"""Scores and labels -> the threshold at or above which a score is positive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ThresholdRule:
    """How a threshold is found: the one given, else by the sensitivity asked for, else by Youden's index."""

    given: float | None = None
    min_sensitivity: float | None = None

    def choose(self, scores: NDArray[np.float64], cases: NDArray[np.int64]) -> float:
        """Return the threshold from scores (n,) on rows that were not learned from, and their labels."""
        if self.given is not None:
            return self.given
        if self.min_sensitivity is not None:
            return sensitive_threshold(scores, cases, least=self.min_sensitivity)
        return youden_threshold(scores, cases)


YOUDEN = ThresholdRule()


def sensitive_threshold(scores: NDArray[np.float64], cases: NDArray[np.int64], *, least: float) -> float:
    """Return the greatest threshold at or above which a share of at least ``least`` of the cases lies.

    It lies half way between a case's score and the next lower score of anybody, where there is one.
    """
    labels = cases.astype(bool)
    of_cases = np.sort(scores[labels])[::-1]
    needed = int(np.ceil(least * len(of_cases) - 1e-9))
    cut = float(of_cases[max(needed, 1) - 1])
    below = scores[scores < cut]
    return float((cut + below.max()) / 2) if len(below) else cut


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
