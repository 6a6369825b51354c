"""The rows of a manifest -> its recordings, each made when it is taken.

A Recording takes three times the memory of the cells it is made of, most of it for the path; so a cohort of any size
keeps the cells.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, repeat
from pathlib import Path
from typing import overload

from adscreen.cohort.cohort import NUMBERS, Recording, cell_number
from adscreen.cohort.identity import (
    describe_spellings,
    describe_zeros,
    differ_in_zeros,
    first_spellings,
    identity_key,
    list_some,
    tidy,
)
from adscreen.cohort.sex import describe_sexes, join_sexes
from adscreen.cohort.spreadsheet import Row, Table
from adscreen.errors import InputError
from adscreen.records import Transcript

REQUIRED = ("subject_id", "transcript")


class Recordings(Sequence[Recording]):
    """The recordings of a table in order; those of a slice are a tuple. ``folder`` is where relative paths begin;
    ``content`` is the speech of each, where it was given in memory; the defaults are those of each Recording.

    Subjects, clusters, matched sets and sites have one spelling each, that of their first row; ``same_id`` joins ids
    that differ in leading zeros too. ``sexes`` is what each spelling of a sex counts as, ``sex`` what the user says
    that codes mean. ``notes`` say what was joined. Taking one raises InputError where its row lacks a required cell or
    where a number is none.
    """

    __slots__ = (
        *("_cells", "_columns", "_content", "_defaults", "_file", "_folder", "_ids", "_spellings"),
        *("notes", "sexes"),
    )

    def __init__(
        self,
        table: Table,
        *,
        folder: Path,
        file: str,
        content: Sequence[Transcript | str] | None = None,
        same_id: bool = False,
        default_speaker: str | None = None,
        default_task: str | None = None,
        default_gem: str | None = None,
        sex: Mapping[str, str] | None = None,
    ) -> None:
        self._cells = [row.cells for row in table.rows]
        self._columns = table.columns
        self._folder = folder
        self._file = file
        self._content = content
        self._defaults = default_speaker, default_task, default_gem
        self._spellings: dict[str, dict[str, str]] = {
            column: first_spellings(self._names(column), same_id=same_id)
            for column in ("subject_id", "cluster", "match", "site")
            if column in self._columns
        }
        subjects = self._spellings.get("subject_id", {})
        self._ids = dict(self._free_ids({*subjects, *subjects.values()})) if subjects else {}
        self.sexes = self._join_sexes(sex or {})
        self.notes = tuple(self._describe(same_id=same_id))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table."""
        return tuple(self._columns)

    def _column(self, column: str) -> Iterator[str | None]:
        position = self._columns.index(column)
        return (cells[position] for cells in self._cells)

    def _names(self, column: str) -> Iterator[str]:
        """Yield what cells of a column name; a site is text, of which values that look alike are alike."""
        cells = filter(None, self._column(column))
        return cells if column != "site" else filter(None, map(tidy, cells))

    def _join_sexes(self, meanings: Mapping[str, str]) -> dict[str, str]:
        if "sex" not in self._columns:
            if meanings:
                raise InputError("no column `sex`", where=self._file, remedy="leave sex= out")
            return {}
        written = (tidy(cell) for cell in self._column("sex") if cell)
        return join_sexes(filter(None, written), meanings, file=self._file)

    def _free_ids(self, spellings: set[str]) -> Iterator[tuple[int, str]]:
        """Yield the place and a free recording id of rows that differ from another only in the subject's spelling."""
        names = ("recording_id", "subject_id", "visit")
        columns = [self._column(name) if name in self._columns else repeat(None) for name in names]
        taken: dict[str, str] = {}
        for position, (own, spelling, visit) in enumerate(zip(*columns, strict=False)):
            if spelling not in spellings or own:
                continue
            subject = self._first("subject_id", spelling)
            name = name_recording(subject, visit)
            if taken.setdefault(identity_key(name), spelling) != spelling:
                name = next(free for n in count(2) if identity_key(free := f"{name}_{n}") not in taken)
                taken[identity_key(name)] = spelling
                yield position, name

    def _describe(self, *, same_id: bool) -> Iterator[str]:
        for column, spellings in self._spellings.items():
            noun = "matched set" if column == "match" else column.removesuffix("_id")
            if spellings:
                yield describe_spellings(spellings, noun=noun)
            zeros = [] if same_id else differ_in_zeros(dict.fromkeys(self._names(column)))
            if zeros:
                yield describe_zeros(zeros, noun=noun)
        if self._ids:
            numbered = list_some(self._ids.values())
            yield f"recordings of one subject that differed only in its spelling are numbered: {numbered}"
        yield from describe_sexes(self.sexes)

    def _first(self, column: str, name: str) -> str:
        return self._spellings.get(column, {}).get(name, name)

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
        recording = _recording(row, self._columns, folder=self._folder, file=self._file, sexes=self.sexes)
        if any(self._spellings.values()):
            recording = self._with_first_spelling(recording, position)
        if any(self._defaults):
            speaker, task, gem = self._defaults
            recording = replace(recording, default_speaker=speaker, default_task=task, default_gem=gem)
        return replace(recording, content=self._content[position]) if self._content else recording

    def _with_first_spelling(self, recording: Recording, position: int) -> Recording:
        """Return the recording under the first spelling of its subject, cluster, matched set and site."""
        written = recording.subject_id
        subject = self._first("subject_id", written)
        derived = recording.recording_id == name_recording(written, recording.visit)
        own = name_recording(subject, recording.visit) if derived else recording.recording_id
        return replace(
            recording,
            recording_id=self._ids.get(position, own),
            subject_id=subject,
            cluster=recording.cluster and self._first("cluster", recording.cluster),
            match=recording.match and self._first("match", recording.match),
            site=recording.site and self._first("site", recording.site),
            spelling=written if written != subject else None,
        )

    def __iter__(self) -> Iterator[Recording]:
        return (self[position] for position in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def name_recording(subject: str, visit: str | None) -> str:
    """Return the recording id of a row that states none."""
    return f"{subject}_{tidy(visit)}" if visit else subject


def _recording(row: Row, columns: Iterable[str], *, folder: Path, file: str, sexes: Mapping[str, str]) -> Recording:
    cells = dict(zip(columns, row.cells, strict=True))
    for column in REQUIRED:
        if not identity_key(cells[column] or ""):
            raise InputError(f"row {row.number} has no {column}", where=file)
    subject = cells.pop("subject_id") or ""
    transcript = str(cells.pop("transcript")).replace("\\", "/")
    cluster, match = cells.pop("cluster", None), cells.pop("match", None)
    age, education, mmse = (_number(cells.pop(name, None), column=name, row=row, file=file) for name in NUMBERS)
    visit = _text(cells, "visit")
    return Recording(
        row=row.number,
        recording_id=cells.pop("recording_id", None) or name_recording(subject, visit),
        subject_id=subject,
        transcript=Path(os.path.abspath(os.path.join(folder, transcript))),
        visit=visit,
        label=_text(cells, "label"),
        cluster=cluster if cluster and identity_key(cluster) else None,
        match=match if match and identity_key(match) else None,
        age=age,
        sex=(sex := _text(cells, "sex")) and sexes.get(sex, sex),
        education=education,
        mmse=mmse,
        site=_text(cells, "site"),
        task=_text(cells, "task"),
        language=_text(cells, "language"),
        speaker=_text(cells, "speaker"),
        gem=_text(cells, "gem"),
        extra=tuple(cells.items()),
    )


def _text(cells: dict[str, str | None], column: str) -> str | None:
    """Take the cell of a column: values that look alike are alike."""
    cell = cells.pop(column, None)
    return cell and (tidy(cell) or None)


def _number(cell: str | None, *, column: str, row: Row, file: str) -> float | None:
    try:
        number = cell_number(cell and tidy(cell))
    except ValueError:
        what = f"row {row.number}: {column} is {cell!r}, not a number"
        raise InputError(what, where=file, remedy="leave it empty") from None
    return None if math.isnan(number) else number
