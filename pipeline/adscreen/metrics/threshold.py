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

    def choose(
        self,
        scores: NDArray[np.float64],
        cases: NDArray[np.int64],
        weights: NDArray[np.float64] | None = None,
    ) -> float:
        """Return the threshold from scores (n,) on rows that were not learned from, their labels, and what they count.

        Without ``weights`` every row counts the same.
        """
        counts = np.ones(len(scores)) if weights is None else weights
        if self.given is not None:
            return self.given
        if self.min_sensitivity is not None:
            return sensitive_threshold(scores, cases, counts, least=self.min_sensitivity)
        return youden_threshold(scores, cases, counts)


YOUDEN = ThresholdRule()


def sensitive_threshold(
    scores: NDArray[np.float64],
    cases: NDArray[np.int64],
    weights: NDArray[np.float64] | None = None,
    *,
    least: float,
) -> float:
    """Return the greatest threshold at or above which a share of at least ``least`` of the cases' weight lies.

    It lies half way between a case's score and the next lower score of anybody, where there is one.
    """
    counts = np.ones(len(scores)) if weights is None else weights
    labels = cases.astype(bool)
    descending = np.argsort(-scores[labels], kind="stable")
    of_cases = scores[labels][descending]
    shares = np.cumsum(counts[labels][descending]) / counts[labels].sum()
    enough = np.flatnonzero(shares >= least - 1e-9)
    cut = float(of_cases[enough[0] if len(enough) else -1])
    below = scores[scores < cut]
    return float((cut + below.max()) / 2) if len(below) else cut


def youden_threshold(
    scores: NDArray[np.float64], cases: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> float:
    """Return the threshold (a score at or above it is positive) that maximises sensitivity + specificity - 1.

    It lies half way between two neighbouring scores; of equal maxima the one nearest 0.5 is taken. ``weights`` (n,) are
    what the rows count.
    """
    counts = np.ones(len(scores)) if weights is None else weights
    values, where = np.unique(scores, return_inverse=True)
    cuts = np.concatenate([[values[0]], (values[1:] + values[:-1]) / 2]) if len(values) > 1 else values
    labels = cases.astype(bool)
    of_cases, of_controls = (
        np.bincount(where[side], weights=counts[side], minlength=len(values)) / counts[side].sum()
        for side in (labels, ~labels)
    )
    below = np.cumsum(of_controls) - of_controls  # the share of controls below each value, which its cut parts
    youden = np.cumsum(of_cases[::-1])[::-1] + below
    best = np.flatnonzero(youden >= youden.max() - 1e-12)
    return float(cuts[best[np.argmin(np.abs(cuts[best] - 0.5))]])
