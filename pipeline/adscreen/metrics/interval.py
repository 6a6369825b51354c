"""A value and its standard error -> its 95% interval, plain, or of a value between 0 and 1.

``Error`` says how a measure varies from cohort to cohort: ``variance`` counts people as they are tested, ``training``
is what they add as they are trained on, as a share of it, and ``thresholds`` the variance by where the thresholds come
to lie (adscreen.metrics.training_role). The quantile is Student's, with the degrees of freedom of Satterthwaite (1946).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

INTERVAL = 0.95
_NOTHING = 1e-20  # a variance below it is rounding: the measure is the same whoever is left out


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its 95% interval; NaN where there is none."""

    value: float
    low: float
    high: float


NO_INTERVAL = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class People:
    """How many independent people (subjects, or clusters) have a case, a control, and either; and rows likewise."""

    cases: int
    controls: int
    together: int
    case_rows: float
    control_rows: float


@dataclass(frozen=True, slots=True)
class Error:
    """The variance of a measure by who is tested, the share that who is trained on adds, that by the thresholds, and
    degrees of freedom.

    NaN variance: leaving somebody out leaves nothing to measure.
    """

    variance: float
    training: float
    freedom: float
    thresholds: float = 0.0

    @property
    def flat(self) -> bool:
        """Whether the measure is the same whoever is left out, so that it has no standard error."""
        return self.variance < _NOTHING

    @property
    def standard(self) -> float:
        """The standard error: the root of ``variance * (1 + training) + thresholds``."""
        return math.sqrt(self.variance * (1 + self.training) + self.thresholds)


def normal_quantile(level: float) -> float:
    """Return the standard normal quantile of a two-sided interval.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    from scipy.special import ndtri  # here, because its import takes longer than all of this package

    return float(ndtri((1 + level) / 2))


def student_quantile(freedom: float, level: float) -> float:
    """Return Student's quantile of a two-sided interval.

    >>> round(student_quantile(4, 0.95), 3)
    2.776
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


def plain_interval(value: float, error: Error, *, level: float = INTERVAL) -> Interval:
    """Return value +- t SE; no bounds where there is no standard error."""
    if error.flat or not math.isfinite(value + error.variance):
        return Interval(value, float("nan"), float("nan"))
    half = student_quantile(error.freedom, level) * error.standard
    return Interval(value, value - half, value + half)


def wilson_interval(value: float, error: Error, *, level: float = INTERVAL) -> Interval:
    """Return the interval of a value between 0 and 1, as that of a share of n people (Wilson 1927).

    n = value (1 - value) / SE^2 is how many would have that standard error. The bounds are the true values p that lie
    t sqrt(p (1 - p) / n) from the one found, so that they stay inside 0 and 1 and the interval does not shrink to
    nothing near them.
    """
    if not 0 < value < 1 or error.flat or not math.isfinite(error.variance):
        return Interval(value, float("nan"), float("nan"))
    people = value * (1 - value) / error.standard**2
    square = student_quantile(error.freedom, level) ** 2 / people
    centre, half = value + square / 2, math.sqrt(square * (value * (1 - value) + square / 4))
    return Interval(value, (centre - half) / (1 + square), (centre + half) / (1 + square))
