"""Manifest rows and a clinical table -> the rows with the table's columns, joined by subject (and visit).

Ids are compared by the identity rule (cohort/identity.py). Nothing wins silently: what files and table state
differently is refused, and what has no partner is listed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adscreen.cohort.columns import require_columns, standard_name
from adscreen.cohort.identity import identity_key, list_some, loose_key, show, tidy
from adscreen.cohort.layouts.corpus import ManifestRow
from adscreen.cohort.layouts.renaming import find_column, rename_columns
from adscreen.cohort.recordings import name_recording
from adscreen.cohort.sheets import name_other_sheets
from adscreen.cohort.spoken_text import TRANSCRIPT, find_text
from adscreen.cohort.spreadsheet import Row, read_table
from adscreen.cohort.values import standardise
from adscreen.errors import InputError

_SUBJECT, _VISIT = "subject_id", "visit"
_VISIT_NUMBER = re.compile(r"(?:v|visit)[ _-]?(\d\w*)", re.IGNORECASE)
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Metadata:
    """A clinical table: its columns without the key, and its rows; ``key`` is the place of the subject's id."""

    file: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    key: int
    notes: tuple[str, ...] = ()

    def cells(self, row: Row) -> dict[str, str]:
        """Return what a row states beside subject and visit."""
        apart = (self.key, self.columns.index(_VISIT) if _VISIT in self.columns else -1)
        pairs = zip(self.columns, row.cells, strict=True)
        return {name: cell for place, (name, cell) in enumerate(pairs) if place not in apart and cell is not None}

    def visit(self, row: Row) -> str:
        """Return the visit of a row, empty where there is none."""
        return (row.cells[self.columns.index(_VISIT)] or "") if _VISIT in self.columns else ""


def read_metadata(path: Path, *, key: str | None, renames: Mapping[str, str], sheet: str | None) -> Metadata:
    """Read a clinical table; ``key`` names its column of subject ids, as its header or a new name does.

    Raises:
        InputError: the table cannot be read, has no such column, or holds speech.
    """
    opened = read_table(path, sheet=sheet)
    try:
        written = None if key is None else find_column(opened, key)
        table, emptied = standardise(rename_columns(opened, renames, file=path.name), missing={}, file=path.name)
        if written is not None:
            column = table.columns[opened.columns.index(written)]
        elif key is not None and standard_name(key) in table.columns:
            column = standard_name(key)
        elif key is not None:
            what = f"{path.name} has no column {key!r}; columns found: {', '.join(opened.columns)}"
            raise InputError(what, where="key=", remedy="name the column of subject ids")
        else:
            column = _SUBJECT
            _require_subject(table.columns, file=path.name)
        speech = find_text(table.columns, file=path.name) or (TRANSCRIPT if TRANSCRIPT in table.columns else None)
        if speech is not None:
            remedy = "rename it, or build the manifest from this table with the layout `table`"
            raise InputError(
                f"the column `{speech}` would name the speech of a manifest", where=path.name, remedy=remedy
            )
    except InputError as error:
        raise name_other_sheets(error, opened.sheets, opened.sheet) from None
    rows = tuple(table.rows)
    notes = (*opened.notes, *(f"{path.name}: {note}" for note in emptied.describe()))
    return Metadata(path.name, table.columns, rows, table.columns.index(column), notes)


def _require_subject(columns: Sequence[str], *, file: str) -> None:
    try:
        require_columns(columns, [_SUBJECT], file=file)
    except InputError as error:
        raise InputError(error.what, where=file, remedy="name the column of subject ids with key=") from None


def join_metadata(rows: Sequence[ManifestRow], table: Metadata, *, same_id: bool = False) -> list[str]:
    """Add the table's columns to the rows they belong to; return notes that list what has no partner on either side.

    Raises:
        InputError: two rows of the table are one subject (and visit), nothing matches, or a value differs.
    """
    fold = loose_key if same_id else identity_key
    by_visit = _VISIT in table.columns and any(row.get(_VISIT) for row in rows)

    def key_of(subject: object, visit: object) -> _Key:
        return fold(str(subject or "")), _visit_key(str(visit or "")) if by_visit else ""

    found = _index(table, key_of, by_visit=by_visit)
    keys = [key_of(row["subject_id"], row.get(_VISIT)) for row in rows]
    alone = [_name(row, by_visit=by_visit) for row, key in zip(rows, keys, strict=True) if key not in found]
    unused = [_show_row(table, row, by_visit=by_visit) for key, row in found.items() if key not in set(keys)]
    if len(alone) == len(rows):
        raise _no_match(rows, table, alone, unused, by_visit=by_visit, same_id=same_id)
    _refuse_differences(rows, keys, found, table)
    for row, key in zip(rows, keys, strict=True):
        if key in found:
            row.update({n: v for n, v in table.cells(found[key]).items() if row.get(n) is None})
    return [*table.notes, *_unmatched(table, alone, unused, rows, by_visit=by_visit)]


