"""A new probability among the held-out ones of training -> the labels that cannot be ruled out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.metrics import NO_INTERVAL
from adscreen.model.conformal import conformal_p_values, conformal_set, require_enough
from adscreen.model.reference import HeldOut, ScoreReference

GOLDEN = Path(__file__).resolve().parents[1] / "metrics" / "golden" / "conformal.json"
PROBABILITIES = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30)
LABELS = ("control", "case")


def make_reference(controls: HeldOut, cases: HeldOut) -> ScoreReference:
    """Return a reference with these held-out probabilities alone."""
    return ScoreReference(controls, cases, NO_INTERVAL, NO_INTERVAL, case_share=0.5)


def one_each(probabilities: list[float]) -> HeldOut:
    """Return the held-out probabilities of subjects with one recording each."""
    return HeldOut(sorted(probabilities), [1.0] * len(probabilities))


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    """Sets by MAPIE and p-values by SciPy (tests/metrics/golden/generate_conformal.py)."""
    content: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return content


def test_sets_and_p_values_are_those_of_other_code(golden: dict[str, Any]) -> None:
    """At confidences of 0.8 and 0.9 each of 40 sets is MAPIE's, calibrated by label; p-values are SciPy's counts."""
    reference = make_reference(one_each(golden["controls"]), one_each(golden["cases"]))
    p_values = [conformal_p_values(reference, one) for one in golden["new"]]
    assert golden["p_control"] == pytest.approx([p_control for p_control, _ in p_values])
    assert golden["p_case"] == pytest.approx([p_case for _, p_case in p_values])
    for confidence, expected in golden["sets"].items():
        found = [conformal_set(*pair, confidence=float(confidence)) for pair in p_values]
        assert [one or "neither" for one in expected] == found
        assert len(set(found)) > 2


def test_a_subjects_visits_count_once() -> None:
    """Nine visits of one control weigh what one does: by hand, (1 + 1) / (1 + 2) and not (1 + 9) / (1 + 10)."""
    reference = make_reference(HeldOut([0.1] + [0.8] * 9, [1.0] + [1 / 9] * 9), one_each([0.5]))
    assert (2 / 3, 1.0) == pytest.approx(conformal_p_values(reference, 0.7))


@given(controls=PROBABILITIES, cases=PROBABILITIES, one=st.floats(0.0, 1.0), other=st.floats(0.0, 1.0))
def test_a_higher_probability_is_likelier_a_case(
    controls: list[float], cases: list[float], one: float, other: float
) -> None:
    """p(case) does not fall and p(control) does not rise with the probability; neither is 0 or above 1."""
    reference = make_reference(one_each(controls), one_each(cases))
    low, high = (conformal_p_values(reference, value) for value in sorted((one, other)))
    assert low[0] >= high[0]
    assert low[1] <= high[1]
    assert all(0 < p <= 1 for p in (*low, *high))


@given(
    p_control=st.floats(0.01, 1.0), p_case=st.floats(0.01, 1.0), more=st.floats(0.5, 0.99), less=st.floats(0.5, 0.99)
)
def test_more_confidence_rules_out_less(p_control: float, p_case: float, more: float, less: float) -> None:
    """The set at a higher confidence holds every label of that at a lower one."""
    less, more = sorted((less, more))
    small, large = (conformal_set(p_control, p_case, confidence=one).split("|") for one in (less, more))
    assert set(small) - {"neither"} <= set(large)


def test_sets_hold_their_label_as_often_as_asked() -> None:
    """Of 4,000 new people of each label, drawn as 19 known ones are, anew for each: 0.9 of sets hold the label.

    19 subjects make 1 / (n + 1) a divisor of 0.1, so that coverage is 0.9 exactly; its standard error here is 0.005.
    """
    rng = np.random.default_rng(7)
    held = np.zeros(2)
    for _ in range(4000):
        known = rng.normal(size=(2, 20)) + np.array([[0.0], [1.0]])
        reference = make_reference(one_each(known[0, 1:].tolist()), one_each(known[1, 1:].tolist()))
        for label in (0, 1):
            found = conformal_set(*conformal_p_values(reference, float(known[label, 0])), confidence=0.9)
            held[label] += LABELS[label] in found.split("|")
    assert [0.9, 0.9] == pytest.approx((held / 4000).tolist(), abs=0.02)


@pytest.mark.parametrize(
    ("subjects", "confidence", "fine"),
    [(9, 0.9, True), (8, 0.9, False), (19, 0.95, True), (18, 0.95, False), (1, 0.5, True), (99, 0.99, True)],
)
def test_a_label_needs_enough_subjects(subjects: int, confidence: float, fine: bool) -> None:
    """Of n subjects the smallest p-value is 1 / (n + 1); above 1 - confidence it could rule nothing out."""
    reference = make_reference(one_each([0.1] * 200), one_each([0.9] * subjects))
    if fine:
        require_enough(reference, confidence, labels=LABELS)
        lowest = conformal_p_values(reference, 0.0)[1]
        assert "case" not in conformal_set(1.0, lowest, confidence=confidence).split("|")
    else:
        with pytest.raises(InputError, match=rf"needs {subjects + 1} training subjects of each label, 'case' has"):
            require_enough(reference, confidence, labels=LABELS)


def test_the_refusal_names_a_confidence_that_would_do() -> None:
    """Six subjects allow at most 6/7, rounded down; that is then accepted."""
    reference = make_reference(one_each([0.1] * 9), one_each([0.9] * 6))
    with pytest.raises(InputError, match=r"confidence=?: 0\.9 needs 9 .* has 6; ask for at most 0\.85, or"):
        require_enough(reference, 0.9, labels=LABELS)
    require_enough(reference, 0.85, labels=LABELS)
