"""A table with a row an utterance, or a row a recording -> the turns of one recording.

    text     `text`, `utterance`, `transcript`, `content` ...; needed
    speaker  `speaker`, `participant`, `role` ...; an empty cell continues the speaker above; or `tier`
    times    `start`, `end`; ``0:00.0 - 0:03.0`` in `timespan`; seconds, ``h:mm:ss``, or the unit that ends the name
    which    `recording_id`, or `subject_id` and `visit`: a table may hold many recordings

adscreen.ingest.table_columns lists the names. Whole numbers without a unit are the milliseconds or seconds that speech
can have (Whisper's .tsv holds milliseconds). A recording of one row without speaker is read like a text file, so its
cell may hold labelled turns; else a row is one turn, of one or more sentences, or one word. Where two columns hold
text, the file must say which is the transcription.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple

from adscreen.cohort.columns import standard_name
from adscreen.cohort.spreadsheet import Row, Table, parse_delimited
from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.pieces import Piece, Segment, carry_speakers, start_of
from adscreen.ingest.plain_text import read_text
from adscreen.ingest.segments import Layout, converse, untimed
from adscreen.ingest.speaker_labels import find_labels, match_label
from adscreen.ingest.speech_rate import unit_of_integers
from adscreen.ingest.table_columns import (
    ONE_WORD,
    TEXT,
    Column,
    find_column,
    is_time,
    read_column,
    read_columns,
    read_time,
    split_span,
)
from adscreen.ingest.textgrid import read_tiers, split_at_silences
from adscreen.ingest.tiers import Span, list_tiers
from adscreen.records import Diagnostic

_WRITTEN = Layout(joined=False, automatic=False)
_KEYS = ("recording_id", "subject_id", "visit", "label")
_DELIMITERS = "\t,;|"
_SEPARATOR = re.compile(r"sep=(.)\n", re.IGNORECASE)
_SHOWN = 20_000  # characters that tell a table
_COLUMNS = 200  # of a header, at most
_RECORDS = 20  # rows of these
_CLOCK = re.compile(r"\d{1,2}:\d\d:\d\d[.,]\d{1,3}")
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?")
_NAME_IT = "name the column that holds the words `text`"
_HAS_WORDS = 1.5  # words a cell, on average, of a column that holds text and not names or numbers


class Request(NamedTuple):
    """Which recording is wanted of a file that may hold several."""

    recording_id: str
    subject_id: str
    visit: str | None = None


def is_table(text: str) -> str | None:
    """Return the delimiter of a table, None where the text is none.

    A table is told by a header that names a column of text beside others, or two other columns that a transcript has;
    by ELAN's rows without a header; or by three or more columns between tabs in all lines.
    """
    forced, text = _without_preface(text)
    if forced:
        return forced
    header = text.partition("\n")[0]
    for delimiter in _DELIMITERS:
        if delimiter in header and _is_header(header.split(delimiter), _records(text, delimiter)):
            return delimiter
    rows = _records(text, "\t")
    widths = {len(row) for row in rows}
    labelled = sum(any(cell.endswith(":") or cell.startswith(("[", "#")) for cell in row[:2]) for row in rows)
    return "\t" if len(rows) > 1 and len(widths) == 1 and min(widths) > 2 and 2 * labelled < len(rows) else None


def parse_table(text: str, *, file: str) -> Table:
    """Parse the text of a table; raises InputError where it has no header that is known for one."""
    delimiter = is_table(text) or ","
    _, text = _without_preface(text)
    if not any(map(_names_something, text.partition("\n")[0].split(delimiter, _COLUMNS))):
        columns = _elan_columns(_records(text, delimiter))
        if columns is None:
            remedy = f"add a first row that names the columns, such as speaker, start, end; {_NAME_IT}"
            raise InputError("a table without a header", where=file, remedy=remedy)
        text = delimiter.join(columns) + "\n" + text
    return parse_delimited(text, delimiter=delimiter, file=file)


def _without_preface(text: str) -> tuple[str, str]:
    """Return the delimiter that a first line ``sep=`` names, else nothing, and the text from the header on."""
    text = text.lstrip("\ufeff\n ")
    match = _SEPARATOR.match(text)
    if match:
        return match[1], text[match.end() :]
    while text.startswith(('"#', "#")) and "\t" not in text.partition("\n")[0]:  # ELAN's lines about the media
        text = text.partition("\n")[2].lstrip("\n")
    return "", text


def _records(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows of a text as cells."""
    shown = text[:_SHOWN] if len(text) <= _SHOWN else text[:_SHOWN].rpartition("\n")[0]
    try:
        records = list(islice(csv.reader(io.StringIO(shown, newline=""), delimiter=delimiter), _RECORDS))
    except csv.Error:
        return []
    return [[cell.strip() for cell in record] for record in records if any(cell.strip() for cell in record)]


