"""A learning curve is continued where its points support it, and refused with the reason where they do not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from adscreen.evaluation.forecast import FACTORS, fit_curve, forecast_learning
from adscreen.evaluation.results import ADSCREEN, LearningRow
from adscreen.evaluation.stability_rows import ForecastRow

GROUPS = (20.0, 40.0, 60.0, 80.0)


def points(
    values: Sequence[float], *, half: float = 0.02, groups: Sequence[float] = GROUPS, method: str = ADSCREEN
) -> list[LearningRow]:
    """Return the points of a learning curve, with intervals over subjects alone."""
    return [
        LearningRow("subject", method, n / groups[-1], n, 2 * n, "auc", v, v - half, v + half, math.nan, math.nan)
        for n, v in zip(groups, values, strict=True)
    ]


def law(groups: float, *, limit: float = 0.9, scale: float = 1.2, exponent: float = 0.8) -> float:
    """Return an inverse power law."""
    return limit - scale * groups**-exponent


RISING = points([law(n) for n in GROUPS])


def test_an_inverse_power_law_is_continued() -> None:
    """Points on a law give it back, and its values at every factor; the interval holds them and widens."""
    rows = forecast_learning(RISING, seed=0)
    assert list(FACTORS) == [row.factor for row in rows]
    assert {""} == {row.refused for row in rows}
    for row in rows:
        assert (0.9, 1.2, 0.8) == pytest.approx((row.limit, row.scale, row.exponent))
        assert law(80 * row.factor) == pytest.approx(row.value)
        assert row.low < row.value < row.high <= 1
    widths = [row.high - row.low for row in rows]
    assert widths == sorted(widths)


@pytest.mark.parametrize("half", [0.01, 0.05])
def test_no_interval_is_narrower_than_that_of_the_last_point(half: float) -> None:
    """What the test people leave open at the last point stays open beyond it."""
    for row in forecast_learning(points([law(n) for n in GROUPS], half=half), seed=0):
        assert row.low <= row.value - half + 1e-9
        assert row.high >= row.value + half - 1e-9


def test_the_interval_over_clusters_is_taken_where_there_is_one() -> None:
    """A wider interval over clusters gives a wider forecast."""
    clustered = [replace(row, cluster_low=row.value - 0.06, cluster_high=row.value + 0.06) for row in RISING]
    own, wide = (forecast_learning(rows, seed=0)[3] for rows in (RISING, clustered))
    assert wide.high - wide.low > own.high - own.low


def test_the_forecast_depends_on_points_and_seed_alone() -> None:
    """The order of the rows changes nothing, another seed only the ends of the interval, by little."""
    one, again, other = (
        forecast_learning(rows, seed=seed) for rows, seed in ((RISING, 0), (RISING[::-1], 0), (RISING, 1))
    )
    assert one == again
    assert [row.value for row in one] == [row.value for row in other]
    assert [row.high for row in one] == pytest.approx([row.high for row in other], abs=0.01)


def test_each_method_has_a_forecast_and_other_measures_none() -> None:
    """Methods are fitted apart; a row of sensitivity is no point of the AUC."""
    other = points([0.6, 0.65, 0.68, 0.7], method="tfidf_baseline")
    noise = [replace(row, measure="sensitivity", value=0.1) for row in RISING]
    rows = forecast_learning([*RISING, *noise, *other], seed=0)
    assert forecast_learning(RISING, seed=0) == [row for row in rows if row.method == ADSCREEN]
    assert {ADSCREEN, "tfidf_baseline"} == {row.method for row in rows}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (points([0.8, 0.79, 0.78, 0.77]), "the AUC does not rise with the number of training groups"),
        (points([0.700, 0.705, 0.700, 0.702], half=0.1), "the learning curve is flat"),
        (points([0.55, 0.6, 0.7, 0.9], half=0.25), "the points are too uncertain|the learning curve is flat"),
        (points([0.6, 0.7, 0.8], groups=GROUPS[:3]), "fewer than 4 sizes of the training side"),
        (points([0.6, 0.7, 0.75, 0.8], half=0.0), "a point of the learning curve has no interval"),
        (points([0.6, 0.7, math.nan, 0.8]), "a point of the learning curve has no interval"),
    ],
    ids=["falling", "flat", "uncertain", "three points", "no interval", "undefined"],
)
def test_what_points_cannot_support_is_refused(rows: list[LearningRow], reason: str) -> None:
    """One row without figures says why."""
    (row,) = forecast_learning(rows, seed=0)
    assert any(part in row.refused for part in reason.split("|"))
    figures = [getattr(row, name) for name in ForecastRow.__dataclass_fields__ if name not in ("protocol", "method")]
    assert all(math.isnan(value) for value in figures if isinstance(value, float))


@settings(max_examples=50)
@given(
    values=st.lists(st.floats(0.4, 1.0), min_size=4, max_size=4),
    weights=st.lists(st.floats(0.1, 10), min_size=4, max_size=4),
)
def test_the_curve_is_the_best_of_its_exponent(values: list[float], weights: list[float]) -> None:
    """For the chosen exponent SciPy's bounded least squares finds no better limit and scale."""
    groups, precision = np.array(GROUPS), np.array(weights)
    curve = fit_curve(groups, np.array([values]), precision)
    assert 0.5 <= curve.limit[0] <= 1
    assert curve.scale[0] >= 0
    x, root = groups ** -curve.exponent[0], np.sqrt(precision)
    design = np.column_stack([np.ones(4), -x]) * root[:, None]
    best = lsq_linear(design, np.array(values) * root, bounds=([0.5, 0], [1, np.inf]), tol=1e-12)
    ours = 0.5 * float((precision * (curve.limit[0] - curve.scale[0] * x - np.array(values)) ** 2).sum())
    assert ours <= best.cost + 1e-9
