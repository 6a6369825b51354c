"""The tables of a run -> the report of an evaluation, protocol by protocol."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from adscreen.evaluation.levels import leading_level
from adscreen.evaluation.out_of_fold import OutOfFold
from adscreen.evaluation.results import ADSCREEN, LEVELS, Level
from adscreen.metrics import roc_curve
from adscreen.report.evaluation.chance_results import summarise_chance
from adscreen.report.evaluation.contents import (
    AbsentMethod,
    Apparent,
    Benefit,
    CalibrationBin,
    Confusion,
    Curve,
    FamilyWeight,
    FoldChoice,
    LearningPoint,
    MethodResult,
    PredictiveValue,
    ProtocolResult,
    SettingChoice,
    Subgroup,
)
from adscreen.report.evaluation.further_results import (
    count_comparisons,
    summarise_differences,
    summarise_operating_points,
    summarise_retest,
    summarise_sites,
    summarise_smooth,
)
from adscreen.report.evaluation.stability import summarise_stability
from adscreen.report.evaluation.tables import Frames, Tables, interval, rows_of
from adscreen.report.evaluation.wording import PAPER_OF_OWN, PROTOCOLS, name_method, name_setting

_RATES = np.linspace(0.0, 1.0, 101)
_MEASURED = ("visit_correlation", "subject_threshold")  # estimated in each fold, not chosen from a list
_NOT_SETTINGS = (
    *("protocol", "method", "repeat", "fold"),
    *("training_recordings", "test_recordings", "threshold"),
)


def summarise_protocol(protocol: str, frames: Frames, *, positive: str) -> ProtocolResult:
    """Return everything of one protocol."""
    tables = Tables(protocol, frames)
    title, explanation = PROTOCOLS[protocol]
    if tables.main != ADSCREEN and protocol == "paper":
        explanation = PAPER_OF_OWN
    chosen = tables.of("settings", method=tables.main)
    tested = OutOfFold.of(tables.of("predictions", method=tables.main), positive=positive)
    level = leading_level(tested.subjects, tested.levels, protocol=protocol)
    methods = summarise_methods(tables, level=level)
    ours = next(one for one in methods if one.method == tables.main)
    return ProtocolResult(
        protocol=protocol,
        title=title,
        explanation=explanation,
        folds=len(chosen),
        repeats=int(chosen["repeat"].nunique()),
        level=level,
        methods=methods,
        other_level=_other_level(tables, tested, level),
        predictive_values=predictive_values(ours),
        confusion=tuple(_confusion(tables, level)),
        roc=tuple(_roc(tested, level)),
        roc_mean=_mean_roc(tables, level),
        calibration=tuple(_calibration(tables, level)),
        decisions=tuple(_decisions(tables, level)),
        subgroups=tuple(_subgroups(tables)),
        learning=tuple(_learning(tables)),
        apparent=tuple(_apparent(tables)),
        choices=tuple(_choices(chosen)),
        fold_choices=tuple(_fold_choices(chosen)),
        families=tuple(
            FamilyWeight(row.family, float(row.contribution), float(row.sd_over_folds))
            for row in rows_of(tables.of("families").sort_values("contribution", ascending=False))
        ),
        stability=summarise_stability(frames, protocol, main=tables.main),
        chance=summarise_chance(tables.of("permutations"), tables.of("chance"), main=tables.main),
        smooth=summarise_smooth(tables, tested.repeats(level), level),
        operating_points=tuple(summarise_operating_points(tables, level)),
        retest=tuple(summarise_retest(tables)),
        group_differences=tuple(summarise_differences(tables)),
        comparisons=count_comparisons(tables),
        sites=summarise_sites(tables),
    )


def summarise_methods(tables: Tables, *, level: str) -> tuple[MethodResult, ...]:
    """Return every method of a protocol at a level, that of the highest AUC first."""
    described = {row.method: row.description for row in rows_of(tables.frames["methods"])}
    results = []
    for method, rows in tables.of("metrics", level=level).groupby("method", sort=False):
        title, kind = name_method(str(method), evaluated=tables.main)
        compared = tables.of("differences", level=level, measure="auc", method=str(method))
        results.append(
            MethodResult(
                method=str(method),
                title=title,
                description=described.get(method, ""),
                kind=kind,
                measures={str(row.measure): interval(row) for row in rows_of(rows)},
                spread={str(row.measure): float(row.sd_over_repeats) for row in rows_of(rows)},
                difference=next((interval(row) for row in rows_of(compared)), None),
            )
        )
    return tuple(sorted(results, key=_rank))


def _rank(result: MethodResult) -> tuple[float, str]:
    area = result.measures["auc"].value
    return (-area if math.isfinite(area) else 0.0, result.method)


def absent_methods(methods: pd.DataFrame) -> tuple[AbsentMethod, ...]:
    """Return the methods that could not be tried."""
    return tuple(
        AbsentMethod(row.method, name_method(row.method)[0], row.absent) for row in rows_of(methods) if row.absent
    )


def _other_level(tables: Tables, tested: OutOfFold, level: Level) -> MethodResult | None:
    """Return the evaluated method's result at the other level, None where each subject has one recording."""
    if not tested.several_visits:
        return None
    other = next(one for one in LEVELS if one != level)
    return next((one for one in summarise_methods(tables, level=other) if one.method == tables.main), None)


