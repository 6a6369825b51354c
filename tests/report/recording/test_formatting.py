"""Numbers are written and drawn so that a reader is never misled by rounding, clamping or what is missing."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.report.recording import formatting
from adscreen.report.recording.formatting import (
    choose_anchor,
    count_bins,
    format_measure,
    format_perplexity,
    format_probability,
    format_signed,
    place_bar,
    place_dot,
)
from adscreen.scoring.recording_report import ReportFeature

FINITE = st.floats(-1e8, 1e8, allow_nan=False)


def _feature(value: float, low: float = 10.0, middle: float = 12.0, high: float = 20.0) -> ReportFeature:
    return ReportFeature("lexical.x", "lexical", "", "", value, low, middle, high)


def test_the_examples_run() -> None:
    """Every docstring example gives what it says."""
    result = doctest.testmod(formatting)
    assert (0, True) == (result.failed, result.attempted > 5)


@pytest.mark.parametrize("write", [format_probability, format_perplexity, format_measure, format_signed])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_a_dash(write, value: float) -> None:
    """What is not finite is written as a dash, never as nan or inf."""
    assert "–" == write(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (0.004, "<0.01"), (0.455, "0.46"), (0.995001, ">0.99"), (0.994, "0.99"), (1.0, "1.00")],
)
def test_a_probability_has_two_decimals_and_no_false_certainty(value: float, text: str) -> None:
    """Only exactly 0 and 1 are written so."""
    assert text == format_probability(value)


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1.0"), (99.94, "99.9"), (99.96, "100"), (100.4, "100"), (1234.5, "1,234")]
)
def test_a_perplexity_has_at_most_one_decimal(value: float, text: str) -> None:
    """One decimal below 100, none from 100 on, whichever side rounding puts it."""
    assert text == format_perplexity(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (3.0, "3"), (0.5, "0.500"), (9.996, "10.0"), (999.6, "1,000"), (-12.345, "−12.3")],
)
def test_a_measure_has_three_significant_digits(value: float, text: str) -> None:
    """Three digits also where rounding carries into the next power of ten; counts are written in full."""
    assert text.lstrip("−") == format_measure(value).lstrip("−")
    assert (text[0] == "−") == (format_measure(value)[0] == "−" and value != 0)


@given(FINITE)
def test_a_written_measure_is_near_the_measure(value: float) -> None:
    """What is written differs from the value by at most half a unit of its third digit."""
    written = float(format_measure(value).replace("−", "-").replace(",", ""))
    assert abs(written - value) <= 0.00501 * abs(value)


@pytest.mark.parametrize(
    ("value", "dot", "side", "beyond"),
    [
        (10.0, 25.0, "within", False),
        (20.0, 75.0, "within", False),
        (12.0, 35.0, "within", False),
        (9.0, 20.0, "below", False),
        (22.0, 85.0, "above", False),
        (1000.0, 97.0, "above", True),
        (-1000.0, 3.0, "below", True),
    ],
)
def test_a_dot_stands_beside_the_controls_range(value: float, dot: float, side: str, beyond: bool) -> None:
    """The range fills the middle half; a value far outside is held at the end and says so."""
    plot = place_dot(_feature(value))
    assert plot is not None
    assert (dot, side, beyond) == (pytest.approx(plot.dot), plot.side, plot.beyond)
    assert (25.0, 35.0, 75.0) == (plot.low, pytest.approx(plot.middle), plot.high)


@pytest.mark.parametrize(
    ("value", "side", "beyond"), [(5.0, "within", False), (4.0, "below", True), (6.0, "above", True)]
)
def test_controls_with_one_value_are_a_tick(value: float, side: str, beyond: bool) -> None:
    """A range without width divides by nothing: a value is on it or off it."""
    plot = place_dot(_feature(value, 5.0, 5.0, 5.0))
    assert plot is not None
    assert (0.0, side, beyond) == (plot.high - plot.low, plot.side, plot.beyond)


@pytest.mark.parametrize("feature", [_feature(math.nan), _feature(1.0, low=math.nan), _feature(1.0, high=math.inf)])
def test_nothing_is_drawn_without_value_or_range(feature: ReportFeature) -> None:
    """A missing number is never drawn as if it were one."""
    assert place_dot(feature) is None


@given(FINITE, st.lists(FINITE, min_size=3, max_size=3).map(sorted))
def test_a_plot_stays_on_its_axis(value: float, reference: list[float]) -> None:
    """Whatever the numbers, every position lies in the drawing, and the side agrees with the numbers."""
    plot = place_dot(_feature(value, *reference))
    assert plot is not None
    assert all(0 <= position <= 100 for position in (plot.low, plot.middle, plot.high, plot.dot))
    assert (plot.side == "within") == (reference[0] <= value <= reference[2])


@given(st.floats(-50, 50), st.floats(0, 50))
def test_a_bar_leaves_the_middle_on_the_side_of_its_sign(value: float, largest: float) -> None:
    """A positive bar begins at the middle and a negative one ends there; neither leaves the drawing."""
    bar = place_bar(value, largest=largest)
    assert (50.0 if value >= 0 else 50.0 - bar.width) == pytest.approx(bar.start)
    assert 0 <= bar.start <= bar.start + bar.width <= 100


@given(st.lists(st.floats(0, 1)), st.integers(1, 40))
def test_every_probability_is_in_one_bin(probabilities: list[float], bins: int) -> None:
    """The counts add up, and the fullest bin is the tallest."""
    counted = count_bins(probabilities, bins=bins)
    assert len(probabilities) == sum(bin.count for bin in counted)
    assert (1.0 if probabilities else 0.0) == max(bin.share for bin in counted)


@pytest.mark.parametrize(
    ("percent", "anchor"), [(0, "start"), (19, "start"), (50, "middle"), (81, "end"), (100, "end")]
)
def test_a_label_near_an_edge_turns_inward(percent: float, anchor: str) -> None:
    """A label at either end is held by that end."""
    assert anchor == choose_anchor(percent)
