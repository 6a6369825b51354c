"""Training rows -> nested shares of their groups: how the measures would grow with the cohort."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adscreen.errors import InputError
from adscreen.extract.feature_table import FeatureTable

SHARES = (0.25, 0.5, 0.75, 1.0)


def usable_shares(
    table: FeatureTable, sides: Sequence[NDArray[np.intp]], *, inner_folds: int, seed: int
) -> tuple[float, ...]:
    """Return the shares below 1 of which every training side has enough groups of each label for the inner folds."""
    return tuple(
        share
        for share in SHARES[:-1]
        if all(_splits(table, take_groups(table, side, share, seed=seed), inner_folds, seed) for side in sides)
    )


def _splits(table: FeatureTable, rows: NDArray[np.intp], inner_folds: int, seed: int) -> bool:
    try:
        table.rows(rows).folds(inner_folds, seed=seed)
    except InputError:
        return False
    return True


def take_groups(table: FeatureTable, training: NDArray[np.intp], share: float, *, seed: int) -> NDArray[np.intp]:
    """Return the training rows of a share of their groups, the same share of those with mostly either label.

    A greater share holds every group of a smaller one.
    """
    groups, cases = table.groups[training], table.cases[training]
    names, inverse = np.unique(groups, return_inverse=True)
    mostly = np.bincount(inverse, weights=cases) * 2 > np.bincount(inverse)
    order = np.random.default_rng(seed).permutation(len(names))
    kept = np.zeros(len(names), dtype=bool)
    for label in (False, True):
        own = order[mostly[order] == label]
        kept[own[: math.ceil(share * len(own))]] = True
    return training[kept[inverse]]
