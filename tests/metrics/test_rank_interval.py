"""An AUC near its bounds -> an interval that has a width."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from adscreen.metrics.interval import Error, People
from adscreen.metrics.rank_interval import hanley_mcneil, rank_interval, score_interval

SIZES = st.integers(2, 200)


@given(SIZES, SIZES, st.sampled_from([1.0, 1.5, 2.0]))
def test_a_perfect_auc_has_the_bound_that_a_root_finder_gives(cases: int, controls: int, scale: float) -> None:
    """1 - truth equals z times the standard error at the truth: SciPy's root of it."""
    low, high = score_interval(1.0, cases=cases, controls=controls, scale=scale)

    def gap(truth: float) -> float:
        spread = truth * (1 - truth) / (cases * controls)
        size = (cases + controls) / 2 - 1
        spread *= 1 + size * (1 - truth) / (2 - truth) + size * truth / (1 + truth)
        return (1 - truth) - 1.959963984540054 * math.sqrt(scale * spread)

    assert 1.0 == high
    assert low == pytest.approx(brentq(gap, 1e-9, 1 - 1e-9), abs=1e-8)


@given(st.floats(0.01, 0.99), SIZES, SIZES)
def test_the_two_sides_mirror_each_other(area: float, cases: int, controls: int) -> None:
    """The interval of 1 - AUC is one less that of the AUC."""
    low, high = score_interval(area, cases=cases, controls=controls)
    mirrored = score_interval(1 - area, cases=cases, controls=controls)
    assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-9)
    assert 0 <= low < area < high <= 1


def test_the_variance_vanishes_at_the_bounds_alone() -> None:
    """Where all pairs are in one order there is no other order to find."""
    assert 0.0 == hanley_mcneil(1.0, cases=5, controls=5) == hanley_mcneil(0.0, cases=5, controls=5)
    assert hanley_mcneil(0.9, cases=5, controls=5) > 0


@pytest.mark.parametrize("area", [1.0, 0.0, 0.97])
def test_an_interval_near_a_bound_is_no_narrower_than_the_score_interval(area: float) -> None:
    """Each side is the wider of the two."""
    people = People(20, 20, 40, 20.0, 20.0)
    found = rank_interval(area, Error(0.0 if area in (0, 1) else 1e-5, 1.0, 30.0), people)
    low, high = score_interval(area, cases=20, controls=20, scale=2.0)
    assert found.low <= low
    assert found.high >= high
    assert found.low < found.high


def test_an_auc_far_from_the_bounds_has_the_interval_of_a_share() -> None:
    """Of n = 0.8 x 0.2 / 0.05^2 = 64 people: statsmodels' Wilson interval of 51.2 of 64 (proportion_confint)."""
    found = rank_interval(0.8, Error(0.0025, 0.0, 1e9), People(32, 32, 64, 32.0, 32.0))
    assert [0.68632558, 0.87969998] == pytest.approx([found.low, found.high], abs=1e-7)


def test_with_few_people_the_score_interval_counts_too() -> None:
    """Six clusters a label: a small standard error alone does not make an interval narrow."""
    few, many = (rank_interval(0.7, Error(1e-4, 1.0, 10.0), People(n, n, 2 * n, 20.0, 20.0)) for n in (6, 20))
    low, high = score_interval(0.7, cases=6, controls=6, scale=2.0)
    assert (low, high) == (few.low, few.high)
    assert low < many.low < many.high < high