def _names_something(cell: str) -> str:
    """Return what a header's cell names: the role of its column, a key, or a unit of time; empty where nothing."""
    name = cell.strip().strip('"').strip()
    column = read_column(0, name)
    return column.role or (name.casefold() if name.casefold() in _KEYS or column.unit is not None else "")


def _is_header(cells: Sequence[str], records: Sequence[Sequence[str]]) -> bool:
    """Tell whether a line is a header: of a column of text and another, or of two others above rows as long."""
    names = [cell.strip().strip('"').strip() for cell in cells]
    if not 2 <= len(names) <= _COLUMNS or any(len(name) >= 60 for name in names):
        return False
    known = len(set(map(_names_something, names)) - {""})
    has_text = any(read_column(0, name).role == "text" for name in names)
    is_even = len(records) > 1 and all(1 < len(record) <= len(names) for record in records)
    is_prose = any(cell.startswith(" ") for cell in cells[1:]) and known < 2  # as in `Words, words`
    return (has_text and (known > 1 or (is_even and not is_prose))) or (known > 1 and is_even)


def _elan_columns(records: Sequence[Sequence[str]]) -> list[str] | None:
    """Name the columns of ELAN's tab-delimited text without header: tier, participant, times with duration, text."""
    width = len(records[0]) if records else 0
    if width < 5 or any(len(record) != width for record in records):
        return None
    for pattern in (_CLOCK, _NUMBER):
        timed = [at for at in range(width) if all(pattern.fullmatch(record[at]) for record in records)]
        for start in timed:
            if {start + 1, start + 2} <= set(timed) and all(_fits(record[start : start + 3]) for record in records):
                names = [f"unnamed {at}" for at in range(width)]
                names[0], names[start], names[start + 1], names[width - 1] = "tier", "start", "end", "text"
                if width > 5 and start > 1:
                    names[1] = "participant"
                return names if 0 < start and start + 2 < width - 1 else None
    return None


def _fits(times: Sequence[str]) -> bool:
    start, end, duration = (read_time(time, unit=1000) or 0 for time in times)
    return abs(end - start - duration) <= 2 and end > start


@dataclass(frozen=True, slots=True)
class Talk:
    """A table whose columns are known; ``rows`` are those of each value of the column ``key``, or all under None."""

    columns: list[Column]
    text: Column
    key: Literal["recording_id", "subject_id"] | None
    keys: dict[str, int]
    rows: dict[str | None, list[Row]]
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def column(self, role: Literal["speaker", "tier", "start", "end", "span", "duration"]) -> Column | None:
        """Return the column of a role."""
        return find_column(self.columns, role)


def index_table(table: Table, *, file: str) -> Talk:
    """Find the columns of a table and the rows of each recording; raises InputError where no column holds text."""
    columns = read_columns(table.columns)
    names = [standard_name(name).casefold() for name in table.columns]
    keys = {name: position for position, name in enumerate(names) if name in _KEYS}
    key: Literal["recording_id", "subject_id"] | None = (
        "recording_id" if "recording_id" in keys else "subject_id" if "subject_id" in keys else None
    )
    rows: dict[str | None, list[Row]] = defaultdict(list)
    for row in table.rows:
        rows[row.cells[keys[key]] if key else None].append(row)
    listed = [row for own in rows.values() for row in own]
    text, others = _text_column(columns, listed, file=file)
    found = []
    if others:
        what = f"columns that hold words and were not read: {list_tiers(column.name for column in others)}"
        found.append(Diagnostic(file, None, what))
    found += [Diagnostic(file, None, note.partition(";")[0]) for note in table.notes]
    times = [column.name for column in columns if not column.role and _holds_times(column, listed)]
    if times and not any(column.role in ("start", "span") for column in columns):
        what = f"columns that hold times and were not read: {list_tiers(times)}"
        found.append(Diagnostic(file, None, what, "name them `start` and `end`, in seconds"))
    return Talk(columns, text, key, keys, dict(rows), found)


