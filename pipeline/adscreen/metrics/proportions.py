"""A share of independent people -> its exact interval, where a bootstrap has nothing to vary.

Where nobody, or everybody, is classified correctly, every resample repeats that share, and a percentile interval has no
width: "1.000 (1.000 to 1.000)" of six controls. There, and wherever else every resample gives one value, the exact
binomial interval takes its place (Clopper & Pearson 1934), over people and not over recordings; of 6 of 6 it is 0.541
to 1. What follows from two shares is bounded by the bounds of both, which together hold in at least 95% of samples
(Bonferroni). An AUC of 1 is a share too: of disjoint pairs of one case and one control, each is in the right order with
a probability of the AUC, independently.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from adscreen.metrics.decisions import predictive_values

INTERVAL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its 95% interval; NaN where there is none."""

    value: float
    low: float
    high: float

    @property
    def flat(self) -> bool:
        """Whether every resample gave one value, so that the interval has no width."""
        return self.low == self.high


NO_INTERVAL = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class People:
    """How many independent people (subjects, or clusters) are cases, controls, and in all."""

    cases: int
    controls: int
    together: int


def exact_interval(share: float, people: float) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share of ``people``, 0 to 1 where there are none.

    The share may be one over recordings; with the number of people in its place the interval is as wide as if each had
    one (Korn & Graubard 1998).

    >>> [round(bound, 3) for bound in exact_interval(1.0, 6)], [round(bound, 3) for bound in exact_interval(0.5, 10)]
    ([0.541, 1.0], [0.187, 0.813])
    """
    from scipy.special import betaincinv  # here, because its import takes longer than all of this package

    tail = (1 - INTERVAL) / 2
    right, wrong = share * people, (1 - share) * people
    low = float(betaincinv(right, wrong + 1, tail)) if right > 0 else 0.0
    high = float(betaincinv(right + 1, wrong, 1 - tail)) if wrong > 0 else 1.0
    return low, high


def bound_constants(measured: Mapping[str, Interval], people: People) -> dict[str, Interval]:
    """Return measures in which an interval without width is an exact one, or none where there is no exact one.

    Where nothing ever differs from 0, two methods made the same predictions: those differences are kept as they are.
    """
    if all(one.flat and one.value == 0 for one in measured.values() if math.isfinite(one.value)):
        return dict(measured)
    counts = {
        "sensitivity": people.cases,
        "specificity": people.controls,
        "accuracy": people.together,
        "auc": min(people.cases, people.controls),
    }
    bounded = {name: _bound(one, counts.get(name, 0)) for name, one in measured.items()}
    rates = [bounded[name] for name in ("sensitivity", "specificity") if name in bounded]
    if any(measured[name].flat for name in ("sensitivity", "specificity") if name in measured):
        bounded |= {name: _follow(name, one, *rates) for name, one in measured.items() if _follows(name)}
    return bounded


def _bound(one: Interval, people: int) -> Interval:
    if not one.flat:
        return one
    if people and math.isfinite(one.value):
        return Interval(one.value, *exact_interval(one.value, people))
    return Interval(one.value, float("nan"), float("nan"))


def _follows(name: str) -> bool:
    return name == "balanced_accuracy" or name.startswith(("ppv_at_", "npv_at_"))


def _follow(name: str, one: Interval, sensitivity: Interval, specificity: Interval) -> Interval:
    """Return a measure that rises with both rates, between its values at their lower and at their upper bounds."""
    ends = [(sensitivity.low, specificity.low), (sensitivity.high, specificity.high)]
    if name == "balanced_accuracy":
        low, high = (sum(rates) / 2 for rates in ends)
        return Interval(one.value, low, high)
    value, _, percent = name.partition("_at_")
    low, high = (bound_predictive(*rates, prevalence=int(percent) / 100)[value == "npv"] for rates in ends)
    return Interval(one.value, low, high)


def bound_predictive(sensitivity: float, specificity: float, *, prevalence: float) -> tuple[float, float]:
    """Return the positive and the negative predictive value of two rates at a prevalence, by Bayes' rule."""
    import numpy as np

    positive, negative = predictive_values(np.array([sensitivity]), np.array([specificity]), prevalence=prevalence)
    return float(positive[0]), float(negative[0])
