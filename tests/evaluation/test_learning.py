"""A learning curve trains on nested shares of the groups, as far down as the inner folds allow."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from adscreen.evaluation.learning import SHARES, take_groups, usable_shares
from adscreen.extract.feature_table import FeatureTable


def test_shares_are_nested_and_whole(visited: FeatureTable) -> None:
    """A greater share holds a smaller one, subjects stay whole, and each label gives its share."""
    training = np.arange(len(visited))
    taken = [set(take_groups(visited, training, share, seed=0).tolist()) for share in SHARES]
    assert all(smaller < greater for smaller, greater in pairwise(taken))
    assert [12, 24, 36, 48] == [len(rows) for rows in taken]
    for rows in taken:
        assert 2 * sum(visited.cases[row] for row in rows) == len(rows)


def test_a_share_that_the_inner_folds_cannot_split_is_left_out(visited: FeatureTable) -> None:
    """12 subjects of a label give 3 at a quarter: enough for three inner folds, too few for four."""
    sides = [np.arange(len(visited))]
    assert (0.25, 0.5, 0.75) == usable_shares(visited, sides, inner_folds=3, seed=0)
    assert (0.5, 0.75) == usable_shares(visited, sides, inner_folds=4, seed=0)
    assert () == usable_shares(visited, sides, inner_folds=12, seed=0)
