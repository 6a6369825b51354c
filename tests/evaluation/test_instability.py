"""Bootstrap cohorts are of whole groups, and what moves between their models is measured person by person."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.evaluation.instability import draw_cohort, measure_instability
from adscreen.evaluation.protocols import join_cohorts
from adscreen.evaluation.results import ADSCREEN
from adscreen.extract.feature_table import FeatureTable

RIDGE = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), LogisticRegression(C=0.01))


def measure(table: FeatureTable, study: StudySettings, **options: Any) -> list[Any]:
    """Return the instability of a logistic regression over 6 models."""
    return measure_instability(table, study, protocol="subject", models=6, estimator=RIDGE, **options)


def test_a_bootstrap_cohort_is_of_whole_groups(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """As many groups of each label as there are; a group that is drawn k times has each recording k times."""
    subjects, cases = simulated_table.subjects["subject_id"].to_numpy(), simulated_table.cases
    for number in range(20):
        rows = draw_cohort(simulated_table, small_study, number)
        drawn = Counter(subjects[rows])
        whole = Counter(subjects)
        times = {name: count / whole[name] for name, count in drawn.items()}
        assert all(value == int(value) for value in times.values())
        label = dict(zip(subjects, cases, strict=True))
        for side in (0, 1):
            of_side = sum(value for name, value in times.items() if label[name] == side)
            assert sum(one == side for one in label.values()) == of_side
        assert len(drawn) < len(whole)
        assert rows.tolist() == draw_cohort(simulated_table, small_study, number).tolist()
    first, second = (draw_cohort(simulated_table, small_study, number) for number in (0, 1))
    assert sorted(first) != sorted(second)


def test_the_rows_do_not_depend_on_the_order_of_the_table(
    simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """The same figures for any order of the table's rows; another seed gives others."""
    shuffled = simulated_table.rows(np.random.default_rng(0).permutation(len(simulated_table)))
    rows = measure(simulated_table, small_study)
    assert rows == measure(shuffled, small_study)
    other = measure(simulated_table, replace(small_study, seed=7))
    assert [row.recording_id for row in rows] == [row.recording_id for row in other]
    assert [row.error for row in rows] != [row.error for row in other]


def test_the_figures_of_a_person_agree(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Every recording has one row; the range holds its middle, and the difference is at least its distance from it."""
    calls: list[int] = []
    rows = measure(simulated_table, small_study, progress=calls.append)
    assert [1] * 6 == calls
    assert sorted(simulated_table.subjects["recording_id"]) == [row.recording_id for row in rows]
    for row in rows:
        assert 0 <= row.low <= row.median <= row.high <= 1
        assert row.error <= max(row.high, row.original) - min(row.low, row.original) + 0.1
        assert row.changed in [number / 6 for number in range(7)]
        assert 6 == row.models
    assert any(row.error > 0 for row in rows)


def test_a_model_that_looks_at_nothing_is_stable(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """The share of cases is the same in every bootstrap cohort of subjects with two visits: nothing moves."""
    pairs = simulated_table.subjects.groupby("subject_id")["recording_id"].transform("size") == 2
    table = simulated_table.rows(np.flatnonzero(pairs))
    options: dict[str, Any] = {"models": 10, "estimator": DummyClassifier(strategy="prior")}
    rows = measure_instability(table, small_study, protocol="subject", **options)
    assert {(0.0, 0.0)} == {(round(row.error, 12), row.changed) for row in rows}


def test_under_external_the_training_cohort_is_measured(
    simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """The recordings are those that the model is made of; the test cohort has no row."""
    subjects = simulated_table.subjects["subject_id"].to_numpy()
    tested = np.isin(subjects, sorted(set(subjects))[:4])
    parts = [simulated_table.rows(np.flatnonzero(rows)) for rows in (~tested, tested)]
    joined = join_cohorts(*parts)
    rows = measure_instability(joined, small_study, protocol="external", models=10, estimator=RIDGE)
    assert sorted(parts[0].subjects["recording_id"]) == [row.recording_id for row in rows]


def test_cohorts_that_cannot_be_drawn_are_refused(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Two groups of a label give two different ones in every draw of four inner folds' worth: there is none."""
    subjects = simulated_table.subjects["subject_id"].to_numpy()
    few = [name for label in (0, 1) for name in sorted(set(subjects[simulated_table.cases == label]))[:4]]
    table = simulated_table.rows(np.flatnonzero(np.isin(subjects, few)))
    study = replace(small_study, inner_folds=5)
    with pytest.raises(InputError, match="bootstrap cohorts of 8 groups cannot be split into 5 inner folds"):
        draw_cohort(table, study, 0)


@pytest.mark.slow
def test_the_default_estimator_is_refitted(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """adscreen is tuned once; its probabilities move between models, and jobs change nothing."""
    rows = measure_instability(simulated_table, small_study, protocol="subject", models=2)
    assert {ADSCREEN} == {row.method for row in rows}
    assert all(row.low < row.high for row in rows)
    assert rows == measure_instability(simulated_table, small_study, protocol="subject", models=2, jobs=2)
