"""Measures equal those of scikit-learn, statsmodels, dcurves and SciPy (golden.json, written by generate.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adscreen.metrics import Predictions, bootstrap_weights, measure, net_benefit, resample

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


def test_the_interval_equals_that_of_scipy() -> None:
    """20,000 resamples of single rows against SciPy's 20,000 others: bounds within 0.003, four Monte Carlo errors."""
    weights = bootstrap_weights(ROWS.astype(str), resamples=20_000, seed=0)
    auc = resample([PREDICTIONS], CASES, weights).intervals()["auc"]
    assert GOLDEN["auc_interval"] == pytest.approx([auc.low, auc.high], abs=0.003)
