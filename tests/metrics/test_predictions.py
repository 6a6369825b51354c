"""Predictions joined to subjects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adscreen.metrics import Predictions, by_subject

Make = Callable[..., Predictions]


def test_a_subject_has_the_probability_of_its_mean_logit(predictions: Make) -> None:
    """Logits of 0.2 and 0.8 cancel; 0.9 and 0.5 have half the logit of 0.9: odds 3, probability 0.75."""
    joined = by_subject(predictions([0.2, 0.9, 0.8, 0.5]), np.array(["a", "b", "a", "b"]))
    assert [0, 1] == joined.rows.tolist()
    assert [0.5, 0.75] == pytest.approx(joined.scores.tolist())


def test_a_subject_with_one_recording_keeps_its_probability(predictions: Make) -> None:
    """To the last bit, so that a cohort of single visits has one figure at both levels."""
    scores = [0.1, 0.123456789, 0.0, 1.0]
    assert scores == by_subject(predictions(scores), np.array(list("abcd"))).scores.tolist()


def test_the_same_probability_at_every_visit_stays_the_same(predictions: Make) -> None:
    """To the last bit: else a method that says the same of everybody would rank people by their number of visits."""
    scores = [0.478] * 5
    joined = by_subject(predictions(scores), np.array(list("aabbc")))
    assert [0.478] * 3 == joined.scores.tolist()


def test_the_threshold_is_the_folds(predictions: Make) -> None:
    """A subject is decided at the threshold of the fold that tested it; one tested in two folds is there twice."""
    made = predictions([0.2, 0.9, 0.6], [0, 1, 1])
    made = Predictions(made.rows, made.folds, made.scores, np.array([0.1, 0.7, 0.7]))
    joined = by_subject(made, np.array(["a", "a", "b"]))
    assert [(0, 0, 0.1), (1, 1, 0.7), (2, 1, 0.7)] == list(
        zip(joined.rows.tolist(), joined.folds.tolist(), joined.thresholds.tolist(), strict=True)
    )
    assert [True, True, False] == joined.decisions.tolist()


def test_a_subset_keeps_what_belongs_together(predictions: Make) -> None:
    """``among`` marks rows of the cohort, not places in the predictions."""
    made = predictions([0.1, 0.2, 0.3], [0, 1, 2])
    shuffled = Predictions(made.rows[::-1], made.folds[::-1], made.scores[::-1], made.thresholds)
    kept = shuffled.among(np.array([True, False, True]))
    assert ([2, 0], [2, 0], [0.3, 0.1]) == (kept.rows.tolist(), kept.folds.tolist(), kept.scores.tolist())


def test_folds_are_joined_in_their_order() -> None:
    """Each prediction keeps its row and score, and takes the number and the threshold of its fold."""
    first = np.array([4, 1]), np.array([0.9, 0.2]), 0.5
    made = Predictions.join([first, (np.array([0]), np.array([0.6]), 0.3)])
    assert [4, 1, 0] == made.rows.tolist()
    assert [0, 0, 1] == made.folds.tolist()
    assert [0.9, 0.2, 0.6] == made.scores.tolist()
    assert [0.5, 0.5, 0.3] == made.thresholds.tolist()
