"""A cohort manifest, one row a recording -> a Cohort.

``subject_id`` and ``transcript`` (a path relative to the manifest) are required; the other columns that adscreen knows
are the fields of Recording, and any further column is carried along. Identifiers, visits and labels are text (``007``
stays ``007``); ``age``, ``education`` and ``mmse`` are numbers. Whether a transcript exists is seen when it is read.
"""

from __future__ import annotations

import os
from array import array
from itertools import pairwise
from pathlib import Path

from adscreen.cohort.cohort import Cohort, Recording
from adscreen.cohort.files import holds_many
from adscreen.cohort.recordings import REQUIRED, Recordings
from adscreen.cohort.selection import select
from adscreen.cohort.spreadsheet import read_table
from adscreen.errors import InputError


def read_manifest(path: Path, *, where: str | None = None) -> Cohort:
    """Read a manifest: CSV, TSV, Parquet or Excel by its extension.

    ``where`` is a condition on the columns, such as ``mmse >= 20``; rows that do not meet it are left out.

    Raises InputError where the file or a row cannot be read, where the condition is wrong or leaves no row, where a
    recording or transcript comes twice, and where a subject has two labels or clusters.
    """
    file = path.name
    table = read_table(path)
    for column in REQUIRED:
        if column not in table.columns:
            found = ", ".join(table.columns)
            raise InputError(f"no column `{column}`; columns found: {found}", where=file, remedy="rename or add it")
    cohort = Cohort(path, Recordings(table, folder=path.parent, file=file))
    if not cohort.recordings:
        raise InputError("no rows below the header", where=file)
    if where is not None:
        cohort = select(cohort, where)
    _check(cohort)
    return cohort


def _check(cohort: Cohort) -> None:
    """Check what must hold between rows; raises InputError where it does not.

    The first pass keeps eight bytes a name, for a manifest may be long. Only where two names may be the same, or a
    subject has two values, a second one keeps all names and says which rows.
    """
    if _may_be_wrong(cohort):
        _name_fault(cohort)


def _may_be_wrong(cohort: Cohort) -> bool:
    ids, paths = array("q"), array("q")  # hashes
    known: dict[str, dict[str, str]] = {"label": {}, "cluster": {}}
    for recording in cohort.recordings:
        ids.append(hash(recording.recording_id))
        if not holds_many(recording.transcript):
            paths.append(hash(os.fspath(recording.transcript)))
        for column, values in known.items():
            value = getattr(recording, column)
            if value is not None and values.setdefault(recording.subject_id, value) != value:
                return True
    return _has_repeats(ids) or _has_repeats(paths)


def _has_repeats(hashes: array[int]) -> bool:
    return any(first == second for first, second in pairwise(sorted(hashes)))


def _name_fault(cohort: Cohort) -> None:
    """Raise InputError that names the first rows at fault."""
    ids: dict[str, int] = {}
    paths: dict[str, int] = {}
    values: dict[str, dict[str, tuple[str, int]]] = {"label": {}, "cluster": {}}
    for recording in cohort.recordings:
        _check_unique(recording, ids, paths, file=cohort.path.name)
        for column, first in values.items():
            _check_one_value(recording, column, first, file=cohort.path.name)


def _check_unique(recording: Recording, ids: dict[str, int], paths: dict[str, int], *, file: str) -> None:
    """Check that no earlier row is the same recording or names the same transcript."""
    first = ids.setdefault(recording.recording_id, recording.row)
    if first != recording.row:
        raise InputError(
            f"rows {first} and {recording.row} are both recording {recording.recording_id!r}",
            where=file,
            remedy="tell them apart in a column `visit` or `recording_id`",
        )
    if holds_many(recording.transcript):
        return
    first = paths.setdefault(os.fspath(recording.transcript), recording.row)
    if first != recording.row:
        raise InputError(f"rows {first} and {recording.row} name the same transcript", where=file)


def _check_one_value(recording: Recording, column: str, known: dict[str, tuple[str, int]], *, file: str) -> None:
    """Check that the subject has the label, or cluster, that it has in earlier rows."""
    value = getattr(recording, column)
    if value is None:
        return
    first, row = known.setdefault(recording.subject_id, (value, recording.row))
    if first != value:
        raise InputError(
            f"subject {recording.subject_id!r} has {column} {first!r} in row {row} and {value!r} in row"
            f" {recording.row}",
            where=file,
            remedy="correct one, or leave rows out with --where",
        )
