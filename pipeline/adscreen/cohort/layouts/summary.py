"""A manifest -> lines for people: its labels, tasks and diagnoses with counts, and the condition that chooses one."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adscreen.cohort.cohort import choose_labels
from adscreen.cohort.controls import is_control
from adscreen.cohort.identity import describe_spellings, first_spellings, identity_key
from adscreen.errors import InputError
from adscreen.writing import count

if TYPE_CHECKING:
    import pandas

_GROUPINGS = {"task": "tasks", "diagnosis": "diagnoses", "language": "languages"}  # what a study may hold several of
_NONE = "none"
_MOST = 12  # values that are listed


def describe_manifest(frame: pandas.DataFrame) -> list[str]:
    """Return the counts of a manifest, and what to mind before it is evaluated; spellings of one id are one subject."""
    spellings = first_spellings(frame["subject_id"])
    notes = [f"Note: {describe_spellings(spellings, noun='subject')}"] if spellings else []
    return [*notes, *_labels(frame), *(line for name in _GROUPINGS if name in frame for line in _grouping(frame, name))]


def count_subjects(frame: pandas.DataFrame) -> str:
    """Return the number of people of a manifest, with the noun."""
    return count(frame["subject_id"].map(identity_key).nunique(), "subject")


def condition(column: str, value: str) -> str:
    """Return the option that chooses the rows with a value, as a shell takes it.

    >>> print(condition("task", "cookie"))
    --where 'task == "cookie"'
    """
    return f"--where {shlex.quote(f'{column} == {json.dumps(value, ensure_ascii=False)}')}"


def _labels(frame: pandas.DataFrame) -> Iterator[str]:
    if "label" not in frame:
        yield "No labels: `score` needs none; to evaluate and train, the manifest needs a column `label`"
        return
    counts = []
    for label, own in frame.fillna({"label": _NONE}).groupby("label", sort=True):
        counts.append(f"{label}: {count(len(own), 'recording')} of {count_subjects(own)}")
    yield f"Labels: {'; '.join(counts)}"
    found = sorted(frame["label"].dropna().unique())
    if len(found) > 2:
        controls = [label for label in found if is_control(label)] or [found[0]]
        cases = [label for label in found if label not in controls]
        sides = f"--positive {shlex.quote(','.join(cases))} --negative {shlex.quote(','.join(controls))}"
        yield f"{len(found)} labels; evaluate and train need two sides, such as {sides}"
    try:
        choose_labels(found, where="")
    except InputError as error:
        if len(found) == 2:
            yield f"Note: {error.what}; name it with --positive"


def _grouping(frame: pandas.DataFrame, column: str) -> Iterator[str]:
    """Yield the counts of a column with several values, the condition that chooses one, and a warning."""
    values = frame[column].dropna().astype(str).value_counts()
    if len(values) + frame[column].isna().any() < 2 or len(values) > _MOST:
        return
    labels = frame["label"].fillna(_NONE) if "label" in frame else None
    groups = frame[column].fillna(_NONE).astype(str)
    counts: list[str] = []
    single: dict[str, str] = {}
    for value, own in frame.groupby(groups, sort=True):
        per_label = {} if labels is None else labels[own.index].value_counts().sort_index().to_dict()
        listed = ", ".join(f"{label} {number}" for label, number in per_label.items())
        counts.append(f"{value}: {len(own)}" + (f" ({listed})" if listed else ""))
        if len(per_label) == 1 and value != _NONE:
            single[str(value)] = str(next(iter(per_label)))
    yield f"{_GROUPINGS[column].capitalize()}: {'; '.join(counts)}"
    if labels is not None and labels.nunique() > 1 and column != "diagnosis" and single:
        listed = ", ".join(f"{value} ({label})" for value, label in single.items())
        yield f"Warning: {_GROUPINGS[column]} that exist under one label only, so that they alone predict it: {listed}"
    usual = next((value for value in values.index if value not in single), values.index[0])
    if column != "diagnosis":
        yield f"To choose one {column}: {condition(column, usual)}"
