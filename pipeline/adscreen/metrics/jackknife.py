"""Predictions and groups -> each measure with its standard error and interval, by leaving out one group after another.

With G groups (subjects, or clusters) and a_g the mean over repeats of a measure without group g,

    V = (G - 1) / G * sum_g (a_g - mean a)^2

is the variance of the measure by who is tested (Efron & Stein 1981; for an AUC that of DeLong et al. 1988). What the
groups add as they are trained on is in adscreen.metrics.training_role, the scales of the intervals in
adscreen.metrics.bounds. Above MOST groups, blocks of groups are left out, dealt by the sorted names and a fixed seed,
so that time and memory stay bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.bounds import bound_differences, bound_measures
from adscreen.metrics.discrimination import auc_within_folds
from adscreen.metrics.interval import INTERVAL, Error, Interval, People
from adscreen.metrics.measures import measure
from adscreen.metrics.predictions import Floats, Predictions
from adscreen.metrics.training_role import (
    Sides,
    Training,
    comparator_noise,
    shift_thresholds,
    training_share,
    vary_over_repeats,
    vary_over_thresholds,
)

MOST, _SEED = 600, 0
Measure = Callable[[Predictions, NDArray[np.int64], Floats], dict[str, Floats]]


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each row of a cohort (n,), and the block of groups that is left out with it, as numbers."""

    numbers: NDArray[np.intp]
    blocks: NDArray[np.intp]

    @classmethod
    def of(cls, names: NDArray[np.str_]) -> Groups:
        """Number the groups by their sorted names; each is a block of its own, up to MOST."""
        unique, numbers = np.unique(names, return_inverse=True)
        blocks = np.arange(len(unique))
        if len(unique) > MOST:
            blocks = np.random.default_rng(_SEED).permutation(len(unique)) % MOST
        return cls(numbers, blocks[numbers])


@dataclass(frozen=True, slots=True)
class Jackknifed:
    """Each measure's value in every repeat (R,), and how far it moves, in every repeat, without each block (R, G).

    ``blocks`` marks the blocks (G,) that have a row; the others never move anything. ``shifted`` holds, for each
    repeat, the value under the threshold of each of its folds (K,). A difference has two ``sides``.
    """

    values: Mapping[str, Floats]
    deviations: Mapping[str, Floats]
    blocks: NDArray[np.bool_]
    kinds: NDArray[np.int64]
    people: People
    training: Training
    sides: Sides
    cases: NDArray[np.int64]
    groups: Groups
    shifted: Mapping[str, Sequence[Floats]]

    def intervals(self, *, level: float = INTERVAL) -> dict[str, Interval]:
        """Return each measure, averaged over repeats, with its interval."""
        values = {name: float(found.mean()) for name, found in self.values.items()}
        errors = {name: self.error(name) for name in values}
        if len(self.sides) > 1:
            return bound_differences(values, errors, level=level)
        return bound_measures(values, errors, self.people, level=level)

    def spreads(self) -> dict[str, float]:
        """Return each measure's standard deviation over repeats, which is not part of the interval."""
        return {
            name: float(values.std(ddof=1)) if len(values) > 1 else float("nan") for name, values in self.values.items()
        }

    def minus(self, other: Jackknifed) -> Jackknifed:
        """Return each measure less that of ``other``, of the same groups."""
        return Jackknifed(
            {name: _less(values, other.values[name]) for name, values in self.values.items()},
            {name: _less(values, other.deviations[name]) for name, values in self.deviations.items()},
            self.blocks | other.blocks,
            np.maximum(self.kinds, other.kinds),
            self.people,
            self.training,
            [*self.sides, *((-sign, repeats) for sign, repeats in other.sides)],
            self.cases,
            self.groups,
            {name: _less_shifted(own, other.shifted[name]) for name, own in self.shifted.items()},
        )

    def error(self, name: str) -> Error:
        """Return how a measure varies from cohort to cohort."""
        deviations = self.deviations[name][:, self.blocks]
        count = deviations.shape[1]
        scale = (count - 1) / count
        squares = deviations.mean(axis=0) ** 2
        variance = scale * float(squares.sum()) if count > 1 else float("nan")
        thresholds = vary_over_thresholds(self.shifted[name])
        training = self._training(name, scale, variance)
        freedom = self._freedom(squares)
        if thresholds:
            others = variance * (1 + (training if np.isfinite(training) else 1.0))
            folds = sum(len(one) - 1 for one in self.shifted[name])
            freedom = satterthwaite([(others, freedom), (thresholds, folds)])
        return Error(variance, training, freedom, thresholds)

    def _training(self, name: str, scale: float, variance: float) -> float:
        deviations = self.deviations[name][:, self.blocks]
        if self.training == "none":
            return 0.0
        if self.training == "whole" or len(deviations) == 1:
            return 1.0
        varied = vary_over_repeats(deviations)
        if name == "auc":
            varied -= comparator_noise(self.sides, self.cases, self.groups.blocks)
        folds = float(np.mean([len(np.unique(one.folds)) for one in self.sides[0][1]]))
        return training_share(scale * folds * varied, variance, groups=self.people.together)

    def _freedom(self, squares: Floats) -> float:
        """Return the degrees of freedom of a sum of squares over groups with cases, with controls, and with both."""
        kinds = self.kinds[self.blocks]
        parts = [squares[kinds == kind] for kind in np.unique(kinds)]
        return satterthwaite([(float(part.sum()), len(part) - 1) for part in parts])


