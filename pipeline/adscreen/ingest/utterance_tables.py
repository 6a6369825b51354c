"""A table with a row an utterance, or a row a recording -> the turns of one recording.

    text     `text`, `utterance`, `transcript`, `transcription`, `sentence` or `words`; needed
    speaker  `speaker`, `participant`, `role` or `who`
    times    `start`, `end` in seconds, as ``h:mm:ss``, or `start_ms`, `end_ms`
    which    `recording_id`, or `subject_id` and `visit`: a table may hold many recordings

Names are read in any case of letters. A recording of one row without speaker is read like a text file, so its cell may
hold labelled turns; else a row is one turn, of one or more sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from adscreen.cohort.columns import standard_name
from adscreen.cohort.spreadsheet import Row, Table
from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.plain_text import read_text
from adscreen.ingest.segments import Layout, Segment, converse, milliseconds, untimed
from adscreen.records import Diagnostic

TEXT = ("text", "utterance", "transcript", "transcription", "sentence", "words")
_SPEAKER = ("speaker", "participant", "role", "who")
_START, _END = ("start", "begin", "onset", "start_time"), ("end", "stop", "offset", "end_time")
_WRITTEN = Layout(joined=False, automatic=False)


class Request(NamedTuple):
    """Which recording is wanted of a file that may hold several."""

    recording_id: str
    subject_id: str
    visit: str | None = None


def is_table(first_line: str) -> str | None:
    """Return the delimiter of a table whose header names a column of text, None where the line is no such header."""
    for delimiter in ("\t", ",", ";"):
        cells = [cell.strip().strip('"').casefold() for cell in first_line.split(delimiter)]
        if len(cells) > 1 and any(cell in TEXT for cell in cells) and all(len(cell) < 40 for cell in cells):
            return delimiter
    return None


@dataclass(frozen=True, slots=True)
class Talk:
    """A table whose columns are known; ``rows`` are those of each value of the column ``key``, or all under None."""

    columns: Mapping[str, int]
    text: int
    key: Literal["recording_id", "subject_id"] | None
    rows: Mapping[str | None, list[Row]]


def index_table(table: Table, *, file: str) -> Talk:
    """Find the columns of a table and the rows of each recording; raises InputError where no column holds text."""
    columns = {standard_name(name).casefold(): position for position, name in enumerate(table.columns)}
    text = next((columns[name] for name in TEXT if name in columns), None)
    if text is None:
        found = ", ".join(table.columns)
        raise InputError(f"no column `text`; columns found: {found}", where=file, remedy="rename the one that holds it")
    key: Literal["recording_id", "subject_id"] | None = (
        "recording_id" if "recording_id" in columns else "subject_id" if "subject_id" in columns else None
    )
    rows: dict[str | None, list[Row]] = defaultdict(list)
    for row in table.rows:
        rows[row.cells[columns[key]] if key else None].append(row)
    return Talk(columns, text, key, dict(rows))


def read_rows(talk: Talk, request: Request, *, file: str) -> Conversation:
    """Return the turns of a recording; raises InputError where the table has no row of it."""
    rows = _rows_of(talk, request, file=file)
    speaker = next((talk.columns[name] for name in _SPEAKER if name in talk.columns), None)
    timed = any(name in talk.columns for name in (*_START, "start_ms"))
    if len(rows) == 1 and speaker is None and not timed:
        return read_text(rows[0].cells[talk.text] or "", file=file)
    empty = [row.number for row in rows if not row.cells[talk.text]]
    diagnostics = [Diagnostic(file, number + 1, "a row without text was passed over") for number in empty]
    return converse(_segments(rows, talk, speaker), file=file, layout=_WRITTEN, diagnostics=diagnostics)


def _rows_of(talk: Talk, request: Request, *, file: str) -> list[Row]:
    wanted = request.subject_id if talk.key == "subject_id" else request.recording_id if talk.key else None
    rows = talk.rows.get(wanted, [])
    visit = talk.columns.get("visit")
    if talk.key == "subject_id" and visit is not None and request.visit is not None:
        rows = [row for row in rows if row.cells[visit] == request.visit]
    if not rows:
        what = f"no row of {talk.key} {wanted!r}" if talk.key else "no rows below the header"
        raise InputError(what, where=file, remedy="write subject, visit or recording as the manifest does")
    return rows


def _segments(rows: list[Row], talk: Talk, speaker: int | None) -> Iterator[Segment]:
    for row in rows:
        start = _time(row, talk.columns, _START, "start_ms")
        end = _time(row, talk.columns, _END, "end_ms")
        label = (row.cells[speaker] or "").strip("*: ") if speaker is not None else ""
        yield Segment(label, untimed(row.cells[talk.text] or ""), start, end, row.number + 1)


def _time(row: Row, columns: Mapping[str, int], names: tuple[str, ...], exact: str) -> int | None:
    """Read a time in milliseconds, seconds or ``h:mm:ss``."""
    if exact in columns:
        return milliseconds(row.cells[columns[exact]], unit=1)
    cell = next((row.cells[columns[name]] for name in names if name in columns), None)
    seconds = 0.0
    for part in (cell or "").replace(",", ".").split(":"):
        value = milliseconds(part)
        if value is None:
            return None
        seconds = 60 * seconds + value / 1000
    return milliseconds(seconds)
