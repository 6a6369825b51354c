"""Scores and labels -> AUC and average precision within folds, under weights; the ROC curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from adscreen.metrics import Predictions, roc_curve, weighted_auc, weighted_average_precision
from adscreen.metrics.measures import basic_measures

Make = Callable[..., Predictions]
LABELLED_SCORES = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda pairs: len({case for _, case in pairs}) == 2
)


def auc_of(predictions: Predictions, cases: list[int]) -> float:
    """Return the AUC of rows of weight 1."""
    return float(basic_measures(predictions, np.array(cases), np.ones((1, len(cases))))["auc"][0])


def test_auc_counts_concordant_pairs_and_ties_half() -> None:
    """Cases 0.8, 0.4 against controls 0.4, 0.1: concordant 2 + 1, tied 1: (3 + 0.5) / 4."""
    scores, labels = np.array([0.8, 0.4, 0.4, 0.1]), np.array([True, True, False, False])
    assert [0.875] == weighted_auc(scores, labels, np.ones((1, 4))).tolist()


def test_auc_weighs_pairs_by_both_rows() -> None:
    """Case 0.4 (weight 2) ties control 0.4 (weight 3) and beats 0.1; case 0.8 (weight 1) beats both.

    Concordant: 1 x 3 + 1 x 1 + 2 x 3 / 2 + 2 x 1 = 9 of (1 + 2) x (3 + 1) = 12.
    """
    scores, labels = np.array([0.8, 0.4, 0.4, 0.1]), np.array([True, True, False, False])
    weights = np.array([[1.0, 2.0, 3.0, 1.0], [0.0, 1.0, 1.0, 0.0]])
    assert [0.75, 0.5] == weighted_auc(scores, labels, weights).tolist()


@given(LABELLED_SCORES, st.data())
def test_a_weight_is_a_number_of_copies(pairs: list[tuple[int, bool]], data: st.DataObject) -> None:
    """AUC and average precision of a row of weight k are scikit-learn's of k rows, ties and all; 0 takes it out."""
    copies = data.draw(st.lists(st.integers(0, 3), min_size=len(pairs), max_size=len(pairs)))
    scores, labels = np.array([float(score) for score, _ in pairs]), np.array([case for _, case in pairs])
    weights = np.array([copies, [1] * len(pairs)], dtype=float)
    repeated = np.repeat(labels, copies), np.repeat(scores, copies)
    for measured, theirs in ((weighted_auc, roc_auc_score), (weighted_average_precision, average_precision_score)):
        found = measured(scores, labels, weights)
        assert theirs(labels, scores) == pytest.approx(found[1], abs=1e-12)
        if len(set(repeated[0].tolist())) == 2:
            assert theirs(*repeated) == pytest.approx(found[0], abs=1e-12)
        else:
            assert np.isnan(found[0])


def test_auc_compares_within_folds_only(predictions: Make) -> None:
    """Two folds that each rank perfectly on scales of their own give 1; pooling them would give 0.75."""
    scores, cases = [0.9, 0.8, 0.2, 0.1], [1, 0, 1, 0]
    assert 0.75 == roc_auc_score(cases, scores)
    assert 1.0 == auc_of(predictions(scores, [0, 0, 1, 1]), cases)


def test_average_precision_is_that_of_the_folds_cases(predictions: Make) -> None:
    """Fold 0: its two cases have precision 1 and 2/3; fold 1: its case has 1/2. Mean over cases (1 + 2/3 + 1/2) / 3."""
    scores, cases = [0.9, 0.5, 0.1, 0.4, 0.3], [1, 0, 1, 0, 1]
    found = basic_measures(predictions(scores, [0, 0, 0, 1, 1]), np.array(cases), np.ones((1, 5)))
    assert (1 + 2 / 3 + 1 / 2) / 3 == pytest.approx(found["average_precision"][0])


def test_scores_that_only_tell_folds_apart_are_worth_half(predictions: Make) -> None:
    """A constant score in a fold is chance, however folds and labels go together; pooled it would look worse."""
    scores, cases = [0.4, 0.4, 0.4, 0.6, 0.6, 0.6], [1, 1, 0, 1, 0, 0]
    assert roc_auc_score(cases, scores) < 0.4
    assert 0.5 == auc_of(predictions(scores, [0, 0, 0, 1, 1, 1]), cases)


def test_a_fold_with_one_class_adds_no_pair(predictions: Make) -> None:
    """Fold 1 has no control, so AUC and average precision are those of fold 0."""
    made = predictions([0.9, 0.1, 0.0], [0, 0, 1])
    found = basic_measures(made, np.array([1, 0, 1]), np.ones((1, 3)))
    assert (1.0, 1.0) == (found["auc"][0], found["average_precision"][0])


@given(LABELLED_SCORES, LABELLED_SCORES)
def test_the_area_under_the_curve_is_the_auc(one: list[tuple[int, bool]], other: list[tuple[int, bool]]) -> None:
    """Two folds' ROC curves, averaged by their pairs, have the AUC as their area, ties and all."""
    pairs, folds = one + other, np.repeat([0, 1], [len(one), len(other)])
    cases = np.array([int(case) for _, case in pairs])
    scores = np.array([score / 6 for score, _ in pairs])
    made = Predictions(np.arange(len(cases)), folds, scores, np.full(len(cases), 0.5))
    # a step of the curve ends at a multiple of 1 / controls; between two points just around it the area is lost
    counts = [int((cases[folds == fold] == 0).sum()) for fold in (0, 1)]
    ends = np.unique([number / count for count in counts for number in range(count + 1)])
    rates = np.unique(np.concatenate([ends, np.clip([ends - 1e-9, ends + 1e-9], 0, 1).ravel()]))
    area = np.trapezoid(roc_curve([made], cases, rates), rates)
    assert auc_of(made, cases.tolist()) == pytest.approx(area, abs=1e-6)


def test_the_curve_by_hand(predictions: Make) -> None:
    """Case 0.9 above all; case 0.5 ties one of two controls: up to 1/2 at once, then a slope to 1 at rate 1/2."""
    curve = roc_curve([predictions([0.9, 0.5, 0.5, 0.1])], np.array([1, 1, 0, 0]), np.array([0.0, 0.25, 0.5, 1.0]))
    assert [0.5, 0.75, 1.0, 1.0] == curve.tolist()
