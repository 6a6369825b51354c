"""Held-out probabilities of training -> what a score is read against: percentiles, and its meaning at a prevalence.

Bayes' rule: with sensitivity a, specificity b and prevalence p, the share of cases among screen positives is
a p / (a p + (1 - b)(1 - p)), and that of others among screen negatives b (1 - p) / (b (1 - p) + (1 - a) p).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

QUANTILES = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True)
class ScoreReference:
    """How the training recordings scored while they were held out of the fit (inner folds).

    ``controls`` and ``cases`` hold the 0th to the 100th percentile of their probabilities. Sensitivity and specificity
    are at the model's threshold, which was chosen on the same probabilities: a little too good.
    """

    controls: list[float]
    cases: list[float]
    sensitivity: float
    specificity: float


def describe_scores(
    probabilities: NDArray[np.float64], cases: NDArray[np.int64], *, threshold: float
) -> ScoreReference:
    """Describe held-out probabilities (n,) of recordings whose ``cases`` (n,) is 1 for the positive label."""
    held_out = np.isfinite(probabilities)
    of_controls, of_cases = (probabilities[held_out & (cases == value)] for value in (0, 1))
    return ScoreReference(
        controls=np.quantile(of_controls, QUANTILES).tolist(),
        cases=np.quantile(of_cases, QUANTILES).tolist(),
        sensitivity=float(np.mean(of_cases >= threshold)),
        specificity=float(np.mean(of_controls < threshold)),
    )


def nearest_percentile(probability: float, percentiles: Sequence[float]) -> float:
    """Return the whole percentile (0 to 100) whose value is nearest; the middle one of equals; NaN for NaN."""
    if math.isnan(probability):
        return math.nan
    distances = np.abs(np.asarray(percentiles) - probability)
    nearest = np.flatnonzero(distances == distances.min())
    return float(nearest[len(nearest) // 2])


def predictive_values(reference: ScoreReference, prevalence: float) -> tuple[float, float]:
    """Return the positive and the negative predictive value at a prevalence; NaN where a result cannot occur.

    >>> reference = ScoreReference([], [], sensitivity=0.9, specificity=0.8)
    >>> [round(value, 3) for value in predictive_values(reference, 0.1)]
    [0.333, 0.986]
    """
    true_positive = reference.sensitivity * prevalence
    false_positive = (1 - reference.specificity) * (1 - prevalence)
    true_negative = reference.specificity * (1 - prevalence)
    false_negative = (1 - reference.sensitivity) * prevalence
    return _share(true_positive, false_positive), _share(true_negative, false_negative)


def logistic(logit: float) -> float:
    """Return the probability of log-odds (natural logarithm).

    >>> logistic(0.0)
    0.5
    """
    if logit < 0:
        return math.exp(logit) / (1 + math.exp(logit))
    return 1 / (1 + math.exp(-logit))


def _share(right: float, wrong: float) -> float:
    return right / (right + wrong) if right + wrong else math.nan
