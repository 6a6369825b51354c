"""The tables of a document -> the turns they hold, where the shape of their columns says which is what.

    time      clock times; `00:01`, `00:00:01`, `[0:01]`, `00:01 - 00:05`, `#00:00:05-1#`
    number    whole numbers, of lines or turns
    speaker   short cells without the end of a sentence that come again, or name a role
    text      the one column that is left
    notes     left out where a heading says that they are notes

A heading names a column where there is one; then a column of notes may stand beside. Tables of as many columns are one
table that pages part. A cell without a speaker goes on with the speaker above. Where two columns under the headings
`Interviewer` and `Participant` hold speech, the heading is the speaker.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from adscreen.ingest.clock_times import clock_ms
from adscreen.ingest.pieces import Segment
from adscreen.ingest.prose import label_role
from adscreen.ingest.segments import untimed
from adscreen.ingest.wordprocessing import Block, Cell, Table

_Kind = Literal["time", "end", "number", "speaker", "text", "notes"]

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)(?:[.,](\d{1,3})|[:;-]\d{1,3})?"
_TIME = re.compile(rf"[\[(#]?\s*{_CLOCK}\s*[\])#]?(?:\s*(?:-+>?|–|—|to)\s*[\[(#]?\s*{_CLOCK}\s*[\])#]?)?")
_NUMBER = re.compile(r"#?\d{1,6}[.):]?")
_HEADINGS: dict[_Kind, frozenset[str]] = {
    "time": frozenset(
        {"time", "times", "timestamp", "time stamp", "timecode", "time code", "tc", "start", "start time", "begin"}
        | {"zeit", "zeitmarke", "beginn", "heure", "temps", "minutage", "hora", "tiempo", "inicio"}
    ),
    "end": frozenset({"end", "end time", "stop", "duration", "out", "ende", "dauer", "fin", "durée", "duración"}),
    "number": frozenset(
        {"#", "no", "no.", "nr", "nr.", "n°", "nº", "number", "line", "turn", "id", "row", "item", "zeile"}
    ),
    "speaker": frozenset(
        {"speaker", "speakers", "who", "name", "role", "person", "speaker name", "participants"}
        | {"sprecher", "sprecherin", "sprecher/in", "wer", "locuteur", "locutrice", "qui", "hablante", "quién"}
    ),
    "text": frozenset(
        {"text", "utterance", "utterances", "transcript", "transcription", "speech", "content", "dialogue", "words"}
        | {"äußerung", "transkript", "inhalt", "texte", "énoncé", "texto", "transcripción", "enunciado"}
    ),
    "notes": frozenset(
        {
            "notes",
            "note",
            "comments",
            "comment",
            "code",
            "codes",
            "coding",
            "remarks",
            "observations",
            "theme",
            "themes",
        }
        | {"bemerkung", "bemerkungen", "notizen", "anmerkungen", "kommentar", "kommentare", "remarques", "notas"}
    ),
}
_NAME_WORDS = 5
_SPOKEN_WORDS = 2.5  # a column of more words in a cell may be speech
_SENTENCE_END = re.compile(r"[.?!…]$")
_MOST = 0.8


class Turns(NamedTuple):
    """The turns of a table, rows without a speaker of their own, rows that were passed over, and columns left out."""

    segments: tuple[Segment, ...]
    continued: int = 0
    passed_over: int = 0
    notes: int = 0


class _Shape(NamedTuple):
    """The kinds of columns; ``headed`` are the speakers where headings name them."""

    kinds: dict[int, _Kind]
    headed: dict[int, str]

    def column(self, kind: _Kind) -> int | None:
        return next((column for column, found in self.kinds.items() if found == kind), None)


class UnclearTable(Exception):
    """Raised where more than one column may hold what was said."""


def text_of(blocks: Sequence[Block]) -> str:
    """Return the text of a cell, a paragraph a line; a table inside it adds a line for each of its rows."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            lines += (" ".join(filter(None, (text_of(cell.blocks) for cell in row))) for row in block.rows)
        else:
            lines.append(block)
    return "\n".join(line.strip() for text in lines for line in text.split("\n") if line.strip())


