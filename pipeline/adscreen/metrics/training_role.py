"""Deviations of a measure in repeats of cross-validation -> what the people trained on add to its variance.

In cross-validation everybody counts twice: as tested, and as trained on. The variance V over groups left out counts the
first alone. The second adds at most as much again: of worthless scores each pair of people counts twice, once each way.
So the variance is V (1 + s), with s from 0 (fitted elsewhere) to 1. Two repeats share all but about 1/K of the groups
that a person is scored by, so that

    s = D / V,  D = K * the variance over repeats of what a group does to the measure, summed over groups as V is

For an AUC what a group does also varies as others share its fold, by the variance of a mean over those it is compared
with, sampled from all without replacement; that is taken off. The estimate is uncertain: it is drawn towards 1 with the
weight of PRIOR groups. One repeat has no such variance, and s is 1.

A threshold moves the sensitivity of everybody whom it is applied to, which no single group shows. Those of the folds
lie far apart, since few people decide where the best one is, so the variance of a mean over K folds of R repeats is
added:

    T = sum_rk (a_rk - mean_k a_rk)^2 / ((K - 1) R) / (K R)

with a_rk the measure of the whole repeat r if the threshold of its fold k held for all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.predictions import Floats, Predictions

PRIOR = 40.0  # groups whose weight pulls an estimated share towards 1
Training = Literal["none", "estimated", "whole"]  # s is 0, estimated where there are repeats, or 1
Sides = Sequence[tuple[int, Sequence[Predictions]]]  # +1 or -1, and the predictions of each repeat


def training_share(varied: float, variance: float, *, groups: int) -> float:
    """Return s: D / V drawn towards 1, from 0 to 1; NaN where the variance is 0.

    >>> training_share(0.5, 1.0, groups=40)
    0.75
    """
    if not variance > 0:
        return float("nan")
    return float(np.clip((groups * varied / variance + PRIOR) / (groups + PRIOR), 0, 1))


def vary_over_repeats(deviations: Floats) -> float:
    """Return the variance over repeats (R, G) of each group's deviation, summed over groups."""
    return float(deviations.var(axis=0, ddof=1).sum())


def shift_thresholds(predictions: Predictions) -> list[Predictions]:
    """Return a repeat once for each of its folds, with that fold's threshold everywhere; nothing if it has but one."""
    thresholds = [predictions.thresholds[predictions.folds == fold][0] for fold in np.unique(predictions.folds)]
    if len(set(thresholds)) < 2:
        return []
    return [replace(predictions, thresholds=np.full(len(predictions.rows), threshold)) for threshold in thresholds]


def vary_over_thresholds(shifted: Sequence[Floats]) -> float:
    """Return T of a measure under the thresholds of each repeat's folds (K,); 0 where they are the same."""
    known = [one[np.isfinite(one)] for one in shifted]
    variances = [float(one.var(ddof=1)) / len(one) for one in known if len(one) > 1]
    return float(np.mean(variances)) / len(variances) if variances else 0.0


def comparator_noise(sides: Sides, cases: NDArray[np.int64], groups: NDArray[np.intp]) -> float:
    """Return how far the deviations of an AUC vary as others share a fold, summed over groups, the mean over repeats.

    ``sides`` are one method, or two that are taken from each other on the same folds, else nothing is known: 0.
    """
    repeats = list(zip(*(own for _, own in sides), strict=False))
    if not all(_same_folds(of_sides) for of_sides in repeats) or len({len(own) for _, own in sides}) > 1:
        return 0.0
    signs = [sign for sign, _ in sides]
    return float(np.mean([_noise_of(signs, of_sides, cases, groups) for of_sides in repeats]))


def _same_folds(sides: Sequence[Predictions]) -> bool:
    first = sides[0]
    return all(np.array_equal(first.rows, one.rows) and np.array_equal(first.folds, one.folds) for one in sides)


def _noise_of(
    signs: Sequence[int], sides: Sequence[Predictions], cases: NDArray[np.int64], groups: NDArray[np.intp]
) -> float:
    """Return the sum over groups of the variance of their pairs' mean, of one repeat."""
    first = sides[0]
    everybody = [len(np.unique(groups[first.rows[cases[first.rows] == label]])) for label in (0, 1)]
    noise, pairs = 0.0, 0
    for fold in np.unique(first.folds):
        own = first.folds == fold
        labels = cases[first.rows[own]].astype(bool)
        if labels.all() or not labels.any():
            continue
        concordant = [sign * _concordance(one.scores[own], labels) for sign, one in zip(signs, sides, strict=True)]
        concordance: Floats = np.sum(concordant, axis=0)
        names = groups[first.rows[own]]
        noise += _noise_of_fold(concordance, names[labels], names[~labels], everybody)
        pairs += int(labels.sum() * (~labels).sum())
    return noise / pairs**2 if pairs else 0.0


def _concordance(scores: Floats, labels: NDArray[np.bool_]) -> Floats:
    """Return 1 where a case (row) scores above a control (column), half where they are equal, else 0."""
    above = scores[labels][:, None] - scores[~labels]
    concordant: Floats = (np.sign(above) + 1) / 2
    return concordant


def _noise_of_fold(
    concordance: Floats, of_cases: NDArray[np.intp], of_controls: NDArray[np.intp], everybody: list[int]
) -> float:
    """Return, for the pairs of one fold, the sum of sum_h e_gh^2 H / (H - 1) (1 - H / all groups of that label).

    e_gh is what group h, of H in the fold, adds to the pairs of group g beyond the mean over g's pairs. Pairs within a
    group stay out.
    """
    names = np.unique(np.concatenate([of_cases, of_controls]))
    rows, columns = (np.searchsorted(names, side) for side in (of_cases, of_controls))
    cells = (rows[:, None] * len(names) + columns).ravel()
    found, count = (_tabulate(cells, values, len(names)) for values in (concordance.ravel(), np.ones(len(cells))))
    return sum(
        _noise_of_side(own, pairs, total)
        for own, pairs, total in ((found, count, everybody[0]), (found.T, count.T, everybody[1]))
    )


def _tabulate(cells: NDArray[np.intp], values: Floats, size: int) -> Floats:
    """Return the sum of values in each cell of a square table, 0 on its diagonal."""
    table: Floats = np.bincount(cells, weights=values, minlength=size**2).astype(np.float64).reshape(size, size)
    np.fill_diagonal(table, 0.0)
    return table


def _noise_of_side(found: Floats, count: Floats, everybody: int) -> float:
    """Return the variance of the pairs of the groups (rows) over whom they are compared with (columns)."""
    pairs, compared = count.sum(axis=1), (count > 0).sum(axis=1)
    some = compared > 1
    found, count, compared = found[some], count[some], compared[some]
    beyond = found - (found.sum(axis=1) / pairs[some])[:, None] * count
    left = np.clip(1 - compared / everybody, 0, 1)
    return float(((beyond**2).sum(axis=1) * compared / (compared - 1) * left).sum())
