"""A cohort manifest, one row a recording -> a Cohort.

``subject_id`` and ``transcript`` (a path relative to the manifest) are required; the other columns that adscreen knows
are the fields of Recording, and any further column is carried along. Identifiers, visits and labels are text (``007``
stays ``007``); ``age``, ``education`` and ``mmse`` are numbers. Whether a transcript exists is seen when it is read.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pipeline.errors import InputError
from pipeline.manifest.cohort import NUMBERS, Cohort, Recording, labels
from pipeline.manifest.files import holds_many
from pipeline.manifest.layouts import build_manifest
from pipeline.manifest.selection import select
from pipeline.manifest.table import Row, read_table

__all__ = ["Cohort", "Recording", "build_manifest", "labels", "read_manifest"]

_REQUIRED = ("subject_id", "transcript")
_NOT_GIVEN = frozenset({"NA", "N/A", "n/a", "NaN", "nan"})  # as R and pandas write a missing number


def read_manifest(path: Path, *, where: str | None = None) -> Cohort:
    """Read a manifest: CSV, TSV, Parquet or Excel by its extension.

    ``where`` is a condition on the columns, such as ``mmse >= 20``; rows that do not meet it are left out.

    Raises InputError where the file or a row cannot be read, where the condition is wrong or leaves no row, where a
    recording or transcript comes twice, and where a subject has two labels or clusters.
    """
    file = path.name
    table = read_table(path)
    for column in _REQUIRED:
        if column not in table.columns:
            found = ", ".join(table.columns)
            raise InputError(f"no column `{column}`; columns found: {found}", where=file, remedy="rename or add it")
    cohort = Cohort(path, tuple(_recording(row, table.columns, folder=path.parent, file=file) for row in table.rows))
    if not cohort.recordings:
        raise InputError("no rows below the header", where=file)
    if where is not None:
        cohort = select(cohort, where)
    _check_unique(cohort)
    _check_one_value(cohort, "label")
    _check_one_value(cohort, "cluster")
    return cohort


def _recording(row: Row, columns: Iterable[str], *, folder: Path, file: str) -> Recording:
    cells = dict(zip(columns, row.cells, strict=True))
    for column in _REQUIRED:
        if cells[column] is None:
            raise InputError(f"row {row.number} has no {column}", where=file)
    subject = str(cells.pop("subject_id"))
    transcript = str(cells.pop("transcript")).replace("\\", "/")
    age, education, mmse = (_number(cells.pop(name, None), column=name, row=row, file=file) for name in NUMBERS)
    visit = cells.pop("visit", None)
    return Recording(
        row=row.number,
        recording_id=cells.pop("recording_id", None) or (f"{subject}_{visit}" if visit else subject),
        subject_id=subject,
        transcript=Path(os.path.abspath(folder / transcript)),
        visit=visit,
        label=cells.pop("label", None),
        cluster=cells.pop("cluster", None),
        age=age,
        sex=cells.pop("sex", None),
        education=education,
        mmse=mmse,
        site=cells.pop("site", None),
        task=cells.pop("task", None),
        language=cells.pop("language", None),
        speaker=cells.pop("speaker", None),
        extra=tuple(cells.items()),
    )


def _number(cell: str | None, *, column: str, row: Row, file: str) -> float | None:
    if cell is None or cell in _NOT_GIVEN:
        return None
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"row {row.number}: {column} is {cell!r}, not a number", where=file, remedy="leave it empty")
    return number


def _check_unique(cohort: Cohort) -> None:
    by_id: dict[str, int] = {}
    by_path: dict[Path, int] = {}
    for recording in cohort.recordings:
        first = by_id.setdefault(recording.recording_id, recording.row)
        if first != recording.row:
            raise InputError(
                f"rows {first} and {recording.row} are both recording {recording.recording_id!r}",
                where=cohort.path.name,
                remedy="tell them apart in a column `visit` or `recording_id`",
            )
        if holds_many(recording.transcript):
            continue
        first = by_path.setdefault(recording.transcript, recording.row)
        if first != recording.row:
            raise InputError(f"rows {first} and {recording.row} name the same transcript", where=cohort.path.name)


def _check_one_value(cohort: Cohort, column: Literal["label", "cluster"]) -> None:
    """Check that each subject has one label, or one cluster, over all its rows."""
    first: dict[str, tuple[str, int]] = {}
    for recording in cohort.recordings:
        subject, value = recording.subject_id, recording.label if column == "label" else recording.cluster
        if value is None:
            continue
        known, row = first.setdefault(subject, (value, recording.row))
        if known != value:
            raise InputError(
                f"subject {subject!r} has {column} {known!r} in row {row} and {value!r} in row {recording.row}",
                where=cohort.path.name,
                remedy="correct one, or leave rows out with --where",
            )
