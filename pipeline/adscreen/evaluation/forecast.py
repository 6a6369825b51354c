"""The points of a learning curve -> the AUC to expect of more training groups, by an inverse power law, or why not.

AUC(n) = a - b n^-c with 0.5 <= a <= 1 and b >= 0, fitted by least squares weighted by the points' precision (Figueroa
et al. 2012, BMC Med Inform Decis Mak 12:8). For each c of a grid the best a and b within their bounds are found
exactly; the best c is taken. Its uncertainty: the fitted points are drawn again with the error of each, and the curve
is fitted to them, many times.

The points share their test people, so their errors are correlated. Drawn as if they were independent they tilt the
curve more, and what is beyond the last point varies more: an extrapolation is a sum of the points with weights that add
up to 1 and some of which are negative, so a shared error enters it once, and independent ones more. And no interval is
narrower than that of the last point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.results import LearningRow
from adscreen.evaluation.stability_rows import ForecastRow

FACTORS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
EXPONENTS = np.round(np.arange(0.1, 2.01, 0.05), 2)
DRAWS = 2000
FEWEST = 4
WIDEST = 0.3  # of an interval at the first factor above 1, beyond which it says nothing
_FLATTEST = 0.25  # share of the drawn curves that may not rise
_Z = 1.959964

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Curves a - b n^-c, one for each draw (D,)."""

    limit: Floats
    scale: Floats
    exponent: Floats

    def at(self, groups: float) -> Floats:
        """Return the AUC of every curve at a number of groups (D,)."""
        found: Floats = self.limit - self.scale * groups**-self.exponent
        return found


def forecast_learning(rows: Sequence[LearningRow], *, seed: int) -> list[ForecastRow]:
    """Return the forecast of every method of a learning curve, from its points of AUC."""
    areas = [row for row in rows if row.measure == "auc"]
    methods = dict.fromkeys((row.protocol, row.method) for row in areas)
    return [
        one for key in methods for one in _forecast([row for row in areas if (row.protocol, row.method) == key], seed)
    ]


def _forecast(points: Sequence[LearningRow], seed: int) -> list[ForecastRow]:
    points = sorted(points, key=lambda row: row.groups)
    first = points[0]
    bounds = [_bounds(row) for row in points]
    refused = _unfit(points, bounds)
    if not refused:
        rows, refused = _extrapolate(points, bounds, seed)
    if refused:
        absent = dict.fromkeys(("factor", "groups", "value", "low", "high", "limit", "scale", "exponent"), math.nan)
        return [ForecastRow(protocol=first.protocol, method=first.method, refused=refused, **absent)]
    return rows


def _bounds(row: LearningRow) -> tuple[float, float]:
    """Return a point's interval over clusters, where there is one, else over subjects."""
    clustered = math.isfinite(row.cluster_low)
    return (row.cluster_low, row.cluster_high) if clustered else (row.low, row.high)


def _unfit(points: Sequence[LearningRow], bounds: Sequence[tuple[float, float]]) -> str:
    """Return why no curve can be fitted to the points; empty where one can."""
    if len({row.groups for row in points}) < FEWEST:
        return f"fewer than {FEWEST} sizes of the training side"
    if not all(math.isfinite(row.value) and low < high for row, (low, high) in zip(points, bounds, strict=True)):
        return "a point of the learning curve has no interval"
    if points[-1].value <= points[0].value:
        return "the AUC does not rise with the number of training groups"
    return ""


def _extrapolate(
    points: Sequence[LearningRow], bounds: Sequence[tuple[float, float]], seed: int
) -> tuple[list[ForecastRow], str]:
    """Return the forecast at every factor, and why there is none, if so."""
    groups = np.array([row.groups for row in points])
    values = np.array([row.value for row in points])
    low, high = (np.clip([pair[side] for pair in bounds], 0.001, 0.999) for side in (0, 1))
    weights = (1 / (high - low)) ** 2
    best = fit_curve(groups, values[None], weights)
    errors = (_logit(high) - _logit(low)) / (2 * _Z)
    fitted = np.clip(np.array([best.at(float(size))[0] for size in groups]), 0.001, 0.999)
    noise = np.random.default_rng(seed).standard_normal((DRAWS, len(points)))
    drawn = fit_curve(groups, 1 / (1 + np.exp(-_logit(fitted) - errors * noise)), weights)
    rising = float((drawn.at(float(groups[-1])) - drawn.at(float(groups[0])) > 1e-3).mean())
    if best.scale[0] <= 0 or rising < 1 - _FLATTEST:
        return [], f"the learning curve is flat: {1 - rising:.0%} of the curves that fit as well do not rise"
    rows = [_row(points[-1], best, drawn, factor, bounds[-1]) for factor in FACTORS]
    beyond = rows[1]
    if beyond.high - beyond.low > WIDEST:
        what = f"{beyond.low:.2f} to {beyond.high:.2f} at {beyond.factor:g} times the groups"
        return [], f"the points are too uncertain: the interval would be {what}"
    return rows, ""


def _row(last: LearningRow, best: Curve, drawn: Curve, factor: float, bounds: tuple[float, float]) -> ForecastRow:
    """Return the forecast at a factor: its interval is that of the draws, and at least as wide as the last point's."""
    groups = factor * last.groups
    value = float(best.at(groups)[0])
    low, high = np.quantile(drawn.at(groups), [0.025, 0.975])
    return ForecastRow(
        last.protocol,
        last.method,
        factor,
        groups,
        value,
        max(0.0, min(float(low), value - (last.value - bounds[0]))),
        min(1.0, max(float(high), value + (bounds[1] - last.value))),
        float(best.limit[0]),
        float(best.scale[0]),
        float(best.exponent[0]),
        "",
    )


def fit_curve(groups: Floats, values: Floats, weights: Floats) -> Curve:
    """Return the curve of least weighted squares through ``values`` (D, k) at ``groups`` (k,), within the bounds."""
    found = [_fit_at(exponent, groups, values, weights) for exponent in EXPONENTS]
    costs = np.array([cost for _, _, cost in found])  # (exponents, D)
    chosen = costs.argmin(axis=0)
    limits, scales = (np.array([one[part] for one in found]) for part in (0, 1))
    each = np.arange(values.shape[0])
    return Curve(limits[chosen, each], scales[chosen, each], EXPONENTS[chosen])


def _fit_at(exponent: float, groups: Floats, values: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the limit, the scale and the cost (D,) of the best curve of an exponent.

    The cost is a quadratic of a and b: where its least point is outside the bounds, the best is on one of them.
    """
    x, shares = groups**-exponent, weights / weights.sum()
    mean_x, mean_y = float((shares * x).sum()), (shares * values).sum(axis=1)
    spread = float((shares * (x - mean_x) ** 2).sum())
    free = np.maximum(-(shares * (x - mean_x) * values).sum(axis=1) / spread, 0.0)
    candidates = [(np.clip(mean_y + free * mean_x, 0.5, 1.0), free)]
    for edge in (0.5, 1.0):
        slope = np.maximum(((edge - values) * x * shares).sum(axis=1) / float((shares * x**2).sum()), 0.0)
        candidates.append((np.full(len(values), edge), slope))
    costs = np.array([(weights * (a[:, None] - b[:, None] * x - values) ** 2).sum(axis=1) for a, b in candidates])
    best, each = costs.argmin(axis=0), np.arange(len(values))
    limits, scales = (np.array([one[part] for one in candidates])[best, each] for part in (0, 1))
    return limits, scales, costs[best, each]


def _logit(share: Floats) -> Floats:
    found: Floats = np.log(share / (1 - share))
    return found
