"""The tables of a run -> what the page says of its size, of other people and of other cleanings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from adscreen.metrics import Interval
from adscreen.report.evaluation.stability_contents import (
    CleanedResult,
    CleaningSensitivity,
    ForecastPoint,
    LearningForecast,
    Moved,
    Need,
    PredictionInstability,
    SizeCriterion,
    SizeJudgement,
    Stability,
)
from adscreen.report.evaluation.wording import name_method
from adscreen.writing import count

CRITERIA = {
    "shrinkage": "Little overfitting",
    "optimism": "Little optimism",
    "risk": "Overall share of cases",
    "observed_over_expected": "Observed over expected cases",
    "calibration_slope": "Calibration slope",
    "auc": "AUC",
}
CLEANING_TITLES = {
    "spoken": "As spoken",
    "spoken_without_fillers": "As spoken, without fillers",
    "spoken_with_targets": "As spoken, errors replaced by their targets",
    "fluent": "Fluent: no fillers, fragments or repeats; targets put in",
    "fluent_with_fillers": "Fluent, fillers kept",
    "fluent_without_targets": "Fluent, errors kept as uttered",
}
_TOLD = (1.5, 2.0, 4.0)  # factors that the sentence of a forecast names
_OFTEN = 0.1


def summarise_stability(frames: Mapping[str, pd.DataFrame], protocol: str, *, main: str) -> Stability:
    """Return everything of one protocol; ``main`` is the evaluated method."""

    def rows(name: str) -> pd.DataFrame:
        frame = frames.get(name)
        return pd.DataFrame() if frame is None or frame.empty else frame[frame["protocol"] == protocol]

    return Stability(
        size=_judge_size(rows("sample_size")),
        forecasts=tuple(_forecasts(rows("learning_forecast"), main)),
        instability=_measure(rows("instability")),
        cleaning=_compare(rows("cleaning"), main),
    )


def _each(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a tuple with names."""
    yield from frame.itertuples(index=False)


def _judge_size(rows: pd.DataFrame) -> SizeJudgement | None:
    if rows.empty:
        return None
    criteria = []
    for (purpose, criterion), own in rows.groupby(["purpose", "criterion"], sort=False):
        first = own.iloc[0]
        needs = tuple(
            Need(str(row.counted), int(row.parameters), float(row.needed), bool(row.met)) for row in _each(own)
        )
        title = CRITERIA[str(criterion)]
        criteria.append(
            SizeCriterion(str(purpose), str(criterion), title, str(first["aim"]), int(first["available"]), needs)
        )
    first = rows.iloc[0]
    judged = float(first["auc"]), float(first["prevalence"]), str(first["reason"])
    return SizeJudgement(*judged, tuple(criteria), _tell_size(criteria, *judged))


def _tell_size(criteria: list[SizeCriterion], auc: float, prevalence: float, reason: str) -> str:
    """Return in words which criteria are met."""
    if reason:
        return f"No number of subjects follows from the criteria: {reason}."
    parts = []
    for place, need in enumerate(criteria[0].needs):
        met = sum(one.needs[place].met for one in criteria)
        named = count(need.parameters, _noun(need.counted).removesuffix("s"))
        parts.append(f"{met} of {count(len(criteria), 'criterion', 'criteria')} with {named}")
    return f"If the AUC is {auc:.3f} and {prevalence:.0%} are cases, this cohort meets {' and '.join(parts)}."


def _noun(counted: str) -> str:
    return {"members": "members", "columns": "columns"}[counted]


def _forecasts(rows: pd.DataFrame, main: str) -> Iterator[LearningForecast]:
    if rows.empty:
        return
    for method, own in rows.groupby("method", sort=False):
        title, _ = name_method(str(method), evaluated=main)
        first = own.iloc[0]
        refused = str(first["refused"] or "")
        points = tuple(
            ForecastPoint(float(row.factor), float(row.groups), Interval(row.value, row.low, row.high))
            for row in _each(own)
            if not refused
        )
        sentence = _tell_forecast(title, float(first["limit"]), points, refused)
        yield LearningForecast(str(method), title, float(first["limit"]), points, refused, sentence)


