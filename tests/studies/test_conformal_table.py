"""Conformal sets of recordings with known labels -> how often they hold the label, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from adscreen.metrics import exact_interval
from adscreen.studies.conformal_table import judge_sets


def test_each_subject_counts_once() -> None:
    """Control a has four recordings, of which one set misses it, and b one that misses: 3/8 held, 6/8 decided.

    All of b is decided wrongly, and a quarter of a. Both cases are held, one of them without a decision.
    """
    sets = ["control", "control|case", "control|case", "case", "case", "case", "control|case"]
    scores = pd.DataFrame({"subject_id": list("aaaabcd"), "confidence": 0.9, "conformal_set": sets})
    cases = np.array([0, 0, 0, 0, 0, 1, 1])
    groups = scores["subject_id"].to_numpy(dtype=str)
    controls, of_cases = judge_sets(scores, cases=cases, groups=groups, labels=("HC", "AD"))
    assert ("HC", 5, 2, 0.9) == (controls.label, controls.recordings, controls.subjects, controls.confidence)
    assert (3 / 8, *exact_interval(3 / 8, 2)) == pytest.approx((controls.held, controls.held_low, controls.held_high))
    assert (6 / 8, 5 / 8) == pytest.approx((controls.decided, controls.decided_wrongly))
    assert ("AD", 1.0, 0.5, 0.0) == (of_cases.label, of_cases.held, of_cases.decided, of_cases.decided_wrongly)


def test_neither_holds_no_label_and_decides_nothing() -> None:
    """An empty set is an error of the set and no decision."""
    scores = pd.DataFrame({"subject_id": ["a", "b"], "confidence": 0.9, "conformal_set": ["neither", "neither"]})
    for row in judge_sets(scores, cases=np.array([0, 1]), groups=np.array(["a", "b"]), labels=("control", "case")):
        assert (0.0, 0.0, 0.0) == (row.held, row.decided, row.decided_wrongly)
