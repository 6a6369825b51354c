"""Results -> where the page's drawings put their lines and dots. Numbers only: the template draws.

A ``Drawing`` has its own coordinates (an SVG viewBox); a ``Scale`` gives percents, for drawings that stretch in a cell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adscreen.metrics import Interval
from adscreen.report.evaluation.contents import LearningPoint, ProtocolResult
from adscreen.report.evaluation.stability_contents import ForecastPoint

WIDTH, HEIGHT = 340.0, 292.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 10.0, 10.0, 40.0
_SHOWN_THRESHOLDS = 0.9  # net benefit beyond: a person treated only when nearly certain, and few predictions to judge

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """An SVG path; ``kind`` is its class and its entry in the legend."""

    kind: str
    path: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot with the ends of its interval, all in the drawing's coordinates."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A framed plot; ``title`` says in words what it shows."""

    name: str
    title: str
    x_label: str
    y_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...] = ()
    width: float = WIDTH
    height: float = HEIGHT
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = HEIGHT - _BOTTOM

    @property
    def legend(self) -> tuple[Line, ...]:
        """The lines that have a label, each kind once."""
        first = {line.kind: line for line in reversed(self.lines) if line.label}
        return tuple(line for line in self.lines if first.get(line.kind) is line)


@dataclass(frozen=True, slots=True)
class _Frame:
    """From data to the drawing's coordinates."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        share = (value - self.x_low) / (self.x_high - self.x_low)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 2)

    def y(self, value: float) -> float:
        share = (min(max(value, self.y_low), self.y_high) - self.y_low) / (self.y_high - self.y_low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 2)

    def path(self, points: Iterable[Point]) -> str:
        """Return the SVG path through the points."""
        return "".join(f"{'L' if number else 'M'}{self.x(x):g} {self.y(y):g}" for number, (x, y) in enumerate(points))

    def band(self, lower: Sequence[Point], upper: Sequence[Point]) -> str:
        """Return the SVG path of the area between two lines."""
        return self.path([*lower, *reversed(upper)]) + "Z" if lower else ""

    def dot(self, x: float, figure: Interval) -> Dot:
        """Return a dot with its interval."""
        return Dot(self.x(x), self.y(figure.value), self.y(figure.low), self.y(figure.high))

    def x_ticks(self, values: Iterable[float], form: str = "g") -> tuple[Tick, ...]:
        return tuple(Tick(self.x(value), _label(value, form)) for value in values)

    def y_ticks(self, values: Iterable[float], form: str = "g") -> tuple[Tick, ...]:
        return tuple(Tick(self.y(value), _label(value, form)) for value in values)


def _label(value: float, form: str) -> str:
    return format(value, form).replace("-", "−")


_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw_roc(result: ProtocolResult) -> Drawing:
    """Return the ROC curve of each repeat, thin, and their mean."""
    frame = _Frame(0, 1, 0, 1)
    area = result.ours.measures["auc"]
    several = len(result.roc) > 1
    repeats = [Line("repeat", frame.path(curve.points), "each repeat") for curve in result.roc if several]
    return Drawing(
        name=f"roc-{result.protocol}",
        title=f"ROC curve. AUC {area.value:.3f}, {_interval_in_words(area)}.",
        x_label="1 − specificity",
        y_label="sensitivity",
        x_ticks=frame.x_ticks(_SHARES),
        y_ticks=frame.y_ticks(_SHARES),
        lines=(
            Line("chance", frame.path([(0, 0), (1, 1)]), "chance"),
            *repeats,
            Line("main", frame.path([(0.0, 0.0), *result.roc_mean.points]), "mean" if several else result.ours.title),
        ),
    )


def _interval_in_words(figure: Interval) -> str:
    known = math.isfinite(figure.low) and math.isfinite(figure.high)
    return f"95% interval {figure.low:.3f} to {figure.high:.3f}" if known else "no interval"


_TALLEST = 0.25  # of the plot's height, of the tallest bar of the histogram


def draw_calibration(result: ProtocolResult) -> Drawing:
    """Return the smooth curve with its band, the observed share of cases in bins, and a histogram of probabilities.

    Where there is no smooth curve, a line joins the bins.
    """
    frame = _Frame(0, 1, 0, 1)
    bins = [one for one in result.calibration if math.isfinite(one.observed.value)]
    points = [(one.predicted, one.observed.value) for one in bins]
    told = ", ".join(f"{predicted:.2f}: {observed:.2f}" for predicted, observed in points)
    curve = result.smooth.curve
    return Drawing(
        name=f"calibration-{result.protocol}",
        title=f"Calibration curve. Share of cases by predicted probability: {told}.",
        x_label="predicted probability",
        y_label="observed share of cases",
        x_ticks=frame.x_ticks(_SHARES),
        y_ticks=frame.y_ticks(_SHARES),
        lines=(
            Line("histogram", _bars(frame, result.smooth.probabilities), "how many have this probability"),
            Line("chance", frame.path([(0, 0), (1, 1)]), "perfect"),
            *([_band(frame, curve)] if curve else []),
            Line(
                "main",
                frame.path([(x, one.value) for x, one in curve] or points),
                "smooth curve, 95% interval" if curve else f"{result.ours.title}, 95% interval",
            ),
        ),
        dots=tuple(frame.dot(one.predicted, one.observed) for one in bins),
    )


def _band(frame: _Frame, curve: Sequence[tuple[float, Interval]]) -> Line:
    known = [(x, one) for x, one in curve if math.isfinite(one.low) and math.isfinite(one.high)]
    return Line("band", frame.band([(x, one.low) for x, one in known], [(x, one.high) for x, one in known]))


def _bars(frame: _Frame, shares: Sequence[float]) -> str:
    """Return the path of bars of equal width from 0 to 1, the tallest a quarter of the plot's height."""
    most, width = max(shares, default=0.0), 1 / max(len(shares), 1)
    bars = []
    for number, share in enumerate(shares):
        left, right, top = number * width, (number + 1) * width, _TALLEST * share / most if most else 0.0
        if top:
            bars.append(frame.path([(left, 0), (left, top), (right, top), (right, 0)]) + "Z")
    return "".join(bars)


