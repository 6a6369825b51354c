"""A subject's visits are joined as an evaluation joins them."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from adscreen.metrics import Predictions, by_subject
from adscreen.scoring.recording_report import ScoreRow
from adscreen.scoring.subjects import SubjectRow, join_visits, writing_subjects
from adscreen.studies.schemas import schemas

ROW = ScoreRow("S1_1", "S1", "1", "screen_positive", "", 0.8, 0.1, 0.9, 0.6, 12, 2, 84.5, False, "ab12")
ROW = replace(ROW, subject_threshold=0.7)
SILENT = replace(ROW, result="insufficient_speech", probability=math.nan, words=0)


def test_visits_that_share_everything_are_joined_by_their_mean_logit() -> None:
    """Odds 4 and 1/4 average to even odds; a visit without a score counts as a recording and is not averaged."""
    rows = [replace(ROW, visit="10"), replace(ROW, visit="9", probability=0.2), replace(SILENT, visit="11")]
    expected = SubjectRow("S1", 3, 2, 0.5, 0.7, "screen_negative", "9", "11", False, "ab12")
    (found,) = join_visits(rows)
    assert pytest.approx(expected.probability) == found.probability
    assert replace(expected, probability=found.probability) == found


def test_visits_that_share_a_half_say_more_together() -> None:
    """Odds 4 twice: 2 log 4 / 1.5, odds 4^(4/3) = 6.35; at the threshold of subjects that is positive."""
    (found,) = join_visits([replace(ROW, visit=visit, visit_correlation=0.5) for visit in ("1", "2")])
    assert 4 ** (4 / 3) / (1 + 4 ** (4 / 3)) == pytest.approx(found.probability)
    assert ("screen_positive", 0.5) == (found.result, found.visit_correlation)


def test_one_person_is_one_row() -> None:
    """Ids that the identity rule joins are one subject; its first spelling is shown, and training marks all of it."""
    rows = [ROW, replace(ROW, subject_id="s1\u200b", in_training=True), replace(ROW, subject_id="S2")]
    assert [("S1", 2, True), ("S2", 1, False)] == [
        (one.subject_id, one.recordings, one.in_training) for one in join_visits(rows)
    ]


def test_a_subject_without_a_score_has_no_result() -> None:
    """Nothing is averaged where nothing was scored, and one scored visit keeps its very probability."""
    (silent,) = join_visits([SILENT])
    assert ("no_result", 0, True) == (silent.result, silent.scored, math.isnan(silent.probability))
    (single,) = join_visits([replace(ROW, probability=0.1 + 0.2)])
    assert 0.1 + 0.2 == single.probability


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 1)), min_size=1, max_size=12))
def test_the_rule_is_that_of_an_evaluation(scored: list[tuple[str, float]]) -> None:
    """Every subject has the very probability that ``by_subject`` gives the same recordings."""
    made = [replace(ROW, subject_id=subject, probability=probability) for subject, probability in scored]
    rows = [replace(row, visit_correlation=0.25) for row in made]
    names, scores = (np.array(column) for column in zip(*scored, strict=True))
    count = len(names)
    own = Predictions(np.arange(count), np.zeros(count, dtype=np.intp), scores, np.full(count, 0.6))
    joined = by_subject(own, names, correlations=np.array([0.25]))
    expected = dict(zip(names[joined.rows].tolist(), joined.scores.tolist(), strict=True))
    assert expected == {one.subject_id: one.probability for one in join_visits(rows)}


def test_the_file_has_one_row_a_subject(tmp_path: Path) -> None:
    """subjects.csv satisfies its schema; an id that a spreadsheet takes for a formula is defused."""
    with writing_subjects(tmp_path) as join:
        for row in (ROW, replace(ROW, subject_id="=S2")):
            join(row)
    assert ["S1", "'=S2"] == pd.read_csv(tmp_path / "subjects.csv")["subject_id"].tolist()
    Draft202012Validator(schemas()["subject_row"]).validate(asdict(join_visits([ROW])[0]))
