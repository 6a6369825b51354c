"""Held-out scores of training -> percentiles, and what a result means at a prevalence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.model.reference import ScoreReference, describe_scores, nearest_percentile, predictive_values

SHARES = st.floats(0.0, 1.0)


def test_held_out_scores_are_described_by_label() -> None:
    """Four controls and two cases, by hand; a row that no fold tested is left out."""
    probabilities = np.array([0.1, 0.2, 0.3, 0.6, 0.5, 0.9, np.nan])
    cases = np.array([0, 0, 0, 0, 1, 1, 1])
    reference = describe_scores(probabilities, cases, threshold=0.5)
    assert (0.1, 0.25, 0.6) == pytest.approx([reference.controls[number] for number in (0, 50, 100)])
    assert (0.5, 0.7, 0.9) == pytest.approx([reference.cases[number] for number in (0, 50, 100)])
    assert 101 == len(reference.controls) == len(reference.cases)
    assert (1.0, 0.75) == (reference.sensitivity, reference.specificity)  # 0.5 is positive, as in a score


@pytest.mark.parametrize(
    ("probability", "expected"), [(0.0, 0.0), (0.304, 30.0), (0.306, 31.0), (1.0, 100.0), (2.0, 100.0), (-1.0, 0.0)]
)
def test_the_nearest_percentile(probability: float, expected: float) -> None:
    """Among evenly spread scores it is the score in hundredths; beyond them it is 0 or 100."""
    assert expected == nearest_percentile(probability, [number / 100 for number in range(101)])


def test_the_percentile_of_a_common_value_is_its_middle() -> None:
    """Where percentiles 20 to 60 are one value, that value is the 40th; no score has no percentile."""
    percentiles = [0.2] * 20 + [0.5] * 41 + [0.8] * 40
    assert 40.0 == nearest_percentile(0.5, percentiles)
    assert math.isnan(nearest_percentile(math.nan, percentiles))


def test_predictive_values_by_hand() -> None:
    """Of 1000 people 100 are cases: 90 true and 180 false positives, 720 true and 10 false negatives."""
    reference = ScoreReference([], [], sensitivity=0.9, specificity=0.8)
    assert (90 / 270, 720 / 730) == pytest.approx(predictive_values(reference, 0.1))
    assert (0.9, 0.8) == (reference.sensitivity, reference.specificity)


@given(sensitivity=SHARES, specificity=SHARES, prevalence=st.floats(0.001, 0.999))
def test_predictive_values_are_shares(sensitivity: float, specificity: float, prevalence: float) -> None:
    """Both lie between 0 and 1, or are NaN where no such result can occur; a useless test leaves the prevalence."""
    positive, negative = predictive_values(ScoreReference([], [], sensitivity, specificity), prevalence)
    for value in (positive, negative):
        assert math.isnan(value) or 0.0 <= value <= 1.0
    useless = predictive_values(ScoreReference([], [], 0.5, 0.5), prevalence)
    assert (prevalence, 1 - prevalence) == pytest.approx(useless)


def test_a_result_that_cannot_occur_means_nothing() -> None:
    """A test that never says positive has no positive predictive value."""
    positive, negative = predictive_values(ScoreReference([], [], sensitivity=0.0, specificity=1.0), 0.25)
    assert math.isnan(positive)
    assert 0.75 == negative
