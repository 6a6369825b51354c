"""A cohort's table -> visits that may stand under another subject, and subjects who may be several people.

Grouped folds trust ``subject_id``; these are the ways in which it is wrong.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from adscreen.auditing.finding import Finding, count, name_some
from adscreen.extract.feature_table import FeatureTable

_WITH_VISIT = re.compile(r"(?P<stem>.*\d.*?)(?:[-_. ]+|(?<=\d)(?=[vVtTwW]))(?:[vVtTwW]|visit|time|wave)?[-_ ]?\d{1,2}")
_MOST_VISITS = 10  # of one person; more ids than that with one beginning are people of one group
_AGE_BACK = 1.5  # years: rounding of ages, and dates off by months, are no contradiction
_SCHOOL = 1.5


def find_identities(table: FeatureTable) -> list[Finding]:
    """Return ids that seem to hold a visit, subjects without a first visit, and subjects who contradict themselves."""
    return [*ids_with_visits(table), *without_first_visit(table), *contradictions(table)]


def ids_with_visits(table: FeatureTable) -> Iterator[Finding]:
    """Yield where subject ids differ only in a last number, as visits do: S12-1 and S12-2."""
    people: dict[str, list[str]] = defaultdict(list)
    visits = table.subjects.groupby("subject_id").size()
    for subject in map(str, visits.index):
        if found := _WITH_VISIT.fullmatch(subject):
            people[found["stem"]].append(subject)
    several = {
        stem: ids
        for stem, ids in people.items()
        if 1 < len(ids) <= _MOST_VISITS and all(visits[one] == 1 for one in ids) and not _together(table, ids)
    }
    if several:
        total = sum(map(len, several.values()))
        yield Finding(
            "warning",
            f"{total} subject ids with one recording each differ from another only in a last number: "
            f"perhaps the visits of {count(len(several), 'person') if len(several) == 1 else f'{len(several)} people'}",
            where=name_some(one for ids in several.values() for one in ids),
            remedy="if so, put the number into `visit`: folds keep only equal subject ids together",
            value=float(total),
        )


def _together(table: FeatureTable, ids: list[str]) -> bool:
    """Tell whether the manifest puts these subjects into one cluster, so that folds keep them together anyway."""
    return len(set(table.groups[table.subjects["subject_id"].isin(ids).to_numpy()])) == 1


def without_first_visit(table: FeatureTable) -> Iterator[Finding]:
    """Yield subjects who begin with a later visit than others: the first may stand under another id."""
    if "visit" not in table.subjects:
        return
    numbers = pd.to_numeric(table.subjects["visit"], errors="coerce")
    first = numbers.groupby(table.subjects["subject_id"]).min().dropna()
    later = first[first > first.min()] if len(first) else first
    if 0 < len(later) <= len(first) / 2:
        yield Finding(
            "note",
            f"{count(len(later), 'subject')} of {len(first)} without visit {first.min():g}",
            where=name_some(later.index),
            remedy="see whether that visit was left out or stands under another subject id",
            value=float(len(later)),
        )


def contradictions(table: FeatureTable) -> Iterator[Finding]:
    """Yield subjects with two sexes, sites, or label, an age that falls or an education that jumps between visits."""
    grouped = table.subjects.groupby("subject_id", sort=True)
    for column, level, remedy in (
        ("sex", "warning", "see whether one id was given to two people"),
        ("cluster", "warning", "clusters must not share a subject; correct the manifest"),
        ("label", "note", "their recordings count under their own labels; results by subject leave them out"),
    ):
        if column in table.subjects:
            values = grouped[column].nunique()
            yield from _several(values[values > 1].index, f"more than one {column}", column, level, remedy)
    remedy = "see whether one id was given to two people"
    if "education" in table.subjects:
        spread = grouped["education"].agg(lambda years: years.max() - years.min())
        yield from _several(spread[spread > _SCHOOL].index, "educations that differ", "education", "warning", remedy)
    if {"age", "visit"} <= set(table.subjects.columns):
        yield from _several(_younger(table), "an age that falls from visit to visit", "age", "warning", remedy)


def _younger(table: FeatureTable) -> list[object]:
    subjects = table.subjects.assign(order=pd.to_numeric(table.subjects["visit"], errors="coerce"))
    known = subjects.dropna(subset=["order", "age"]).sort_values("order", kind="stable")
    fall = known.groupby("subject_id")["age"].agg(lambda ages: ages.diff().min())
    return list(fall[fall < -_AGE_BACK].index)


def _several(names: object, what: str, column: str, level: object, remedy: str) -> Iterator[Finding]:
    every = sorted(map(str, names))  # type: ignore[call-overload]
    if every:
        text = f"{count(len(every), 'subject')} with {what}"
        yield Finding(level, text, f"{column}: {name_some(every)}", remedy, float(len(every)))  # type: ignore[arg-type]
