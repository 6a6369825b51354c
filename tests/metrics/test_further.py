"""Agreement, pooling, the smooth calibration curve and operating points equal other implementations' (further.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.metrics import Predictions
from adscreen.metrics.agreement import DETECTABLE, NO_AGREEMENT, measure_agreement
from adscreen.metrics.calibration_spline import calibration_errors, count_knots, place_knots, smooth_calibration
from adscreen.metrics.operating_points import sensitivity_at, specificity_at
from adscreen.metrics.pooling import pool_sites

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / "further.json").read_text(encoding="utf-8"))
RATES = (0.8, 0.9, 0.95)


@pytest.mark.parametrize("golden", GOLDEN["agreement"])
def test_the_agreement_equals_that_of_pingouin_and_scipy(golden: dict[str, Any]) -> None:
    """One fold, as many values of each subject: ICC(1,1) of pingouin, SciPy's F and chi-squared intervals."""
    subjects = np.array(golden["subjects"])
    found = measure_agreement(np.array(golden["values"]), subjects, np.zeros_like(subjects))
    assert golden["icc"] == pytest.approx(found.correlation.value, abs=1e-9)
    assert golden["interval"] == pytest.approx([found.correlation.low, found.correlation.high], abs=1e-9)
    assert golden["within"] == pytest.approx(found.within.value, abs=1e-9)
    assert golden["within_interval"] == pytest.approx([found.within.low, found.within.high], abs=1e-9)
    assert DETECTABLE * golden["within"] == pytest.approx(found.detectable.value, abs=1e-9)


def test_subjects_of_different_folds_are_compared_within_them() -> None:
    """Folds that lie far apart: the F of subjects within folds of statsmodels' ANOVA."""
    golden = GOLDEN["nested"]
    found = measure_agreement(*(np.array(golden[name]) for name in ("values", "subjects", "folds")))
    assert golden["icc"] == pytest.approx(found.correlation.value, abs=1e-9)
    assert golden["within"] == pytest.approx(found.within.value, abs=1e-9)


@given(st.lists(st.integers(2, 9), min_size=3, max_size=12), st.integers(0, 99), st.floats(0.1, 9), st.floats(-5, 5))
def test_the_correlation_does_not_depend_on_the_unit(visits: list[int], seed: int, scale: float, shift: float) -> None:
    """ICC of a x + b is that of x, the SD within a subject is a times as large; both lie inside their intervals."""
    subjects = np.repeat(np.arange(len(visits)), visits)
    values = np.random.default_rng(seed).normal(size=len(subjects)) + subjects
    folds = np.zeros_like(subjects)
    one, other = (measure_agreement(v, subjects, folds) for v in (values, scale * values + shift))
    assert one.correlation.value == pytest.approx(other.correlation.value, abs=1e-9)
    assert scale * one.within.value == pytest.approx(other.within.value, rel=1e-9)
    assert one.correlation.low < one.correlation.value < one.correlation.high
    assert one.within.low < one.within.value < one.within.high


