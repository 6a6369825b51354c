"""Held-out scores of training -> percentiles, rates with intervals, and what a result means at a prevalence."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Interval, exact_interval
from adscreen.model.held_out_rates import describe_scores
from adscreen.model.reference import (
    HeldOut,
    ScoreReference,
    predictive_values,
    shift_probability,
)

SHARES = st.floats(0.0, 1.0)
NONE = HeldOut([], [])


def make_reference(sensitivity: Interval, specificity: Interval) -> ScoreReference:
    """Return a reference with these rates alone."""
    return ScoreReference(NONE, NONE, sensitivity, specificity, case_share=0.5)


def make_table(subjects: str, labels: str, clusters: str = "") -> FeatureTable:
    """Return a table of recordings: a letter each for its subject, its label (+ or -) and its cluster."""
    rows = pd.DataFrame(
        {"subject_id": list(subjects), "label": ["case" if one == "+" else "control" for one in labels]}
    )
    rows.insert(0, "recording_id", [f"R{number}" for number in range(len(rows))])
    if clusters:
        rows["cluster"] = list(clusters)
    return FeatureTable(rows, pd.DataFrame(index=rows.index), pd.DataFrame({"recording_id": []}))


def test_each_subject_counts_once() -> None:
    """Control a has three recordings, of which one is above its threshold; b has one, below: 5/6 of subjects.

    Case c is above its threshold in one of two, d in its only one: 3/4. A row that no fold tested is left out. The
    exact intervals are of half of two people each.
    """
    table = make_table("aaabccde", "----++++")
    probabilities = np.array([0.3, 0.1, 0.6, 0.2, 0.9, 0.4, 0.5, np.nan])
    thresholds = np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.1])
    reference = describe_scores(table, probabilities, thresholds)
    assert [0.1, 0.2, 0.3, 0.6] == reference.controls.probabilities
    assert (1 / 3, 1.0, 1 / 3, 1 / 3) == pytest.approx(tuple(reference.controls.weights))
    assert (2.0, 2.0) == pytest.approx((reference.controls.subjects, reference.cases.subjects))
    assert (5 / 6, *exact_interval(5 / 6, 1)) == pytest.approx(tuple(asdict(reference.specificity).values()))
    assert (3 / 4, *exact_interval(3 / 4, 1)) == pytest.approx(tuple(asdict(reference.sensitivity).values()))


def test_each_recording_has_its_own_threshold() -> None:
    """One probability is positive at the threshold of a fold and negative at that of another; at it, positive."""
    reference = describe_scores(make_table("abcd", "--++"), np.full(4, 0.5), np.array([0.4, 0.6, 0.5, 0.6]))
    assert (0.5, 0.5) == (reference.sensitivity.value, reference.specificity.value)


def test_people_of_one_cluster_are_one_in_an_interval() -> None:
    """Four controls in two clusters of three and one: 16 / (9 + 1) = 1.6 independent ones, 0.8 of them count."""
    table = make_table("abcdef", "----++", "xxxyzw")
    reference = describe_scores(table, np.array([0.1, 0.1, 0.9, 0.1, 0.9, 0.9]), np.full(6, 0.5))
    assert (0.75, *exact_interval(0.75, 0.8)) == pytest.approx(tuple(asdict(reference.specificity).values()))


def test_a_reference_is_read_as_it_was_written() -> None:
    """Through JSON and back nothing changes."""
    reference = describe_scores(make_table("abcd", "--++"), np.array([0.1, 0.4, 0.3, 0.9]), np.full(4, 0.35))
    assert reference == ScoreReference.from_json(json.loads(json.dumps(asdict(reference))))


@pytest.mark.parametrize(
    ("probability", "expected"), [(0.05, 0.0), (0.1, 25.0), (0.2, 50.0), (0.3, 62.5), (0.4, 75.0), (0.9, 100.0)]
)
def test_the_percentile_counts_subjects_and_half_of_ties(probability: float, expected: float) -> None:
    """Two subjects: one with a recording at 0.1, one with four at 0.3, 0.3, 0.5 and 0.5, hence a quarter each."""
    weights = [1.0, 0.25, 0.25, 0.25, 0.25]
    assert expected == HeldOut([0.1, 0.3, 0.3, 0.5, 0.5], weights).percent_below(probability)


def test_no_score_has_no_percentile() -> None:
    """NaN stays NaN, and so does a percentile among nobody."""
    assert math.isnan(HeldOut([0.1], [1.0]).percent_below(math.nan))
    assert math.isnan(NONE.percent_below(0.5))


def test_predictive_values_by_hand() -> None:
    """Of 1000 people 100 are cases: 90 true and 180 false positives, 720 true and 10 false negatives.

    The interval's ends are those of both rates: 80 and 270 positives at the lower ends, 100 and 90 at the upper.
    """
    reference = make_reference(Interval(0.9, 0.8, 1.0), Interval(0.8, 0.7, 0.9))
    positive, negative = predictive_values(reference, 0.1)
    assert (90 / 270, 80 / 350, 100 / 190) == pytest.approx(tuple(asdict(positive).values()))
    assert (720 / 730, 630 / 650, 1.0) == pytest.approx(tuple(asdict(negative).values()))


@given(rates=st.tuples(SHARES, SHARES, SHARES), others=st.tuples(SHARES, SHARES, SHARES), at=st.floats(0.001, 0.999))
def test_predictive_values_lie_in_their_intervals(
    rates: tuple[float, float, float], others: tuple[float, float, float], at: float
) -> None:
    """Values are shares within their intervals, or NaN where no such result can occur."""
    (low, value, high), (low_b, value_b, high_b) = sorted(rates), sorted(others)
    for one in predictive_values(make_reference(Interval(value, low, high), Interval(value_b, low_b, high_b)), at):
        if not any(math.isnan(number) for number in (one.value, one.low, one.high)):
            assert 0 <= one.low <= one.value + 1e-12 <= one.high + 2e-12 <= 1 + 4e-12


@pytest.mark.parametrize("prevalence", [0.01, 0.3, 0.9])
def test_a_useless_test_leaves_the_prevalence(prevalence: float) -> None:
    """Where half of either label is positive, a result tells nothing."""
    positive, negative = predictive_values(make_reference(Interval(0.5, 0.5, 0.5), Interval(0.5, 0.5, 0.5)), prevalence)
    assert (prevalence, 1 - prevalence) == pytest.approx((positive.value, negative.value))


def test_a_result_that_cannot_occur_means_nothing() -> None:
    """A test that never says positive has no positive predictive value."""
    positive, negative = predictive_values(make_reference(Interval(0.0, 0.0, 0.3), Interval(1.0, 0.8, 1.0)), 0.25)
    assert math.isnan(positive.value)
    assert 0.75 == negative.value


@given(logit=st.floats(-30, 30), share=st.floats(0.01, 0.99), prevalence=st.floats(0.01, 0.99))
def test_a_shifted_probability_follows_bayes_rule(logit: float, share: float, prevalence: float) -> None:
    """The likelihood ratio, odds over prior odds, is kept; at the share of training the probability is."""
    odds = math.exp(logit) / (share / (1 - share)) * (prevalence / (1 - prevalence))
    assert odds / (1 + odds) == pytest.approx(shift_probability(logit, case_share=share, prevalence=prevalence))
    same = shift_probability(logit, case_share=share, prevalence=share)
    assert 1 / (1 + math.exp(-logit)) == pytest.approx(same)
