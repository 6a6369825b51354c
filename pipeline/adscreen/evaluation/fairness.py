"""Finished folds -> how far the evaluated method's measures differ between groups of people.

Each group of a column (sex, age band, education band, site) is compared with the largest one, both measured under the
same weights, for a cluster may span groups. A subject belongs to the group of its first tested recording. A group with
fewer than ten subjects of a label is not shown. Many differences are looked at, so each says whether it stands out
among all of them as well (Bonferroni): the bound of the 95% interval that lies towards 0 is moved out by the ratio of
the normal quantiles.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from adscreen.cohort.bands import BANDS
from adscreen.evaluation.intervals import Measured
from adscreen.evaluation.results import FairnessRow
from adscreen.evaluation.subgroups import FEWEST, Subgroup, find_subgroups
from adscreen.evaluation.summary import Folds
from adscreen.metrics import NO_INTERVAL, Interval, Predictions
from adscreen.metrics.calibration import observed_minus_expected
from adscreen.metrics.decisions import confusion, rates
from adscreen.metrics.discrimination import auc_within_folds

COLUMNS = ("sex", "age", "education", "site")
MEASURES = ("auc", "sensitivity", "specificity", "observed_minus_expected")
_TAIL = 0.05

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Group:
    """A group with the number of tested subjects of each label."""

    subgroup: Subgroup
    counts: tuple[int, int]

    @property
    def shown(self) -> bool:
        return min(self.counts) >= FEWEST


def compare_groups(folds: Folds) -> list[FairnessRow]:
    """Return each group's measures minus those of the reference; of a suppressed group one row, with the reason."""
    repeats = folds.repeats(folds.main, folds.leading)
    rows = [row for column in COLUMNS for row in _compare_column(folds, repeats, column)]
    comparisons = sum(math.isfinite(row.difference) for row in rows)
    return [_judge(row, comparisons) for row in rows]


def _compare_column(folds: Folds, repeats: list[Predictions], column: str) -> Iterator[FairnessRow]:
    groups = [_count(folds, repeats, one) for one in _groups_of(folds, column)]
    groups = [group for group in groups if sum(group.counts)]  # others are of the training cohort, or without a score
    usable = [group for group in groups if group.shown]
    if len(groups) < 2:
        return
    reference = max(usable, key=lambda group: sum(group.counts), default=None)
    for group in groups:
        if group is reference:
            continue
        if not group.shown or reference is None:
            yield _suppressed(folds, group, reference)
            continue
        yield from _differences(folds, repeats, group, reference)


def _groups_of(folds: Folds, column: str) -> list[Subgroup]:
    """Return the groups of a column, bands in ascending order."""
    found = [one for one in find_subgroups(folds.table.subjects, folds.cases) if one.column == column]
    order = {name: place for place, (_, name) in enumerate(BANDS.get(column, ()))}
    return sorted(found, key=lambda one: (order.get(one.name, 0), one.name))


def _count(folds: Folds, repeats: list[Predictions], subgroup: Subgroup) -> _Group:
    tested = np.unique(np.concatenate([one.among(subgroup.rows).rows for one in repeats]))
    labels, subjects = folds.cases[tested], folds.subjects[tested]
    negative, positive = (len(np.unique(subjects[labels == label])) for label in (0, 1))
    return _Group(subgroup, (negative, positive))


def _differences(folds: Folds, repeats: list[Predictions], group: _Group, reference: _Group) -> Iterator[FairnessRow]:
    def measured(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
        own, other = (_measure(predictions.among(one.subgroup.rows), cases, weights) for one in (group, reference))
        return {f"difference in {name}": own[name] - other[name] for name in MEASURES}  # bounded as differences are

    once = np.ones((1, len(folds.cases)))
    values = [
        {
            name: float(np.mean([_measure(item.among(one.subgroup.rows), folds.cases, once)[name] for item in repeats]))
            for name in MEASURES
        }
        for one in (group, reference)
    ]
    found = folds.resample(repeats, measured).measured()
    for name in MEASURES:
        yield _row(folds, group, reference, name, (values[0][name], values[1][name]), found[f"difference in {name}"])


def _measure(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    decided = rates(confusion(predictions, cases, weights))
    return {
        "auc": auc_within_folds(predictions, cases, weights),
        "sensitivity": decided["sensitivity"],
        "specificity": decided["specificity"],
        "observed_minus_expected": observed_minus_expected(predictions, cases, weights),
    }


def _suppressed(folds: Folds, group: _Group, reference: _Group | None) -> FairnessRow:
    own = f"fewer than {FEWEST} subjects of a label"
    reason = own if not group.shown else f"every other group has {own}"
    nothing = float("nan"), float("nan")
    return replace(_row(folds, group, reference, "auc", nothing, Measured(NO_INTERVAL)), suppressed=reason)


def _row(
    folds: Folds,
    group: _Group,
    reference: _Group | None,
    name: str,
    values: tuple[float, float],
    found: Measured,
) -> FairnessRow:
    return FairnessRow(
        folds.protocol,
        folds.main,
        folds.leading,
        group.subgroup.column,
        group.subgroup.name,
        reference.subgroup.name if reference else "",
        *group.counts,
        name,
        *values,
        *found.figures,
        comparisons=0,
        differs=False,
        differs_adjusted=False,
        suppressed="",
    )


def _judge(row: FairnessRow, comparisons: int) -> FairnessRow:
    """Return the row with the number of differences that were looked at, and whether it stands out among them."""
    clustered = math.isfinite(row.cluster_low)
    bounds = (row.cluster_low, row.cluster_high) if clustered else (row.low, row.high)
    found = Interval(row.difference, *bounds)
    return replace(
        row,
        comparisons=comparisons,
        differs=leaves_out_zero(found, 1),
        differs_adjusted=leaves_out_zero(found, comparisons),
    )


def leaves_out_zero(found: Interval, comparisons: int) -> bool:
    """Tell whether 0 lies outside the interval at 1 - 0.05 / comparisons, stretched from the one at 95%."""
    if not math.isfinite(found.low + found.high) or not comparisons:
        return False
    from scipy.special import ndtri  # here, because its import takes longer than all of this package

    stretch = float(ndtri(1 - _TAIL / 2 / comparisons) / ndtri(1 - _TAIL / 2))
    low = found.value - stretch * (found.value - found.low)
    high = found.value + stretch * (found.high - found.value)
    return bool(low > 0 or high < 0)
