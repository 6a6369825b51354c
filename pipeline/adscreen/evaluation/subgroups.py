"""Finished folds -> the evaluated method's measures within each subgroup that the manifest names.

A cell with fewer than 10 subjects of a label is suppressed: its figures would say little, and could point at people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.cohort.bands import BANDS
from adscreen.cohort.labels import ORIGINAL
from adscreen.evaluation.categories import DIAGNOSIS, OF_RECORDINGS, list_levels, read_category
from adscreen.evaluation.intervals import Measured
from adscreen.evaluation.results import SubgroupRow
from adscreen.evaluation.summary import Folds
from adscreen.metrics import NO_INTERVAL
from adscreen.metrics.measures import BASIC, basic_measures

FEWEST = 10
EARLY = 20.0  # MMSE; Li's question is early AD, and --where 'mmse >= 20' is how a study says so
LEVELS = ("sex", "visit", "site")


@dataclass(frozen=True)
class Subgroup:
    """A subset of the cohort's rows (n,)."""

    column: str
    name: str
    rows: NDArray[np.bool_]


def find_subgroups(subjects: pd.DataFrame, cases: NDArray[np.int64]) -> Iterator[Subgroup]:
    """Yield every subgroup of the columns that have values.

    MMSE and diagnosis differ between the labels by their nature, so under mmse, early_stage and diagnosis the cases of
    a band or level stand against every control. A label of the manifest, where several became one, stands against the
    whole other side.
    """
    yield from _of_grouped_labels(subjects, cases)
    for column in LEVELS:
        if column in subjects:
            text = subjects[column].astype(object)
            for level in sorted({str(value) for value in text.dropna()}):
                yield Subgroup(column, level, (text.astype(str) == level).to_numpy() & text.notna().to_numpy())
    yield from _categories(subjects, cases)
    for column, bands in BANDS.items():
        if column in subjects and subjects[column].notna().any():
            values = subjects[column].to_numpy(dtype=np.float64)
            band = np.searchsorted([low for low, _ in bands], values, side="right") - 1
            for number, (_, name) in enumerate(bands):
                rows = (band == number) & np.isfinite(values)
                if rows.any():
                    yield Subgroup(column, name, rows | (cases == 0) if column == "mmse" else rows)
    if "mmse" in subjects and subjects["mmse"].notna().any():
        early = subjects["mmse"].to_numpy(dtype=np.float64) >= EARLY
        yield Subgroup("early_stage", f"mmse >= {EARLY:.0f}", early | (cases == 0))


def _of_grouped_labels(subjects: pd.DataFrame, cases: NDArray[np.int64]) -> Iterator[Subgroup]:
    """Yield each of the manifest's labels that is part of a side, against the whole other side."""
    if ORIGINAL not in subjects:
        return
    labels = subjects[ORIGINAL].astype(str).to_numpy()
    for label in sorted(set(labels)):
        own = labels == label
        side = cases == cases[own][0]
        if (own != side).any():
            yield Subgroup(ORIGINAL, label, own | ~side)


def _categories(subjects: pd.DataFrame, cases: NDArray[np.int64]) -> Iterator[Subgroup]:
    """Yield the levels of task, language and kind of file, and the diagnoses of cases, where there are several."""
    for column in OF_RECORDINGS:
        values = read_category(subjects, column)
        levels = list_levels(values)
        for level in levels if len(levels) > 1 else ():
            yield Subgroup(column, level, (values == level).to_numpy())
    values = read_category(subjects, DIAGNOSIS)
    levels = list_levels(values[cases == 1])
    for level in levels if len(levels) > 1 else ():
        yield Subgroup(DIAGNOSIS, level, (values == level).to_numpy() | (cases == 0))


def measure_subgroups(folds: Folds) -> list[SubgroupRow]:
    """Return adscreen's basic measures in each subgroup; of suppressed ones one row each, with the reason."""
    rows = []
    for subgroup in find_subgroups(folds.table.subjects, folds.cases):
        repeats = [item.among(subgroup.rows) for item in folds.repeats(folds.main)]
        tested = np.unique(np.concatenate([item.rows for item in repeats]))
        counts = [len(np.unique(folds.subjects[tested][folds.cases[tested] == label])) for label in (0, 1)]
        usable = [item for item in repeats if len(set(folds.cases[item.rows].tolist())) == 2]
        found: dict[str, Measured] = {}
        if min(counts) >= FEWEST and usable:
            found = folds.resample(usable, basic_measures).measured()
        rows += _rows(folds, subgroup, len(tested), counts, found)
    return rows


def _rows(
    folds: Folds, subgroup: Subgroup, recordings: int, counts: list[int], found: dict[str, Measured]
) -> list[SubgroupRow]:
    reason = "" if found else f"fewer than {FEWEST} subjects of a label"
    return [
        SubgroupRow(
            folds.protocol,
            folds.main,
            subgroup.column,
            subgroup.name,
            recordings,
            counts[0],
            counts[1],
            name,
            *item.figures,
            reason,
        )
        for name, item in (found or dict.fromkeys(BASIC[:1], Measured(NO_INTERVAL))).items()
    ]
