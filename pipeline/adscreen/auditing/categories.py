"""A cohort's table -> tasks of one class alone, labels that pool diagnoses, what tasks and kinds of file say of labels.

A task that only cases were given tells a classifier the label: it learns the task instead of the illness.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from adscreen.auditing.finding import Finding, Level, count, name_some
from adscreen.auditing.predictability import describe_prediction, numbers_classifier
from adscreen.auditing.reading import KIND
from adscreen.cohort.labels import ORIGINAL
from adscreen.evaluation.categories import DIAGNOSIS, LANGUAGE, TASK, list_levels, read_category
from adscreen.extract.feature_table import FeatureTable

_NAMES = {DIAGNOSIS: "diagnoses", ORIGINAL: "labels of the manifest"}


def find_categories(table: FeatureTable) -> list[Finding]:
    """Return what lies unevenly over the classes. Every row has a label, and there are two."""
    return [
        *_one_sided_tasks(table),
        *(finding for column in (TASK, LANGUAGE, KIND) for finding in _association(table, column)),
        *(finding for column in (DIAGNOSIS, ORIGINAL) for finding in _pooled(table, column)),
    ]


def _one_sided_tasks(table: FeatureTable) -> Iterator[Finding]:
    """Yield the tasks with recordings of one class alone, and which task both classes have most of."""
    tasks = read_category(table.subjects, TASK)
    counts = pd.crosstab(tasks, table.cases).reindex(columns=[0, 1], fill_value=0)
    alone = counts[(counts == 0).any(axis=1)]
    if len(counts) < 2 or alone.empty:
        return
    listed = name_some(_write_counts(table, str(task), row) for task, row in alone.iterrows())
    were = "was" if len(alone) == 1 else "were"
    what = f"{len(alone)} of {len(counts)} tasks {were} recorded in one class only: {listed}"
    both = counts.min(axis=1)
    remedy = "no task was recorded in both classes: the label cannot be separated from the task"
    if both.max() > 0:
        best = str(both.idxmax())
        of_best = _write_counts(table, best, pd.Series(counts.loc[best]))
        remedy = f'evaluate one task, as with --where "task == {best!r}": {of_best}'
    yield Finding("warning", what, where=TASK, remedy=remedy, value=float(len(alone)))


def _write_counts(table: FeatureTable, task: str, row: pd.Series) -> str:
    return f"{task} ({count(int(row[1]), 'recording')} of {table.positive}, {row[0]} of {table.negative})"


def _association(table: FeatureTable, column: str) -> Iterator[Finding]:
    """Yield what the levels of a category say of the label, where there are several."""
    values = table.inputs.get(column) if column == KIND else read_category(table.subjects, column)
    if values is None or values.nunique(dropna=False) < 2:
        return
    values = values.fillna("not given")
    shares = pd.crosstab(values, table.cases)
    listed = name_some(f"{level} {row[1]} and {row[0]}" for level, row in shares.iterrows())
    title = {KIND: "kind of file"}.get(column, column)
    yield describe_prediction(
        f"{title} (recordings of {table.positive} and of {table.negative}: {listed})",
        numbers_classifier(),
        pd.get_dummies(values).astype("float64"),
        table,
        where=column,
        remedy="compare recordings of one kind: choose them with --where",
    )


def _pooled(table: FeatureTable, column: str) -> Iterator[Finding]:
    """Yield the diagnoses that a label holds, where there are several; labels that the user grouped are a note."""
    values = read_category(table.subjects, column)
    level: Level = "warning" if column == DIAGNOSIS else "note"
    for label, side in ((table.positive, 1), (table.negative, 0)):
        own = values[table.cases == side]
        if len(list_levels(own)) > 1:
            subjects = table.subjects["subject_id"].groupby(own).nunique().sort_values(ascending=False, kind="stable")
            listed = name_some(f"{name} {number}" for name, number in subjects.items())
            what = f"“{label}” holds {len(subjects)} {_NAMES[column]} (subjects of each: {listed})"
            remedy = "read each one's AUC under Subgroups, or choose some with --where"
            yield Finding(level, what, where=column, remedy=remedy, value=float(len(subjects)))