def draw_decisions(result: ProtocolResult) -> Drawing:
    """Return net benefit by threshold probability, beside referring everybody and nobody."""
    shown = [one for one in result.decisions if one.threshold <= _SHOWN_THRESHOLDS]
    top = max([0.1, *(one.screening.high for one in shown if math.isfinite(one.screening.high))])
    top = math.ceil(top * 10) / 10
    frame = _Frame(0, _SHOWN_THRESHOLDS, -0.1, top)

    def line(values: Iterable[Point]) -> list[Point]:
        return [(x, y) for x, y in values if math.isfinite(y)]

    lower = line((one.threshold, one.screening.low) for one in shown)
    upper = line((one.threshold, one.screening.high) for one in shown)
    refer_all = [(one.threshold, one.refer_all) for one in shown if one.refer_all >= -0.1]
    better = [one.threshold for one in shown if one.screening.value > max(0.0, one.refer_all)]
    told = f"higher than both from {min(better):.2f} to {max(better):.2f}" if better else "nowhere higher than both"
    own = f"{result.ours.title}, 95% interval"
    return Drawing(
        name=f"decisions-{result.protocol}",
        title=f"Decision curve. Net benefit of {result.ours.title} beside referring everybody or nobody: {told}.",
        x_label="threshold probability",
        y_label="net benefit",
        x_ticks=frame.x_ticks((0, 0.2, 0.4, 0.6, 0.8)),
        y_ticks=frame.y_ticks([number / 10 for number in range(-1, round(top * 10) + 1, 1 if top <= 0.6 else 2)]),
        lines=(
            Line("band", frame.band(lower, upper)),
            Line("all", frame.path(refer_all), "refer everybody"),
            Line("none", frame.path([(0, 0), (_SHOWN_THRESHOLDS, 0)]), "refer nobody"),
            Line("main", frame.path((one.threshold, one.screening.value) for one in shown), own),
        ),
    )


def draw_learning(result: ProtocolResult) -> Drawing | None:
    """Return AUC by the number of training groups, a line a method; None where it was not computed."""
    points = [one for one in result.learning if math.isfinite(one.auc.value)]
    if not points:
        return None
    ahead = _points_ahead(result)
    shown: list[LearningPoint | ForecastPoint] = [*points, *ahead]
    most = max(one.groups for one in shown)
    low = min(0.5, *(one.auc.low for one in shown if math.isfinite(one.auc.low)))
    frame = _Frame(0, most * 1.05, math.floor(low * 10) / 10, 1)
    methods = list(dict.fromkeys(one.method for one in points))
    lines = [
        Line(
            "main" if method == result.ours.method else "other",
            frame.path(_curve(points, method)),
            _title(points, method),
        )
        for method in methods
    ]
    return Drawing(
        name=f"learning-{result.protocol}",
        title="Learning curve. AUC by training groups: "
        + "; ".join(f"{one.title} {one.groups:.0f}: {one.auc.value:.3f}" for one in points),
        x_label="training subjects or clusters",
        y_label="AUC",
        x_ticks=frame.x_ticks(_spread_out({0.0, *(round(one.groups) for one in shown)}, most), ".0f"),
        y_ticks=frame.y_ticks([number / 10 for number in range(round(frame.y_low * 10), 11)]),
        lines=(*_continue(frame, ahead), *lines),
        dots=tuple(frame.dot(one.groups, one.auc) for one in points if one.method == result.ours.method),
    )


