"""The tables of a validation -> what its page has beside the figures of the protocol, and the sentences of In short."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from adscreen.metrics import Interval
from adscreen.report.evaluation.conclusions import OTHER_LEVEL, name_count, written
from adscreen.report.evaluation.contents import (
    Abstention,
    FrozenModel,
    NamedPredictiveValue,
    PredictiveValue,
    ProtocolResult,
    Recalibration,
)
from adscreen.report.evaluation.tables import Frames, interval
from adscreen.writing import count

_NOT_SCORED = ("unreadable", "insufficient_speech", "out_of_scope")


def summarise_frozen(frames: Frames, settings: Mapping[str, Any]) -> FrozenModel | None:
    """Return what a validation has of its own; None where nothing was validated."""
    if "recalibration" not in frames:
        return None
    steps = frames["flow"].set_index("step")["recordings"]
    return FrozenModel(
        model=str(settings["model_digest"]),
        threshold=float(settings["threshold"]),
        subject_threshold=float(frames["settings"]["subject_threshold"].iloc[0]),
        recordings=int(steps["read"] - steps["excluded"]),
        scored=int(steps["used"]),
        not_scored=int(sum(steps.get(name, 0) for name in _NOT_SCORED)),
        in_training=int(steps["in_training"]),
        labels=dict(settings["labels"]),
        predictive_values=tuple(_predictive_values(frames["predictive_values"])),
        abstentions=tuple(_abstentions(frames["abstentions"])),
        recalibrations=tuple(map(_recalibration, frames["recalibration"].itertuples(index=False))),
    )


def _predictive_values(rows: pd.DataFrame) -> Iterator[NamedPredictiveValue]:
    for (level, source), own in rows.groupby(["level", "source"], sort=False):
        positive, negative = (_first(own[own["measure"] == name]) for name in ("ppv", "npv"))
        value = PredictiveValue(float(positive.prevalence), interval(positive), interval(negative))
        yield NamedPredictiveValue(str(level), str(source), value, int(positive.results), int(negative.results))


def _abstentions(rows: pd.DataFrame) -> Iterator[Abstention]:
    for measure, own in rows.groupby("measure", sort=False):
        scored, everybody = (interval(_first(own[own["counted"] == one])) for one in ("scored", "all"))
        yield Abstention(str(measure), scored, everybody)


def _first(rows: pd.DataFrame) -> Any:
    return next(rows.itertuples(index=False))


def _recalibration(row: Any) -> Recalibration:
    return Recalibration(
        kind=str(row.kind),
        intercept=Interval(float(row.intercept), float(row.intercept_low), float(row.intercept_high)),
        slope=Interval(float(row.slope), float(row.slope_low), float(row.slope_high)),
        brier=(float(row.brier_before), float(row.brier_after)),
        sensitivity=(float(row.sensitivity_before), float(row.sensitivity_after)),
        specificity=(float(row.specificity_before), float(row.specificity_after)),
        changed=int(row.changed),
        absent=str(row.absent),
    )


def conclude_frozen(main: ProtocolResult, frozen: FrozenModel, *, positive: str, negative: str) -> tuple[str, ...]:
    """Return the sentences of In short."""
    return tuple(_sentences(main, frozen, positive, negative))


def _sentences(main: ProtocolResult, frozen: FrozenModel, positive: str, negative: str) -> Iterator[str]:
    figures = main.ours.measures
    threshold = frozen.subject_threshold if main.level == "subject" else frozen.threshold
    yield (
        f"On this cohort{name_count(main)}, the frozen model distinguishes “{positive}” from “{negative}” with an "
        f"AUC of {written(figures['auc'])}; at its own threshold ({threshold:.2f}) sensitivity is "
        f"{written(figures['sensitivity'])} and specificity {written(figures['specificity'])}."
    )
    if main.other_level is not None:
        yield f"{OTHER_LEVEL[main.level]}, the AUC is {written(main.other_level.measures['auc'])}."
    yield (
        f"Observed minus expected share of “{positive}”: {written(figures['observed_minus_expected'], signed=True)}; "
        f"{_judge(figures['observed_minus_expected'])}. {_slope(figures['calibration_slope'])}"
    )
    for one in frozen.predictive_values:
        if one.level == main.level:
            yield _predictive(one, positive)
    yield from _left_out(frozen)


def _judge(difference: Interval) -> str:
    if difference.low > 0:
        return "probabilities are too low"
    if difference.high < 0:
        return "probabilities are too high"
    return "this cohort does not show that probabilities are too low or too high"


def _slope(slope: Interval) -> str:
    if not math.isfinite(slope.value):
        return (
            "The calibration slope cannot be estimated: the probabilities separate the labels completely, or are equal."
        )
    return f"The calibration slope is {written(slope)}; 1 is ideal, and below 1 the probabilities are too extreme."


def _predictive(one: NamedPredictiveValue, positive: str) -> str:
    whose = "as in this cohort" if one.source == "cohort" else "the prevalence you gave"
    return (
        f"Where {100 * one.value.prevalence:.3g}% are “{positive}” ({whose}), the positive predictive value is "
        f"{written(one.value.positive)} and the negative {written(one.value.negative)}; the cohort has {one.positives} "
        f"positive and {one.negatives} negative results."
    )


def _left_out(frozen: FrozenModel) -> Iterator[str]:
    if frozen.not_scored:
        worst = {one.measure: one.everybody for one in frozen.abstentions}
        verb = "has" if frozen.not_scored == 1 else "have"
        yield (
            f"{frozen.not_scored} of {frozen.recordings - frozen.in_training} recordings {verb} no score. If each "
            f"counted as a wrong result, sensitivity by recording would be {written(worst['sensitivity'])} and "
            f"specificity {written(worst['specificity'])}."
        )
    if frozen.in_training:
        yield f"Every figure leaves out {count(frozen.in_training, 'recording')} of training subjects."
