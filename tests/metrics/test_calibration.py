"""Probabilities and labels -> calibration slope, intercept and curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.metrics import Predictions, calibration_curve, recalibrate

Make = Callable[..., Predictions]


def test_probabilities_that_are_right_have_slope_1_and_intercept_0(predictions: Make) -> None:
    """200,000 labels drawn with the probabilities themselves: slope 1 and intercept 0 within three standard errors."""
    rng = np.random.default_rng(0)
    odds = rng.normal(size=200_000)
    chances = 1 / (1 + np.exp(-odds))
    cases = (rng.random(len(odds)) < chances).astype(np.int64)
    slope, intercept = recalibrate(predictions(chances.tolist()), cases, np.ones((1, len(odds))))
    assert (1.0, 0.0) == (pytest.approx(slope[0], abs=0.018), pytest.approx(intercept[0], abs=0.015))


@given(st.floats(0.3, 3.0), st.floats(-1.0, 1.0))
def test_stretched_logits_have_the_inverse_slope(stretch: float, shift: float) -> None:
    """Logits that are stretched by k and shifted have 1/k of the slope they had."""
    rng = np.random.default_rng(1)
    odds = rng.normal(size=300)
    cases = (rng.random(300) < 1 / (1 + np.exp(-odds))).astype(np.int64)

    def slope_of(values: np.ndarray) -> float:
        rows = np.arange(300)
        made = Predictions(rows, np.zeros_like(rows), 1 / (1 + np.exp(-values)), np.full(300, 0.5))
        return float(recalibrate(made, cases, np.ones((1, 300)))[0][0])

    assert slope_of(odds) / stretch == pytest.approx(slope_of(stretch * odds + shift), rel=1e-6)


def test_classes_that_are_parted_have_no_slope(predictions: Make) -> None:
    """Where every case lies above every control (under some of the weights) no slope fits; the intercept does."""
    made, cases = predictions([0.2, 0.4, 0.6, 0.8]), np.array([0, 1, 0, 1])
    weights = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]])
    slope, intercept = recalibrate(made, cases, weights)
    assert [False, True, True, True] == np.isnan(slope).tolist()
    assert [False, False, False, True] == np.isnan(intercept).tolist()  # the last has no case


def test_the_same_probability_within_every_fold_has_no_slope(predictions: Make) -> None:
    """The share of cases in training says nothing within a fold; its differences between folds are no calibration."""
    made = predictions([0.4, 0.4, 0.6, 0.6], [0, 0, 1, 1])
    slope, intercept = recalibrate(made, np.array([0, 1, 0, 1]), np.ones((1, 4)))
    assert np.isnan(slope).all()
    assert [0.0] == pytest.approx(intercept.tolist(), abs=1e-9)


def test_certain_probabilities_are_finite(predictions: Make) -> None:
    """Probabilities of 0 and 1 are taken as 1e-12 away, so that one wrong certainty does not end the computation."""
    slope, intercept = recalibrate(predictions([0.0, 1.0, 1.0, 0.3]), np.array([0, 1, 0, 1]), np.ones((1, 4)))
    assert np.isfinite([slope[0], intercept[0]]).all()


def test_the_curve_by_hand(predictions: Make) -> None:
    """Two bins of two over one repeat, the upper one weighed 3 to 1."""
    made, cases = predictions([0.1, 0.3, 0.6, 0.8]), np.array([0, 1, 1, 0])
    count, predicted, observed = calibration_curve([made], cases, np.array([[1.0, 1.0, 3.0, 1.0]]), bins=2)
    assert [[2.0, 4.0]] == count.tolist()
    assert [0.2, 0.65] == pytest.approx(predicted[0].tolist())
    assert [[0.5, 0.75]] == observed.tolist()


def test_equal_probabilities_share_a_bin(predictions: Make) -> None:
    """A constant probability has one bin, whatever is asked for."""
    count, _, observed = calibration_curve([predictions([0.4] * 6)], np.array([0, 1] * 3), np.ones((1, 6)), bins=3)
    assert ([[6.0]], [[0.5]]) == (count.tolist(), observed.tolist())


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=60), st.integers(2, 10))
def test_every_prediction_is_in_one_bin(pairs: list[tuple[float, bool]], bins: int) -> None:
    """Counts add up, no bin is empty, and each bin's mean lies among the probabilities."""
    rows = np.arange(len(pairs))
    scores = np.array([score for score, _ in pairs])
    made = Predictions(rows, np.zeros_like(rows), scores, np.full(len(rows), 0.5))
    cases = np.array([int(case) for _, case in pairs])
    count, predicted, observed = calibration_curve([made, made], cases, np.ones((1, len(rows))), bins=bins)
    assert len(pairs) == count.sum()
    assert (count > 0).all()
    assert cases.sum() == pytest.approx((count * observed).sum())
    assert (np.diff(predicted[0]) >= 0).all()
