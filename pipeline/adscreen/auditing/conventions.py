"""A cohort's table -> habits of transcription that differ by class: marks, typing, spelling, names of files.

Whoever transcribed one class by other rules put the answer into the text. With many habits some differ by chance, so
their intervals are widened to hold together (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.auditing.finding import Finding, count
from adscreen.auditing.habits import HABITS, Habit
from adscreen.auditing.predictability import describe_prediction, names_classifier, numbers_classifier
from adscreen.auditing.reading import FILE
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Interval, Predictions, jackknife_auc

TOGETHER = 0.05  # the chance that any of the intervals misses
FEWEST = 5  # subjects of each class
COMMON = 0.1  # of a class's recordings; a mark rarer than that may be missing from the other class by chance
_ALIKE = "transcribe both classes by one rule, blind to the class; until then read results beside this figure"

Floats = NDArray[np.float64]


def find_conventions(table: FeatureTable) -> list[Finding]:
    """Return habits of transcription that tell the classes apart. Every row has a label, and there are two."""
    return [
        *_together(table),
        *_habits(table),
        _names(table),
    ]


def _together(table: FeatureTable) -> Iterator[Finding]:
    """Judge typing, spelling and which marks are used at all, together: what is nobody's speech."""
    columns = {}
    for habit in HABITS.values():
        values = table.inputs[habit.name]
        columns[habit.name] = (values > 0).astype("float64") if _is_notation(habit) else values
    varied = pd.DataFrame({name: values for name, values in columns.items() if values.nunique() > 1})
    if not varied.empty:
        yield describe_prediction(
            "how it was written down (marks in use, capitals, commas, digits, spelling)",
            numbers_classifier(),
            varied,
            table,
            where="transcription",
            remedy=_ALIKE,
        )


def _is_notation(habit: Habit) -> bool:
    return habit.family == "mark" and habit.name not in ("mark.utterance", "mark.questions", "mark.unfinished")


@dataclass(frozen=True, slots=True)
class _Judged:
    habit: Habit
    area: Interval
    one_sided: str  # where one class alone has the mark: what the finding says


def _habits(table: FeatureTable) -> Iterator[Finding]:
    """Yield a finding a habit that differs by class, one that none does, where none does."""
    cases = table.cases.astype(bool)
    varied = [habit for habit in HABITS.values() if table.inputs[habit.name].nunique() > 1]
    judged = [_judge(habit, table, cases, tests=len(varied)) for habit in varied]
    told = [finding for one in judged if one for finding in _tell(one)]
    yield from told
    if judged and not told:
        what = f"none of {count(len(varied), 'habit')} of transcription differs between the classes by itself"
        yield Finding("note", what, where="transcription")


def _judge(habit: Habit, table: FeatureTable, cases: NDArray[np.bool_], *, tests: int) -> _Judged | None:
    """Return the AUC of a habit; None where a class has too few subjects of whom it is known."""
    values = table.inputs[habit.name].to_numpy(dtype=np.float64)
    known = np.isfinite(values)
    subjects = table.subjects["subject_id"]
    if min(subjects[known & side].nunique() for side in (cases, ~cases)) < FEWEST:
        return None
    rows = np.flatnonzero(known)
    one_fold = Predictions.join([(rows, values[rows], 0.5)])
    area = jackknife_auc(one_fold, table.cases, table.groups, training="none", level=1 - TOGETHER / tests)
    return _Judged(habit, area, _one_sided(habit, values, cases, table.positive))


def _one_sided(habit: Habit, values: Floats, cases: NDArray[np.bool_], positive: str) -> str:
    """Return what to say of a mark that one class has and the other never does, empty where that is not so."""
    with_cases, with_controls = float((values[cases] > 0).mean()), float((values[~cases] > 0).mean())
    if not _is_notation(habit) or min(with_cases, with_controls) > 0 or max(with_cases, with_controls) < COMMON:
        return ""
    sides = (positive, "the other label") if with_cases else ("the other label", positive)
    return f"{habit.title}: in {max(with_cases, with_controls):.0%} of transcripts of {sides[0]}, in none of {sides[1]}"


def _tell(judged: _Judged) -> Iterator[Finding]:
    habit, area = judged.habit, judged.area
    figure = (area.value, area.low, area.high)
    if judged.one_sided:
        yield Finding("warning", judged.one_sided, where=habit.name, remedy=_ALIKE, value=area.value)
    elif not area.low <= 0.5 <= area.high:
        more = "more" if area.value > 0.5 else "fewer"
        text = f"{habit.title}: {more} among cases, AUC {area.value:.3f} ({area.low:.3f} to {area.high:.3f})"
        if habit.family == "mark":
            remedy = "a sign of illness or a habit of the transcriber; ask who transcribed which class, by which rules"
            yield Finding("note", text, habit.name, remedy, *figure)
        else:
            yield Finding("warning", text, habit.name, _ALIKE, *figure)


def _names(table: FeatureTable) -> Finding:
    return describe_prediction(
        "the name of the file",
        names_classifier(),
        table.inputs[FILE],
        table,
        where="file names",
        remedy="no feature reads names; but raters who saw them were not blind, and batches may differ by class",
    )