def predictive_values(result: MethodResult) -> tuple[PredictiveValue, ...]:
    """Return the predictive values of a result at each prevalence that was computed, rarest first."""
    percents = sorted(int(name.removeprefix("ppv_at_")) for name in result.measures if name.startswith("ppv_at_"))
    return tuple(
        PredictiveValue(percent / 100, result.measures[f"ppv_at_{percent}"], result.measures[f"npv_at_{percent}"])
        for percent in percents
    )


def _confusion(tables: Tables, level: Level) -> Iterable[Confusion]:
    """Yield the counts at ``level``, then those at the other."""
    names = ["true_positive", "false_negative", "false_positive", "true_negative"]
    for one in sorted(LEVELS, key=lambda name: name != level):
        rows = tables.of("confusion", method=tables.main, level=one)
        if len(rows):
            yield Confusion(one, **{name: float(rows[name].mean()) for name in names})


def _roc(tested: OutOfFold, level: Level) -> Iterable[Curve]:
    """Yield the curve of each repeat, averaged over its folds."""
    for number, predictions in enumerate(tested.repeats(level)):
        found = roc_curve([predictions], tested.cases, _RATES)
        yield Curve(f"repeat {number + 1}", _points(_RATES, found))


def _mean_roc(tables: Tables, level: Level) -> Curve:
    rows = tables.of("roc", method=tables.main, level=level)
    return Curve("mean over repeats", _points(rows["false_positive_rate"], rows["sensitivity"]))


def _points(x: Iterable[float], y: Iterable[float]) -> tuple[tuple[float, float], ...]:
    return tuple((float(one), float(other)) for one, other in zip(x, y, strict=True) if math.isfinite(other))


def _calibration(tables: Tables, level: Level) -> Iterable[CalibrationBin]:
    rows = tables.of("calibration", method=tables.main, level=level)
    for row in rows_of(rows):
        yield CalibrationBin(float(row.count), float(row.predicted), interval(row, "observed"))


def _decisions(tables: Tables, level: Level) -> Iterable[Benefit]:
    for row in rows_of(tables.of("decision_curve", method=tables.main, level=level)):
        yield Benefit(float(row.threshold), interval(row, "net_benefit"), float(row.treat_all))


def _subgroups(tables: Tables) -> Iterable[Subgroup]:
    keys = ["column", "subgroup"]
    for (column, name), rows in tables.of("subgroups", method=tables.main).groupby(keys, sort=False):
        first = rows.iloc[0]
        shown = rows[rows["suppressed"] == ""]
        yield Subgroup(
            column=str(column),
            name=str(name),
            recordings=int(first["recordings"]),
            negative_subjects=int(first["negative_subjects"]),
            positive_subjects=int(first["positive_subjects"]),
            measures={str(row.measure): interval(row) for row in rows_of(shown)},
            suppressed=str(first["suppressed"]),
        )


def _learning(tables: Tables) -> Iterable[LearningPoint]:
    rows = tables.of("learning_curve")
    for row in rows_of(rows[rows["measure"] == "auc"]):
        title, _ = name_method(row.method, evaluated=tables.main)
        yield LearningPoint(row.method, title, float(row.share), float(row.groups), interval(row))


def _apparent(tables: Tables) -> Iterable[Apparent]:
    for row in rows_of(tables.of("apparent")):
        title, _ = name_method(row.method, evaluated=tables.main)
        figures = float(row.apparent), float(row.cross_validated), float(row.optimism)
        yield Apparent(row.method, title, row.measure, *figures)


def _settings_of(chosen: pd.DataFrame) -> list[str]:
    return [name for name in chosen.columns if name not in _NOT_SETTINGS and chosen[name].notna().any()]


def _choices(chosen: pd.DataFrame) -> Iterable[SettingChoice]:
    for name in _settings_of(chosen):
        if name.endswith(".weight") or name in _MEASURED:
            yield SettingChoice(name_setting(name), ((_span(chosen[name]), len(chosen)),))
            continue
        counts = chosen[name].dropna().map(_written).value_counts(sort=False)
        by_frequency = sorted(((str(value), int(count)) for value, count in counts.items()), key=lambda one: -one[1])
        yield SettingChoice(name_setting(name), tuple(by_frequency))


def _span(values: pd.Series) -> str:
    """Return the least and the greatest of numbers that differ from fold to fold, and their median; or the only one."""
    if len(values) == 1:
        return f"{values.iloc[0]:.2f}"
    return f"{values.min():.2f} to {values.max():.2f}, median {values.median():.2f}"


def _fold_choices(chosen: pd.DataFrame) -> Iterable[FoldChoice]:
    names = _settings_of(chosen)
    for _, row in chosen.iterrows():
        yield FoldChoice(
            repeat=int(row["repeat"]),
            fold=int(row["fold"]),
            training_recordings=int(row["training_recordings"]),
            test_recordings=int(row["test_recordings"]),
            threshold=float(row["threshold"]),
            settings={name_setting(name): _written(row[name]) for name in names if pd.notna(row[name])},
        )


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float, np.number)) else str(value)
