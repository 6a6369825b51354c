"""Numbers -> how a page writes and draws them: text, and positions in percent of a drawing's width.

Percent, so that a drawing stretches with the page while its text keeps its size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.report.contents import ReportFeature

NO_NUMBER = "–"
_MINUS = "−"
_LEAST_FIXED = 1e-4
_BAND = (25.0, 75.0)  # the controls' range: the same place in every row, so that rows can be compared at a glance
_AXIS = (3.0, 97.0)

Anchor = Literal["start", "middle", "end"]
Side = Literal["below", "within", "above"]


def format_probability(value: float) -> str:
    """Return two decimals; what would round to certainty says only that it is near.

    >>> [format_probability(value) for value in (0.714, 0.9996, 0.002, 1.0)]
    ['0.71', '>0.99', '<0.01', '1.00']
    """
    if not math.isfinite(value):
        return NO_NUMBER
    text = f"{value:.2f}"
    if text == "1.00" and value < 1:
        return ">0.99"
    return "<0.01" if text == "0.00" and value > 0 else text


def format_perplexity(value: float) -> str:
    """Return one decimal below 100, none above.

    >>> [format_perplexity(value) for value in (23.456, 214.6, 12345.0)]
    ['23.5', '215', '12,345']
    """
    if not math.isfinite(value):
        return NO_NUMBER
    return f"{value:.1f}" if round(value, 1) < 100 else f"{value:,.0f}"


def format_measure(value: float) -> str:
    """Return three significant digits; whole numbers in full, since they are counts.

    >>> [format_measure(value) for value in (0.61249, 1284.0, 1284.6, -0.05, 0.000031)]
    ['0.612', '1,284', '1,280', '−0.0500', '3.10e−05']
    """
    if not math.isfinite(value):
        return NO_NUMBER
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{value:,.0f}".replace("-", _MINUS)
    exponent = math.floor(math.log10(abs(float(f"{value:.2e}"))))
    if abs(value) < _LEAST_FIXED or exponent >= 9:
        return f"{value:.2e}".replace("-", _MINUS)
    return f"{round(value, 2 - exponent):,.{max(0, 2 - exponent)}f}".replace("-", _MINUS)


def format_signed(value: float) -> str:
    """Return two decimals with a sign, as log-odds are written.

    >>> [format_signed(value) for value in (0.618, -0.2, 0.001)]
    ['+0.62', '−0.20', '0.00']
    """
    if not math.isfinite(value):
        return NO_NUMBER
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", _MINUS)


def format_clock(milliseconds: int) -> str:
    """Return minutes and seconds from the start of the recording.

    >>> [format_clock(value) for value in (7_250, 3_725_000)]
    ['0:07', '1:02:05']
    """
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def choose_anchor(percent: float, *, margin: float = 20.0) -> Anchor:
    """Return where a label at ``percent`` is held, so that near an edge (``margin``) it stays in the drawing."""
    return "start" if percent < margin else "end" if percent > 100 - margin else "middle"


@dataclass(frozen=True, slots=True)
class DotPlot:
    """Where a value stands beside the controls' range, in percent; ``beyond`` marks a dot held at the axis's end."""

    low: float
    middle: float
    high: float
    dot: float
    side: Side
    beyond: bool


def has_reference(feature: ReportFeature) -> bool:
    """Return whether the controls' range is known."""
    return all(math.isfinite(number) for number in (feature.low, feature.middle, feature.high))


def place_dot(feature: ReportFeature) -> DotPlot | None:
    """Return a feature's plot; None where the value or the controls' range is missing."""
    if not (math.isfinite(feature.value) and has_reference(feature)):
        return None
    side: Side = "below" if feature.value < feature.low else "above" if feature.value > feature.high else "within"
    span = feature.high - feature.low
    if span <= 0:  # the controls all have one value: a tick, and a dot on it or at an end
        end = {"below": _AXIS[0], "within": 50.0, "above": _AXIS[1]}[side]
        return DotPlot(50.0, 50.0, 50.0, end, side, beyond=side != "within")
    dot = _on_axis(feature.value, feature.low, span)
    return DotPlot(
        low=_BAND[0],
        middle=min(max(_on_axis(feature.middle, feature.low, span), _BAND[0]), _BAND[1]),
        high=_BAND[1],
        dot=min(max(dot, _AXIS[0]), _AXIS[1]),
        side=side,
        beyond=not _AXIS[0] <= dot <= _AXIS[1],
    )


def _on_axis(value: float, low: float, span: float) -> float:
    return _BAND[0] + (_BAND[1] - _BAND[0]) * ((value - low) / span)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from ``start``, ``width`` wide, in percent."""

    start: float
    width: float


def place_bar(value: float, *, largest: float) -> Bar:
    """Return a bar that leaves the middle, where 0 is; one of size ``largest`` nearly reaches the edge.

    >>> place_bar(-1.0, largest=2.0)
    Bar(start=26.0, width=24.0)
    """
    width = 48.0 * min(abs(value) / largest, 1.0) if largest > 0 and math.isfinite(value) else 0.0
    return Bar(50.0 - width if value < 0 else 50.0, width)


@dataclass(frozen=True, slots=True)
class Bin:
    """How many probabilities lie from ``low`` up to ``high``; ``share`` is the count over the fullest bin's."""

    low: float
    high: float
    count: int
    share: float


def count_bins(probabilities: Sequence[float], *, bins: int = 20) -> tuple[Bin, ...]:
    """Return equal bins over 0 to 1; the last one includes 1.

    >>> [bin.count for bin in count_bins([0.0, 0.5, 0.99, 1.0], bins=2)]
    [1, 3]
    """
    counts = [0] * bins
    for probability in probabilities:
        counts[min(int(probability * bins), bins - 1)] += 1
    fullest = max(counts) or 1
    return tuple(Bin(i / bins, (i + 1) / bins, count, count / fullest) for i, count in enumerate(counts))
