"""FILE.csv, .tsv or .xlsx with one row per recording or one row per utterance -> manifest rows.

The words stay in the table, which each row of the manifest names. Only where the table cannot be found again by its own
header (the user renamed a column that says whose words these are, or named another sheet) does the manifest hold them,
in a column ``text``. A column ``transcript`` of paths stays as it is.

REDCap exports hold one row per person and event: rows of events without speech are left out, and what a form of one
event states of a person (label, sex ...) counts for all events of that person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from adscreen.cohort.columns import require_columns
from adscreen.cohort.identity import identity_key, list_some, show
from adscreen.cohort.layouts.corpus import ManifestRow
from adscreen.cohort.layouts.renaming import rename_columns
from adscreen.cohort.sheets import name_other_sheets
from adscreen.cohort.spoken_text import TRANSCRIPT, two_sources
from adscreen.cohort.spreadsheet import Row, Table, read_table
from adscreen.cohort.values import standardise
from adscreen.errors import InputError

_WORDS = ("text", "utterance", "transcription", "sentence", "words", TRANSCRIPT)
_SPEAKERS = ("speaker", "participant", "role", "who")
_TIMES = ("start", "end", "start_ms", "end_ms", "begin", "stop", "onset", "offset", "start_time", "end_time")
_KEYS = ("recording_id", "subject_id", "visit")
_OF_THE_PERSON = ("label", "sex", "education", "site", "cluster", "match")  # what no event changes
_PATH = re.compile(r"\S(?:[^\n]*\S)?\.(?!\d+\Z)\w{1,10}(?:\.gz|\.xz)?")
_MOST_PATH_WORDS = 8


class TableRows(NamedTuple):
    """The rows of a table's manifest, the columns of it, and notes on how they were read."""

    rows: list[ManifestRow]
    notes: list[str]


class _Cells(NamedTuple):
    """A table's rows, the position of each column, and the one that holds words or paths."""

    rows: list[Row]
    columns: dict[str, int]
    words: str | None
    is_paths: bool

    def get(self, row: Row, column: str) -> str | None:
        """Return a cell, None where it is empty or there is no such column."""
        return row.cells[self.columns[column]] if column in self.columns else None

    def key(self, row: Row) -> tuple[str, ...]:
        """Return what names the recording of a row, as written: the words are found again under it."""
        return tuple(self.get(row, name) or "" for name in _KEYS)


def list_table(path: Path, renames: Mapping[str, str], *, sheet: str | None = None) -> TableRows:
    """Read the recordings of a table; columns that vary within a recording are left out.

    Raises:
        InputError: the table cannot be read, has no column ``subject_id`` or not those that are renamed, two columns
            hold speech, or a recording has two tasks.
    """
    table = read_table(path, sheet=sheet)
    notes = list(table.notes)
    try:
        named, emptied = standardise(rename_columns(table, renames, file=path.name), missing={}, file=path.name)
        cells = _read_cells(named, file=path.name)
    except InputError as error:
        raise name_other_sheets(error, table.sheets, table.sheet) from None
    notes += emptied.describe()
    every = cells.rows
    cells, left_out = _with_speech(cells, file=path.name)
    notes += left_out
    if cells.is_paths:
        rows = [_about(cells, row) | {TRANSCRIPT: cells.get(row, TRANSCRIPT)} for row in cells.rows]
    else:
        is_found_again = _is_found_again(table, renames)
        rows = list(_recordings(cells, path, is_found_again=is_found_again))
        if not is_found_again:
            notes.append("the manifest holds the words of the table, for its own header does not name them")
    return TableRows(rows, notes + _fill_in(rows, cells._replace(rows=every)))


def _read_cells(table: Table, *, file: str) -> _Cells:
    columns = {name.casefold(): position for position, name in enumerate(table.columns)}
    require_columns(list(columns), ["subject_id"], file=file)
    rows = list(table.rows)
    words = next((name for name in _WORDS if name in columns), None)
    is_paths = TRANSCRIPT in columns and _holds_paths(rows, columns[TRANSCRIPT], file=file)
    if is_paths and words == "text" and any(row.cells[columns[words]] for row in rows):
        raise two_sources(file)
    return _Cells(rows, columns, TRANSCRIPT if is_paths else words, is_paths)