def read_turns(tables: Sequence[Table]) -> list[Turns | None]:
    """Return the turns of each table, None of one that holds none; raises UnclearTable."""
    groups: dict[int, list[Table]] = defaultdict(list)
    for table in tables:
        groups[_width(table)].append(table)
    shapes = {width: _shape(group) for width, group in groups.items()}
    return [_turns(table, shape) if (shape := shapes[_width(table)]) else None for table in tables]


def _width(table: Table) -> int:
    """The number of columns that hold anything."""
    return len({cell.column for row in table.rows for cell in row if cell.blocks or cell.continued})


def _cells(row: Sequence[Cell]) -> dict[int, str]:
    return {cell.column: text for cell in row if (text := text_of(cell.blocks))}


def _shape(tables: Sequence[Table]) -> _Shape | None:
    """Tell what the columns of tables are, None where they hold no turns."""
    rows = [cells for table in tables for row in table.rows if (cells := _cells(row))]
    if not rows:
        return None
    heading = _heading(rows[0])
    if headed := _headed(rows[0], rows[1:]):
        return _Shape({}, headed)
    columns = _columns([cells for cells in rows if cells != rows[0]] if heading else rows, heading)
    kinds = {column: kind for column, texts in columns.items() if (kind := _kind(texts))} | heading
    left = [column for column in columns if column not in kinds]
    if "speaker" not in kinds.values():
        speaker = _speaker_column(columns, left, text_known="text" in kinds.values())
        if speaker is None:
            return None
        kinds[speaker] = "speaker"
        left.remove(speaker)
    if "text" not in kinds.values():
        if len(left) > 1:
            raise UnclearTable
        if not left:
            return None
        kinds[left.pop()] = "text"
    return _Shape(kinds | dict.fromkeys(left, "notes"), {})


def _columns(rows: Sequence[dict[int, str]], heading: dict[int, _Kind]) -> dict[int, list[str]]:
    """Return the cells of each column, without the rows of one cell, which are titles and the like."""
    columns: dict[int, list[str]] = defaultdict(list)
    for cells in rows:
        if len(cells) > 1 or heading:
            for column, text in cells.items():
                columns[column].append(text)
    return dict(sorted(columns.items()))


def _speaker_column(columns: dict[int, list[str]], left: Sequence[int], *, text_known: bool) -> int | None:
    """Return the column of speakers, None where there is none; raises UnclearTable where people speak in several."""
    lengths = {column: sum(len(text.split()) for text in columns[column]) / len(columns[column]) for column in left}
    long = [column for column in left if lengths[column] >= _SPOKEN_WORDS]
    for column in left:
        beside = any(other != column for other in long)
        if (len(left) > 1 or text_known) and _names_speakers(columns[column], beside_speech=beside):
            return column
    if len(long) > 1:
        raise UnclearTable
    return None


def _heading(row: dict[int, str]) -> dict[int, _Kind]:
    """Return what the first row says of the columns, nothing where it is no heading."""
    words = {column: " ".join(text.casefold().strip(" :*").split()) for column, text in row.items()}
    kinds: dict[int, _Kind] = {
        column: kind for column, word in words.items() for kind, names in _HEADINGS.items() if word in names
    }
    return kinds if len(kinds) > 1 and 2 * len(kinds) >= len(words) else {}


def _headed(first: dict[int, str], rows: Sequence[dict[int, str]]) -> dict[int, str]:
    """Return the speakers that the first row names above columns of speech, nothing where it does not."""
    if not rows or len(first) < 2 or not all(label_role(text) and len(text.split()) <= 2 for text in first.values()):
        return {}
    short = sum(bool(label_role(text)) and len(text.split()) <= 2 for cells in rows for text in cells.values())
    return {column: text.strip("*: ") for column, text in first.items()} if not short else {}


def _kind(texts: Sequence[str]) -> _Kind | None:
    for kind, pattern in (("time", _TIME), ("number", _NUMBER)):
        if sum(bool(pattern.fullmatch(text)) for text in texts) >= _MOST * len(texts):
            return kind  # type: ignore[return-value]
    return None


