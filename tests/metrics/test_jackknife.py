"""Groups left out one after another -> estimates with intervals, and paired differences."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from adscreen.metrics import (
    Groups,
    Interval,
    Jackknifed,
    Predictions,
    interval,
    jackknife,
    jackknife_auc,
    measure_auc,
    rank_interval,
    training_role,
)
from adscreen.metrics.jackknife import MOST
from adscreen.metrics.measures import basic_measures

Make = Callable[..., Predictions]
TWENTY = np.arange(20).astype(str)


@pytest.mark.parametrize("module", [interval, rank_interval, training_role, sys.modules[Jackknifed.__module__]])
def test_the_examples_run(module: ModuleType) -> None:
    """The docstrings' examples give what they say."""
    assert 0 == doctest.testmod(module).failed


def test_the_variance_of_a_mean_is_the_textbook_one(predictions: Make) -> None:
    """Of 12 decisions, the jackknife variance of the accuracy is p (1 - p) / (n - 1)."""
    cases = np.array([1, 0] * 6)
    right = np.array([True] * 9 + [False] * 3)
    scores = np.where(right == (cases == 1), 0.9, 0.1)
    found = jackknife([predictions(scores.tolist())], cases, Groups.of(np.arange(12).astype(str)), training="none")
    assert 0.75 * 0.25 / 11 == pytest.approx(found.error("accuracy").variance)


