"""What a score row says beside the probability: values by column, by hand."""

from __future__ import annotations

import math

import pytest

from adscreen.metrics import Interval
from adscreen.model.reference import HeldOut, ScoreReference
from adscreen.scoring.recording_report import ScoreRow
from adscreen.scoring.stated import state_meaning, state_range, state_set

NAN = math.nan
SPREAD = [0.9, 1.0, 1.0, 1.0, 1.1]  # a reach of 2.776 sqrt(4/5 x 0.02) = 0.351 on either side
REFERENCE = ScoreReference(
    HeldOut([0.1, 0.2, 0.3, 0.6], [1.0] * 4),
    HeldOut([0.4, 0.7, 0.8, 0.9], [1.0] * 4),
    Interval(0.75, 0.2, 1.0),
    Interval(0.75, 0.2, 1.0),
    case_share=0.5,
)


@pytest.mark.parametrize(("threshold", "crosses"), [(0.5, False), (0.7, True), (0.75, True), (0.8, False)])
def test_a_range_that_holds_the_threshold_is_marked(threshold: float, crosses: bool) -> None:
    """From 0.657 to 0.794 in probability, by hand; a threshold outside it is not crossed."""
    found = state_range(1.0, SPREAD, threshold=threshold)
    low, high = (1 / (1 + math.exp(-one)) for one in (1 - 0.3512, 1 + 0.3512))
    assert (low, high) == pytest.approx((found["probability_low"], found["probability_high"]), abs=1e-4)
    assert crosses is found["crosses_threshold"]


@pytest.mark.parametrize("spread", [[], [NAN, NAN]])
def test_without_a_score_or_a_range_nothing_crosses(spread: list[float]) -> None:
    """The mark is missing, and not False."""
    assert state_range(NAN, spread, threshold=0.5)["crosses_threshold"] is None


def test_a_set_at_a_confidence() -> None:
    """A probability of 0.35 is above three of four controls and below every case: p-values of 2/5 and 1/5."""
    found = state_set(REFERENCE, math.log(0.35 / 0.65), 0.8)
    expected = {"confidence": 0.8, "conformal_set": "control", "p_control": 0.4, "p_case": 0.2}
    assert expected == found
    assert {"confidence": 0.8} == state_set(REFERENCE, NAN, 0.8)
    assert {} == state_set(REFERENCE, 0.0, None)


def test_a_meaning_at_a_prevalence() -> None:
    """Sensitivity and specificity of 3/4 at a prevalence of 1/4: PPV 1/2, NPV 9/10; even odds become 1 to 3."""
    found = state_meaning(REFERENCE, 0.0, 0.25)
    assert (0.5, 0.9, 0.25) == pytest.approx((found["ppv"], found["npv"], found["probability_at_prevalence"]))
    assert (0.2 / (0.2 + 2.4), 1.0) == pytest.approx((found["ppv_low"], found["ppv_high"]))
    assert math.isnan(state_meaning(REFERENCE, NAN, 0.25)["probability_at_prevalence"])
    assert {} == state_meaning(REFERENCE, 0.0, None)


def test_every_value_has_a_column() -> None:
    """Names are those of the score row."""
    stated = state_range(1.0, SPREAD, threshold=0.5) | state_set(REFERENCE, 0.0, 0.8)
    assert set(stated | state_meaning(REFERENCE, 0.0, 0.1)) <= set(ScoreRow.__dataclass_fields__)