def satterthwaite(parts: Sequence[tuple[float, float]]) -> float:
    """Return the degrees of freedom of a sum of variances, each with its own; at least 1 (Satterthwaite 1946).

    >>> satterthwaite([(1.0, 10), (1.0, 10)])
    20.0
    """
    below = sum(variance**2 / max(freedom, 1) for variance, freedom in parts)
    total = sum(variance for variance, _ in parts)
    return max(total**2 / below, 1.0) if below > 0 else 1.0


def _less_shifted(ours: Sequence[Floats], theirs: Sequence[Floats]) -> Sequence[Floats]:
    """Return the difference under each fold's thresholds; those of ``ours`` where the two have other folds."""
    if [len(one) for one in ours] != [len(one) for one in theirs]:
        return ours
    return [one - other for one, other in zip(ours, theirs, strict=True)]


def _less(ours: Floats, theirs: Floats) -> Floats:
    """Return the difference by repeat, or of the means over repeats where the two have other numbers of repeats."""
    less: Floats = ours - theirs if len(ours) == len(theirs) else (ours.mean(axis=0) - theirs.mean(axis=0))[None]
    return less


def jackknife(
    repeats: Sequence[Predictions],
    cases: NDArray[np.int64],
    groups: Groups,
    measured: Measure = measure,
    *,
    training: Training,
) -> Jackknifed:
    """Return each measure of each repeat, and how far it moves without each block of groups.

    ``training`` says what the groups add as they are trained on.
    """
    left = leave_out(
        repeats,
        cases,
        groups,
        lambda weights: [measured(predictions, cases, weights) for predictions in repeats],
        training=training,
    )
    whole = np.ones((1, len(cases)))
    shifted = [[measured(one, cases, whole) for one in shift_thresholds(predictions)] for predictions in repeats]
    return replace(
        left,
        shifted={
            name: [np.array([one[name][0] for one in of_repeat]) for of_repeat in shifted if of_repeat]
            for name in left.values
        },
    )


def leave_out(
    repeats: Sequence[Predictions],
    cases: NDArray[np.int64],
    groups: Groups,
    found: Callable[[Floats], list[dict[str, Floats]]],
    *,
    training: Training,
) -> Jackknifed:
    """Return what ``found`` makes of row weights (B, n), a record a repeat, and how far it moves without each block."""
    rows = np.unique(np.concatenate([one.rows for one in repeats]))
    present = np.unique(groups.blocks[rows])
    measured = found(np.vstack([np.ones((1, len(cases))), groups.blocks != present[:, None]]))  # first: nobody left out
    blocks = np.zeros(int(groups.blocks.max()) + 1, dtype=bool)
    blocks[present] = True
    return Jackknifed(
        {name: np.array([of_repeat[name][0] for of_repeat in measured]) for name in measured[0]},
        {name: np.array([_deviate(of_repeat[name][1:], blocks) for of_repeat in measured]) for name in measured[0]},
        blocks,
        _kinds(groups.blocks[rows], cases[rows], len(blocks)),
        _count(repeats, rows, cases, groups.numbers),
        training,
        [(1, tuple(repeats))],
        cases,
        groups,
        dict.fromkeys(measured[0], ()),
    )


def _deviate(left: Floats, blocks: NDArray[np.bool_]) -> Floats:
    """Return the mean of a measure over blocks left out, less each; 0 for blocks without a row."""
    deviations = np.zeros(len(blocks))
    deviations[blocks] = left.mean() - left
    return deviations


def _kinds(blocks: NDArray[np.intp], cases: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return 0 for a block without a row, 1 for one of controls, 2 of cases, 3 of both."""
    kinds = np.zeros(count, dtype=np.int64)
    for label in (0, 1):
        kinds[np.unique(blocks[cases == label])] += label + 1
    return kinds


def _count(
    repeats: Sequence[Predictions], rows: NDArray[np.intp], cases: NDArray[np.int64], groups: NDArray[np.intp]
) -> People:
    """Count the groups with a case, with a control, and all; and the rows of either label, a repeat."""
    labels = cases[rows].astype(bool)
    positive, negative, either = (len(np.unique(groups[own])) for own in (rows[labels], rows[~labels], rows))
    case_rows = float(np.mean([cases[one.rows].sum() for one in repeats]))
    control_rows = float(np.mean([len(one.rows) for one in repeats])) - case_rows
    return People(positive, negative, either, case_rows, control_rows)


def jackknife_auc(
    predictions: Predictions,
    cases: NDArray[np.int64],
    groups: NDArray[np.str_],
    *,
    training: Training,
    level: float = INTERVAL,
) -> Interval:
    """Return the AUC within folds, with its interval over groups."""
    found = jackknife([predictions], cases, Groups.of(groups), measure_auc, training=training)
    return found.intervals(level=level)["auc"]


def measure_auc(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    """Return the AUC within folds, as ``jackknife`` takes a measure."""
    return {"auc": auc_within_folds(predictions, cases, weights)}
