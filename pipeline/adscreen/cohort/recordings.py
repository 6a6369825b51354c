"""The rows of a manifest -> its recordings, each made when it is taken.

A Recording takes three times the memory of the cells it is made of, most of it for the path; so a cohort of any size
keeps the cells.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import overload

from adscreen.cohort.cohort import NUMBERS, Recording, cell_number
from adscreen.cohort.spreadsheet import Row, Table
from adscreen.errors import InputError
from adscreen.records import Transcript

REQUIRED = ("subject_id", "transcript")


class Recordings(Sequence[Recording]):
    """The recordings of a table in order; those of a slice are a tuple. ``folder`` is where relative paths begin;
    ``content`` is the speech of each, where it was given in memory.

    Taking one raises InputError where its row lacks a required cell or where a number is none.
    """

    __slots__ = ("_cells", "_columns", "_content", "_file", "_folder")

    def __init__(
        self, table: Table, *, folder: Path, file: str, content: Sequence[Transcript | str] | None = None
    ) -> None:
        self._cells = [row.cells for row in table.rows]
        self._columns = table.columns
        self._folder = folder
        self._file = file
        self._content = content

    def __len__(self) -> int:
        return len(self._cells)

    @overload
    def __getitem__(self, index: int) -> Recording: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Recording, ...]: ...
    def __getitem__(self, index: int | slice) -> Recording | tuple[Recording, ...]:
        if isinstance(index, slice):
            return tuple(self[position] for position in range(*index.indices(len(self))))
        position = range(len(self))[index]
        row = Row(position + 1, self._cells[position])
        recording = _recording(row, self._columns, folder=self._folder, file=self._file)
        return replace(recording, content=self._content[position]) if self._content else recording

    def __iter__(self) -> Iterator[Recording]:
        return (self[position] for position in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def _recording(row: Row, columns: Iterable[str], *, folder: Path, file: str) -> Recording:
    cells = dict(zip(columns, row.cells, strict=True))
    for column in REQUIRED:
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
        transcript=Path(os.path.abspath(os.path.join(folder, transcript))),
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
    try:
        number = cell_number(cell)
    except ValueError:
        what = f"row {row.number}: {column} is {cell!r}, not a number"
        raise InputError(what, where=file, remedy="leave it empty") from None
    return None if math.isnan(number) else number
