"""What a validation measures beside an evaluation, against values worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from adscreen.estimator.study import StudySettings
from adscreen.evaluation.frozen import AbstentionRow, FrozenEvaluation, FrozenScores, evaluate_frozen
from adscreen.evaluation.frozen_certificate import NOT_COMPARED, TextsInTraining, certify_frozen
from adscreen.evaluation.results import FROZEN
from adscreen.extract.feature_table import FeatureTable

STUDY = StudySettings()
NAN = math.nan


def make_table(labels: str, *, clusters: list[str] | None = None) -> FeatureTable:
    """Return a table of one recording a subject, ``+`` a case and ``-`` a control."""
    names = [f"S{number:02d}" for number in range(len(labels))]
    subjects = pd.DataFrame({"recording_id": names, "subject_id": names})
    subjects["label"] = ["case" if label == "+" else "control" for label in labels]
    subjects["cluster"] = clusters or [None] * len(labels)
    inputs = pd.DataFrame({"words": [10.0] * len(labels), "sentences": [2.0] * len(labels)})
    return FeatureTable(subjects, inputs, pd.DataFrame({"recording_id": []}), {}, ("control", "case"))


def validated(table: FeatureTable, probabilities: list[float], **options: Any) -> FrozenEvaluation:
    """Return what a model with a threshold of 0.5 that gave these probabilities is found to be worth."""
    scores = FrozenScores(np.array(probabilities), 0.5, {"C": 0.1}, {"elmo": 0.3})
    return evaluate_frozen(table, scores, STUDY, **options)


def logit(probability: float) -> float:
    """Return the natural log-odds."""
    return math.log(probability / (1 - probability))


def value(found: FrozenEvaluation, measure: str, level: Any = "recording") -> float:
    """Return a measure."""
    return found.evaluation.metric(measure, level=level).value


def test_calibration_in_the_large_by_hand() -> None:
    """Of four recordings with probability 0.2 two are cases: 0.3 above it, and an intercept of -logit 0.2."""
    found = validated(make_table("++--"), [0.2] * 4)
    assert pytest.approx(0.3, abs=1e-12) == value(found, "observed_minus_expected")
    assert pytest.approx(-logit(0.2), abs=1e-9) == value(found, "calibration_intercept")
    assert math.isnan(value(found, "calibration_slope"))


def test_the_line_of_two_values_by_hand() -> None:
    """With two probabilities the line goes through both observed shares: 1/4 where 0.1, and 3/4 where 0.8 is told."""
    found = validated(make_table("+---+++-"), [0.1] * 4 + [0.8] * 4)
    slope = (logit(0.75) - logit(0.25)) / (logit(0.8) - logit(0.1))
    assert pytest.approx(slope, abs=1e-9) == value(found, "calibration_slope")
    shift, line = found.recalibrations
    assert ("intercept", "intercept_and_slope") == (shift.kind, line.kind)
    assert pytest.approx((slope, logit(0.75) - slope * logit(0.8)), abs=1e-9) == (line.slope, line.intercept)
    assert 1.0 == shift.slope
    assert pytest.approx(value(found, "calibration_intercept")) == shift.intercept


def test_a_recalibration_is_right_on_the_cohort_that_it_was_fitted_on() -> None:
    """Scored again with it, the cohort has slope 1 and intercept 0, and the Brier score that was foretold."""
    table, probabilities = make_table("+---+++-"), [0.1] * 4 + [0.8] * 4
    for row in validated(table, probabilities).recalibrations:
        again = [1 / (1 + math.exp(-(row.intercept + row.slope * logit(p)))) for p in probabilities]
        found = validated(table, again)
        assert pytest.approx(0, abs=1e-8) == value(found, "calibration_intercept")
        assert pytest.approx(0, abs=1e-8) == value(found, "observed_minus_expected")
        assert pytest.approx(row.brier_after) == value(found, "brier")
        assert row.brier_after <= row.brier_before == pytest.approx(value(validated(table, probabilities), "brier"))
        assert row.sensitivity_after == value(found, "sensitivity")
        assert (
            sum((one >= 0.5) != (other >= 0.5) for one, other in zip(again, probabilities, strict=True)) == row.changed
        )


def test_separated_labels_have_no_line() -> None:
    """No fit is finite where every case scores above every control: the row says so, and nothing would change."""
    line = validated(make_table("--++"), [0.1, 0.2, 0.7, 0.9]).recalibrations[1]
    assert (True, True, 0) == (math.isnan(line.intercept), math.isnan(line.brier_after), line.changed)
    assert line.absent.startswith("the log-odds separate the labels")


def test_predictive_values_by_hand() -> None:
    """3 of 4 positive results are right; at a prevalence of 0.1 Bayes' rule with 3/4 and 3/4 gives 0.25 and 27/28."""
    found = validated(make_table("+++-+---"), [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], prevalence=0.1)
    by_recording = [row for row in found.predictive if row.level == "recording"]
    assert [
        ("cohort", "ppv", 0.5, 4),
        ("cohort", "npv", 0.5, 4),
        ("named", "ppv", 0.1, 4),
        ("named", "npv", 0.1, 4),
    ] == [(row.source, row.measure, row.prevalence, row.results) for row in by_recording]
    assert pytest.approx([0.75, 0.75, 0.25, 27 / 28]) == [row.value for row in by_recording]
    assert all(row.low <= row.value <= row.high for row in by_recording)


