"""Held-out probabilities of training -> what a score is read against: percentiles, and its meaning at a prevalence.

Every training recording was scored by estimators that saw neither it nor its subject. Each subject counts once, however
many recordings it has: a recording weighs 1 / (the subject's recordings under that label). Bayes' rule: with
sensitivity a, specificity b and prevalence p, the share of cases among screen positives is
a p / (a p + (1 - b)(1 - p)), and that of others among screen negatives b (1 - p) / (b (1 - p) + (1 - a) p).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from adscreen.metrics import Interval, bound_predictive


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The held-out probabilities of one label's training recordings, ascending, and the weight of each.

    The weights of a subject's recordings add up to 1, so those of all add up to the number of subjects.
    """

    probabilities: list[float]
    weights: list[float]

    @property
    def subjects(self) -> float:
        """How many subjects there are."""
        return math.fsum(self.weights)

    def weight(self, *, least: float = -math.inf, most: float = math.inf) -> float:
        """Return the weight of the recordings whose probability lies from ``least`` to ``most``, ends included."""
        pairs = zip(self.probabilities, self.weights, strict=True)
        return math.fsum(weight for probability, weight in pairs if least <= probability <= most)

    def percent_below(self, probability: float) -> float:
        """Return what percentage of the label's recordings scored lower, ties counting half; NaN for NaN.

        >>> HeldOut([0.2, 0.4, 0.6], [1.0, 0.5, 0.5]).percent_below(0.5)
        75.0
        """
        if math.isnan(probability) or not self.weights:
            return math.nan
        ties = self.weight(least=probability, most=probability)
        return 100 * (self.weight(most=probability) - ties / 2) / self.subjects


@dataclass(frozen=True, slots=True)
class ScoreReference:
    """How the training recordings scored while they were held out of the fit (inner folds).

    ``sensitivity`` and ``specificity`` are at thresholds that were chosen without the recording's fold, with exact 95%
    intervals; ``case_share`` is the share of cases that the model's probabilities are calibrated to.
    """

    controls: HeldOut
    cases: HeldOut
    sensitivity: Interval
    specificity: Interval
    case_share: float

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the reference that model.json holds."""
        controls, cases = (HeldOut(**content[name]) for name in ("controls", "cases"))
        sensitivity, specificity = (Interval(**content[name]) for name in ("sensitivity", "specificity"))
        return cls(controls, cases, sensitivity, specificity, content["case_share"])


def predictive_values(reference: ScoreReference, prevalence: float) -> tuple[Interval, Interval]:
    """Return the positive and the negative predictive value at a prevalence; NaN where a result cannot occur.

    Both rise with sensitivity and with specificity, so they lie between their values at the lower and at the upper ends
    of both intervals.

    >>> none, rates = HeldOut([], []), (Interval(0.9, 0.8, 1.0), Interval(0.8, 0.7, 0.9))
    >>> reference = ScoreReference(none, none, *rates, case_share=0.5)
    >>> positive, _ = predictive_values(reference, 0.1)
    >>> [round(number, 3) for number in (positive.value, positive.low, positive.high)]
    [0.333, 0.229, 0.526]
    """
    rates = [(one.value, one.low, one.high) for one in (reference.sensitivity, reference.specificity)]
    value, low, high = (bound_predictive(*ends, prevalence=prevalence) for ends in zip(*rates, strict=True))
    positive, negative = (Interval(value[which], low[which], high[which]) for which in (0, 1))
    return positive, negative


def shift_probability(logit: float, *, case_share: float, prevalence: float) -> float:
    """Return the probability of log-odds that were calibrated to a share of cases, moved to another prevalence.

    logit(shifted) = logit - logit(case_share) + logit(prevalence): right where the speech of cases, and that of
    controls, is like that of training, and only their shares differ (Saerens, Latinne & Decaestecker 2002).

    >>> round(shift_probability(0.0, case_share=0.5, prevalence=0.1), 6)
    0.1
    """
    return logistic(logit - log_odds(case_share) + log_odds(prevalence))


def log_odds(share: float) -> float:
    """Return the log-odds of a share (natural logarithm)."""
    return math.log(share) - math.log1p(-share)


def logistic(logit: float) -> float:
    """Return the probability of log-odds (natural logarithm).

    >>> logistic(0.0)
    0.5
    """
    if logit < 0:
        return math.exp(logit) / (1 + math.exp(logit))
    return 1 / (1 + math.exp(-logit))
