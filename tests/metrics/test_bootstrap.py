"""Groups resampled -> estimates with intervals, and paired differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from adscreen.metrics import Predictions, bootstrap_weights, interval_of, resample
from adscreen.metrics.measures import basic_measures

Make = Callable[..., Predictions]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(0, 100))
def test_bootstrap_weights_keep_groups_whole(numbers: list[int], seed: int) -> None:
    """All rows of a group have one weight, and as many groups are drawn as there are."""
    groups = np.array([f"g{number}" for number in numbers])
    weights = bootstrap_weights(groups, resamples=20, seed=seed)
    assert (20, len(numbers)) == weights.shape
    first = [int(np.flatnonzero(groups == group)[0]) for group in np.unique(groups)]
    assert [len(first)] * 20 == weights[:, first].sum(axis=1).tolist()
    for group in np.unique(groups):
        own = weights[:, groups == group]
        assert np.array_equal(own, np.repeat(own[:, :1], own.shape[1], axis=1))


def test_bootstrap_weights_follow_the_seed_and_not_the_rows_order() -> None:
    """The same seed draws the same groups, wherever their rows stand; another seed draws others."""
    groups = np.array(["b", "a", "c", "a"])
    weights = bootstrap_weights(groups, resamples=50, seed=3)
    order = [3, 2, 0, 1]
    assert np.array_equal(weights[:, order], bootstrap_weights(groups[order], resamples=50, seed=3))
    assert not np.array_equal(weights, bootstrap_weights(groups, resamples=50, seed=4))


def test_an_interval_over_subjects_is_wider_than_over_recordings(predictions: Make) -> None:
    """Four recordings of a subject that say the same are one observation, not four."""
    rng = np.random.default_rng(0)
    cases = np.repeat(np.arange(30) % 2, 4)
    scores = np.repeat(rng.normal(size=30), 4) + cases * 0.7
    subjects, recordings = np.repeat([f"S{number}" for number in range(30)], 4), np.arange(120).astype(str)
    over = {
        name: resample(
            [predictions(scores.tolist())], cases, bootstrap_weights(groups, resamples=1000, seed=0)
        ).intervals()["auc"]
        for name, groups in (("subjects", subjects), ("recordings", recordings))
    }
    assert over["subjects"].value == over["recordings"].value
    ratio = (over["subjects"].high - over["subjects"].low) / (over["recordings"].high - over["recordings"].low)
    assert 2.0 == pytest.approx(ratio, rel=0.2)  # the square root of four


def test_the_interval_covers_the_true_auc_as_often_as_it_says(predictions: Make) -> None:
    """Scores of cases N(1, 1) and controls N(0, 1) have AUC Phi(1 / sqrt 2) = 0.7602; 95% intervals hold it.

    400 cohorts: the standard error of the share is 1.1 points; percentile intervals of AUC run a little narrow.
    """
    rng = np.random.default_rng(0)
    cases = np.repeat([0, 1], 40)
    groups = np.arange(80).astype(str)
    held = []
    for seed in range(400):
        scores = rng.normal(size=80) + cases
        weights = bootstrap_weights(groups, resamples=400, seed=seed)
        auc = resample([predictions(scores.tolist())], cases, weights, basic_measures).intervals()["auc"]
        held.append(auc.low <= 0.7602 <= auc.high)
    assert 0.95 == pytest.approx(np.mean(held), abs=0.035)


def test_an_estimate_is_the_mean_over_repeats(predictions: Make) -> None:
    """Two repeats with AUC 1 and 0.5: 0.75, SD 0.3536 (n - 1); one repeat has no SD."""
    cases, weights = np.array([1, 0, 1, 0]), bootstrap_weights(np.array(list("abcd")), resamples=200, seed=0)
    repeats = [predictions([0.9, 0.1, 0.9, 0.1]), predictions([0.5, 0.5, 0.5, 0.5])]
    resampled = resample(repeats, cases, weights)
    auc = resampled.intervals()["auc"]
    assert (0.75, pytest.approx(0.5**0.5 / 2)) == (auc.value, resampled.spreads()["auc"])
    assert np.isnan(resample(repeats[:1], cases, weights).spreads()["auc"])


def test_a_difference_is_paired(predictions: Make) -> None:
    """A method compared with itself differs by 0 in every resample; with a worse one by the gap."""
    cases, weights = np.array([1, 0] * 10), bootstrap_weights(np.arange(20).astype(str), resamples=300, seed=0)
    noisy = np.random.default_rng(1).normal(size=20) + cases
    good, poor = predictions(noisy.tolist()), predictions([0.5] * 20)
    ours, theirs = (resample([made], cases, weights) for made in (good, poor))
    same = ours.minus(ours).intervals()["auc"]
    assert (0.0, 0.0, 0.0) == (same.value, same.low, same.high)
    gap = ours.minus(theirs).intervals()["auc"]
    assert roc_auc_score(cases, noisy) - 0.5 == pytest.approx(gap.value)
    assert gap.low < gap.value < gap.high


def test_an_interval_leaves_out_resamples_without_a_class() -> None:
    """The 2.5th and 97.5th percentile of 0..1000 are 25 and 975; NaN is no value; of nothing the interval is NaN."""
    values = np.concatenate([np.arange(1001.0), [np.nan] * 50])
    assert (25.0, 975.0) == pytest.approx(interval_of(values))
    assert np.isnan(interval_of(np.array([np.nan, np.nan]))).all()
