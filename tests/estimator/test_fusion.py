"""Fusion: what each member is worth, from log-odds on rows that it had not learned from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from adscreen.estimator import Fusion, fit_fusion


def simulate(seed: int, *, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Return log-odds of three members, of which the first is best and the last is noise, and the cases."""
    rng = np.random.default_rng(seed)
    cases = (rng.random(n) < 0.4).astype(np.int64)
    signal = np.where(cases > 0, 1.0, -1.0)
    members = [strength * signal + rng.normal(size=n) for strength in (1.2, 0.6, 0.0)]
    return np.column_stack(members) * [2.0, 0.1, 30.0], cases


def test_by_hand() -> None:
    """intercept + sum of weight x (log-odds - centre)."""
    fusion = Fusion(centres=(1.0, 10.0), weights=(2.0, 0.5), intercept=-1.0)
    assert [-1.0, 3.0] == fusion.logits(np.array([[1.0, 10.0], [2.0, 14.0]])).tolist()


def test_where_no_weight_is_bound_it_is_ridge_logistic_regression() -> None:
    """scikit-learn finds the same weights of standardised members (C is 1 over the penalty), 1e-5."""
    of_members, cases = simulate(0)
    standard = (of_members - of_members.mean(axis=0)) / of_members.std(axis=0)
    peer = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(standard[:, :2], cases)
    found = fit_fusion(of_members[:, :2], cases)
    expected = peer.coef_[0] / of_members[:, :2].std(axis=0)
    assert expected == pytest.approx(found.weights, rel=1e-5)
    assert peer.intercept_[0] == pytest.approx(found.intercept, abs=1e-5)


@given(st.integers(0, 1000))
def test_no_weight_is_below_zero(seed: int) -> None:
    """Even for a member that ranks the wrong way round."""
    of_members, cases = simulate(seed, n=60)
    of_members[:, 1] *= -1
    weights = fit_fusion(of_members, cases).weights
    assert min(weights) >= 0
    assert weights[0] > 0


@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_the_unit_of_a_member_does_not_matter(seed: int, factor: float) -> None:
    """A member on another scale, or moved, gives the same fused log-odds."""
    of_members, cases = simulate(seed, n=60)
    other = of_members * [1.0, factor, 1.0] + [0.0, 0.0, 5.0]
    expected = fit_fusion(of_members, cases).logits(of_members)
    assert expected == pytest.approx(fit_fusion(other, cases).logits(other), abs=1e-4)


def test_a_member_that_never_varies_has_no_weight() -> None:
    """It can say nothing, and disturbs nothing."""
    of_members, cases = simulate(1)
    with_constant = np.column_stack([of_members, np.full(len(cases), 3.0)])
    found = fit_fusion(with_constant, cases)
    assert 0.0 == found.weights[3]
    assert fit_fusion(of_members, cases).weights == pytest.approx(found.weights[:3], rel=1e-4)


def test_probabilities_are_calibrated_to_trainings_share_of_cases() -> None:
    """The mean probability is the share of cases, which no weight of classes moves to a half."""
    of_members, cases = simulate(2)
    assert cases.mean() == pytest.approx(expit(fit_fusion(of_members, cases).logits(of_members)).mean(), abs=1e-6)


@given(st.integers(0, 1000))
def test_a_weight_is_what_a_row_counts(seed: int) -> None:
    """Two copies of a row that count 0.3 and 1.7 are worth two that count 1."""
    of_members, cases = simulate(seed, n=60)
    share = np.random.default_rng(seed).uniform(0, 2, size=len(cases))
    twice, labels = np.vstack([of_members, of_members]), np.concatenate([cases, cases])
    expected = fit_fusion(twice, labels).logits(of_members)
    found = fit_fusion(twice, labels, np.concatenate([share, 2 - share])).logits(of_members)
    assert expected == pytest.approx(found, abs=1e-4)


def test_equal_weights_change_nothing() -> None:
    """Four recordings of every subject count as one of each would: only proportions matter."""
    of_members, cases = simulate(4)
    assert fit_fusion(of_members, cases) == fit_fusion(of_members, cases, np.full(len(cases), 0.25))


def test_a_least_weight_keeps_the_order_of_a_member_that_ranks_the_wrong_way_round() -> None:
    """Its weight of a standard deviation is the least asked for, where it would be 0."""
    of_members, cases = simulate(5)
    wrong = -of_members[:, :1]
    assert 0.0 == fit_fusion(wrong, cases).weights[0]
    assert 0.01 == pytest.approx(fit_fusion(wrong, cases, least_weight=0.01).weights[0] * wrong.std())
