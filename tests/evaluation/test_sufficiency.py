"""Whether a cohort is large enough is judged at the lower end of the AUC's interval, by the criteria of `power`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from adscreen import plan_sample_size
from adscreen.estimator.study import StudySettings
from adscreen.evaluation.results import ADSCREEN, MetricRow, ProtocolEvaluation
from adscreen.evaluation.stability_rows import SampleSizeRow
from adscreen.evaluation.sufficiency import COLUMNS, MEMBERS, judge_size
from adscreen.evaluation.summary import Folds
from adscreen.extract.feature_table import FeatureTable

Draw = Callable[[FeatureTable, Any], ProtocolEvaluation]
STUDY = StudySettings(members=("paired", "lexical"))


def judge(
    table: FeatureTable, draw: Draw, *, low: float = 0.7, cluster_low: float = math.nan, protocol: Any = "subject"
) -> list[SampleSizeRow]:
    """Return what is said of a table whose AUC has these lower ends."""
    evaluation = draw(table, "subject")
    table = replace(table, inputs=table.inputs.assign(**{"lexical.a": 1.0, "lexical.b": 2.0}))
    area = MetricRow(protocol, ADSCREEN, "recording", "auc", 0.8, low, 0.9, 0.0, cluster_low, 0.9)
    return judge_size(Folds(protocol, evaluation.folds, table, STUDY), [area])


def test_the_criteria_are_those_of_power(visited: FeatureTable, draw: Draw) -> None:
    """Each count of parameters has the three criteria of development at the lower end; subjects count, not visits."""
    rows = judge(visited, draw)
    assert [(MEMBERS, 2)] * 3 + [(COLUMNS, 3)] * 3 == [(row.counted, row.parameters) for row in rows]
    for parameters, own in ((2, rows[:3]), (3, rows[3:])):
        plan = plan_sample_size(auc=0.7, prevalence=0.5, parameters=parameters)
        assert [one.subjects for one in plan.required[:3]] == [row.needed for row in own]
    assert {(24, 0.5, "development", "")} == {(r.available, r.prevalence, r.purpose, r.reason) for r in rows}
    assert all(row.met == (row.needed <= 24) for row in rows)


def test_the_interval_over_clusters_counts_where_there_is_one(visited: FeatureTable, draw: Draw) -> None:
    """Its lower end is the one that is taken."""
    assert {0.6} == {row.auc for row in judge(visited, draw, cluster_low=0.6)}


@pytest.mark.parametrize(("low", "reason"), [(0.5, "is not above 0.5"), (math.nan, "has no interval")])
def test_nothing_follows_from_an_auc_that_may_be_chance(
    visited: FeatureTable, draw: Draw, low: float, reason: str
) -> None:
    """The criteria are listed without a number, none is met, and the reason stands with each."""
    rows = judge(visited, draw, low=low)
    assert 6 == len(rows)
    assert all(math.isnan(row.needed) and not row.met and reason in row.reason for row in rows)


def test_the_published_protocol_is_not_judged(visited: FeatureTable, draw: Draw) -> None:
    """Its AUC is no estimate for unseen people."""
    assert [] == judge(visited, draw, protocol="paper")


def test_an_external_cohort_is_judged_as_a_validation_too(visited: FeatureTable, draw: Draw) -> None:
    """Development counts the subjects that were trained on, validation those that were tested."""
    evaluation = draw(visited, "subject")
    first = [fold for fold in evaluation.folds if (fold.repeat, fold.fold) == (0, 0)]
    area = MetricRow("external", ADSCREEN, "recording", "auc", 0.8, 0.7, 0.9, 0.0, math.nan, math.nan)
    table = replace(visited, inputs=visited.inputs.assign(**{"lexical.a": 1.0}))
    rows = pd.DataFrame(judge_size(Folds("external", first, table, STUDY), [area]))
    sides = {
        "development": len(set(visited.subjects["subject_id"].iloc[first[0].training])),
        "validation": len(set(visited.subjects["subject_id"].iloc[first[0].rows])),
    }
    assert sides == rows.groupby("purpose")["available"].first().to_dict()
