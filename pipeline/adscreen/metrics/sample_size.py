"""Expected AUC, prevalence and parameters -> the subjects that a study needs, and how wide its interval of AUC will be.

Development of a model for a binary outcome (Riley et al. 2019, Stat Med 38:1276; 2020, BMJ 368:m441), with P candidate
parameters, R2 of Cox and Snell, its greatest possible value R2max = 1 - (p^p (1-p)^(1-p))^2 and prevalence p:

    shrinkage   n = P / ((S - 1) ln(1 - R2 / S)),  S = 0.9
    optimism    the same with S = R2 / (R2 + 0.05 R2max): R2 of Nagelkerke is at most 0.05 too high
    risk        n = (1.96 / 0.05)^2 p (1 - p): the overall risk is known within 0.05

External validation of a finished model (Riley et al. 2021, Stat Med 40:4230; 2024, BMJ 384:e074821), for intervals of a
width that is asked for: observed over expected cases, SE(ln O/E)^2 = (1 - p) / (n p); the calibration slope,
SE^2 = Ia / (n (Ia Ib - Iab^2)) with Ia, Iab, Ib the means of q(1-q), Lq(1-q) and L^2 q(1-q) over log-odds L and their
probability q; AUC with the variance of Newcombe (2006, Stat Med 25:559).

The model is taken to be calibrated, its score normal with one variance in cases and in controls (the binormal model):
L = logit(p) + m x - m^2 / 2 with m = sqrt(2) Phi^-1(AUC) and x ~ N(0, 1) in controls, N(m, 1) in cases. That gives R2
from AUC as Riley et al. do (2021, Stat Med 40:859), by quadrature and not by simulation, and the distribution of L.

The visits of a subject count as v / (1 + (v - 1) icc) independent recordings (the design effect of cluster samples).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.errors import InputError
from adscreen.metrics.interval import Interval

SHRINKAGE, OPTIMISM, RISK_MARGIN = 0.9, 0.05, 0.05
OE_WIDTH, SLOPE_WIDTH, AUC_WIDTH = 0.2, 0.2, 0.1
DEVELOPMENT, VALIDATION = "development", "validation"
SHOWN = (40, 60, 80, 100, 150, 200, 300, 500, 1000)  # subjects of the table
_Z = 1.96  # as the published calculations have it
_MOST_AUC = 1 - 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What is expected of a study: the model's AUC and its R2 of Cox and Snell, which follow from one another.

    ``prevalence`` is the share of cases, ``parameters`` the number of candidate parameters; each subject has ``visits``
    recordings, whose intraclass correlation is ``icc`` (1: further visits of a subject add nothing).
    """

    auc: float
    r2: float
    prevalence: float
    parameters: int
    visits: float = 1.0
    icc: float = 1.0

    @property
    def independent(self) -> float:
        """How many independent recordings a subject is worth: v / (1 + (v - 1) icc)."""
        return self.visits / (1 + (self.visits - 1) * self.icc)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One criterion: what it asks for, and the fewest subjects, with their recordings and cases, that meet it."""

    purpose: str
    criterion: str
    aim: str
    subjects: int
    recordings: int
    cases: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What a number of subjects can be expected to give.

    ``shrinkage`` is the factor that the coefficients would need, ``optimism`` how much too high R2 of Nagelkerke is,
    ``risk_margin`` half the width of the interval of the overall risk. ``low`` and ``high`` bound the 95% interval of
    the AUC: by cross-validation on these subjects, and where they are an external cohort.
    """

    subjects: int
    recordings: int
    shrinkage: float
    optimism: float
    risk_margin: float
    cross_validated_low: float
    cross_validated_high: float
    external_low: float
    external_high: float


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What is assumed, what each criterion asks for, and what to expect of several numbers of subjects."""

    assumptions: Assumptions
    required: tuple[Requirement, ...]
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """The widths of the 95% intervals that an external validation is to have."""

    oe: float = OE_WIDTH
    slope: float = SLOPE_WIDTH
    auc: float = AUC_WIDTH


def plan_sample_size(
    *,
    prevalence: float,
    parameters: int,
    auc: float | None = None,
    r2: float | None = None,
    visits: float = 1.0,
    icc: float = 1.0,
    subjects: Sequence[int] = SHOWN,
    widths: Widths = Widths(),
) -> SamplePlan:
    """Return how many subjects the development and the external validation of a model need.

    Either the expected AUC or the expected R2 of Cox and Snell is given. A parameter is a coefficient that the data
    choose: an estimator that fuses members has one for each member, and those inside the members besides.

    Raises:
        InputError: a value is out of its range, or both or neither of ``auc`` and ``r2`` are given.

    >>> plan = plan_sample_size(r2=0.288, prevalence=0.174, parameters=24)
    >>> [(one.criterion, one.subjects) for one in plan.required if one.purpose == "development"]
    [('shrinkage', 623), ('optimism', 662), ('risk', 221)]
    """
    assumed = assume(prevalence=prevalence, parameters=parameters, auc=auc, r2=r2, visits=visits, icc=icc)
    for name, width in (("oe", widths.oe), ("slope", widths.slope), ("auc", widths.auc)):
        _check(width > 0 and math.isfinite(width), width, f"{name}_width=", "must be above 0", "such as 0.1")
    for number in subjects:
        _check(number >= 4, number, "subjects=", "must be at least 4", "name numbers such as 100,200")
    required = (*develop(assumed), *validate(assumed, widths))
    return SamplePlan(assumed, required, tuple(expect(assumed, number) for number in subjects))


def assume(
    *,
    prevalence: float,
    parameters: int,
    auc: float | None = None,
    r2: float | None = None,
    visits: float = 1.0,
    icc: float = 1.0,
) -> Assumptions:
    """Return checked assumptions, AUC or R2 found from the other.

    Raises:
        InputError: a value is out of its range, or both or neither of ``auc`` and ``r2`` are given.
    """
    if (auc is None) == (r2 is None):
        what = "is not given, and no R2 either" if auc is None else "and an R2 are both given"
        raise InputError(what, where="auc=", remedy="give the expected AUC, or with r2= the expected R2, one of them")
    _check(0 < prevalence < 1, prevalence, "prevalence=", "must lie between 0 and 1", "the share of cases, such as 0.3")
    _check(parameters >= 1, parameters, "parameters=", "must be at least 1", "count the coefficients")
    _check(1 <= visits < math.inf, visits, "visits=", "must be at least 1", "recordings per subject, such as 2")
    _check(0 <= icc <= 1, icc, "icc=", "must lie between 0 and 1", "1 lets further visits add nothing")
    if r2 is None:
        assert auc is not None
        _check(0.5 < auc <= _MOST_AUC, auc, "auc=", "must lie between 0.5 and 1", "such as 0.8")
        r2 = explained(auc, prevalence)
    else:
        most = explained(_MOST_AUC, prevalence)
        remedy = f"R2 of Cox and Snell is below {most:.3f} at this prevalence"
        _check(0 < r2 < most, r2, "r2=", f"must lie between 0 and {most:.3f}", remedy)
        auc = implied_auc(r2, prevalence)
    return Assumptions(auc=auc, r2=r2, prevalence=prevalence, parameters=parameters, visits=visits, icc=icc)


def _check(right: bool, value: float, where: str, what: str, remedy: str) -> None:
    if not right:
        raise InputError(f"{what}, not {value:g}", where=where, remedy=remedy)


def develop(assumed: Assumptions) -> list[Requirement]:
    """Return what the three criteria of development ask for."""
    r2, share = assumed.r2, assumed.prevalence
    optimistic = r2 / (r2 + OPTIMISM * most_explained(share))
    return [
        _require(
            assumed, DEVELOPMENT, "shrinkage", f"shrinkage at least {SHRINKAGE}", _for_shrinkage(assumed, SHRINKAGE)
        ),
        _require(
            assumed,
            DEVELOPMENT,
            "optimism",
            f"R2 (Nagelkerke) at most {OPTIMISM} too high",
            _for_shrinkage(assumed, optimistic),
        ),
        _require(
            assumed,
            DEVELOPMENT,
            "risk",
            f"overall risk within {RISK_MARGIN}",
            (_Z / RISK_MARGIN) ** 2 * share * (1 - share),
        ),
    ]


def validate(assumed: Assumptions, widths: Widths = Widths()) -> list[Requirement]:
    """Return what the three criteria of external validation ask for."""
    share = assumed.prevalence
    weights, means, spread = _log_odds(assumed.auc, share)
    sizes = {
        "observed_over_expected": (widths.oe, (1 - share) / (share * (math.asinh(widths.oe / 2) / _Z) ** 2)),
        "calibration_slope": (widths.slope, slope_variance(weights, means, spread) / (widths.slope / 2 / _Z) ** 2),
        "auc": (widths.auc, _for_auc(assumed, widths.auc / 2 / _Z)),
    }
    return [
        _require(assumed, VALIDATION, name, f"95% interval of width {width:g}", size)
        for name, (width, size) in sizes.items()
    ]


def expect(assumed: Assumptions, subjects: int) -> Expected:
    """Return what this many subjects can be expected to give."""
    size = subjects * assumed.independent
    shrinkage = expected_shrinkage(assumed, size)
    crossed, external = (expected_interval(assumed, subjects, cross_validated=both) for both in (True, False))
    return Expected(
        subjects=subjects,
        recordings=round(subjects * assumed.visits),
        shrinkage=shrinkage,
        optimism=assumed.r2 * (1 / shrinkage - 1) / most_explained(assumed.prevalence),
        risk_margin=_Z * math.sqrt(assumed.prevalence * (1 - assumed.prevalence) / size),
        cross_validated_low=crossed.low,
        cross_validated_high=crossed.high,
        external_low=external.low,
        external_high=external.high,
    )


def expected_shrinkage(assumed: Assumptions, size: float) -> float:
    """Return the shrinkage S in (R2, 1) at which ``size`` independent recordings meet P / ((S - 1) ln(1 - R2 / S))."""
    low, high = assumed.r2, 1.0
    for _ in range(100):  # the size asked for rises with S from 0 to infinity
        middle = (low + high) / 2
        if middle in (low, high) or _for_shrinkage(assumed, middle) == size:
            break
        low, high = (middle, high) if _for_shrinkage(assumed, middle) < size else (low, middle)
    return (low + high) / 2


def expected_interval(assumed: Assumptions, subjects: int, *, cross_validated: bool) -> Interval:
    """Return the 95% interval of the AUC, symmetrical on the logit scale, by the variance of ``hanley_mcneil``.

    In cross-validation each pair of subjects counts twice, once each way as training and test: the variance is twice
    that of a model tested on other people.
    """
    size = subjects * assumed.independent
    cases, controls = size * assumed.prevalence, size * (1 - assumed.prevalence)
    variance = hanley_mcneil(assumed.auc, cases, controls) * (2 if cross_validated else 1)
    logit = math.log(assumed.auc / (1 - assumed.auc))
    step = _Z * math.sqrt(variance) / (assumed.auc * (1 - assumed.auc))
    return Interval(assumed.auc, _expit(logit - step), _expit(logit + step))


def hanley_mcneil(auc: float, cases: float, controls: float) -> float:
    """Return the variance of an AUC (A): (A(1-A) + (c-1)(Q1-A^2) + (k-1)(Q2-A^2)) / (ck) for c cases and k controls.

    Q1 = A / (2 - A), Q2 = 2 A^2 / (1 + A) (Hanley & McNeil 1982, Radiology 143:29, eq. 1).
    """
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (cases - 1) * (first - auc**2) + (controls - 1) * (second - auc**2)
    return spread / (cases * controls)


def explained(auc: float, prevalence: float) -> float:
    """Return the R2 of Cox and Snell of a calibrated binormal model: 1 - exp(-2 gain), gain in log-likelihood each.

    >>> round(explained(0.81, 0.77), 3)
    0.212
    """
    _, means, spread = _log_odds(auc, prevalence)
    case = _mean_over(lambda odds: -np.logaddexp(0, -odds), means[0], spread)
    control = _mean_over(lambda odds: -np.logaddexp(0, odds), means[1], spread)
    gain = prevalence * case + (1 - prevalence) * control + _entropy(prevalence)
    return 1 - math.exp(-2 * gain)


def implied_auc(r2: float, prevalence: float) -> float:
    """Return the AUC at which a calibrated binormal model has this R2 of Cox and Snell."""
    low, high = 0.5, _MOST_AUC
    for _ in range(60):  # R2 rises with AUC
        middle = (low + high) / 2
        low, high = (middle, high) if explained(middle, prevalence) < r2 else (low, middle)
    return (low + high) / 2


def most_explained(prevalence: float) -> float:
    """Return the greatest R2 of Cox and Snell: 1 - (p^p (1-p)^(1-p))^2.

    >>> round(most_explained(0.5), 2), round(most_explained(0.174), 2)
    (0.75, 0.6)
    """
    return 1 - math.exp(-2 * _entropy(prevalence))


def slope_variance(weights: Sequence[float], means: Sequence[float], spread: float) -> float:
    """Return n times the variance of a calibration slope of 1, for log-odds of a mixture of normal distributions."""

    def information(power: int) -> float:
        def of_odds(odds: Floats) -> Floats:
            share = 1 / (1 + np.exp(-odds))
            found: Floats = odds**power * share * (1 - share)
            return found

        return sum(weight * _mean_over(of_odds, mean, spread) for weight, mean in zip(weights, means, strict=True))

    alpha, both, beta = (information(power) for power in (0, 1, 2))
    return alpha / (alpha * beta - both**2)


def _require(assumed: Assumptions, purpose: str, criterion: str, aim: str, size: float) -> Requirement:
    """Return a criterion that ``size`` independent recordings meet."""
    subjects = math.ceil(round(size / assumed.independent, 6))
    recordings = math.ceil(round(subjects * assumed.visits, 6))
    return Requirement(
        purpose, criterion, aim, subjects, recordings, math.ceil(round(subjects * assumed.prevalence, 6))
    )


def _for_shrinkage(assumed: Assumptions, shrinkage: float) -> float:
    return assumed.parameters / ((shrinkage - 1) * math.log1p(-assumed.r2 / shrinkage))


def _for_auc(assumed: Assumptions, error: float) -> float:
    """Return the size n at which Newcombe's standard error of the AUC is ``error``: the root of a quadratic in n.

    SE^2 = C(1-C)(1 + (n/2 - 1) k) / (n^2 p(1-p)), k = (1-C)/(2-C) + C/(1+C).
    """
    auc, share = assumed.auc, assumed.prevalence
    factor = (1 - auc) / (2 - auc) + auc / (1 + auc)
    scale = share * (1 - share) * error**2 / (auc * (1 - auc))
    return (factor / 2 + math.sqrt(factor**2 / 4 + 4 * scale * (1 - factor))) / (2 * scale)


def _log_odds(auc: float, prevalence: float) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return the shares, the mean log-odds of cases and of controls, and their standard deviation."""
    from scipy.special import ndtri

    shift = math.sqrt(2) * float(ndtri(auc))
    middle = math.log(prevalence / (1 - prevalence))
    return (prevalence, 1 - prevalence), (middle + shift**2 / 2, middle - shift**2 / 2), shift


def _mean_over(function: Callable[[Floats], Floats], mean: float, spread: float) -> float:
    """Return the mean of a function over a normal distribution, by the trapezoid rule over 10 standard deviations."""
    grid = np.linspace(-10, 10, 4001)
    density = np.exp(-(grid**2) / 2)
    return float((function(mean + spread * grid) * density).sum() / density.sum())


def _entropy(share: float) -> float:
    return -share * math.log(share) - (1 - share) * math.log1p(-share)


def _expit(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
