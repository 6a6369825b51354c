"""Scores and labels -> AUC within folds, thresholds, and intervals over whole groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from pipeline.metrics import (
    MEASURES,
    Predictions,
    bootstrap_weights,
    difference,
    estimate,
    interval_of,
    measure_counts,
    weighted_auc,
    youden_threshold,
)

LABELLED_SCORES = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda pairs: len({case for _, case in pairs}) == 2
)


def predictions(scores: list[float], folds: list[int] | None = None, *, threshold: float = 0.5) -> Predictions:
    """Return predictions of the rows in order, of one fold unless told otherwise."""
    values = np.array(scores, dtype=float)
    numbers = np.array(folds or [0] * len(scores))
    return Predictions(np.arange(len(scores)), numbers, values, values >= threshold)


def auc_of(scores: list[float], cases: list[int], folds: list[int] | None = None) -> float:
    """Return the AUC of rows of weight 1."""
    measured = measure_counts(predictions(scores, folds), np.array(cases), np.ones((1, len(scores))))
    return float(measured["auc"][0])


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


@given(LABELLED_SCORES)
def test_auc_of_one_fold_is_that_of_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    """With one fold the AUC is the usual one, ties and all."""
    scores, cases = [float(score) for score, _ in pairs], [int(case) for _, case in pairs]
    assert roc_auc_score(cases, scores) == pytest.approx(auc_of(scores, cases), abs=1e-12)


@given(LABELLED_SCORES, st.data())
def test_a_weight_is_a_number_of_copies(pairs: list[tuple[int, bool]], data: st.DataObject) -> None:
    """A row of weight k counts as k rows of weight 1."""
    copies = data.draw(st.lists(st.integers(1, 3), min_size=len(pairs), max_size=len(pairs)))
    scores, labels = np.array([float(score) for score, _ in pairs]), np.array([case for _, case in pairs])
    weighted = weighted_auc(scores, labels, np.array([copies], dtype=float))
    repeated = roc_auc_score(np.repeat(labels, copies), np.repeat(scores, copies))
    assert repeated == pytest.approx(weighted[0], abs=1e-12)


def test_auc_compares_within_folds_only() -> None:
    """Two folds that each rank perfectly on scales of their own give 1; pooling them would give 0.75."""
    scores, cases = [0.9, 0.8, 0.2, 0.1], [1, 0, 1, 0]
    assert 0.75 == roc_auc_score(cases, scores)
    assert 1.0 == auc_of(scores, cases, folds=[0, 0, 1, 1])


def test_scores_that_only_tell_folds_apart_are_worth_half() -> None:
    """A constant score in a fold is chance, however folds and labels go together; pooled it would look worse."""
    scores, cases = [0.4, 0.4, 0.4, 0.6, 0.6, 0.6], [1, 1, 0, 1, 0, 0]
    assert roc_auc_score(cases, scores) < 0.4
    assert 0.5 == auc_of(scores, cases, folds=[0, 0, 0, 1, 1, 1])


def test_a_fold_with_one_class_adds_no_pair() -> None:
    """Fold 1 has no control, so the AUC is that of fold 0."""
    assert 1.0 == auc_of([0.9, 0.1, 0.0], [1, 0, 1], folds=[0, 0, 1])


@pytest.mark.parametrize(("case", "absent"), [(0, "sensitivity"), (1, "specificity")])
def test_one_class_has_no_auc(case: int, absent: str) -> None:
    """With one class the AUC and that of sensitivity and specificity which lacks its class are NaN, not 0.5 or 1."""
    measured = measure_counts(predictions([0.2, 0.7]), np.array([case, case]), np.ones((1, 2)))
    assert {"auc", absent} == {name for name, value in measured.items() if np.isnan(value[0])}
    assert [0.5] == measured["accuracy"].tolist()


def test_decisions_are_counted_under_weights() -> None:
    """Decided 1, 0 of the cases and 1, 0 of the controls; the second row weights are 3, 1, 1, 2."""
    weights = np.array([[1.0, 1.0, 1.0, 1.0], [3.0, 1.0, 1.0, 2.0]])
    measured = measure_counts(predictions([0.9, 0.2, 0.8, 0.1]), np.array([1, 1, 0, 0]), weights)
    assert [0.5, 0.75] == measured["sensitivity"].tolist()
    assert [0.5, 2 / 3] == pytest.approx(measured["specificity"].tolist())
    assert [0.5, 5 / 7] == pytest.approx(measured["accuracy"].tolist())


def test_rows_need_not_be_in_order() -> None:
    """Predictions say which rows they are of; labels and weights are looked up by row."""
    order = np.array([2, 0, 3, 1])
    scores, cases = np.array([0.9, 0.2, 0.8, 0.1]), np.array([1, 1, 0, 0])
    weights = np.array([[3.0, 1.0, 1.0, 2.0]])
    straight = measure_counts(predictions(scores.tolist()), cases, weights)
    shuffled = Predictions(order, np.zeros(4, dtype=int), scores[order], scores[order] >= 0.5)
    measured = measure_counts(shuffled, cases, weights)
    assert {name: straight[name].tolist() for name in MEASURES} == {name: measured[name].tolist() for name in MEASURES}


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


def test_an_interval_over_subjects_is_wider_than_over_recordings() -> None:
    """Four recordings of a subject that say the same are one observation, not four."""
    rng = np.random.default_rng(0)
    cases = np.repeat(np.arange(30) % 2, 4)
    scores = np.repeat(rng.normal(size=30), 4) + cases * 0.7
    subjects, recordings = np.repeat([f"S{number}" for number in range(30)], 4), np.arange(120).astype(str)
    over = {
        name: estimate([predictions(scores.tolist())], cases, bootstrap_weights(groups, resamples=1000, seed=0))["auc"]
        for name, groups in (("subjects", subjects), ("recordings", recordings))
    }
    assert over["subjects"].value == over["recordings"].value
    ratio = (over["subjects"].high - over["subjects"].low) / (over["recordings"].high - over["recordings"].low)
    assert 2.0 == pytest.approx(ratio, rel=0.2)  # the square root of four


def test_the_interval_covers_the_true_auc_as_often_as_it_says() -> None:
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
        auc = estimate([predictions(scores.tolist())], cases, weights)["auc"]
        held.append(auc.low <= 0.7602 <= auc.high)
    assert 0.95 == pytest.approx(np.mean(held), abs=0.035)


def test_an_estimate_is_the_mean_over_repeats() -> None:
    """Two repeats with AUC 1 and 0.5: 0.75, SD 0.3536 (n - 1); one repeat has no SD."""
    cases, weights = np.array([1, 0, 1, 0]), bootstrap_weights(np.array(list("abcd")), resamples=200, seed=0)
    repeats = [predictions([0.9, 0.1, 0.9, 0.1]), predictions([0.5, 0.5, 0.5, 0.5])]
    auc = estimate(repeats, cases, weights)["auc"]
    assert (0.75, pytest.approx(0.5**0.5 / 2)) == (auc.value, auc.sd_over_repeats)
    assert auc.low <= auc.value <= auc.high
    assert np.isnan(estimate(repeats[:1], cases, weights)["auc"].sd_over_repeats)


def test_a_difference_is_paired() -> None:
    """A method compared with itself differs by 0 in every resample; with a worse one by the gap."""
    cases, weights = np.array([1, 0] * 10), bootstrap_weights(np.arange(20).astype(str), resamples=300, seed=0)
    noisy = np.random.default_rng(1).normal(size=20) + cases
    good, poor = predictions(noisy.tolist()), predictions([0.5] * 20)
    same = difference([good], [good], cases, weights)
    assert (0.0, 0.0, 0.0) == (same.value, same.low, same.high)
    gap = difference([good], [poor], cases, weights)
    assert roc_auc_score(cases, noisy) - 0.5 == pytest.approx(gap.value)
    assert gap.low < gap.value < gap.high


def test_an_interval_leaves_out_resamples_without_a_class() -> None:
    """The 2.5th and 97.5th percentile of 0..1000 are 25 and 975; NaN is no value; of nothing the interval is NaN."""
    values = np.concatenate([np.arange(1001.0), [np.nan] * 50])
    assert (25.0, 975.0) == pytest.approx(interval_of(values))
    assert np.isnan(interval_of(np.array([np.nan, np.nan]))).all()


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