_BINS = 50  # of the AUC from 0 to 1


def draw_chance(result: ProtocolResult) -> Drawing:
    """Return how many permutations of the labels gave which AUC, and where the evaluated method stands."""
    found = result.chance
    if found is None:
        raise ValueError("the labels of this protocol were not permuted")
    counts = Counter(min(int(area * _BINS + 1e-9), _BINS - 1) for area in found.areas)
    low = min(4, math.floor(10 * min(found.auc, *found.areas))) / 10
    top = max(counts.values())
    step = max(1, math.ceil(top / 5))
    frame = _Frame(low, 1, 0, step * math.ceil(top / step))
    bars = [
        frame.path([(place, 0), (place, height), (place + 1 / _BINS, height), (place + 1 / _BINS, 0)]) + "Z"
        for place, height in ((number / _BINS, counts[number]) for number in sorted(counts))
    ]
    return Drawing(
        name=f"chance-{result.protocol}",
        title=f"AUC of permuted labels: {found.sentence}",
        x_label="AUC",
        y_label="permutations",
        x_ticks=frame.x_ticks([number / 10 for number in range(round(low * 10), 11)]),
        y_ticks=frame.y_ticks(range(0, round(frame.y_high) + 1, step)),
        lines=(
            Line("permuted", "".join(bars), "permuted labels"),
            Line("chance", frame.path([(0.5, 0), (0.5, frame.y_high)]), "chance"),
            Line("main", frame.path([(found.auc, 0), (found.auc, frame.y_high)]), result.ours.title),
        ),
    )


def _curve(points: Sequence[LearningPoint], method: str) -> list[Point]:
    return [(one.groups, one.auc.value) for one in points if one.method == method]


def _points_ahead(result: ProtocolResult) -> tuple[ForecastPoint, ...]:
    """Return the forecast of the evaluated method, none where there is none."""
    own = (one.points for one in result.stability.forecasts if one.method == result.ours.method)
    return next(own, ())


def _spread_out(values: Iterable[float], most: float) -> list[float]:
    """Return those of the values, in order, that are far enough apart for their labels."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] >= most / 12:
            kept.append(value)
    return kept


def _continue(frame: _Frame, ahead: Sequence[ForecastPoint]) -> tuple[Line, ...]:
    """Return the band and the line of a forecast."""
    if not ahead:
        return ()
    lower, upper = ([(one.groups, getattr(one.auc, end)) for one in ahead] for end in ("low", "high"))
    line = frame.path((one.groups, one.auc.value) for one in ahead)
    return Line("band", frame.band(lower, upper)), Line("forecast", line, "forecast, 95% interval")


def draw_instability(result: ProtocolResult) -> Drawing:
    """Return each recording's probability by models of other people against that by the model of all people."""
    found = result.stability.instability
    assert found is not None
    frame = _Frame(0, 1, 0, 1)
    ranges = "".join(frame.path([(one.original, one.low), (one.original, one.high)]) for one in found.recordings)
    middles = "".join(
        frame.path([(max(one.original - 0.006, 0.0), one.median), (min(one.original + 0.006, 1.0), one.median)])
        for one in found.recordings
    )
    return Drawing(
        name=f"instability-{result.protocol}",
        title=f"Prediction instability over {found.models} models. Mean absolute difference {found.mean_error:.3f}.",
        x_label="probability, model of all people",
        y_label="probability, models of other people",
        x_ticks=frame.x_ticks(_SHARES),
        y_ticks=frame.y_ticks(_SHARES),
        lines=(
            Line("chance", frame.path([(0, 0), (1, 1)]), "no change"),
            Line("repeat", ranges, "95% of the models"),
            Line("main", middles, "their median"),
        ),
    )


def _title(points: Sequence[LearningPoint], method: str) -> str:
    return next(one.title for one in points if one.method == method)


@dataclass(frozen=True, slots=True)
class Scale:
    """A line from ``low`` to ``high`` in percent of a cell's width, with a mark at ``reference``."""

    low: float
    high: float
    reference: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return where a value stands, held at the ends.

        >>> Scale(0.4, 1.0, 0.5, ()).at(0.7)
        50.0
        """
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(100 * share, 2)


def scale_of_areas(areas: Iterable[Interval]) -> Scale:
    """Return a scale on which every AUC and its interval stands, from 0.4 or lower up to 1."""
    lowest = min([0.4, *(one.low for one in areas if math.isfinite(one.low))])
    low = math.floor(lowest * 10) / 10
    ticks = tuple(number / 10 for number in range(round(low * 10), 11) if number % 2 or low >= 0.4)
    return Scale(low, 1.0, 0.5, ticks)
