"""An AUC and its standard error -> its interval, which has a width at the bounds too.

As for a share of the people who would have that standard error (Wilson 1927). Near 0 or 1, and where a class has few
people, a standard error says little, and each side is the wider of that and of a score interval: the true AUC that
would still make the one found likely, by the variance that Hanley & McNeil (1982) give for it, with (m + n) / 2 in the
place of m and n (Newcombe 2006, method 5).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from adscreen.metrics.interval import INTERVAL, Error, Interval, People, normal_quantile, wilson_interval

NEAR = 0.05  # of a bound: there the score interval counts as well,
FEW = 20  # and where a class has fewer independent people
_HALVINGS = 60


def rank_interval(area: float, error: Error, people: People, *, level: float = INTERVAL) -> Interval:
    """Return the interval of an AUC; ``people`` are the independent cases and controls."""
    found = wilson_interval(area, error, level=level)
    if not math.isfinite(area + error.variance):
        return found
    if NEAR <= area <= 1 - NEAR and not error.flat and min(people.cases, people.controls) >= FEW:
        return found
    low, high = score_interval(
        area, cases=people.cases, controls=people.controls, scale=1 + error.training, level=level
    )
    return Interval(area, _wider(min, found.low, low), _wider(max, found.high, high))


def _wider(choose: Callable[..., float], *bounds: float) -> float:
    return choose(bound for bound in bounds if math.isfinite(bound))


def score_interval(
    area: float, *, cases: int, controls: int, scale: float = 1.0, level: float = INTERVAL
) -> tuple[float, float]:
    """Return the AUCs whose own standard error, times z, just reaches the one found.

    ``scale`` multiplies the variance.

    >>> [round(bound, 3) for bound in score_interval(1.0, cases=10, controls=10)]
    [0.8, 1.0]
    """
    reach = normal_quantile(level) * math.sqrt(scale)

    def _outside(truth: float) -> bool:
        return abs(truth - area) > reach * math.sqrt(hanley_mcneil(truth, cases=cases, controls=controls))

    return _solve(_outside, area, 0.0), _solve(_outside, area, 1.0)


def hanley_mcneil(area: float, *, cases: int, controls: int) -> float:
    """Return the variance of the AUC of a cohort where the true one is ``area``."""
    size = (cases + controls) / 2 - 1
    spread = 1 + size * (1 - area) / (2 - area) + size * area / (1 + area)
    return max(area * (1 - area) * spread / (cases * controls), 0.0)


def _solve(outside: Callable[[float], bool], inside: float, bound: float) -> float:
    """Return where, between a value inside and the bound of the scale, the outside begins."""
    far = bound
    for _ in range(_HALVINGS):
        middle = (inside + far) / 2
        inside, far = (inside, middle) if outside(middle) else (middle, far)
    return bound if abs(far - bound) < 1e-12 else inside