def _text_column(columns: Sequence[Column], rows: Sequence[Row], *, file: str) -> tuple[Column, list[Column]]:
    """Return the column of text and the others that hold words; raises InputError where there is none, or a second."""
    is_timed = any(column.role in ("start", "span") for column in columns)
    roles = ("text",) if any(column.role == "text" for column in columns) or not is_timed else ("label",)
    named = sorted((column for column in columns if column.role in roles), key=lambda column: column.rank)
    if not named:
        what = f"no column of text; columns found: {', '.join(column.name for column in columns)}"
        raise InputError(what, where=file, remedy=_NAME_IT)
    full = [column for column in named if _words(column, rows) > 0] or named[:1]
    rivals = [column for column in full[1:] if _words(column, rows) >= _HAS_WORDS and not _alike(column, full[0], rows)]
    if rivals:
        what = f"more than one column of text: {', '.join(column.name for column in (full[0], *rivals))}"
        raise InputError(what, where=file, remedy="keep the one that holds the transcription, or rename the others")
    is_talk = is_timed or any(column.role in ("speaker", "tier") for column in columns)
    others = [column for column in columns if is_talk and not column.role and _words(column, rows) >= _HAS_WORDS]
    return full[0], others


def _words(column: Column, rows: Sequence[Row]) -> float:
    """Return the words in a column's filled cells, on average; zero where most hold no letter."""
    cells = [cell for row in rows if (cell := row.cells[column.position])]
    lettered = sum(any(map(str.isalpha, cell)) for cell in cells)
    return sum(len(cell.split()) for cell in cells) / len(cells) if 2 * lettered > len(cells) else 0


def _holds_times(column: Column, rows: Sequence[Row]) -> bool:
    return is_time(column.name, [row.cells[column.position] or "" for row in rows])


def _alike(first: Column, second: Column, rows: Sequence[Row]) -> bool:
    return all(row.cells[first.position] == row.cells[second.position] for row in rows)


def read_rows(talk: Talk, request: Request, *, file: str) -> Conversation:
    """Return the turns of a recording; raises InputError where the table has no row of it, or no unit of its times."""
    rows = _rows_of(talk, request, file=file)
    is_timed = talk.column("start") is not None or talk.column("span") is not None
    if len(rows) == 1 and talk.column("speaker") is None and talk.column("tier") is None and not is_timed:
        return read_text(rows[0].cells[talk.text.position] or "", file=file)
    found = list(talk.diagnostics)
    empty = [row.number for row in rows if not row.cells[talk.text.position]]
    found += [Diagnostic(file, number + 1, "a row without text was passed over") for number in empty]
    segments = list(_segments(rows, talk, found, file=file))
    if talk.column("tier"):
        segments = _of_tiers(rows, segments, talk, found, file=file)
    elif is_timed and TEXT[talk.text.rank] in ONE_WORD and talk.text.role == "text":
        segments = _of_words(segments)
    return converse(segments, file=file, layout=_WRITTEN, diagnostics=found)


def _rows_of(talk: Talk, request: Request, *, file: str) -> list[Row]:
    wanted = request.subject_id if talk.key == "subject_id" else request.recording_id if talk.key else None
    rows = talk.rows.get(wanted, [])
    visit = talk.keys.get("visit")
    if talk.key == "subject_id" and visit is not None and request.visit is not None:
        rows = [row for row in rows if row.cells[visit] == request.visit]
    if not rows:
        what = f"no row of {talk.key} {wanted!r}" if talk.key else "no rows below the header"
        raise InputError(what, where=file, remedy="write subject, visit or recording as the manifest does")
    return rows


def _segments(rows: Sequence[Row], talk: Talk, found: list[Diagnostic], *, file: str) -> Iterator[Segment]:
    """Yield a segment for each row."""
    texts = [row.cells[talk.text.position] or "" for row in rows]
    speakers = _speakers(rows, texts, talk, found, file=file)
    times = _times(rows, texts, talk, found, file=file)
    for row, (speaker, said), (start, end) in zip(rows, speakers, times, strict=True):
        yield Segment(speaker, untimed(said), start, end, row.number + 1)