@pytest.mark.parametrize("prevalence", [0.1, 0.085])
def test_predictive_values_have_an_interval_where_every_case_is_found(prevalence: float) -> None:
    """The negative one is 1, and bounded by the intervals of the rates: that of metrics.csv where it has the value."""
    found = validated(make_table("++++++-+----"), [0.9] * 6 + [0.8] * 2 + [0.1] * 4, prevalence=prevalence)
    rows = {(row.source, row.measure): row for row in found.predictive if row.level == "recording"}
    for source in ("cohort", "named"):
        negative = rows[source, "npv"]
        assert (1.0, 1.0) == (negative.value, negative.high)
        assert 0 < negative.low < 1
    if prevalence == 0.1:
        for name in ("ppv", "npv"):
            tabulated = found.evaluation.metric(f"{name}_at_10")
            named = rows["named", name]
            assert (tabulated.value, tabulated.low, tabulated.high) == (named.value, named.low, named.high)


def test_a_recording_without_a_score_is_measured_only_as_a_wrong_result() -> None:
    """Measures are of the scored ones; if no score is a wrong result, 2 of 3 cases and 1 of 3 controls are right."""
    found = validated(make_table("+++---"), [0.9, 0.8, NAN, 0.1, NAN, NAN])
    assert (1.0, 1.0) == (value(found, "sensitivity"), value(found, "specificity"))
    (fold,) = found.evaluation.folds
    assert [0, 1, 3] == sorted(fold.rows.tolist())
    rows: dict[tuple[str, str], AbstentionRow] = {(row.counted, row.measure): row for row in found.abstentions}
    assert (3, 6) == (rows["scored", "auc"].recordings, rows["all", "auc"].recordings)
    assert pytest.approx((2 / 3, 1 / 3)) == (rows["all", "sensitivity"].value, rows["all", "specificity"].value)
    assert pytest.approx(2 / 9) == rows["all", "auc"].value  # 2 cases above 1 control, of 9 pairs


def test_intervals_resample_clusters_where_there_are_any() -> None:
    """Each measure has an interval over clusters beside that over subjects; a recalibration's is over clusters."""
    clusters = [f"C{number // 2}" for number in range(12)]
    rng = np.random.default_rng(0)
    probabilities = rng.uniform(0.2, 0.8, 12).tolist()
    with_clusters = validated(make_table("+-" * 6, clusters=clusters), probabilities)
    without = validated(make_table("+-" * 6), probabilities)
    assert math.isfinite(with_clusters.evaluation.metric("auc").cluster_low)
    assert math.isnan(without.evaluation.metric("auc").cluster_low)
    assert with_clusters.recalibrations[0].intercept == without.recalibrations[0].intercept
    assert with_clusters.recalibrations[0].intercept_low != without.recalibrations[0].intercept_low


def test_the_order_of_rows_changes_nothing() -> None:
    """The same recordings in another order give the same figures to the byte."""
    rng: NDArray[np.float64] = np.random.default_rng(1).uniform(size=10)
    table = make_table("+-+-+-+-+-")
    order = np.array([3, 0, 9, 1, 5, 4, 2, 8, 6, 7])
    one, other = validated(table, rng.tolist()), validated(table.rows(order), rng[order].tolist())
    assert repr(one.evaluation.metrics) == repr(other.evaluation.metrics)  # NaN is equal to itself here
    assert repr(one.recalibrations) == repr(other.recalibrations)


def test_nothing_is_fitted() -> None:
    """The one method is the frozen model; it has no training rows, and every part but the biLM is frozen."""
    found = validated(make_table("+-+-"), [0.9, 0.2, 0.6, 0.4]).evaluation
    assert [FROZEN] == [row.method for row in found.methods]
    assert [0] == [len(fold.training) for fold in found.folds]
    (protocol,) = certify_frozen(make_table("+-+-"), tested=4, left_out=0).protocols
    assert {"before", "frozen"} == {part.on for part in protocol.fitted}
    assert (True, 0.0) == (protocol.sound, protocol.subject_share)
    assert "texts were not compared" in protocol.verdict


def test_the_certificate_counts_what_was_left_out() -> None:
    """Recordings of training subjects are named in the verdict; copies of training texts make it unsound."""
    table = make_table("+-+-")
    assert "; 3 recordings of training subjects left out" in (
        certify_frozen(table, tested=4, left_out=3).protocols[0].verdict
    )
    (leaking,) = certify_frozen(table, tested=4, left_out=0, texts=TextsInTraining(0.25, 0.0)).protocols
    assert (False, 0.25) == (leaking.sound, leaking.copy_share)
    assert leaking.verdict.startswith("Leaks: 25% of tested recordings have the very words of a training recording")
    compared = certify_frozen(table, tested=4, left_out=0, texts=replace(NOT_COMPARED, copies=0.0, near_copies=0.0))
    assert "no text is a copy of one of training" in compared.protocols[0].verdict
