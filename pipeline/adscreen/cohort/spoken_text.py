"""A table with a column ``text`` -> one with names in place of the speech, and the speech of each row.

Each row is then one recording, and its cell is what a plain-text transcript would hold. A table with one row per
utterance is refused, for its rows would count as recordings. No error shows what a cell holds.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from adscreen.cohort.files import names_a_place
from adscreen.cohort.identity import identity_key, list_some, show
from adscreen.cohort.spreadsheet import Row, Table
from adscreen.errors import InputError

TEXT, TRANSCRIPT = "text", "transcript"
_ENDING = re.compile(r"\.\w{1,10}\s*\Z")
_MOST_WORDS = 2  # of a cell that is taken for a path whatever it is
_RENAME = "remove one, or rename it"


def find_text(columns: Sequence[str], *, file: str) -> str | None:
    """Return the column that holds speech, None where there is none; raises InputError where it may be two.

    >>> find_text(["subject_id", "Text"], file="m.csv"), find_text(["subject_id", "transcript"], file="m.csv")
    ('Text', None)
    """
    alike = [name for name in columns if name.casefold() == TEXT]
    if len(alike) > 1 and TEXT not in alike:
        what = f"the columns {alike[0]!r} and {alike[1]!r} are both `{TEXT}`"
        raise InputError(what, where=file, remedy="rename or remove one")
    return TEXT if TEXT in alike else next(iter(alike), None)


def take_text(table: Table, *, folder: Path, file: str) -> tuple[Table, list[str] | None]:
    """Return the table with a name in place of each text, and the texts; None where the table holds paths.

    Raises:
        InputError: the columns ``text`` and ``transcript`` both have values, a row has no text, two rows are one
            recording, or ``transcript`` holds words.
    """
    column = find_text(table.columns, file=file)
    if column is None:
        return replace(table, rows=_without_words(table, folder=folder, file=file)), None
    rows = list(table.rows)
    place = table.columns.index(column)
    other = table.columns.index(TRANSCRIPT) if TRANSCRIPT in table.columns else None
    if other is not None and any(row.cells[other] for row in rows):
        if any(row.cells[place] for row in rows):
            raise two_sources(file)
        return replace(table, rows=iter(rows)), None
    _require_text([row.number for row in rows if not row.cells[place]], file=file)
    _refuse_utterances(table, rows, file=file)
    texts = [row.cells[place] or "" for row in rows]
    kept = [n for n in range(len(table.columns)) if n != other]
    columns = tuple(TRANSCRIPT if n == place else table.columns[n] for n in kept)
    named = (
        Row(row.number, tuple(f"{file} row {row.number}" if n == place else row.cells[n] for n in kept)) for row in rows
    )
    return replace(table, columns=columns, rows=named), texts


def two_sources(file: str) -> InputError:
    """Return the error that two columns hold, or name, the speech."""
    return InputError("the columns `text` and `transcript` both have values", where=file, remedy=_RENAME)


def _require_text(missing: Sequence[int], *, file: str) -> None:
    if missing:
        listed = list_some(map(str, missing))
        rows = f"row {listed} has" if len(missing) == 1 else f"{len(missing)} rows have"
        shown = "" if len(missing) == 1 else f" ({listed})"
        remedy = "leave such rows out: `adscreen manifest` with the layout `table` does"
        raise InputError(f"{rows} no text{shown}", where=file, remedy=remedy)


def _refuse_utterances(table: Table, rows: Sequence[Row], *, file: str) -> None:
    """Refuse rows that are one recording: they are utterances, or visits that nothing distinguishes."""
    seen: dict[tuple[str, ...], int] = {}
    for row, key in zip(rows, _recording_keys(table, rows), strict=True):
        first = seen.setdefault(key, row.number)
        if first != row.number:
            subject = row.cells[table.columns.index("subject_id")] or ""
            what = f"rows {first} and {row.number} both hold text of subject {show(subject)}, of one recording"
            how = f"adscreen manifest {shlex.quote(file)} layout= table"
            remedy = f"if each row is one utterance, make a manifest: {how}; "
            remedy += "if each is one recording, add a column `visit` or `recording_id`"
            raise InputError(what, where=file, remedy=remedy)


def _recording_keys(table: Table, rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """Yield what names the recording of each row; one without a subject, which is refused later, is its own."""
    places = {n: table.columns.index(n) for n in ("recording_id", "subject_id", "visit") if n in table.columns}
    for row in rows:
        cells = {name: identity_key(row.cells[place] or "") for name, place in places.items()}
        if cells.get("recording_id"):
            yield (cells["recording_id"],)
        elif cells.get("subject_id"):
            yield cells["subject_id"], cells.get("visit", "")
        else:
            yield "", "", str(row.number)


def _without_words(table: Table, *, folder: Path, file: str) -> Iterator[Row]:
    """Pass rows on; raise InputError where ``transcript`` holds words, before a message names them as a path."""
    place = table.columns.index(TRANSCRIPT) if TRANSCRIPT in table.columns else None
    for row in table.rows:
        if place is not None and is_words(row.cells[place], folder=folder):
            raise not_a_path(row.number, file=file)
        yield row


def is_words(cell: str | None, *, folder: Path) -> bool:
    """Return whether a cell that should be a path holds several words, has no ending, and is no place that exists."""
    if cell is None or len(cell.split()) <= _MOST_WORDS:
        return False
    return not (_ENDING.search(cell) and "\n" not in cell) and not names_a_place(str(folder / cell))


def not_a_path(row: int, *, file: str) -> InputError:
    """Return the error that a row holds words where a path should be."""
    what = f"row {row}: `transcript` is not the path of a file"
    return InputError(what, where=file, remedy="put speech into a column `text`")
