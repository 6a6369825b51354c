"""Recordings of a subject joined: what they share decides how much they say together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from adscreen.metrics import Predictions, by_subject, join_logits, sum_visits, visit_correlation, weigh_by_subject

LOGITS = st.lists(st.floats(-5, 5), min_size=1, max_size=6)


@given(LOGITS, st.floats(0, 1))
def test_what_is_shared_bounds_the_joined_log_odds(logits: list[float], correlation: float) -> None:
    """Between the mean (all is shared) and the sum (nothing is); one recording keeps its own."""
    count, total = float(len(logits)), float(np.sum(logits))
    (joined,) = join_logits(np.array([total]), np.array([count]), correlation)
    ends = sorted([total / count, total])
    assert ends[0] - 1e-9 <= joined <= ends[1] + 1e-9
    assert len(logits) > 1 or joined == total


@pytest.mark.parametrize("shared", [0.0, 0.4, 1.0])
def test_the_correlation_that_made_the_data_is_found(shared: float) -> None:
    """6,000 subjects whose log-odds follow the formula: within 0.06 of the truth, another optimiser's value to 0.01."""
    rng = np.random.default_rng(1)
    visits = rng.integers(1, 6, size=6000)
    subjects = np.repeat(np.arange(6000), visits)
    logits = rng.normal(0, 1, size=len(subjects)) + rng.normal(0, 1, size=6000)[subjects]
    sums = np.bincount(subjects, weights=logits)
    cases = (rng.random(6000) < 1 / (1 + np.exp(-sums / (1 + (visits - 1) * shared)))).astype(np.int64)
    found = visit_correlation(logits, cases[subjects], subjects.astype(str))
    assert shared == pytest.approx(found, abs=0.06)

    def loss(tried: float) -> float:
        joined = sums / (1 + (visits - 1) * tried)
        return float(np.logaddexp(0, np.where(cases == 1, -joined, joined)).sum())

    assert minimize_scalar(loss, bounds=(0, 1), method="bounded").x == pytest.approx(found, abs=0.011)


def test_nothing_is_learned_from_single_visits() -> None:
    """All of it is taken to be shared, which changes no single recording."""
    assert 1.0 == visit_correlation(np.array([2.0, -1.0]), np.array([1, 0]), np.array(["a", "b"]))


def test_a_subject_whose_label_changes_is_left_out() -> None:
    """As is a recording without log-odds."""
    logits, cases = np.array([1.0, 2.0, 5.0, np.nan]), np.array([1, 0, 1, 1])
    sums, visits, labels = sum_visits(logits, cases, np.array(["a", "a", "b", "b"]))
    assert ([5.0], [1.0], [1]) == (sums.tolist(), visits.tolist(), labels.tolist())


@given(st.lists(st.sampled_from("abcd"), min_size=1))
def test_every_subject_weighs_one(subjects: list[str]) -> None:
    """However many recordings it has."""
    names = np.array(subjects)
    weights = weigh_by_subject(names)
    assert all(1.0 == pytest.approx(weights[names == name].sum()) for name in set(subjects))


def test_each_fold_joins_its_own_way() -> None:
    """A fold has its own correlation and threshold: two visits of odds 3 are worth odds 9, or 3."""
    rows, folds = np.arange(4), np.array([0, 0, 1, 1])
    made = Predictions(rows, folds, np.full(4, 0.75), np.full(4, 0.5))
    names = np.array(["a", "a", "b", "b"])
    joined = by_subject(made, names, correlations=np.array([0.0, 1.0]), thresholds=np.array([0.8, 0.9]))
    assert [0.9, 0.75] == pytest.approx(joined.scores.tolist())
    assert [True, False] == joined.decisions.tolist()
