"""Numbers -> how a page writes and draws them: text, and positions in percent of a drawing's width.

Percent, so that a drawing stretches with the page while its text keeps its size.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from adscreen.display import Display, display_of
from adscreen.scoring.recording_report import ReportFeature, ScoreRow

NO_NUMBER = "–"
_MINUS = "−"
_LEAST_FIXED = 1e-4
_BAND = (25.0, 75.0)  # the controls' range: the same place in every row, so that rows can be compared at a glance
_AXIS = (3.0, 97.0)
_ID_PARTS = re.compile(r"[^-_./:]*[-_./:]?", re.DOTALL)
_DECIMALS = {"count": 0, "one": 1, "two": 2}
_MOST_DECIMALS = 6
_MOST_LOG = 700.0  # of a perplexity, whose exp is a number
_DOT_WIDTH = 3.4  # percent of the axis: dots nearer than this would overlap on a phone

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


def format_row_range(row: ScoreRow) -> str:
    """Return the range of a row's probability, once where its ends are written alike; empty where it has none."""
    if not (math.isfinite(row.probability_low) and math.isfinite(row.probability_high)):
        return ""
    ends = dict.fromkeys(format_probability(end) for end in (row.probability_low, row.probability_high))
    return " to ".join(ends)


def split_id(name: str) -> list[str]:
    """Return an id in parts, each with the separator that ends it: between them a line may break.

    >>> split_id("site-2/S012_1")
    ['site-', '2/', 'S012_', '1']
    """
    return [part for part in _ID_PARTS.findall(name) if part]


def format_percent(share: float) -> str:
    """Return a share in whole percent; what would round to none or all says only that it is near.

    >>> [format_percent(share) for share in (0.55, 0.003, 0.999, 0.0)]
    ['55%', '<1%', '>99%', '0%']
    """
    if not math.isfinite(share):
        return NO_NUMBER
    text = f"{share:.0%}"
    if text == "0%" and share > 0:
        return "<1%"
    return ">99%" if text == "100%" and share < 1 else text


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
    """Return the time from the start of the recording, to a tenth of a second.

    >>> [format_clock(value) for value in (7_250, 67_200, 3_725_000)]
    ['00:07.2', '01:07.2', '1:02:05.0']
    """
    minutes, tenths = divmod(milliseconds // 100, 600)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{seconds}" if hours else f"{minutes:02d}:{seconds}"


def media_fragment(start_ms: int, end_ms: int | None) -> str:
    """Return a stretch of time as a W3C media fragment, which players take after a recording's address.

    >>> media_fragment(67_200, 70_000), media_fragment(67_200, None)
    ('t=01:07.2,01:10.0', 't=01:07.2')
    """
    end = "" if end_ms is None or end_ms <= start_ms else f",{format_clock(end_ms)}"
    return f"t={format_clock(start_ms)}{end}"


def display_feature(feature: ReportFeature) -> Display:
    """Return what a page calls a feature, and how it writes its numbers."""
    key = f"{feature.family}.{feature.name.removeprefix(f'{feature.family}.')}"
    return display_of(key, unit=feature.unit, own=feature.formula.startswith("column "))


@dataclass(frozen=True, slots=True)
class Written:
    """A feature's value, and the ends of the controls' range, as text in the feature's form."""

    value: str
    low: str
    high: str


def write_feature(feature: ReportFeature) -> Written:
    """Return a feature in words; one outside the range has as many decimals as it takes to differ from its end.

    >>> write_feature(ReportFeature("pron_rate", "syntactic", "", "", 14.04, 6.6, 10.0, 14.0))
    Written(value='14.04', low='6.60', high='14.00')
    """
    display, numbers = display_feature(feature), (feature.value, feature.low, feature.high)
    for more in range(_MOST_DECIMALS):
        written = Written(*(_write(number, display, more) for number in numbers))
        hidden = (feature.value < feature.low and written.value == written.low) or (
            feature.value > feature.high and written.value == written.high
        )
        if not hidden:
            break
    return written


def _write(number: float, display: Display, more: int) -> str:
    """Return a number in a form, with ``more`` decimals than usual."""
    if not math.isfinite(number):
        return NO_NUMBER
    if display.form == "digits":
        return format_measure(number)
    if display.form == "perplexity":
        number = math.exp(min(number, _MOST_LOG))
        text = f"{number:,.{more + (number < 100)}f}"
    elif display.form == "percent":
        text = f"{100 * number:,.{more + 1}f}%"
    else:
        text = f"{number:,.{more + _DECIMALS[display.form]}f}"
    return text.lstrip("-") if not text.strip("-0.,%") else text.replace("-", _MINUS)


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


@dataclass(frozen=True, slots=True)
class StackedDot:
    """A feature's dot on its family's axis; ``level`` 0 is on it, 1 above, −1 below, and so on."""

    feature: ReportFeature
    plot: DotPlot
    level: int


def stack_dots(features: Sequence[ReportFeature]) -> tuple[StackedDot, ...]:
    """Return the dots of a family from left to right, where one would hide another on the nearest free level."""
    plots = [(feature, plot) for feature in features if (plot := place_dot(feature))]
    taken: dict[int, float] = {}
    dots = []
    for feature, plot in sorted(plots, key=lambda pair: (pair[1].dot, pair[0].name)):
        level = next(level for level in _levels() if plot.dot - taken.get(level, -100.0) >= _DOT_WIDTH)
        taken[level] = plot.dot
        dots.append(StackedDot(feature, plot, level))
    return tuple(dots)


def _levels() -> Iterator[int]:
    """Yield 0, 1, −1, 2, −2 and so on."""
    yield 0
    for distance in count(1):
        yield from (distance, -distance)


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
    """How many probabilities lie from ``low`` up to ``high``; ``share`` is the count over the fullest bin's.

    ``positive`` of them screen positive.
    """

    low: float
    high: float
    count: int
    positive: int
    share: float


def count_bins(probabilities: Sequence[float], *, threshold: float = 2.0, bins: int = 20) -> tuple[Bin, ...]:
    """Return equal bins over 0 to 1; the last one includes 1. From ``threshold`` on a probability is positive.

    >>> [(bin.count, bin.positive) for bin in count_bins([0.0, 0.5, 0.99, 1.0], threshold=0.6, bins=2)]
    [(1, 0), (3, 2)]
    """
    counts, positive = [0] * bins, [0] * bins
    for probability in probabilities:
        place = min(int(probability * bins), bins - 1)
        counts[place] += 1
        positive[place] += probability >= threshold
    fullest = max(counts) or 1
    return tuple(Bin(i / bins, (i + 1) / bins, counts[i], positive[i], counts[i] / fullest) for i in range(bins))
