"""Shares that a bootstrap cannot vary, and their exact intervals."""

from __future__ import annotations

import doctest
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from adscreen.metrics import Predictions, bootstrap_weights, exact_interval, proportions, resample

Make = Callable[..., Predictions]


def test_the_examples_run() -> None:
    """The docstrings' examples give what they say."""
    assert 0 == doctest.testmod(proportions).failed


@given(people=st.integers(1, 400), data=st.data())
def test_the_interval_is_that_of_clopper_and_pearson(people: int, data: st.DataObject) -> None:
    """As SciPy's binomial test has it, for every count."""
    right = data.draw(st.integers(0, people))
    expected = binomtest(right, people).proportion_ci(0.95, "exact")
    assert (expected.low, expected.high) == pytest.approx(exact_interval(right / people, people), abs=1e-9)


def test_a_perfect_method_of_six_and_six_is_not_certain(predictions: Make) -> None:
    """Rates and AUC of 1 have the exact interval of 6 people, 0.541 to 1; no measure has one without width.

    Specificity and sensitivity of at least 0.541 give a PPV of at least 0.058 at a prevalence of 5%.
    """
    cases = np.array([1] * 6 + [0] * 6)
    weights = bootstrap_weights(np.arange(12).astype(str), resamples=300, seed=0)
    measured = resample([predictions([0.9, 0.8, 0.7, 0.9, 0.8, 0.7] + [0.1, 0.2] * 3)], cases, weights).intervals()
    assert all(not one.flat for one in measured.values())
    for name in ("sensitivity", "specificity", "auc", "balanced_accuracy"):
        assert (1.0, 0.541, 1.0) == pytest.approx(
            (measured[name].value, measured[name].low, measured[name].high), abs=5e-4
        )
    ppv, npv = measured["ppv_at_5"], measured["npv_at_5"]
    assert (1.0, 0.0584, 1.0) == pytest.approx((ppv.value, ppv.low, ppv.high), abs=5e-4)
    assert (1.0, 0.9572, 1.0) == pytest.approx((npv.value, npv.low, npv.high), abs=5e-4)
    assert math.isnan(measured["mcc"].low)
    assert math.isnan(measured["average_precision"].low)


def test_visits_are_not_people(predictions: Make) -> None:
    """Twelve recordings of four subjects, all correct: the interval is that of two cases and two controls."""
    cases = np.repeat([1, 0, 1, 0], 3)
    weights = bootstrap_weights(np.repeat(list("abcd"), 3), resamples=200, seed=0)
    measured = resample([predictions(np.where(cases, 0.9, 0.1).tolist())], cases, weights).intervals()
    assert exact_interval(1.0, 2) == (measured["sensitivity"].low, measured["sensitivity"].high)


def test_what_varies_keeps_its_bootstrap_interval(predictions: Make) -> None:
    """Where specificity is 1 and sensitivity is not, only what follows from specificity changes."""
    cases = np.array([1] * 10 + [0] * 10)
    scores = [0.9] * 7 + [0.2, 0.3, 0.1] + [0.1, 0.25, 0.3, 0.05, 0.1, 0.2, 0.2, 0.1, 0.3, 0.1]
    weights = bootstrap_weights(np.arange(20).astype(str), resamples=500, seed=0)
    resampled = resample([predictions(scores)], cases, weights)
    measured = resampled.intervals()
    for name in ("sensitivity", "auc", "mcc"):
        low, high = np.nanpercentile(resampled.drawn[name], [2.5, 97.5])
        assert (low, high) == pytest.approx((measured[name].low, measured[name].high))
    assert exact_interval(1.0, 10)[0] == measured["specificity"].low
    assert measured["ppv_at_10"].low < 0.5 < measured["ppv_at_10"].value == 1.0
    assert (measured["sensitivity"].low + measured["specificity"].low) / 2 == measured["balanced_accuracy"].low


def test_two_perfect_methods_differ_by_nothing_that_has_an_interval(predictions: Make) -> None:
    """Both have an AUC of 1 in every resample, by other probabilities: 0 is not known to within nothing."""
    cases, weights = np.array([1, 0] * 5), bootstrap_weights(np.arange(10).astype(str), resamples=100, seed=0)
    one, other = (resample([predictions([high, 0.1] * 5)], cases, weights) for high in (0.9, 0.8))
    gap = one.minus(other).intervals()["auc"]
    assert 0 == gap.value
    assert np.isnan([gap.low, gap.high]).all()


@pytest.mark.slow
def test_an_exact_interval_covers_the_true_auc(predictions: Make) -> None:
    """Of cohorts of 8 and 8 whose AUC is 0.98, the intervals of those that look perfect hold it."""
    rng = np.random.default_rng(0)
    cases, weights = np.repeat([0, 1], 8), bootstrap_weights(np.arange(16).astype(str), resamples=100, seed=0)
    held = []
    for _ in range(300):
        scores = rng.normal(size=16) + 2.9044 * cases  # Phi(2.9044 / sqrt 2) = 0.98
        auc = resample([predictions(scores.tolist())], cases, weights).intervals()["auc"]
        held += [auc.low <= 0.98 <= auc.high] if auc.value == 1 else []
    assert len(held) > 100
    assert 0.95 <= np.mean(held)
