"""The threshold that maximises sensitivity + specificity - 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.metrics import ThresholdRule, sensitive_threshold, youden_threshold

LABELLED_SCORES = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda pairs: len({case for _, case in pairs}) == 2
)


def test_the_threshold_by_hand() -> None:
    """Controls 0.1, 0.3, 0.6; cases 0.5, 0.8: the cut 0.4 has sensitivity 1 and specificity 2/3, the best sum."""
    assert 0.4 == youden_threshold(np.array([0.1, 0.3, 0.6, 0.5, 0.8]), np.array([0, 0, 0, 1, 1]))


def test_of_equal_thresholds_the_one_nearest_a_half_is_taken() -> None:
    """The cut 0.4 has sensitivity 1 and specificity 1/2, the cut 0.85 the reverse; 0.4 is nearer."""
    assert 0.4 == youden_threshold(np.array([0.2, 0.6, 0.7, 1.0]), np.array([0, 1, 0, 1]))


def test_the_threshold_of_one_score_is_that_score() -> None:
    """Where all scores are equal everything is positive at that score."""
    assert 0.3 == youden_threshold(np.array([0.3, 0.3]), np.array([0, 1]))


@given(LABELLED_SCORES)
def test_no_cut_beats_the_threshold(pairs: list[tuple[int, bool]]) -> None:
    """Sensitivity + specificity at the threshold is the greatest of every possible cut."""
    scores = np.array([score / 6 for score, _ in pairs])
    labels = np.array([case for _, case in pairs])

    def youden(cut: float) -> float:
        return float((scores[labels] >= cut).mean() + (scores[~labels] < cut).mean())

    chosen = youden_threshold(scores, labels.astype(np.int64))
    assert max(youden(cut) for cut in [*scores, 2.0]) == pytest.approx(youden(chosen), abs=1e-12)


def test_the_sensitive_threshold_by_hand() -> None:
    """Cases 0.2, 0.5, 0.8, 0.9, controls 0.1, 0.4: three of four cases lie at or above 0.45, all above 0.15."""
    scores, cases = np.array([0.2, 0.5, 0.8, 0.9, 0.1, 0.4]), np.array([1, 1, 1, 1, 0, 0])
    asked = {0.75: 0.45, 0.7: 0.45, 1.0: 0.15, 0.01: 0.85}
    found = {least: sensitive_threshold(scores, cases, least=least) for least in asked}
    assert asked == pytest.approx(found)


@given(LABELLED_SCORES, st.floats(0.01, 0.99))
def test_the_sensitivity_asked_for_is_reached_and_no_higher_threshold_does(
    pairs: list[tuple[int, bool]], least: float
) -> None:
    """At the threshold enough cases are positive; at the next higher score too few are."""
    scores = np.array([score / 6 for score, _ in pairs])
    cases = np.array([int(case) for _, case in pairs])
    threshold = sensitive_threshold(scores, cases, least=least)
    of_cases = scores[cases == 1]
    assert (of_cases >= threshold).mean() >= least - 1e-9
    higher = [(of_cases >= cut).mean() for cut in np.unique(scores[scores > threshold])[1:]]
    assert not higher or max(higher) < least


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans(), st.integers(1, 3)), min_size=2))
def test_a_weight_is_a_number_of_copies(rows: list[tuple[int, bool, int]]) -> None:
    """A row of weight 3 counts as three rows, under both rules."""
    scores, labels, copies = (np.array(column) for column in zip(*rows, strict=True))
    cases = labels.astype(np.int64)
    if len(set(cases.tolist())) < 2:
        return
    many = np.repeat(np.arange(len(rows)), copies)
    scores, weights = scores / 8, copies.astype(np.float64)
    assert youden_threshold(scores[many], cases[many]) == youden_threshold(scores, cases, weights)
    expected = sensitive_threshold(scores[many], cases[many], least=0.8)
    assert expected == sensitive_threshold(scores, cases, weights, least=0.8)


def test_the_rule_takes_what_is_given_first() -> None:
    """A threshold given wins, then the sensitivity asked for, then Youden's index."""
    scores, cases = np.array([0.1, 0.3, 0.6, 0.5, 0.8]), np.array([0, 0, 0, 1, 1])
    assert 0.7 == ThresholdRule(given=0.7).choose(scores, cases)
    assert 0.7 == pytest.approx(ThresholdRule(min_sensitivity=0.5).choose(scores, cases))
    assert 0.4 == ThresholdRule().choose(scores, cases)