def _tell_forecast(title: str, limit: float, points: tuple[ForecastPoint, ...], refused: str) -> str:
    if refused:
        return f"{title}: no forecast, {refused}."
    told = [
        f"{one.auc.value:.3f} ({one.auc.low:.3f} to {one.auc.high:.3f}) with {one.factor:g} times the training groups "
        f"({one.groups:.0f})"
        for one in points
        if one.factor in _TOLD
    ]
    return f"{title}: an AUC of {'; '.join(told)}. The curve rises towards {limit:.3f}."


def _measure(rows: pd.DataFrame) -> PredictionInstability | None:
    if rows.empty:
        return None
    errors, changed = rows["error"], rows["changed"]
    mean, high, other = float(errors.mean()), float(errors.quantile(0.9)), float(changed.mean())
    often, models = float((changed > _OFTEN).mean()), int(rows["models"].iloc[0])
    sentence = (
        f"With other people of the same kind a recording’s probability moves by {mean:.3f} on average (mean absolute "
        f"difference), and by more than {high:.3f} in one recording of ten. A model gives the other result in "
        f"{other:.0%} of recordings on average; {often:.0%} of recordings get it from more than {_OFTEN:.0%} of models."
    )
    moved = tuple(Moved(float(r.original), float(r.low), float(r.median), float(r.high)) for r in _each(rows))
    return PredictionInstability(models, mean, high, other, often, moved, sentence)


def _compare(rows: pd.DataFrame, main: str) -> CleaningSensitivity | None:
    if rows.empty:
        return None
    results = tuple(_cleaned(own) for _, own in rows.groupby(["cleaning", "method"], sort=False))
    return CleaningSensitivity(results, _tell_cleanings([one for one in results if one.method == main]))


def _cleaned(own: pd.DataFrame) -> CleanedResult:
    first = own.iloc[0]
    reason, leading = str(first["reason"] or ""), bool(first["main"])
    measures = {} if reason else {str(row.measure): _interval(row) for row in _each(own)}
    area = next(_each(own[own["measure"] == "auc"]))
    return CleanedResult(
        cleaning=str(first["cleaning"]),
        title=CLEANING_TITLES[str(first["cleaning"])],
        main=leading,
        method=str(first["method"]),
        words=int(first["words"]),
        changed=int(first["changed"]),
        measures=measures,
        difference=None if leading or reason else _interval(area, "difference", "difference_"),
        reason=reason,
    )


def _interval(row: Any, value: str = "value", prefix: str = "") -> Interval:
    """Return a figure with its interval over clusters, where there is one, else over subjects."""
    clustered = math.isfinite(getattr(row, f"{prefix}cluster_low"))
    bounds = (f"{prefix}cluster_low", f"{prefix}cluster_high") if clustered else (f"{prefix}low", f"{prefix}high")
    return Interval(float(getattr(row, value)), *(float(getattr(row, name)) for name in bounds))


def _tell_cleanings(results: list[CleanedResult]) -> str:
    """Return in words how far the AUC of the evaluated method depends on the cleaning."""
    tried = [one for one in results if one.measures and math.isfinite(one.measures["auc"].value)]
    if len(tried) < 2:
        return "No other cleaning changes what is read."
    least, most = (choose(tried, key=lambda one: one.measures["auc"].value) for choose in (min, max))
    apart = [one for one in tried if one.difference and (one.difference.low > 0 or one.difference.high < 0)]
    told = "; ".join(one.title.lower() for one in apart)
    verdict = f"Distinguishable from the main one: {told}" if apart else "No difference from the main one is conclusive"
    return (
        f"The AUC lies between {least.measures['auc'].value:.3f} ({least.title.lower()}) and "
        f"{most.measures['auc'].value:.3f} ({most.title.lower()}). {verdict}."
    )
