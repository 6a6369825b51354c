"""Repeated values of subjects -> how well they agree: intraclass correlation, SD within subjects, detectable change.

One-way random effects, ICC(1,1) (Shrout & Fleiss 1979; McGraw & Wong 1996): value = mean + subject + error. Subjects
may have different numbers of values, so the ratio of variances is that of unweighted means (Thomas & Hultquist 1978):

    S2 = sum over subjects of (mean of the subject - mean of the subjects' means)^2 / (k - folds)
    MSW = sum over values of (value - mean of the subject)^2 / (n - k)
    m = k / (sum over subjects of 1 / values of the subject)           the harmonic mean of the numbers of values
    F = m S2 / MSW,   ICC = (F - 1) / (F + m - 1)

Each subject counts once in S2. With equal numbers of values this is the usual analysis of variance, and the interval is
that of McGraw and Wong: F over the quantiles of F(k - folds, n - k) in place of F. Values of different folds come from
different models, so subjects are compared with the others of their fold alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.interval import INTERVAL, NO_INTERVAL, Interval
from adscreen.metrics.predictions import Floats

DETECTABLE = 1.96 * math.sqrt(2)  # standard deviations within a subject: the 95% limit of a difference of two values


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of repeated values. ``correlation`` is the ICC, the others are in the unit of the values."""

    correlation: Interval
    within: Interval
    detectable: Interval


NO_AGREEMENT = Agreement(NO_INTERVAL, NO_INTERVAL, NO_INTERVAL)


def measure_agreement(values: Floats, subjects: NDArray[np.intp], folds: NDArray[np.intp]) -> Agreement:
    """Return the agreement of values (n,) within subjects (n,), each of whom has at least two, all in one fold (n,).

    ``NO_AGREEMENT`` where no fold has two subjects, or nothing varies.
    """
    names, first, inverse = np.unique(subjects, return_index=True, return_inverse=True)
    counts = np.bincount(inverse)
    means = np.bincount(inverse, weights=values) / counts
    fold_of = np.unique(folds[first], return_inverse=True)[1]
    centres = np.bincount(fold_of, weights=means) / np.bincount(fold_of)
    between, within = len(names) - len(centres), len(values) - len(names)
    if between < 1 or within < 1:
        return NO_AGREEMENT
    error = float(((values - means[inverse]) ** 2).sum() / within)
    spread = float(((means - centres[fold_of]) ** 2).sum() / between)
    if error == 0 or spread == 0:
        return NO_AGREEMENT
    size = len(names) / float((1 / counts).sum())
    sd = _deviation(error, within)
    detectable = Interval(*(DETECTABLE * bound for bound in (sd.value, sd.low, sd.high)))
    return Agreement(_correlation(size * spread / error, size, between, within), sd, detectable)


def _correlation(ratio: float, size: float, between: int, within: int) -> Interval:
    """Return the ICC of a ratio of variances whose mean subject has ``size`` values, with its F interval."""
    from scipy.special import fdtri  # here, because its import takes longer than all of this package

    def correlation(found: float) -> float:
        return (found - 1) / (found + size - 1)

    tail = (1 - INTERVAL) / 2
    low, high = (float(fdtri(between, within, chance)) for chance in (1 - tail, tail))
    return Interval(correlation(ratio), correlation(ratio / low), correlation(ratio / high))


def _deviation(variance: float, degrees: int) -> Interval:
    """Return a standard deviation with the chi-squared interval of its variance."""
    from scipy.special import chdtri

    tail = (1 - INTERVAL) / 2
    low, high = (variance * degrees / float(chdtri(degrees, chance)) for chance in (tail, 1 - tail))
    return Interval(math.sqrt(variance), math.sqrt(low), math.sqrt(high))
