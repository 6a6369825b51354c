"""Text that no reader knows -> a refusal, where it begins as a damaged file does of a format that is read.

A line of prose begins with a word, a label, a time or a note. What begins like markup, a table or the file of a tool is
never read as prose: it is refused by its name. Formats that are not read are in adscreen.ingest.unread_formats.
"""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import NamedTuple

from adscreen.errors import InputError


class _Foreign(NamedTuple):
    what: str
    remedy: str
    start: re.Pattern[str]


_FOREIGN = (
    _Foreign(
        "a damaged JSON file", "export it again", re.compile(r'[\[{]\s*"[^"\n]{0,80}"\s*[:,\]}]|\{\s*\'\w+\'\s*:')
    ),
    _Foreign(
        "an XML document of no known kind",
        "save its words as plain text, one turn per line",
        re.compile(r"<[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>(?=[^\0]*</\w)"),
    ),
    _Foreign("a damaged Praat file", "save it again as a text file", re.compile(r"File type\s*=|Object class\s*=")),
    _Foreign(
        "a damaged CTM file",
        "write recording, channel, start, duration and word in every line",
        re.compile(r"(?:\S+[ \t]+\S+[ \t]+\d+\.\d+[ \t]+\d+\.\d+[ \t]+\S+(?:[ \t]+[\d.]+)?[ \t]*(?:\n|$)){2}"),
    ),
    _Foreign(
        "a damaged STM file",
        "write recording, channel, speaker, start, end and words in every line",
        re.compile(r"(?:;;.*\n)*\S+[ \t]+\S+[ \t]+\S+[ \t]+\d+\.\d+[ \t]+\d+\.\d+[ \t]+(?:<[^<>\n]*>)?"),
    ),
    _Foreign(
        "a damaged list of labels with times in seconds, as Audacity exports it",
        "export the labels again",
        re.compile(r"\d+[.,]\d+[ \t]+\d+[.,]\d+[ \t]"),
    ),
    _Foreign(
        "headers of CHAT without main lines",
        "begin each utterance with its speaker, as in *PAR: or *INV:",
        re.compile(r"@(?:Languages|Participants|Options|ID|Media|Date|Situation|Transcriber|Comment|Birth of \w+):"),
    ),
)
_CELL = re.compile(r"\"?[^\W\d][\w .#()/-]{0,30}\"?")
_COLUMNS = frozenset(
    "speaker start end time times timespan timestamp begin content onset offset duration id name role tier label file"
    " line participant visit subject subject_id recording_id start_time end_time start_ms end_ms channel".split()
)
_ROWS = 50
_BRIEF = 3  # words of a speaker, a number or a time in the first cell of a row
_QUOTED_ROW = re.compile(r'"[^"\n]*"(?: "[^"\n]*")+[ ]*\n"')  # of names, as R's write.table writes it


def refuse_foreign(text: str, *, where: str) -> None:
    """Raise InputError where a text is that of another format."""
    for foreign in _FOREIGN:
        if foreign.start.match(text):
            raise InputError(f"{foreign.what}, not a transcript", where=where, remedy=foreign.remedy)
    if _is_table(text):
        raise InputError(
            "a table with no column of text", where=where, remedy="name the column that holds the words `text`"
        )
    if _QUOTED_ROW.match(text):
        raise InputError(
            "a table whose columns are separated by spaces", where=where, remedy="save it with commas or tabs"
        )


def _is_table(text: str) -> bool:
    """Tell a table by a header of known names, or by rows cut alike: prose has a space behind each comma."""
    lines = list(islice((line for line in text.split("\n", _ROWS + 1) if line.strip()), _ROWS))
    header, rows = lines[0] if lines else "", lines[1:]
    for delimiter in ("\t", ",", ";"):
        cells = header.split(delimiter)
        same = sum(row.count(delimiter) == len(cells) - 1 for row in rows)
        known = any(cell.strip().strip('"').casefold() in _COLUMNS for cell in cells)
        named = len(cells) > 1 and all(_CELL.fullmatch(cell.strip()) for cell in cells)
        if known and named and rows and 10 * same >= 9 * len(rows):
            return True
    return any(_is_cut_alike(lines, delimiter) for delimiter in (",", ";", "|"))


def _is_cut_alike(lines: list[str], delimiter: str) -> bool:
    """Tell whether all lines have as many cells, none of them with a space before it, and a short first one."""
    if len(lines) < 2 or any(delimiter not in line for line in lines):
        return False
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return False
    cells = [cell for row in rows for cell in row[1:]]
    brief = all(len(row[0].split()) <= _BRIEF for row in rows if row)
    return brief and len({len(row) for row in rows}) == 1 and not any(cell.startswith(" ") for cell in cells)
