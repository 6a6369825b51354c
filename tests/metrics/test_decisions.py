"""Decisions -> counts, rates, predictive values, net benefit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.metrics import Predictions, confusion, net_benefit, predictive_values
from adscreen.metrics.measures import BASIC, MEASURES, basic_measures, measure

Make = Callable[..., Predictions]


@pytest.mark.parametrize(("case", "absent"), [(0, "sensitivity"), (1, "specificity")])
def test_one_class_has_no_auc(predictions: Make, case: int, absent: str) -> None:
    """With one class what needs the other is NaN, not 0.5 or 1; accuracy is known."""
    measured = basic_measures(predictions([0.2, 0.7]), np.array([case, case]), np.ones((1, 2)))
    both = {"auc", "average_precision", "balanced_accuracy", "mcc", absent}
    assert both == {name for name, value in measured.items() if np.isnan(value[0])}
    assert [0.5] == measured["accuracy"].tolist()


def test_decisions_are_counted_under_weights(predictions: Make) -> None:
    """Decided 1, 0 of the cases and 1, 0 of the controls; the second row weights are 3, 1, 1, 2."""
    weights = np.array([[1.0, 1.0, 1.0, 1.0], [3.0, 1.0, 1.0, 2.0]])
    made, cases = predictions([0.9, 0.2, 0.8, 0.1]), np.array([1, 1, 0, 0])
    assert [[1, 1, 1, 1], [3, 1, 1, 2]] == confusion(made, cases, weights).tolist()
    measured = basic_measures(made, cases, weights)
    assert [0.5, 0.75] == measured["sensitivity"].tolist()
    assert [0.5, 2 / 3] == pytest.approx(measured["specificity"].tolist())
    assert [0.5, (0.75 + 2 / 3) / 2] == pytest.approx(measured["balanced_accuracy"].tolist())
    assert [0.5, 5 / 7] == pytest.approx(measured["accuracy"].tolist())
    assert [0.0, (3 * 2 - 1 * 1) / (4 * 3 * 4 * 3) ** 0.5] == pytest.approx(measured["mcc"].tolist())


def test_rows_need_not_be_in_order(predictions: Make) -> None:
    """Predictions say which rows they are of; labels and weights are looked up by row."""
    order = np.array([2, 0, 3, 1])
    scores, cases = np.array([0.9, 0.2, 0.8, 0.1]), np.array([1, 1, 0, 0])
    weights = np.array([[3.0, 1.0, 1.0, 2.0]])
    straight = measure(predictions(scores.tolist()), cases, weights)
    shuffled = measure(Predictions(order, np.zeros(4, dtype=int), scores[order], np.full(4, 0.5)), cases, weights)
    for name in MEASURES:
        assert straight[name].tolist() == pytest.approx(shuffled[name].tolist(), nan_ok=True), name


def test_the_same_decision_for_all_has_no_correlation(predictions: Make) -> None:
    """MCC of a constant decision is 0, as scikit-learn has it."""
    measured = basic_measures(predictions([0.9, 0.8, 0.7]), np.array([1, 0, 0]), np.ones((1, 3)))
    assert [0.0] == measured["mcc"].tolist()
    assert set(BASIC) == measured.keys()


def test_predictive_values_by_hand() -> None:
    """Sensitivity 0.8, specificity 0.9 at 10%: of 1000, 80 of 170 called are cases, 810 of 830 passed are not."""
    positive, negative = predictive_values(np.array([0.8]), np.array([0.9]), prevalence=0.1)
    assert (80 / 170, 810 / 830) == (pytest.approx(positive[0]), pytest.approx(negative[0]))


def test_without_calls_there_is_no_predictive_value() -> None:
    """Where nobody is called positive the value is NaN, not 0 or 1."""
    positive, negative = predictive_values(np.array([0.0]), np.array([1.0]), prevalence=0.2)
    assert np.isnan(positive[0])
    assert 0.8 == negative[0]


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.01, 0.98))
def test_a_rarer_disease_has_a_lower_positive_predictive_value(sens: float, spec: float, prevalence: float) -> None:
    """Raising prevalence raises PPV and lowers NPV."""
    rates = np.array([sens]), np.array([spec])
    rare, common = (predictive_values(*rates, prevalence=share) for share in (prevalence, prevalence + 0.01))
    assert rare[0] < common[0]
    assert rare[1] > common[1]


def test_net_benefit_by_hand(predictions: Make) -> None:
    """At 0.25 a false alarm costs a third: (2 - 1/3) / 4 for those at or above, (2 - 2/3) / 4 for everybody."""
    made = predictions([0.9, 0.3, 0.25, 0.1])
    model, everybody = net_benefit(made, np.array([1, 1, 0, 0]), np.ones((1, 4)), np.array([0.25]))
    assert [(2 - 1 / 3) / 4] == pytest.approx(model[0].tolist())
    assert [(2 - 2 / 3) / 4] == pytest.approx(everybody[0].tolist())
