"""The threshold that maximises sensitivity + specificity - 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metrics import youden_threshold

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