def test_a_subject_with_many_values_counts_once_between_subjects() -> None:
    """Unweighted means by hand: subjects at 0, 1 and 2 with 2, 2 and 50 values that differ by 0.2 from their mean."""
    counts = [2, 2, 50]
    values = np.concatenate([number + np.tile([-0.2, 0.2], n // 2) for number, n in enumerate(counts)])
    subjects = np.repeat(np.arange(3), counts)
    error, size = 54 * 0.04 / 51, 3 / (1 / 2 + 1 / 2 + 1 / 50)
    ratio = size * 1.0 / error
    found = measure_agreement(values, subjects, np.zeros_like(subjects))
    assert (ratio - 1) / (ratio + size - 1) == pytest.approx(found.correlation.value)
    assert error**0.5 == pytest.approx(found.within.value)


def test_values_that_do_not_vary_have_no_agreement() -> None:
    """All equal, or one subject alone in each fold: nothing to compare."""
    subjects = np.repeat(np.arange(4), 2)
    assert NO_AGREEMENT == measure_agreement(np.ones(8), subjects, np.zeros_like(subjects))
    assert NO_AGREEMENT == measure_agreement(np.arange(8.0), subjects, subjects)


@pytest.mark.parametrize("golden", GOLDEN["pooling"])
def test_pooling_equals_that_of_statsmodels(golden: dict[str, Any]) -> None:
    """Paule-Mandel's tau, the mean, its Hartung-Knapp interval (factor at least 1), and the prediction interval."""
    found = pool_sites(np.array(golden["values"]), np.array(golden["errors"]))
    error = max(golden["error"], golden["error_hartung_knapp"])
    new = golden["t_new"] * (golden["tau_squared"] + error**2) ** 0.5
    assert golden["tau_squared"] == pytest.approx(found.tau**2, abs=1e-8)
    assert golden["weights"] == pytest.approx(found.weights.tolist(), abs=1e-7)
    assert golden["mean"] == pytest.approx(found.mean.value, abs=1e-7)
    assert golden["mean"] - golden["t_mean"] * error == pytest.approx(found.mean.low, abs=1e-7)
    assert golden["mean"] + new == pytest.approx(found.new_site.high, abs=1e-7)


@pytest.mark.parametrize("kind", ["plain", "weighted"])
def test_the_smooth_curve_equals_that_of_statsmodels(kind: str) -> None:
    """Of the rows as they are, and of copied rows: the curve on a grid, ICI, E50 and E90."""
    golden = GOLDEN["calibration"]
    predictions, cases = _predictions(golden["probabilities"], golden["labels"])
    weights = np.array([golden["weights"], [1] * len(cases)], dtype=float)[["weighted", "plain"].index(kind)][None]
    knots, at = np.array(golden["knots"]), np.array(golden["grid"])
    curve, seen = smooth_calibration(predictions, cases, weights, knots=knots, at=at)
    found = calibration_errors(predictions, seen, weights)
    assert golden[kind]["curve"] == pytest.approx((1 / (1 + np.exp(-curve[0]))).tolist(), abs=1e-7)
    assert {name: golden[kind][name] for name in found} == pytest.approx(
        {name: float(value[0]) for name, value in found.items()}, abs=1e-7
    )


def test_the_knots_are_harrells_quantiles() -> None:
    """Four knots from 50 subjects of the rarer label: the 5th, 35th, 65th and 95th percentile of the logits."""
    golden = GOLDEN["calibration"]
    knots = place_knots(np.array(golden["probabilities"]), number=count_knots(60))
    assert golden["knots"] == pytest.approx(knots.tolist(), abs=1e-9)
    assert [3, 4, 5] == [count_knots(smaller) for smaller in (49, 50, 100)]


def test_labels_that_the_probabilities_separate_have_no_curve() -> None:
    """Every case above every control: no fit is finite, so the curve is NaN and no flat line."""
    scores = np.linspace(0.05, 0.95, 40)
    predictions, cases = _predictions(scores, scores > 0.5)
    knots = place_knots(scores, number=3)
    curve, _ = smooth_calibration(predictions, cases, np.ones((1, 40)), knots=knots, at=np.array([0.2, 0.8]))
    assert np.isnan(curve).all()


def test_rates_at_a_fixed_rate_equal_those_of_scipy_and_scikit_learn() -> None:
    """With ties: the share of a label above SciPy's quantile of the other label."""
    golden = GOLDEN["operating"]
    predictions, cases = _predictions(golden["scores"], golden["labels"])
    once = np.ones((1, len(cases)))
    found = [sensitivity_at(predictions, cases, once, specificity=rate)[0] for rate in RATES]
    other = [specificity_at(predictions, cases, once, sensitivity=rate)[0] for rate in RATES]
    assert golden["sensitivity"] == pytest.approx(found, abs=1e-12)
    assert golden["specificity"] == pytest.approx(other, abs=1e-12)


def test_a_rate_under_weights_moves_with_both_labels() -> None:
    """Without a case that was found the sensitivity falls; without a control above the threshold it rises."""
    predictions, cases = _predictions([*np.linspace(0.05, 0.6, 20), *np.linspace(0.3, 0.95, 20)], [0] * 20 + [1] * 20)
    weights = np.ones((3, 40))
    weights[1, 39] = weights[2, 19] = 0
    whole, without_case, without_control = sensitivity_at(predictions, cases, weights, specificity=0.9)
    assert (20 * whole - 1) / 19 == pytest.approx(without_case)
    assert without_control > whole


def test_too_few_controls_have_no_rate_at_a_high_specificity() -> None:
    """Of 38 controls fewer than two are expected above a threshold with a specificity of 0.95; of 39 two are."""
    for controls, known in ((38, False), (39, True)):
        predictions, cases = _predictions(np.linspace(0.1, 0.9, controls + 5), [0] * controls + [1] * 5)
        found = sensitivity_at(predictions, cases, np.ones((1, controls + 5)), specificity=0.95)
        assert known == np.isfinite(found[0])


def _predictions(scores: Any, labels: Any) -> tuple[Predictions, Any]:
    rows = np.arange(len(scores))
    made = Predictions(rows, np.zeros_like(rows), np.asarray(scores, dtype=float), np.full(len(rows), 0.5))
    return made, np.asarray(labels).astype(np.int64)