def _split_time(text: str) -> tuple[str, str]:
    """Part a name from a time before or behind it."""
    words = text.split()
    times = [word for word in words if _TIME.fullmatch(word)]
    return " ".join(word for word in words if word not in times), " ".join(times[:1])


def _names_speakers(texts: Sequence[str], *, beside_speech: bool) -> bool:
    names = [_split_time(text)[0].strip("*: ") for text in texts]
    short = [name for name in names if 0 < len(name.split()) <= _NAME_WORDS and not _SENTENCE_END.search(name)]
    if len(short) < _MOST * len(names):
        return False
    counts = Counter(map(str.casefold, short))
    roles = [bool(label_role(name)) for name in short]
    return max(counts.values(), default=0) > 1 or all(roles) or (beside_speech and any(roles))


def _turns(table: Table, shape: _Shape) -> Turns:
    segments: list[Segment] = []
    speaker = ""
    continued = passed_over = 0
    text_column, speaker_column = shape.column("text"), shape.column("speaker")
    speakers = _speakers(table, speaker_column)
    for row in table.rows:
        cells = _cells(row)
        if not cells or _heading(cells) or (shape.headed and _is_headed(cells, shape)):
            continue
        if shape.headed:
            segments += [
                segment
                for column, text in cells.items()
                for segment in _segments(shape.headed.get(column, ""), text, (None, None))
            ]
            continue
        if len(cells) == 1 and (label := _label(next(iter(cells.values())), speakers)):
            speaker, text = label
            segments += _segments(speaker, text, (None, None))
            continue
        text = cells.get(text_column if text_column is not None else -1, "")
        name, beside = _split_time(cells.get(speaker_column if speaker_column is not None else -1, ""))
        above = any(cell.continued and cell.column == speaker_column for cell in row)
        if not text or (not name and len(cells) == 1 and len(row) == 1):
            passed_over += 1
            continue
        continued += not name and not above
        speaker = name.strip("*: ") or speaker
        segments += _segments(speaker, text, _times(cells, shape, beside))
    notes = sum(kind == "notes" for kind in shape.kinds.values())
    return Turns(tuple(segments), continued, passed_over, notes)


def _is_headed(cells: dict[int, str], shape: _Shape) -> bool:
    return {column: text.strip("*: ") for column, text in cells.items()} == shape.headed


def _speakers(table: Table, column: int | None) -> frozenset[str]:
    cells = (_cells(row) for row in table.rows)
    return frozenset(_split_time(row[column])[0].strip("*: ") for row in cells if column in row and len(row) > 1)


def _label(text: str, speakers: frozenset[str]) -> tuple[str, str] | None:
    """Part the label from what was said in a row that is one cell, where the table has such a speaker."""
    name, colon, said = text.partition(":")
    return (name.strip("* "), said) if colon and name.strip("* ") in speakers else None


def _segments(speaker: str, text: str, times: tuple[int | None, int | None]) -> Iterator[Segment]:
    """Make a segment of each line of a cell; the first has the start, the last the end."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        start = times[0] if number == 0 else None
        end = times[1] if number == len(lines) - 1 else None
        yield Segment(speaker, untimed(line), start, end)


def _times(cells: dict[int, str], shape: _Shape, beside: str) -> tuple[int | None, int | None]:
    column, end_column = shape.column("time"), shape.column("end")
    match = _TIME.fullmatch(cells.get(column, "") if column is not None else beside)
    if not match:
        return None, None
    end = _TIME.fullmatch(cells.get(end_column, "")) if end_column is not None else None
    return _milliseconds(match, 1), _milliseconds(match, 5) if match[6] else (_milliseconds(end, 1) if end else None)


def _milliseconds(match: re.Match[str], group: int) -> int:
    hours, minutes, seconds, fraction = match.group(group, group + 1, group + 2, group + 3)
    return clock_ms(int(hours or 0), int(minutes), int(seconds), fraction)
