"""A share of recordings -> its exact interval at the number of independent people that it is worth.

The interval of Clopper & Pearson (1934) at an effective number of people, the one that has the share's own standard
error (Korn & Graubard 1998):

    n = p (1 - p) / SE^2 * (z / t)^2, not above the number of recordings

Where the share is the same whoever is left out, as where nobody or everybody is classified correctly, there is no
standard error, and n is the number of people, less what they count as trained on. So 6 of 6 is never 1.000 to 1.000.
What follows from two shares is bounded there by the bounds of both, which together hold in at least 90% of samples
(Bonferroni).
"""

from __future__ import annotations

import math

from adscreen.metrics.decisions import predictive_values
from adscreen.metrics.interval import INTERVAL, Error, Interval, normal_quantile, student_quantile


def share_interval(share: float, error: Error, *, people: int, rows: float, level: float = INTERVAL) -> Interval:
    """Return the interval of a share of ``rows`` recordings of ``people``; no bounds where nobody is left to count."""
    at_bound = min(share, 1 - share) <= 1e-12
    if not math.isfinite(share) or not people or (math.isnan(error.variance) and not at_bound):
        return Interval(share, float("nan"), float("nan"))
    if at_bound or error.flat:
        effective = people / (1 + error.training)
    else:
        ratio = normal_quantile(level) / student_quantile(error.freedom, level)
        effective = min(rows, share * (1 - share) / error.standard**2 * ratio**2)
    return Interval(share, *exact_interval(min(max(share, 0.0), 1.0), effective, level=level))


def exact_interval(share: float, people: float, *, level: float = INTERVAL) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share of ``people``, 0 to 1 where there are none.

    >>> [round(bound, 3) for bound in exact_interval(1.0, 6)], [round(bound, 3) for bound in exact_interval(0.5, 10)]
    ([0.541, 1.0], [0.187, 0.813])
    """
    from scipy.special import betaincinv  # here, because its import takes longer than all of this package

    tail = (1 - level) / 2
    right, wrong = share * people, (1 - share) * people
    low = float(betaincinv(right, wrong + 1, tail)) if right > 0 else 0.0
    high = float(betaincinv(right + 1, wrong, 1 - tail)) if wrong > 0 else 1.0
    return low, high


def follow_rates(name: str, value: float, sensitivity: Interval, specificity: Interval) -> Interval:
    """Return a measure that rises with both rates, between its values at their lower and at their upper bounds."""
    ends = [(sensitivity.low, specificity.low), (sensitivity.high, specificity.high)]
    if name == "balanced_accuracy":
        low, high = (sum(rates) / 2 for rates in ends)
        return Interval(value, low, high)
    kind, _, percent = name.partition("_at_")
    low, high = (bound_predictive(*rates, prevalence=float(percent) / 100)[kind == "npv"] for rates in ends)
    return Interval(value, low, high)


def bound_predictive(sensitivity: float, specificity: float, *, prevalence: float) -> tuple[float, float]:
    """Return the positive and the negative predictive value of two rates at a prevalence, by Bayes' rule."""
    import numpy as np

    positive, negative = predictive_values(np.array([sensitivity]), np.array([specificity]), prevalence=prevalence)
    return float(positive[0]), float(negative[0])
