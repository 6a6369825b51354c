"""Measures under resampled groups -> their values with intervals, and differences of two methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.measures import measure
from adscreen.metrics.predictions import Floats, Predictions
from adscreen.metrics.proportions import INTERVAL, Interval, People, bound_constants

Measure = Callable[[Predictions, NDArray[np.int64], Floats], dict[str, Floats]]
_NOBODY = People(0, 0, 0)
_TELLING = 64  # resamples in which two groups are never drawn equally often each time (chance below 1e-30)


@dataclass(frozen=True, slots=True)
class Resampled:
    """Each measure's value in every repeat (R,) and its mean over repeats in every resample (B,).

    ``people`` counts who was resampled, for measures that are the same in every resample; nobody for differences.
    """

    values: Mapping[str, Floats]
    drawn: Mapping[str, Floats]
    people: People = _NOBODY

    def intervals(self) -> dict[str, Interval]:
        """Return each measure, averaged over repeats, with its interval.

        Where every resample gives the same value the interval is an exact one (``bound_constants``), or none.
        """
        measured = {
            name: Interval(float(values.mean()), *interval_of(self.drawn[name])) for name, values in self.values.items()
        }
        return bound_constants(measured, self.people)

    def spreads(self) -> dict[str, float]:
        """Return each measure's standard deviation over repeats, which is not part of the interval."""
        return {
            name: float(values.std(ddof=1)) if len(values) > 1 else float("nan") for name, values in self.values.items()
        }

    def minus(self, other: Resampled) -> Resampled:
        """Return each measure less that of ``other``, paired: both have the same repeats and resamples."""
        return Resampled(
            {name: values - other.values[name] for name, values in self.values.items()},
            {name: values - other.drawn[name] for name, values in self.drawn.items()},
        )


def bootstrap_weights(groups: NDArray[np.str_], *, resamples: int, seed: int) -> Floats:
    """Return row weights (resamples, n): how often each row's group was drawn."""
    names, inverse = np.unique(groups, return_inverse=True)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    weights: Floats = drawn[:, inverse].astype(np.float64)
    return weights


def resample(
    repeats: list[Predictions], cases: NDArray[np.int64], weights: Floats, measured: Measure = measure
) -> Resampled:
    """Return each measure of each repeat, and its mean over repeats under bootstrap ``weights``."""
    plain = np.ones((1, len(cases)))
    point = [measured(predictions, cases, plain) for predictions in repeats]
    drawn = [measured(predictions, cases, weights) for predictions in repeats]
    return Resampled(
        {name: np.array([of_repeat[name][0] for of_repeat in point]) for name in point[0]},
        {name: np.mean([of_repeat[name] for of_repeat in drawn], axis=0) for name in point[0]},
        _count_people(np.unique(np.concatenate([one.rows for one in repeats])), cases, weights),
    )


def _count_people(rows: NDArray[np.intp], cases: NDArray[np.int64], weights: Floats) -> People:
    """Count the groups that rows belong to: rows of one group are drawn together in every resample."""
    labels = cases[rows].astype(bool)
    drawn = weights[:_TELLING]
    counts = [len({column.tobytes() for column in drawn[:, own].T}) for own in (rows[labels], rows[~labels], rows)]
    return People(*counts)


def auc_interval(areas: Floats, cases: NDArray[np.int64], weights: Floats) -> Interval:
    """Return an AUC, the first of ``areas``, with its interval; the others are those of the resamples of ``weights``.

    One that is the same in every resample has an exact interval, over people (``bound_constants``).
    """
    people = _count_people(np.arange(len(cases)), cases, weights)
    return Resampled({"auc": areas[:1]}, {"auc": areas[1:]}, people).intervals()["auc"]


def interval_of(resampled: Floats) -> tuple[float, float]:
    """Return the percentile interval of resampled values; resamples that lack a class are left out."""
    tail = 100 * (1 - INTERVAL) / 2
    kept = resampled[np.isfinite(resampled)]
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.percentile(kept, [tail, 100 - tail])
    return float(low), float(high)