def _visit_key(visit: str) -> str:
    """Fold a visit as names of files are: ``v1``, ``Visit 1``, ``01`` and ``1.0`` are 1."""
    numbered = _VISIT_NUMBER.fullmatch(tidy(visit))
    return loose_key(numbered[1] if numbered else visit)


def _index(table: Metadata, key_of: Callable[[object, object], _Key], *, by_visit: bool) -> dict[_Key, Row]:
    """Return the row of each subject (and visit); raises InputError where two rows are of one."""
    rows: dict[_Key, list[Row]] = defaultdict(list)
    for row in table.rows:
        subject = row.cells[table.key]
        if subject and identity_key(subject):
            rows[key_of(subject, table.visit(row))].append(row)
    twice = [own for own in rows.values() if len(own) > 1]
    if twice:
        faults = (f"rows {_numbers(own)} are {_show_row(table, own[0], by_visit=by_visit)}" for own in twice)
        noun = "subject and visit" if by_visit else "subject"
        remedy = "keep one row of each" + ("" if by_visit else ", or name the column of visits: rename= VISITS=visit")
        what = f"more than one row of one {noun}: {list_some(faults, between='; ')}"
        raise InputError(what, where=table.file, remedy=remedy)
    return {key: own[0] for key, own in rows.items()}


def _numbers(rows: Sequence[Row]) -> str:
    return " and ".join(list_some(str(row.number) for row in rows).split(", "))


def _show_row(table: Metadata, row: Row, *, by_visit: bool) -> str:
    visit = table.visit(row) if by_visit else ""
    return show(row.cells[table.key] or "") + (f" visit {show(visit)}" if visit else "")


def _name(row: ManifestRow, *, by_visit: bool) -> str:
    visit = row.get(_VISIT) if by_visit else None
    return show(str(row["subject_id"])) + (f" visit {show(str(visit))}" if visit else "")


def _no_match(
    rows: Sequence[ManifestRow],
    table: Metadata,
    alone: Iterable[str],
    unused: Iterable[str],
    *,
    by_visit: bool,
    same_id: bool,
) -> InputError:
    """Return the error that files and table have no id in common, with what may be the reason."""
    what = (
        f"none of its ids is one of the files: the files have {list_some(dict.fromkeys(alone))}, "
        f"the table has {list_some(unused)}"
    )
    remedy = "name the column of subject ids with key="
    if not same_id and _would_match(rows, table):
        remedy = "ids that differ only in leading zeros are the same with same_id="
    elif by_visit:
        remedy += ", and write visits as the names of files do"
    return InputError(what, where=table.file, remedy=remedy)


def _would_match(rows: Sequence[ManifestRow], table: Metadata) -> bool:
    """Return whether a subject of the files has a row in the table but for leading zeros alone."""
    listed = [row.cells[table.key] or "" for row in table.rows]
    exact, loose = {identity_key(one) for one in listed}, {loose_key(one) for one in listed if one}
    subjects = [str(row["subject_id"]) for row in rows]
    return any(identity_key(one) not in exact and loose_key(one) in loose for one in subjects)


def _refuse_differences(
    rows: Sequence[ManifestRow], keys: Sequence[_Key], found: Mapping[_Key, Row], table: Metadata
) -> None:
    """Raise InputError where files and table state different values of one column."""
    different: dict[str, list[str]] = defaultdict(list)
    for row, key in zip(rows, keys, strict=True):
        for column, value in table.cells(found[key]).items() if key in found else ():
            own = row.get(column)
            if own is not None and not _same(str(own), value):
                name = str(row.get("recording_id") or name_recording(str(row["subject_id"]), _text(row.get(_VISIT))))
                different[column].append(f"{name}: {own} and {value}")
    if not different:
        return
    listed = "; ".join(f"`{column}` of {len(own)} ({list_some(own)})" for column, own in different.items())
    names = ", ".join(f"rename= {column}={column}_2" for column in different)
    what = f"files and table differ in {listed}"
    raise InputError(what, where=table.file, remedy=f"give the table's column another name to keep both: {names}")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _same(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return tidy(one).casefold() == tidy(other).casefold()


def _unmatched(
    table: Metadata, alone: Sequence[str], unused: Sequence[str], rows: Sequence[ManifestRow], *, by_visit: bool
) -> list[str]:
    how = "subject and visit" if by_visit else "subject"
    notes = [f"{table.file} is joined by {how}: {len(rows) - len(alone)} of {len(rows)} recordings have a row there"]
    if alone:
        names = list(dict.fromkeys(alone))
        notes.append(f"{len(alone)} recordings have no row in {table.file}: {list_some(names)}")
    if unused:
        notes.append(f"{len(unused)} rows of {table.file} have no recording: {list_some(unused)}")
    nameless = sum(not identity_key(row.cells[table.key] or "") for row in table.rows)
    if nameless:
        notes.append(f"{nameless} rows of {table.file} have no id")
    return notes