def _speakers(
    rows: Sequence[Row], texts: Sequence[str], talk: Talk, found: list[Diagnostic], *, file: str
) -> list[tuple[str, str]]:
    """Return the speaker and the words of each row, by the column, else by labels in the text."""
    column = talk.column("speaker")
    labels = find_labels([text for text in texts if text]) if column is None and talk.column("tier") is None else None
    named: list[tuple[str, str]] = []
    spellings: dict[str, str] = {}
    respelt = 0
    for row, text in zip(rows, texts, strict=True):
        speaker, said = match_label(text, labels) if labels else ("", text)
        if column is not None:
            speaker = (row.cells[column.position] or "").strip("*: ")
            first = spellings.setdefault(" ".join(speaker.casefold().split()), speaker)
            respelt += first != speaker
            speaker = first
        named.append((speaker, said))
    named, continued = carry_speakers(named)
    if respelt:
        found.append(Diagnostic(file, None, f"{respelt} rows write a speaker in another case; taken for one person"))
    if continued:
        what = f"{continued} rows without a speaker continue the one above"
        found.append(Diagnostic(file, None, what, "fill in the speaker of every row"))
    return named


def _times(
    rows: Sequence[Row], texts: Sequence[str], talk: Talk, found: list[Diagnostic], *, file: str
) -> list[tuple[int | None, int | None]]:
    """Return start and end of each row, in milliseconds."""
    start, end, span = talk.column("start"), talk.column("end"), talk.column("span")
    starts = [row.cells[start.position] if start else None for row in rows]
    ends = [row.cells[end.position] if end else None for row in rows]
    if span and not start:
        pairs = [split_span(row.cells[span.position]) for row in rows]
        starts, ends = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    units = [start.unit if start else None, end.unit if end else None]
    if units == [None, None] and (start or span):
        following = ends if end or span else [*starts[1:], None]
        units = [unit_of_integers(list(zip(starts, following, texts, strict=True)), where=file)] * 2
    times = [
        (read_time(one, unit=units[0]), read_time(other, unit=units[1]))
        for one, other in zip(starts, ends, strict=True)
    ]
    length = talk.column("duration")
    if length and not end and not span:
        lengths = [read_time(row.cells[length.position], unit=length.unit or units[0]) for row in rows]
        times = [
            (start_ms, None if start_ms is None or length_ms is None else start_ms + length_ms)
            for (start_ms, _), length_ms in zip(times, lengths, strict=True)
        ]
    framed = sum((cell or "").count(":") + (cell or "").count(";") == 3 for cell in (*starts, *ends))
    if framed:
        what = f"{framed} times with frames were read to the whole second"
        found.append(Diagnostic(file, None, what, "write hh:mm:ss.mmm"))
    cells = zip([*starts, *ends], [time[0] for time in times] + [time[1] for time in times], strict=True)
    lost = sum(bool(cell) and time is None for cell, time in cells)
    if lost:
        found.append(Diagnostic(file, None, f"{lost} times could not be read", "write seconds, or h:mm:ss"))
    return times


def _of_tiers(
    rows: Sequence[Row], segments: Sequence[Segment], talk: Talk, found: list[Diagnostic], *, file: str
) -> list[Segment]:
    """Return the segments of the tiers that hold speech."""
    tier = talk.column("tier")
    spans: dict[str, list[Span]] = defaultdict(list)
    for row, segment in zip(rows, segments, strict=True):
        name = (row.cells[tier.position] if tier else None) or ""
        speaker = f"@{segment.speaker}" if segment.speaker and "@" not in name else ""
        text = row.cells[talk.text.position] or ""
        spans[name + speaker].append(Span(segment.start_ms, segment.end_ms, text))
    remedy = "keep the rows of the tiers that hold words"
    read, left = read_tiers(spans.items(), where=file, remedy=remedy)
    if not read:
        raise InputError(f"no tier holds words; tiers: {list_tiers(left)}", where=file, remedy=remedy)
    if left:
        found.append(Diagnostic(file, None, f"tiers not read: {list_tiers(left)}"))
    return read


def _of_words(segments: Sequence[Segment]) -> list[Segment]:
    """Join rows of one word each to utterances, parted at silences."""
    words: dict[str, list[Piece]] = defaultdict(list)
    for segment in segments:
        text = " ".join(piece.text for piece in segment.pieces)
        if text:
            words[segment.speaker].append(Piece(text, segment.start_ms, segment.end_ms))
    joined = [one for speaker, own in words.items() for one in split_at_silences(speaker, own)]
    return sorted(joined, key=start_of)
