"""Finished folds -> every table of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from adscreen.estimator.study import StudySettings
from adscreen.evaluation.intervals import CohortGroups, ResampledGroups
from adscreen.evaluation.levels import choose_levels, has_one_label, leading_level
from adscreen.evaluation.results import (
    ApparentRow,
    ConfusionRow,
    DifferenceRow,
    FamilyRow,
    FoldResult,
    LearningRow,
    Level,
    MetricRow,
    Protocol,
)
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Measure, Predictions, by_subject, confusion
from adscreen.metrics.measures import basic_measures, measure


@dataclass(frozen=True)
class Folds:
    """The finished folds of a protocol, and the cohort's labels and groups, over which all intervals are."""

    protocol: Protocol
    results: Sequence[FoldResult]
    table: FeatureTable
    study: StudySettings

    @cached_property
    def cases(self) -> NDArray[np.int64]:
        """1 for a case, by row of the cohort."""
        return self.table.cases

    @cached_property
    def subjects(self) -> NDArray[np.str_]:
        """The subject of each row."""
        return self.table.subjects["subject_id"].to_numpy(dtype=str)

    @cached_property
    def tested(self) -> NDArray[np.intp]:
        """The rows that any fold tested."""
        return np.unique(np.concatenate([fold.rows for fold in self.results]))

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """The rows (n,) that count at the level of subjects: those of subjects with one label in what was tested."""
        counted = np.zeros(len(self.cases), dtype=bool)
        counted[self.tested] = has_one_label(self.subjects[self.tested], self.cases[self.tested])
        return counted

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels at which there are results."""
        return choose_levels(self.cases[self.tested], self.counted[self.tested])

    @property
    def leading(self) -> Level:
        """The level whose results are read first."""
        return leading_level(self.subjects[self.tested], self.levels, protocol=self.protocol)

    @property
    def main(self) -> str:
        """The method that is evaluated: adscreen, or a user's estimator. The others are what it is compared with."""
        return self.methods[0]

    @cached_property
    def methods(self) -> list[str]:
        """The methods that ran, in order."""
        return list(dict.fromkeys(fold.method for fold in self.results))

    @cached_property
    def groups(self) -> CohortGroups:
        """The subjects and clusters that intervals are over."""
        clusters = self.table.groups if self.table.group_column == "cluster" else None
        return CohortGroups.of(self.protocol, self.subjects, clusters)

    def resample(self, repeats: list[Predictions], measured: Measure = measure) -> ResampledGroups:
        """Return the measures of predictions of these folds, and how far each moves without one group after another."""
        return self.groups.resample(repeats, self.cases, measured)

    def repeats(self, method: str, level: Level = "recording") -> list[Predictions]:
        """Return each repeat's predictions of a method, its folds joined."""
        joined = []
        for repeat in sorted({fold.repeat for fold in self.results}):
            own = [fold for fold in self.results if fold.method == method and fold.repeat == repeat]
            predictions = Predictions.join((fold.rows, fold.probabilities, fold.threshold) for fold in own)
            if level == "subject":
                predictions = by_subject(
                    predictions.among(self.counted),
                    self.subjects,
                    correlations=np.array([fold.visit_correlation for fold in own]),
                    thresholds=np.array([fold.threshold_of_subjects for fold in own]),
                )
            joined.append(predictions)
        return joined


def summarise_methods(folds: Folds) -> tuple[list[MetricRow], list[DifferenceRow]]:
    """Return every measure of every method at both levels, and what adscreen has over each other method."""
    metrics, differences = [], []
    for level in folds.levels:
        ours: ResampledGroups | None = None
        for method in folds.methods:
            own = folds.resample(folds.repeats(method, level))
            spreads = own.subjects.spreads()
            for name, found in own.measured().items():
                value, low, high, *clusters = found.figures
                metrics.append(
                    MetricRow(folds.protocol, method, level, name, value, low, high, spreads[name], *clusters)
                )
            if method == folds.main:
                ours = own
            elif ours:
                differences += [
                    DifferenceRow(folds.protocol, method, level, name, *found.figures)
                    for name, found in ours.minus(own).measured().items()
                ]
    metrics.sort(key=lambda row: folds.methods.index(row.method))  # stable: by method, then level, then measure
    return metrics, differences


def count_decisions(folds: Folds) -> list[ConfusionRow]:
    """Return the confusion matrix of every method, level and repeat."""
    once = np.ones((1, len(folds.cases)))
    return [
        ConfusionRow(folds.protocol, method, level, number, *confusion(predictions, folds.cases, once)[0].astype(int))
        for method in folds.methods
        for level in folds.levels
        for number, predictions in enumerate(folds.repeats(method, level))
    ]


def summarise_families(folds: Folds) -> list[FamilyRow]:
    """Return the mean contribution of each family over folds."""
    found = [fold.families for fold in folds.results if fold.families]
    rows = []
    for family in dict.fromkeys(name for families in found for name in families):
        values = np.array([families.get(family, 0.0) for families in found])  # absent: its member had no weight
        spread = float(values.std(ddof=1)) if len(values) > 1 else float("nan")
        rows.append(FamilyRow(folds.protocol, family, float(values.mean()), spread))
    return rows


def compare_apparent(folds: Folds, metrics: Sequence[MetricRow]) -> list[ApparentRow]:
    """Return the mean of each measure on the folds' own training rows beside the cross-validated one."""
    known = {(row.method, row.measure): row.value for row in metrics if row.level == "recording"}
    rows = []
    for method in folds.methods:
        found = [fold.apparent for fold in folds.results if fold.method == method and fold.apparent]
        for name in found[0] if found else ():
            apparent, held = float(np.mean([measures[name] for measures in found])), known[method, name]
            rows.append(ApparentRow(folds.protocol, method, name, apparent, held, apparent - held))
    return rows


def shared_subjects(folds: Folds) -> float:
    """Return the share of test recordings whose speaker also has a training recording."""
    own = [fold for fold in folds.results if fold.method == folds.main]
    shared = [np.isin(folds.subjects[fold.rows], folds.subjects[fold.training]) for fold in own]
    return float(np.concatenate(shared).mean())


def summarise_learning(folds: Folds, by_share: dict[float, list[FoldResult]]) -> list[LearningRow]:
    """Return the measures at each share of the training groups."""
    rows = []
    for share, results in by_share.items():
        own = Folds(folds.protocol, results, folds.table, folds.study)
        groups = float(np.mean([len(np.unique(folds.table.groups[item.training])) for item in results]))
        recordings = float(np.mean([len(item.training) for item in results]))
        for method in own.methods:
            resampled = own.resample(own.repeats(method), basic_measures)
            for name, found in resampled.measured().items():
                rows.append(LearningRow(folds.protocol, method, share, groups, recordings, name, *found.figures))
    return rows