def _holds_paths(rows: Sequence[Row], place: int, *, file: str) -> bool:
    """Return whether a column holds paths; raises InputError where some of its cells are paths and others words."""
    given = [(row.number, is_path(cell)) for row in rows if (cell := row.cells[place])]
    paths = [number for number, found in given if found]
    words = [number for number, found in given if not found]
    if paths and words:
        what = f"`{TRANSCRIPT}` holds the path of a file in row {paths[0]}, and none in row {words[0]}"
        raise InputError(what, where=file, remedy="give paths with their endings, or put speech into a column `text`")
    return bool(paths)


def is_path(cell: str) -> bool:
    """Return whether a cell looks like the path of a file and not like words.

    >>> is_path("audio/S01_1.cha"), is_path("the boy fell."), is_path("he fell")
    (True, False, False)
    """
    return len(cell.split()) <= _MOST_PATH_WORDS and _PATH.fullmatch(cell) is not None


def _with_speech(cells: _Cells, *, file: str) -> tuple[_Cells, list[str]]:
    """Leave out the rows of recordings without speech; raise InputError where none has any."""
    if cells.words is None:
        return cells, []
    words = (TRANSCRIPT,) if cells.is_paths else _WORDS
    speaking = {cells.key(row) for row in cells.rows if any(cells.get(row, name) for name in words)}
    kept = [row for row in cells.rows if cells.key(row) in speaking]
    lost = [row.number for row in cells.rows if cells.key(row) not in speaking]
    if not lost:
        return cells, []
    if not kept:
        what = f"no row has a value in the column `{cells.words}`"
        raise InputError(what, where=file, remedy="name the column of speech with rename=")
    note = f"{len(lost)} rows without `{cells.words}` are left out: {list_some(map(str, lost))}"
    return cells._replace(rows=kept), [note]


def _is_found_again(table: Table, renames: Mapping[str, str]) -> bool:
    """Return whether the words of a recording are found in the file by its own header and first sheet."""
    told = {*_KEYS, *_WORDS, *_SPEAKERS, *_TIMES}
    moved = {name.strip().casefold() for pair in renames.items() for name in pair}
    return not moved & told and (not table.sheets or table.sheet == table.sheets[0])


def _about(cells: _Cells, row: Row) -> ManifestRow:
    """Return what a row states beside the speech."""
    apart = _WORDS if cells.is_paths else (*_WORDS, *_SPEAKERS, *_TIMES)
    return {name: cells.get(row, name) for name in cells.columns if name not in apart}


def _recordings(cells: _Cells, path: Path, *, is_found_again: bool) -> Iterator[ManifestRow]:
    recordings: dict[tuple[str, ...], tuple[ManifestRow, list[Row]]] = {}
    for row in cells.rows:
        fields = _about(cells, row)
        known, own = recordings.setdefault(cells.key(row), (dict(fields), []))
        own.append(row)
        if fields.get("task") != known.get("task"):
            subject = show(str(fields["subject_id"]))
            what = f"rows {own[0].number} and {row.number} are one recording of subject {subject} with two tasks"
            raise InputError(what, where=path.name, remedy="tell the recordings apart in a column `recording_id`")
        known.update({name: None for name, value in fields.items() if known[name] != value})
    for known, own in recordings.values():
        if is_found_again:
            yield known | {TRANSCRIPT: path.name}
        else:
            yield known | {"text": _text_of(cells, own, path)}


def _text_of(cells: _Cells, rows: Sequence[Row], path: Path) -> str:
    """Return the words of a recording of one row."""
    if len(rows) > 1:
        what = f"rows {rows[0].number} and {rows[1].number} are one recording, and its columns are renamed"
        remedy = "rename the columns in the table itself, and save it as its first sheet, for it is read again"
        raise InputError(what, where=path.name, remedy=remedy)
    if cells.words is None:
        found = ", ".join(cells.columns)
        raise InputError(f"no column `text`; columns found: {found}", where=path.name, remedy="name it with rename=")
    return cells.get(rows[0], cells.words) or ""


def _fill_in(rows: Sequence[ManifestRow], cells: _Cells) -> list[str]:
    """Fill in what another row of the person states, where it is one value; say what was filled in."""
    notes = []
    for column in _OF_THE_PERSON:
        if column not in cells.columns:
            continue
        stated: dict[str, set[str]] = {}
        for row in cells.rows:
            if value := cells.get(row, column):
                stated.setdefault(identity_key(cells.get(row, "subject_id") or ""), set()).add(value)
        filled = 0
        for one in rows:
            values = stated.get(identity_key(str(one["subject_id"] or "")), set())
            if one.get(column) is None and len(values) == 1:
                one[column] = next(iter(values))
                filled += 1
        if filled:
            notes.append(f"{column} of {filled} recordings is taken from other rows of the same person")
    return notes
