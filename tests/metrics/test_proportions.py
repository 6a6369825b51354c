"""Shares, and their exact intervals at the number of people that they are worth."""

from __future__ import annotations

import doctest
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from adscreen.metrics import Groups, Jackknifed, Predictions, exact_interval, jackknife, proportions
from adscreen.metrics.interval import Error
from adscreen.metrics.proportions import share_interval
from adscreen.metrics.rank_interval import score_interval

Make = Callable[..., Predictions]


def _measure(made: Predictions, cases: np.ndarray, groups: np.ndarray) -> Jackknifed:
    return jackknife([made], cases, Groups.of(groups.astype(str)), training="none")


def test_the_examples_run() -> None:
    """The docstrings' examples give what they say."""
    assert 0 == doctest.testmod(proportions).failed


@given(people=st.integers(1, 400), data=st.data())
def test_the_interval_is_that_of_clopper_and_pearson(people: int, data: st.DataObject) -> None:
    """As SciPy's binomial test has it, for every count."""
    right = data.draw(st.integers(0, people))
    expected = binomtest(right, people).proportion_ci(0.95, "exact")
    assert (expected.low, expected.high) == pytest.approx(exact_interval(right / people, people), abs=1e-9)


@given(st.integers(5, 200), st.data())
def test_a_share_of_independent_people_has_about_their_interval(people: int, data: st.DataObject) -> None:
    """With the variance of a binomial share the effective number is that of the people, times (z / t) squared."""
    right = data.draw(st.integers(1, people - 1))
    share = right / people
    error = Error(share * (1 - share) / people, 0.0, 1e9)
    found = share_interval(share, error, people=people, rows=people)
    assert (found.low, found.high) == pytest.approx(exact_interval(share, people), abs=1e-6)
    doubled = share_interval(share, Error(error.variance, 1.0, 1e9), people=people, rows=people)
    assert (doubled.low, doubled.high) == pytest.approx(exact_interval(share, people / 2), abs=1e-6)


def test_a_share_is_worth_no_more_than_its_recordings() -> None:
    """A variance below that of independent recordings gives the interval of the recordings."""
    found = share_interval(0.5, Error(1e-6, 0.0, 100.0), people=40, rows=40)
    assert (found.low, found.high) == pytest.approx(exact_interval(0.5, 40))


def test_a_perfect_method_of_six_and_six_is_not_certain(predictions: Make) -> None:
    """Rates of 1 have the exact interval of 6 people, 0.541 to 1, AUC the score interval; none is without width.

    Specificity and sensitivity of at least 0.541 give a PPV of at least 0.058 at a prevalence of 5%.
    """
    cases = np.array([1] * 6 + [0] * 6)
    made = predictions([0.9, 0.8, 0.7, 0.9, 0.8, 0.7] + [0.1, 0.2] * 3)
    measured = _measure(made, cases, np.arange(12)).intervals()
    assert all(one.low != one.high for one in measured.values())
    for name in ("sensitivity", "specificity", "balanced_accuracy"):
        assert (1.0, 0.541, 1.0) == pytest.approx(
            (measured[name].value, measured[name].low, measured[name].high), abs=5e-4
        )
    assert (1.0, *score_interval(1.0, cases=6, controls=6)) == (
        measured["auc"].value,
        measured["auc"].low,
        measured["auc"].high,
    )
    ppv, npv = measured["ppv_at_5"], measured["npv_at_5"]
    assert (1.0, 0.0584, 1.0) == pytest.approx((ppv.value, ppv.low, ppv.high), abs=5e-4)
    assert (1.0, 0.9572, 1.0) == pytest.approx((npv.value, npv.low, npv.high), abs=5e-4)
    assert math.isnan(measured["mcc"].low)
    assert math.isnan(measured["average_precision"].low)


def test_people_who_are_trained_on_as_well_are_worth_half(predictions: Make) -> None:
    """At the bound too: 12 of 12 cases of a cross-validation are 6 people."""
    cases = np.repeat([1, 0], 12)
    made = predictions(np.where(cases, 0.9, 0.1).tolist())
    groups = Groups.of(np.arange(24).astype(str))
    measured = jackknife([made], cases, groups, training="whole").intervals()
    assert exact_interval(1.0, 6) == (measured["sensitivity"].low, measured["sensitivity"].high)


def test_visits_are_not_people(predictions: Make) -> None:
    """Twelve recordings of four subjects, all correct: the interval is that of two cases and two controls."""
    cases = np.repeat([1, 0, 1, 0], 3)
    made = predictions(np.where(cases, 0.9, 0.1).tolist())
    measured = _measure(made, cases, np.repeat(list("abcd"), 3)).intervals()
    assert exact_interval(1.0, 2) == (measured["sensitivity"].low, measured["sensitivity"].high)


def test_a_rate_at_its_bound_bounds_what_follows_from_it(predictions: Make) -> None:
    """Where specificity is 1 and sensitivity is not, predictive values lie between the bounds of the two."""
    cases = np.array([1] * 10 + [0] * 10)
    scores = [0.9] * 7 + [0.2, 0.3, 0.1] + [0.1, 0.25, 0.3, 0.05, 0.1, 0.2, 0.2, 0.1, 0.3, 0.1]
    measured = _measure(predictions(scores), cases, np.arange(20)).intervals()
    assert exact_interval(1.0, 10)[0] == measured["specificity"].low
    assert measured["ppv_at_10"].low < 0.5 < measured["ppv_at_10"].value == 1.0
    assert (measured["sensitivity"].low + measured["specificity"].low) / 2 == measured["balanced_accuracy"].low
    assert measured["sensitivity"].low < 0.7 < measured["sensitivity"].high
    assert measured["mcc"].low < measured["mcc"].value < measured["mcc"].high


def test_two_perfect_methods_differ_by_nothing_that_has_an_interval(predictions: Make) -> None:
    """Both have an AUC of 1, whoever is left out, by other probabilities: 0 is not known to within nothing."""
    cases = np.array([1, 0] * 5)
    one, other = (_measure(predictions([high, 0.1] * 5), cases, np.arange(10)) for high in (0.9, 0.8))
    gap = one.minus(other).intervals()["auc"]
    assert 0 == gap.value
    assert np.isnan([gap.low, gap.high]).all()


@pytest.mark.slow
def test_an_interval_of_a_perfect_auc_covers_the_true_one(predictions: Make) -> None:
    """Of cohorts of 8 and 8 whose AUC is 0.98, the intervals of those that look perfect hold it."""
    rng = np.random.default_rng(0)
    cases = np.repeat([0, 1], 8)
    held = []
    for _ in range(300):
        scores = rng.normal(size=16) + 2.9044 * cases  # Phi(2.9044 / sqrt 2) = 0.98
        auc = _measure(predictions(scores.tolist()), cases, np.arange(16)).intervals()["auc"]
        held += [auc.low <= 0.98 <= auc.high] if auc.value == 1 else []
    assert len(held) > 100
    assert 0.95 <= np.mean(held)
