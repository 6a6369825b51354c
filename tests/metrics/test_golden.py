"""Measures and intervals equal those of scikit-learn, statsmodels, dcurves and SciPy (golden.json, by generate.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adscreen.metrics import Groups, Predictions, exact_interval, jackknife, measure, net_benefit
from adscreen.metrics.rank_interval import score_interval

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / "golden.json").read_text(encoding="utf-8"))
CASES, SCORES = np.array(GOLDEN["labels"]), np.array(GOLDEN["probabilities"])
ROWS = np.arange(len(CASES))
PREDICTIONS = Predictions(ROWS, np.zeros_like(ROWS), SCORES, np.full(len(ROWS), GOLDEN["threshold"]))


@pytest.mark.parametrize("name", GOLDEN["plain"])
def test_a_measure_equals_that_of_another_implementation(name: str) -> None:
    """Of the rows as they are: scikit-learn's and statsmodels' values, to 1e-9."""
    measured = measure(PREDICTIONS, CASES, np.ones((1, len(CASES))))
    assert GOLDEN["plain"][name] == pytest.approx(measured[name][0], abs=1e-9)


@pytest.mark.parametrize("name", GOLDEN["weighted"])
def test_a_weighted_measure_equals_that_of_repeated_rows(name: str) -> None:
    """Of rows with weights, beside other sets of weights: the values of scikit-learn and statsmodels on copied rows."""
    weights = np.array([GOLDEN["weights"], [1] * len(CASES), GOLDEN["weights"][::-1]], dtype=float)
    measured = measure(PREDICTIONS, CASES, weights)
    assert GOLDEN["weighted"][name] == pytest.approx(measured[name][0], abs=1e-9)


def test_net_benefit_equals_that_of_dcurves() -> None:
    """Of the model and of treating everybody, at each threshold."""
    thresholds = np.array(GOLDEN["net_benefit"]["threshold"])
    model, everybody = net_benefit(PREDICTIONS, CASES, np.ones((1, len(CASES))), thresholds)
    assert GOLDEN["net_benefit"]["model"] == pytest.approx(model[0].tolist(), abs=1e-12)
    assert GOLDEN["net_benefit"]["all"] == pytest.approx(everybody[0].tolist(), abs=1e-12)


def test_the_variance_of_the_auc_is_near_that_of_delong() -> None:
    """The jackknife over single rows and DeLong's formula, which differ by the factors n / (n - 1) of classes alone."""
    error = jackknife([PREDICTIONS], CASES, Groups.of(ROWS.astype(str)), training="none").error("auc")
    assert GOLDEN["delong"] == pytest.approx(error.variance, rel=0.02)


@pytest.mark.parametrize("name", GOLDEN["jackknife"])
def test_a_jackknife_variance_equals_that_of_scikit_learn_without_one_row(name: str) -> None:
    """Of the rows without one after another, to 1e-12."""
    names = np.array([f"{row:03d}" for row in ROWS])
    error = jackknife([PREDICTIONS], CASES, Groups.of(names), training="none").error(name)
    assert GOLDEN["jackknife"][name] == pytest.approx(error.variance, abs=1e-12)


@pytest.mark.parametrize(("right", "people", "low", "high"), GOLDEN["clopper_pearson"])
def test_an_exact_interval_equals_that_of_statsmodels(right: int, people: int, low: float, high: float) -> None:
    """proportion_confint, method beta."""
    assert (low, high) == pytest.approx(exact_interval(right / people, people), abs=1e-9)


@pytest.mark.parametrize(("area", "cases", "controls", "low", "high"), GOLDEN["score_intervals"])
def test_a_score_interval_equals_that_of_a_root_finder(
    area: float, cases: int, controls: int, low: float, high: float
) -> None:
    """SciPy's brentq on the same variance."""
    assert (low, high) == pytest.approx(score_interval(area, cases=cases, controls=controls), abs=1e-9)
