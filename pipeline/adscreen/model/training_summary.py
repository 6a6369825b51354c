"""Training table + held-out probabilities -> what a model card says of the cohort, with no cell that points at people.

The figures are those of the inner folds: each recording is predicted by estimators that saw neither it nor its subject.
Settings were chosen on these predictions, so the figures are optimistic; ``adscreen evaluate`` measures the whole
procedure on subjects that had no say in any choice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.cohort.bands import band_of
from adscreen.estimator.study import StudySettings
from adscreen.estimator.tuning import Tuned
from adscreen.extract.feature_table import FeatureTable, Fold
from adscreen.metrics import Groups, Interval, Predictions, jackknife

FEWEST_SHOWN = 5  # subjects of a label, below which a cell is hidden
FEWEST_MEASURED = 10  # subjects of a label, below which a subgroup has no figures (as in an evaluation)
MEASURES = (
    *("auc", "balanced_accuracy", "sensitivity", "specificity"),
    *("brier", "calibration_slope", "calibration_intercept"),
)
OF_SUBGROUPS = ("auc", "sensitivity", "specificity")

Figure = list[float | None]  # value, low, high; None where there is none


@dataclass(frozen=True, slots=True)
class SubgroupSummary:
    """Subjects of each label in a subgroup, and its figures where each label has enough subjects."""

    column: str
    name: str
    negative_subjects: int
    positive_subjects: int
    measures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class TrainingSummary:
    """What is known of the training cohort beyond its counts.

    ``age`` has subjects, mean and SD of either label, negative first; empty where a label has too few. ``over`` is what
    intervals are over, ``groups`` how many there are, ``threshold_rule`` how the threshold was chosen.
    """

    synthetic: bool
    inner_folds: int
    over: str
    groups: int
    threshold_rule: str
    age: list[list[float]]
    measures: dict[str, Figure]
    subgroups: list[SubgroupSummary]

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the summary that model.json holds."""
        subgroups = [SubgroupSummary(**one) for one in content["subgroups"]]
        return cls(**{**content, "subgroups": subgroups})


def summarise_training(
    table: FeatureTable, study: StudySettings, tuned: Tuned, inner: Sequence[Fold]
) -> TrainingSummary:
    """Describe the training cohort and how it was predicted on the inner folds, independent of the order of rows."""
    order = table.canonical_order()
    cohort = _Cohort(
        subjects=table.subjects.iloc[order].reset_index(drop=True),
        cases=table.cases[order],
        groups=table.groups[order],
        predictions=_predictions(order, tuned, inner),
    )
    return TrainingSummary(
        synthetic=table.synthetic,
        inner_folds=len(inner),
        over="clusters" if table.group_column == "cluster" else "subjects",
        groups=len(np.unique(cohort.groups)),
        threshold_rule=_rule(study),
        age=_ages(cohort.subjects, cohort.cases),
        measures=cohort.measure(np.ones(len(order), dtype=bool), MEASURES),
        subgroups=list(_subgroups(cohort)),
    )


@dataclass(frozen=True)
class _Cohort:
    """The training rows in canonical order, and what was predicted of them."""

    subjects: pd.DataFrame
    cases: NDArray[np.int64]
    groups: NDArray[np.str_]
    predictions: Predictions

    def measure(self, rows: NDArray[np.bool_], names: Sequence[str]) -> dict[str, Figure]:
        """Return measures of some rows with their intervals, in the order of ``names``."""
        own = self.predictions.among(rows)
        found = jackknife([own], self.cases, Groups.of(self.groups), training="whole").intervals()
        return {name: _figure(found[name]) for name in names}

    def count(self, rows: NDArray[np.bool_]) -> tuple[int, int]:
        """Return the subjects of either label among rows, negative first."""
        ids = self.subjects["subject_id"].astype(str)
        negative, positive = (int(ids[rows & (self.cases == label)].nunique()) for label in (0, 1))
        return negative, positive


def _predictions(order: NDArray[np.intp], tuned: Tuned, inner: Sequence[Fold]) -> Predictions:
    """Return the held-out predictions by place in canonical order, each at the threshold chosen without it."""
    place = np.argsort(order)
    tested = [np.sort(place[test]) for _, test in inner]
    probabilities = tuned.probabilities[order]
    known = [rows[np.isfinite(probabilities[rows])] for rows in tested]
    joined = Predictions.join((rows, probabilities[rows], tuned.threshold) for rows in known)
    return replace(joined, thresholds=tuned.thresholds[order][joined.rows])


def _figure(found: Interval) -> Figure:
    return [float(number) if math.isfinite(number) else None for number in (found.value, found.low, found.high)]


def _rule(study: StudySettings) -> str:
    if study.threshold is not None:
        return "the one that the user gave"
    if study.min_sensitivity is not None:
        return f"the greatest with a sensitivity of at least {study.min_sensitivity:g} on the inner folds"
    return "the one with the greatest Youden index (sensitivity + specificity - 1) on the inner folds"


def _ages(subjects: pd.DataFrame, cases: NDArray[np.int64]) -> list[list[float]]:
    """Return subjects, mean and SD of the age of either label, a subject's age being its mean over visits."""
    if "age" not in subjects:
        return []
    ages = []
    for label in (0, 1):
        own = subjects[(cases == label) & subjects["age"].notna().to_numpy()]
        of_subject = own.groupby(own["subject_id"].astype(str))["age"].mean()
        if len(of_subject) < FEWEST_SHOWN:
            return []
        ages.append([float(len(of_subject)), float(of_subject.mean()), float(of_subject.std(ddof=1))])
    return ages


def _subgroups(cohort: _Cohort) -> Iterator[SubgroupSummary]:
    """Yield the subgroups of grouped labels, sex, age, task and language that can be shown."""
    for column, values in _columns(cohort.subjects):
        known = np.array(values, dtype=object)
        rows = {name: known == name for name in sorted({value for value in values if value})}
        counts = {name: cohort.count(own) for name, own in rows.items()}
        for name in _shown(counts):
            enough = min(counts[name]) >= FEWEST_MEASURED
            measures = cohort.measure(rows[name], OF_SUBGROUPS) if enough else {}
            yield SubgroupSummary(column, name, *counts[name], measures)


def _columns(subjects: pd.DataFrame) -> Iterator[tuple[str, list[str | None]]]:
    """Yield columns with the subgroup of each row, None where it is not known."""
    for column in ("original_label", "sex", "age", "task", "language"):
        if column == "original_label" and (column not in subjects or subjects[column].nunique() < 3):
            continue  # no label is a group of several
        if column == "age" and column in subjects:
            yield column, band_of(subjects[column].to_numpy(dtype=np.float64), column)
        elif column in subjects:
            yield column, [value if isinstance(value, str) and value else None for value in subjects[column]]


def _shown(counts: Mapping[str, tuple[int, int]]) -> Iterable[str]:
    """Return the subgroups without a cell of 1 to 4 subjects; where that hides one alone, the smallest goes with it.

    A single hidden subgroup would follow from the total of its column.
    """
    small = {name for name, cells in counts.items() if any(0 < cell < FEWEST_SHOWN for cell in cells)}
    shown = [name for name in counts if name not in small]
    if len(small) == 1 and shown:
        shown.remove(min(shown, key=lambda name: (sum(counts[name]), name)))
    return shown