@given(st.permutations(range(20)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    """Groups are sorted by name: value and bounds are the same, wherever the rows stand."""
    rng = np.random.default_rng(0)
    cases, scores, groups = np.array([1, 0] * 10), rng.normal(size=20), np.repeat(list("abcdefghij"), 2)
    rows, one_fold = np.arange(20), np.zeros(20, dtype=np.intp)
    first = jackknife_auc(Predictions(rows, one_fold, scores, scores), cases, groups, training="whole")
    shuffled = Predictions(rows, one_fold, scores[order], scores[order])
    again = jackknife_auc(shuffled, cases[order], groups[order], training="whole")
    assert (first.value, first.low, first.high) == pytest.approx((again.value, again.low, again.high), abs=1e-12)


def test_an_interval_over_subjects_is_wider_than_over_recordings(predictions: Make) -> None:
    """Four recordings of a subject that say the same are one observation, not four."""
    rng = np.random.default_rng(0)
    cases = np.repeat(np.arange(30) % 2, 4)
    scores = np.repeat(rng.normal(size=30), 4) + cases * 0.7
    subjects, recordings = np.repeat([f"S{number}" for number in range(30)], 4), np.arange(120).astype(str)
    over = {
        name: jackknife_auc(predictions(scores.tolist()), cases, groups, training="none")
        for name, groups in (("subjects", subjects), ("recordings", recordings))
    }
    assert over["subjects"].value == over["recordings"].value
    ratio = (over["subjects"].high - over["subjects"].low) / (over["recordings"].high - over["recordings"].low)
    assert 2.0 == pytest.approx(ratio, rel=0.1)  # the square root of four


def test_the_interval_covers_the_true_auc_as_often_as_it_says(predictions: Make) -> None:
    """Scores of cases N(1, 1) and controls N(0, 1) have AUC Phi(1 / sqrt 2) = 0.7602; 95% intervals hold it.

    400 cohorts: the standard error of the share is 1.1 points.
    """
    rng = np.random.default_rng(0)
    cases = np.repeat([0, 1], 40)
    groups = np.arange(80).astype(str)
    held = []
    for _ in range(400):
        auc = jackknife_auc(predictions((rng.normal(size=80) + cases).tolist()), cases, groups, training="none")
        held.append(auc.low <= 0.7602 <= auc.high)
    assert 0.95 == pytest.approx(np.mean(held), abs=0.035)


def test_people_who_are_trained_on_count_twice(predictions: Make) -> None:
    """With the training's share taken whole, the standard error is that of the test role times the root of two."""
    cases = np.array([1, 0] * 10)
    made = predictions((np.random.default_rng(1).normal(size=20) + cases).tolist())
    groups = Groups.of(TWENTY)
    fixed, trained = (jackknife([made], cases, groups, training=role).error("auc") for role in ("none", "whole"))
    assert fixed.standard * 2**0.5 == pytest.approx(trained.standard)
    once = jackknife([made], cases, groups, training="estimated").error("auc")
    assert trained == once  # one repeat says nothing of the training's share


def test_repeats_that_agree_say_that_training_adds_little(predictions: Make) -> None:
    """Three repeats with the same scores: nothing varies, and the share is the prior's alone, 40 of 60 groups."""
    cases = np.array([1, 0] * 10)
    made = predictions((np.random.default_rng(1).normal(size=20) + cases).tolist())
    found = jackknife([made] * 3, cases, Groups.of(TWENTY), training="estimated")
    assert 40 / 60 == pytest.approx(found.error("sensitivity").training)


def test_an_estimate_is_the_mean_over_repeats(predictions: Make) -> None:
    """Two repeats with AUC 1 and 0.5: 0.75, SD 0.3536 (n - 1); one repeat has no SD."""
    cases, groups = np.array([1, 0, 1, 0]), Groups.of(np.array(list("abcd")))
    repeats = [predictions([0.9, 0.1, 0.9, 0.1]), predictions([0.5, 0.5, 0.5, 0.5])]
    found = jackknife(repeats, cases, groups, training="estimated")
    auc = found.intervals()["auc"]
    assert (0.75, pytest.approx(0.5**0.5 / 2)) == (auc.value, found.spreads()["auc"])
    assert np.isnan(jackknife(repeats[:1], cases, groups, training="estimated").spreads()["auc"])


def test_a_difference_is_paired(predictions: Make) -> None:
    """A method compared with itself differs by 0, whoever is left out; with a worse one by the gap."""
    cases, groups = np.array([1, 0] * 10), Groups.of(TWENTY)
    noisy = np.random.default_rng(1).normal(size=20) + cases
    good, poor = predictions(noisy.tolist()), predictions([0.5] * 20)
    ours, theirs = (jackknife([made], cases, groups, training="whole") for made in (good, poor))
    same = ours.minus(ours).intervals()["auc"]
    assert Interval(0.0, 0.0, 0.0) == same
    gap = ours.minus(theirs).intervals()["auc"]
    assert roc_auc_score(cases, noisy) - 0.5 == pytest.approx(gap.value)
    assert gap.low < gap.value < gap.high


def test_a_difference_of_other_repeats_is_that_of_their_means(predictions: Make) -> None:
    """Two repeats of one method and three of another: the difference of the two means."""
    cases, groups = np.array([1, 0] * 10), Groups.of(TWENTY)
    rng = np.random.default_rng(3)
    drawn = [predictions((rng.normal(size=20) + cases).tolist()) for _ in range(5)]
    one, other = (jackknife(own, cases, groups, measure_auc, training="whole") for own in (drawn[:2], drawn[2:]))
    gap = one.minus(other).intervals()["auc"]
    assert one.intervals()["auc"].value - other.intervals()["auc"].value == pytest.approx(gap.value)


def test_thresholds_that_vary_between_folds_widen_what_follows_from_them(predictions: Make) -> None:
    """Two folds with thresholds 0.3 and 0.7: T is half the variance of the sensitivity under either; AUC has none."""
    cases = np.array([1] * 10 + [0] * 10)
    made = predictions(np.linspace(0.95, 0.05, 20).tolist(), [0, 1] * 10)
    varied = replace(made, thresholds=np.where(made.folds == 0, 0.6, 0.8))
    found = jackknife([varied], cases, Groups.of(TWENTY), training="whole")
    under = [(made.scores[:10] >= threshold).mean() for threshold in (0.6, 0.8)]
    assert np.var(under, ddof=1) / 2 == pytest.approx(found.error("sensitivity").thresholds)
    assert 0.0 == found.error("auc").thresholds
    same = jackknife([made], cases, Groups.of(TWENTY), training="whole")
    assert 0.0 == same.error("sensitivity").thresholds


def test_many_groups_are_left_out_in_blocks(predictions: Make) -> None:
    """Above MOST groups the number left out stays bounded, and the standard error is about that of single groups."""
    rng = np.random.default_rng(0)
    count = 3 * MOST
    cases = np.arange(count) % 2
    made = predictions((rng.normal(size=count) + cases).tolist())
    names = np.array([f"{number:05d}" for number in range(count)])
    blocks = Groups.of(names)
    assert MOST == len(np.unique(blocks.blocks))
    single = Groups(blocks.numbers, blocks.numbers)
    one, other = (jackknife([made], cases, own, measure_auc, training="none").error("auc") for own in (blocks, single))
    assert other.standard == pytest.approx(one.standard, rel=0.1)


def test_groups_without_a_row_change_nothing(predictions: Make) -> None:
    """Of a part of a cohort, the interval is that of the part alone."""
    cases = np.array([1, 0] * 15)
    made = predictions((np.random.default_rng(1).normal(size=30) + cases).tolist())
    part = np.arange(30) < 20
    groups = Groups.of(np.array([f"{number:02d}" for number in range(30)]))
    within = jackknife([made.among(part)], cases, groups, basic_measures, training="whole").intervals()
    alone = jackknife(
        [made.among(part)],
        cases[:20],
        Groups(groups.numbers[:20], groups.blocks[:20]),
        basic_measures,
        training="whole",
    ).intervals()
    for name, one in within.items():
        assert (one.value, one.low, one.high) == pytest.approx(
            (alone[name].value, alone[name].low, alone[name].high), nan_ok=True
        )


def test_nothing_left_to_measure_is_no_interval(predictions: Make) -> None:
    """The one case of a cohort: without it there is no AUC, so there is no standard error either."""
    auc = jackknife_auc(predictions([0.8, 0.2, 0.9, 0.1]), np.array([1, 0, 0, 0]), TWENTY[:4], training="none")
    assert 2 / 3 == pytest.approx(auc.value)
    assert np.isnan([auc.low, auc.high]).all()
