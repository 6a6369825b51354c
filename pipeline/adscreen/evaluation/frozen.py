"""Scores of a frozen model on a labelled cohort -> every table of a validation. Nothing is fitted, tuned or chosen.

The measures are those of an evaluation: one "fold" that tests the scored recordings and trains on none. Beside them:
predictive values at the cohort's share of cases and at one that is named; what changes if a recording without a score
counts as a wrong result; and what a recalibration on this cohort would change (Steyerberg 2019, section 15.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from adscreen.estimator.study import StudySettings
from adscreen.estimator.tuning import on_one_thread
from adscreen.evaluation.curves import draw_calibration, draw_decisions, draw_roc
from adscreen.evaluation.further import measure_further
from adscreen.evaluation.results import FROZEN, LEVELS, FoldResult, MethodRow, ProtocolEvaluation
from adscreen.evaluation.subgroups import measure_subgroups
from adscreen.evaluation.summary import Folds, count_decisions, summarise_families, summarise_methods
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import (
    WHOLLY_SHARED,
    Interval,
    Measure,
    Predictions,
    confusion,
    logit,
    predictive_values,
    recalibration_line,
    recalibration_shift,
)
from adscreen.metrics.calibration import squared_errors
from adscreen.metrics.decisions import rates
from adscreen.metrics.measures import basic_measures

Floats = NDArray[np.float64]
COUNTED = ("auc", "balanced_accuracy", "sensitivity", "specificity")  # measures that wrong results can be counted into
_BELOW, _ABOVE = -1.0, 2.0  # of every probability


@dataclass(frozen=True)
class FrozenScores:
    """What a frozen model made of the recordings of a table, by row (n,): NaN where it gave no score.

    ``families`` are mean absolute contributions to the log-odds of the scored recordings.
    """

    probabilities: Floats
    threshold: float
    settings: Mapping[str, Any]
    families: Mapping[str, float]
    description: str = ""
    visit_correlation: float = WHOLLY_SHARED
    subject_threshold: float | None = None


@dataclass(frozen=True, slots=True)
class PredictiveRow:
    """predictive_values.csv: a predictive value at the model's threshold.

    ``source`` says whose ``prevalence`` it is: that of the ``cohort``, which is its own share of cases, or one that
    was ``named``. ``results`` counts the positive (or negative) results in the cohort.
    """

    protocol: str
    level: str
    prevalence: float
    source: Literal["cohort", "named"]
    measure: Literal["ppv", "npv"]
    results: int
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class AbstentionRow:
    """abstentions.csv: a measure by recording, of the scored recordings, and of all where no score is a wrong result.

    ``counted`` is ``scored`` or ``all``; of ``all``, a case without a score counts as called a control, and a control
    without one as called a case.
    """

    protocol: str
    counted: Literal["scored", "all"]
    recordings: int
    measure: str
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class RecalibrationRow:
    """recalibration.json: a recalibration of the log-odds that was fitted on this cohort, and what it would change.

    ``logit(p') = intercept + slope logit(p)``; with ``kind`` ``intercept`` the slope is held at 1. Intervals are over
    clusters where there are any, else over subjects. ``changed`` counts the recordings whose result would be another
    at the same threshold. The figures after it are of the very recordings that it was fitted on.
    """

    kind: Literal["intercept", "intercept_and_slope"]
    intercept: float
    intercept_low: float
    intercept_high: float
    slope: float
    slope_low: float
    slope_high: float
    brier_before: float
    brier_after: float
    sensitivity_before: float
    sensitivity_after: float
    specificity_before: float
    specificity_after: float
    changed: int
    absent: str = ""


@dataclass(frozen=True)
class FrozenEvaluation:
    """Everything that a validation finds, as rows of tables."""

    evaluation: ProtocolEvaluation
    predictive: list[PredictiveRow]
    abstentions: list[AbstentionRow]
    recalibrations: list[RecalibrationRow]


def evaluate_frozen(
    table: FeatureTable, scores: FrozenScores, study: StudySettings, *, prevalence: float | None = None
) -> FrozenEvaluation:
    """Summarise the scores of a frozen model. Nothing is drawn at random: of the study nothing is read.

    ``table`` holds every recording that may be tested, also those without a score; both labels have one with a score.
    """
    return on_one_thread(_summarise, table, scores, study, prevalence)


def _summarise(
    table: FeatureTable, scores: FrozenScores, study: StudySettings, prevalence: float | None
) -> FrozenEvaluation:
    folds = _folds(table, scores, study, scores.probabilities)
    metrics, differences = summarise_methods(folds)
    found = ProtocolEvaluation(
        protocol="validate",
        folds=list(folds.results),
        methods=[MethodRow(FROZEN, scores.description, "")],
        metrics=metrics,
        differences=differences,
        confusion=count_decisions(folds),
        roc=draw_roc(folds),
        calibration=draw_calibration(folds),
        decisions=draw_decisions(folds),
        subgroups=measure_subgroups(folds),
        learning=[],
        families=summarise_families(folds),
        apparent=[],
        permutations=[],
        chance=[],
        shared_subject_share=0.0,
        **measure_further(folds),
    )
    worst = np.where(np.isnan(scores.probabilities), np.where(table.cases == 1, _BELOW, _ABOVE), scores.probabilities)
    everybody = _folds(table, scores, study, worst)
    counted: list[tuple[Literal["scored", "all"], Folds]] = [("scored", folds), ("all", everybody)]
    return FrozenEvaluation(
        evaluation=found,
        predictive=_predictive_values(folds, prevalence),
        abstentions=[row for name, own in counted for row in _count(name, own)],
        recalibrations=_recalibrations(folds),
    )


def _folds(table: FeatureTable, scores: FrozenScores, study: StudySettings, probabilities: Floats) -> Folds:
    """Return the one fold that tests the rows with a probability, in canonical order."""
    order = table.canonical_order()
    rows = order[np.isfinite(probabilities[order])]
    one = FoldResult(
        method=FROZEN,
        repeat=0,
        fold=0,
        training=np.empty(0, dtype=np.intp),
        rows=rows,
        probabilities=probabilities[rows],
        threshold=scores.threshold,
        settings=dict(scores.settings),
        families=dict(scores.families),
        visit_correlation=scores.visit_correlation,
        subject_threshold=scores.subject_threshold,
    )
    return Folds("validate", [one], table, study)


def _predictive_values(folds: Folds, prevalence: float | None) -> list[PredictiveRow]:
    rows = []
    for level in LEVELS:
        repeats = folds.repeats(FROZEN, level)
        (predictions,) = repeats
        share = float(folds.cases[predictions.rows].mean())
        called = int(predictions.decisions.sum())
        named: list[tuple[float, Literal["cohort", "named"]]] = [(share, "cohort")]
        named += [] if prevalence is None else [(prevalence, "named")]
        for at, source in named:
            values = folds.resample(repeats, _predictive(at, fixed=source == "named")).measured()
            kinds: list[tuple[Literal["ppv", "npv"], int]] = [("ppv", called), ("npv", len(predictions.rows) - called)]
            rows += [
                PredictiveRow("validate", level, at, source, name, results, *values[_at(name, at)].figures)
                for name, results in kinds
            ]
    return rows


def _at(name: str, prevalence: float) -> str:
    """Return the name by which a predictive value's interval can follow those of the rates (``metrics.bounds``)."""
    return f"{name}_at_{100 * prevalence:.12g}"


def _predictive(prevalence: float, *, fixed: bool) -> Measure:
    """Return what measures the rates and predictive values at a prevalence.

    Where it is not ``fixed`` it is the share of cases, which moves as the rows do.
    """
    names = _at("ppv", prevalence), _at("npv", prevalence)

    def measured(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
        counts = confusion(predictions, cases, weights)
        found = {name: values for name, values in rates(counts).items() if name in ("sensitivity", "specificity")}
        if fixed:
            values = predictive_values(found["sensitivity"], found["specificity"], prevalence=prevalence)
            return found | dict(zip(names, values, strict=True))
        hits, misses, alarms, passes = counts.T
        with np.errstate(invalid="ignore", divide="ignore"):
            values = hits / (hits + alarms), passes / (passes + misses)
        return found | dict(zip(names, values, strict=True))

    return measured


def _count(counted: Literal["scored", "all"], folds: Folds) -> list[AbstentionRow]:
    repeats = folds.repeats(FROZEN)
    found = folds.resample(repeats, basic_measures).measured()
    recordings = len(repeats[0].rows)
    return [AbstentionRow("validate", counted, recordings, name, *found[name].figures) for name in COUNTED]


def _recalibrations(folds: Folds) -> list[RecalibrationRow]:
    (predictions,) = folds.repeats(FROZEN)
    return [
        _recalibration("intercept", folds, predictions, _shift),
        _recalibration("intercept_and_slope", folds, predictions, _line),
    ]


def _shift(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    return {"intercept": recalibration_shift(predictions, cases, weights), "slope": np.ones(len(weights))}


def _line(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    return dict(zip(("intercept", "slope"), recalibration_line(predictions, cases, weights), strict=True))


def _recalibration(
    kind: Literal["intercept", "intercept_and_slope"], folds: Folds, predictions: Predictions, fit: Measure
) -> RecalibrationRow:
    drawn = folds.resample([predictions], fit)
    found = (drawn.clusters or drawn.subjects).intervals()
    intercept, slope = found["intercept"], found["slope"] if kind != "intercept" else Interval(1.0, np.nan, np.nan)
    changed = recalibrate_predictions(predictions, intercept=intercept.value, slope=slope.value)
    before, after = (_figures(one, folds.cases) for one in (predictions, changed))
    there = np.isfinite(intercept.value + slope.value)
    return RecalibrationRow(
        kind=kind,
        intercept=intercept.value,
        intercept_low=intercept.low,
        intercept_high=intercept.high,
        slope=slope.value,
        slope_low=slope.low,
        slope_high=slope.high,
        brier_before=before["brier"],
        brier_after=after["brier"],
        sensitivity_before=before["sensitivity"],
        sensitivity_after=after["sensitivity"],
        specificity_before=before["specificity"],
        specificity_after=after["specificity"],
        changed=int((predictions.decisions != changed.decisions).sum()) if there else 0,
        absent="" if there else "the log-odds separate the labels completely, or are all the same: no fit is finite",
    )


def recalibrate_predictions(predictions: Predictions, *, intercept: float, slope: float) -> Predictions:
    """Return predictions with the probability of ``intercept + slope logit(p)``."""
    scores = 1 / (1 + np.exp(-(intercept + slope * logit(predictions.scores))))
    return Predictions(predictions.rows, predictions.folds, scores, predictions.thresholds)


def _figures(predictions: Predictions, cases: NDArray[np.int64]) -> dict[str, float]:
    """Return the Brier score, sensitivity and specificity; NaN where a probability is none."""
    if not np.isfinite(predictions.scores).all():
        return dict.fromkeys(("brier", "sensitivity", "specificity"), float("nan"))
    once = np.ones((1, len(cases)))
    found = rates(confusion(predictions, cases, once)) | {"brier": squared_errors(predictions, cases, once)}
    return {name: float(values[0]) for name, values in found.items()}
