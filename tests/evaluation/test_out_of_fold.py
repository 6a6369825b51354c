"""Predictions are read back from the table as the folds made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from adscreen.evaluation.frames import predictions_frame
from adscreen.evaluation.out_of_fold import OutOfFold
from adscreen.evaluation.results import ADSCREEN, ProtocolEvaluation
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import measure


def test_measures_of_what_is_read_back_are_those_of_the_folds(
    visited: FeatureTable, draw: Callable[[FeatureTable, Any], ProtocolEvaluation]
) -> None:
    """Both levels of every measure follow from the table alone: those of metrics.csv are their means over repeats."""
    evaluation = draw(visited, "subject")
    frame = predictions_frame(visited, evaluation)
    tested = OutOfFold.of(frame[frame["method"] == ADSCREEN], positive="case")
    once = np.ones((1, len(tested.cases)))
    for level in ("recording", "subject"):
        own = {row.measure: row.value for row in evaluation.metrics if (row.method, row.level) == (ADSCREEN, level)}
        measured = [measure(repeat, tested.cases, once) for repeat in tested.repeats(level)]
        again = {name: float(np.mean([one[name][0] for one in measured])) for name in measured[0]}
        np.testing.assert_allclose(list(own.values()), [again[name] for name in own], rtol=1e-12)
    assert tested.several_visits


def test_rows_are_numbered_among_the_recordings_given() -> None:
    """A part of a cohort keeps the whole cohort's numbers, so that both can share resamples."""
    whole = pd.DataFrame(
        {
            "repeat": 0,
            "fold": [0, 0, 1],
            "recording_id": ["a", "b", "c"],
            "subject_id": ["A", "B", "C"],
            "group": ["A", "B", "C"],
            "label": ["case", "control", "case"],
            "probability": [0.9, 0.4, 0.7],
            "threshold": 0.5,
            "visit_correlation": 0.3,
            "subject_threshold": 0.6,
        }
    )
    part = OutOfFold.of(whole.iloc[[2, 1]], positive="case", among=whole)
    (repeat,) = part.repeats()
    assert [2, 1] == repeat.rows.tolist()
    assert [0.7, 0.4] == repeat.scores.tolist()
    assert [1, 0, 1] == part.cases.tolist()
    assert ("a", "b", "c") == part.recordings
    assert not part.several_visits
