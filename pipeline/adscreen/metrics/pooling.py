"""Estimates of several sites with their standard errors -> their mean, how far sites differ, and where a new one lies.

Random effects: estimate = mean + site + error. The variance between sites, tau squared, is that of Paule and Mandel
(1982); the mean has the interval of Hartung and Knapp (2001) from Student's t with k - 1 degrees of freedom, whose
factor is never below 1 (Roever, Knapp & Friede 2015); a new site's own value lies, with 95%, in

    mean ± t(k - 2) sqrt(tau^2 + SE(mean)^2)        (Higgins, Thompson & Spiegelhalter 2009)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from adscreen.metrics.interval import INTERVAL, Interval
from adscreen.metrics.predictions import Floats

FEWEST_SITES = 3  # with two, t(k - 2) has no degree of freedom
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Pooled:
    """The mean over sites, a new site's range around it, the SD between sites, and each site's share of the mean."""

    mean: Interval
    new_site: Interval
    tau: float
    weights: Floats


def pool_sites(values: Floats, errors: Floats) -> Pooled:
    """Pool the estimates (k,) of at least three sites, which have standard errors (k,) above 0."""
    variance = between_sites(values, errors)
    weights = 1 / (errors**2 + variance)
    mean = float(weights @ values / weights.sum())
    scale = float(weights @ (values - mean) ** 2) / (len(values) - 1)
    error = math.sqrt(max(1.0, scale) / float(weights.sum()))
    own = _quantile(len(values) - 1) * error
    new = _quantile(len(values) - 2) * math.sqrt(variance + error**2)
    return Pooled(
        mean=Interval(mean, mean - own, mean + own),
        new_site=Interval(mean, mean - new, mean + new),
        tau=math.sqrt(variance),
        weights=weights / weights.sum(),
    )


def between_sites(values: Floats, errors: Floats) -> float:
    """Return tau squared of Paule and Mandel: the one at which Cochran's Q equals k - 1, or 0 where Q is smaller at 0.

    Q falls as tau squared rises, so the interval that holds the answer is halved until it is as small as numbers allow.
    """

    def excess(variance: float) -> float:
        weights = 1 / (errors**2 + variance)
        return float(weights @ (values - weights @ values / weights.sum()) ** 2) - (len(values) - 1)

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.ptp(values) ** 2)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2


def _quantile(degrees: int) -> float:
    """Return the 97.5% quantile of Student's t."""
    from scipy.special import stdtrit  # here, because its import takes longer than all of this package

    return float(stdtrit(degrees, (1 + INTERVAL) / 2))
