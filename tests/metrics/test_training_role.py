"""Deviations in repeats -> what the people trained on add, and how far comparators alone move an AUC."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.metrics import Predictions
from adscreen.metrics.training_role import comparator_noise, training_share, vary_over_repeats, vary_over_thresholds


@given(st.floats(-10, 10), st.floats(0.01, 10), st.integers(2, 1000))
def test_the_share_lies_between_nothing_and_all(varied: float, variance: float, groups: int) -> None:
    """Whatever the estimate."""
    assert 0 <= training_share(varied, variance, groups=groups) <= 1


def test_no_variance_is_no_share() -> None:
    """A measure that never moves says nothing of the training."""
    assert np.isnan(training_share(0.0, 0.0, groups=10))


def test_the_variance_over_repeats_is_summed_over_groups() -> None:
    """By hand: groups that move by 0 and 2, and by 1 and 1, have variances of 2 and 0."""
    assert 2.0 == vary_over_repeats(np.array([[0.0, 1.0], [2.0, 1.0]]))


def test_thresholds_that_are_alike_add_nothing() -> None:
    """No repeat with several thresholds, or none with a value: 0."""
    assert 0.0 == vary_over_thresholds([])
    assert 0.0 == vary_over_thresholds([np.array([np.nan, np.nan])])
    assert 0.125 == vary_over_thresholds([np.array([0.0, 1.0])] * 2)  # 0.5 / 2 folds / 2 repeats


def _noise_by_hand(predictions: Predictions, cases: np.ndarray) -> float:
    """Return the sum over people of the variance of their sum of concordances over the pairs squared, loop by loop."""
    noise, pairs = 0.0, 0
    totals = {label: int((cases[predictions.rows] == label).sum()) for label in (0, 1)}
    for fold in np.unique(predictions.folds):
        own = predictions.folds == fold
        scores, labels = predictions.scores[own], cases[predictions.rows[own]]
        for score, label in zip(scores, labels, strict=True):
            others = scores[labels != label]
            above = (np.sign(score - others) + 1) / 2 if label else (np.sign(others - score) + 1) / 2
            count = len(others)
            if count > 1:
                noise += count * above.var(ddof=1) * (1 - count / totals[1 - label])
        pairs += int(labels.sum() * (1 - labels).sum())
    return noise / pairs**2


def test_the_noise_of_comparators_is_that_of_a_mean_of_a_sample() -> None:
    """Of groups of one row, as loops over folds and people compute it."""
    rng = np.random.default_rng(0)
    cases, folds = np.arange(30) % 2, np.repeat(np.arange(3), 10)
    made = Predictions(np.arange(30), folds, rng.normal(size=30).round(1) + cases, np.zeros(30))
    assert _noise_by_hand(made, cases) == pytest.approx(comparator_noise([(1, [made])], cases, np.arange(30)))


def test_a_method_less_itself_has_no_noise() -> None:
    """The concordances of both sides are the same; of sides on other folds nothing is known."""
    rng = np.random.default_rng(0)
    cases = np.arange(20) % 2
    made = Predictions(np.arange(20), np.repeat([0, 1], 10), rng.normal(size=20), np.zeros(20))
    assert 0.0 == comparator_noise([(1, [made]), (-1, [made])], cases, np.arange(20))
    other = replace(made, folds=made.folds[::-1])
    assert 0.0 == comparator_noise([(1, [made]), (-1, [other])], cases, np.arange(20))


def test_scores_without_a_fold_effect_leave_a_share_near_the_prior() -> None:
    """Fixed scores dealt to folds again and again: what varies over repeats is noise of comparators, and is taken off.

    100 people, so the prior alone gives 40 / 140; with the noise left in, the share would be far higher.
    """
    from adscreen.metrics import Groups, jackknife, measure_auc

    rng = np.random.default_rng(0)
    cases = np.arange(100) % 2
    scores = rng.normal(size=100) + cases
    repeats = []
    for _ in range(40):
        folds = np.zeros(100, dtype=np.intp)
        for label in (0, 1):
            folds[rng.permutation(np.flatnonzero(cases == label))] = np.arange(50) % 5
        repeats.append(Predictions(np.arange(100), folds, scores, np.zeros(100)))
    groups = Groups.of(np.array([f"{number:03d}" for number in range(100)]))
    found = jackknife(repeats, cases, groups, measure_auc, training="estimated").error("auc")
    assert 40 / 140 == pytest.approx(found.training, abs=0.06)
