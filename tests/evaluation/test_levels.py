"""Subjects whose label differs between visits: on one side of every fold, and without a place among subjects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.evaluation.curves import draw_calibration, draw_decisions, draw_roc
from adscreen.evaluation.description import describe_cohort, describe_flow
from adscreen.evaluation.frames import predictions_frame
from adscreen.evaluation.levels import caution_of_changes, choose_levels, has_one_label
from adscreen.evaluation.out_of_fold import OutOfFold
from adscreen.evaluation.protocols import outer_splits
from adscreen.evaluation.results import ADSCREEN, FoldResult, ProtocolEvaluation
from adscreen.evaluation.shortcuts import deal_labels
from adscreen.evaluation.summary import Folds, count_decisions, summarise_methods
from adscreen.extract.feature_table import TOKENS, FeatureTable

Visits = list[list[bool]]  # by subject, whether each visit is a case

cohorts = st.lists(st.lists(st.booleans(), min_size=1, max_size=4), min_size=6, max_size=14)


def table_of(visits: Visits, *, clusters: int = 0) -> FeatureTable:
    """Return a table of subjects whose visits have these labels, in clusters where there are any."""
    rows = [
        {
            "recording_id": f"S{subject:02d}_{visit}",
            "subject_id": f"S{subject:02d}",
            "label": "case" if case else "control",
            "age": 60.0 + 10 * visit,
        }
        | ({"cluster": f"C{subject % clusters}"} if clusters else {})
        for subject, labels in enumerate(visits)
        for visit, case in enumerate(labels)
    ]
    words = pd.Series([["word"]] * len(rows), dtype=object)
    empty = pd.DataFrame({"recording_id": pd.Series(dtype=str), "words": pd.Series(dtype=float)})
    return FeatureTable(pd.DataFrame(rows), pd.DataFrame({TOKENS: words}), empty, labels=("control", "case"))


def drawn(table: FeatureTable) -> Folds:
    """Return finished folds whose probabilities are drawn."""
    study = StudySettings(folds=2, repeats=2, permutations=20)
    rng = np.random.default_rng(0)
    results = [
        FoldResult(ADSCREEN, *number, training, test, rng.uniform(size=len(test)), 0.5, {})
        for number, (training, test) in outer_splits(table, study, protocol="subject")
    ]
    return Folds("subject", results, table, study)


@settings(max_examples=30)
@given(visits=cohorts, folds=st.integers(2, 3), seed=st.integers(0, 50), clusters=st.sampled_from([0, 4]))
def test_no_fold_parts_a_subject(visits: Visits, folds: int, seed: int, clusters: int) -> None:
    """Whatever labels its visits have, a subject (and its cluster) is on one side; every recording is tested once."""
    table = table_of(visits, clusters=clusters)
    try:
        splits = table.folds(folds, seed=seed)
    except InputError:
        assume(False)
    subjects, groups = table.subjects["subject_id"].to_numpy(), table.groups
    for training, test in splits:
        assert not set(subjects[training]) & set(subjects[test])
        assert not set(groups[training]) & set(groups[test])
        assert 2 == len(set(table.cases[training]))
    assert list(range(len(table))) == sorted(row for _, test in splits for row in test)


@settings(max_examples=20)
@given(visits=cohorts, seed=st.integers(0, 50))
def test_dealt_labels_keep_a_steady_subject_steady(visits: Visits, seed: int) -> None:
    """Steady subjects get one label each, as many cases as before; the order of the rows changes nothing."""
    table = table_of(visits)
    dealt = deal_labels(table, seed=seed)
    by_subject = pd.Series(dealt).groupby(table.subjects["subject_id"].to_numpy())
    givers = sorted(tuple(sorted(set(labels))) for labels in visits)
    kinds = [(True,) if number else (False,) for number in by_subject.first()]
    if all(len(set(labels)) == 1 for labels in visits):
        assert givers == sorted(kinds)
        assert 1 == by_subject.nunique().max()
    order = np.random.default_rng(seed).permutation(len(table))
    assert dealt[order].tolist() == deal_labels(table.rows(order), seed=seed).tolist()


def test_dealt_labels_of_converters_say_nothing_of_the_visit() -> None:
    """Where every subject converts at the second visit, the dealt label must not: it would be the true one."""
    table = table_of([[False, True]] * 40)
    shares = [float((deal_labels(table, seed=seed) == table.cases).mean()) for seed in range(20)]
    assert 0.5 == pytest.approx(float(np.mean(shares)), abs=0.05)


@settings(max_examples=10)
@given(visits=cohorts)
def test_results_by_subject_leave_out_those_without_one_label(visits: Visits) -> None:
    """Every table of subjects holds those with one label; where a label has none, there are no results by subject."""
    table = table_of(visits)
    try:
        folds = drawn(table)
    except InputError:
        assume(False)
    steady = [labels for labels in visits if len(set(labels)) == 1]
    whole = len(steady) == len(visits) or len({labels[0] for labels in steady}) == 2
    metrics, _ = summarise_methods(folds)
    levels = {"recording", "subject"} if whole else {"recording"}
    for rows in (metrics, draw_roc(folds), draw_calibration(folds), draw_decisions(folds)):
        assert levels == {row.level for row in rows}
    for row in count_decisions(folds):
        counted = row.true_positive + row.false_negative + row.false_positive + row.true_negative
        assert counted == (len(steady) if row.level == "subject" else len(table))


def test_the_tables_of_a_run_agree_with_its_predictions(draw: Callable[..., ProtocolEvaluation]) -> None:
    """What the audit computes from predictions.csv leaves out the same subjects."""
    table = table_of([[False, True], [True, True], [False], [True], [False, False], [True, False]] * 3)
    evaluation = draw(table, "subject")
    predictions = predictions_frame(table, evaluation)
    tested = OutOfFold.of(predictions[predictions["method"] == ADSCREEN], positive="case")
    assert ("recording", "subject") == tested.levels
    assert {12} == {len(one.rows) for one in tested.repeats("subject")}
    (caution,) = caution_of_changes(predictions)
    assert caution.startswith("6 subjects have a label that differs between visits: ")


def test_levels() -> None:
    """All subjects with one label: both levels, whatever the labels are."""
    labels = np.array([0, 1, 1])
    assert ("recording",) == choose_levels(labels, has_one_label(np.array(["a", "a", "b"]), labels))
    assert ("recording", "subject") == choose_levels(labels, has_one_label(np.array(["a", "b", "b"]), labels))
    assert ("recording", "subject") == choose_levels(labels[1:], np.array([True, True]))


def test_table_one_describes_a_subject_under_each_of_its_labels() -> None:
    """At the first recording of each label: the converter is 60 among controls and 70 among cases."""
    table = table_of([[False, True], [True], [False]])
    rows = {row.variable: row for row in describe_cohort(table)}
    assert (2.0, 2.0) == (rows["subjects"].negative, rows["subjects"].positive)
    assert (60.0, 65.0) == (rows["age"].negative, rows["age"].positive)
    assert (1.0, 1.0) == (rows["recordings a subject"].negative, rows["recordings a subject"].positive)
    used = describe_flow(table)[-1]
    assert (4, 3, 2, 2) == (used.recordings, used.subjects, used.negative_subjects, used.positive_subjects)
