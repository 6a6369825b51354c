"""The names of a table's columns -> what each holds: text, speaker, tier, times and their unit.

Names are read in any case of letters, with or without spaces and ``_``; a unit may end them: ``Start (s)``,
``start_ms``, ``Begin Time - hh:mm:ss.ms``. They are those of this project's own tables and of the exports of NVivo,
ELAN (tab-delimited text), Praat (a TextGrid as a table), Audacity, Descript, Premiere, Rev, Sonix and Trint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from adscreen.ingest.segments import milliseconds

Role = Literal["text", "label", "speaker", "tier", "start", "end", "span", "duration", ""]

TEXT = (
    "text utterance transcript transcription sentence words utterancetext content transcripttext spokentext "
    "segmenttext turntext speech said verbatim dialogue dialog caption captions "
    "subtitle quote texte texto testo inhalt word token"
).split()
ONE_WORD = ("word", "token")
CLOCK = 0.0  # the unit of a column whose name says that it holds hh:mm:ss

_LABEL = "label annotation annotations annotationvalue value mark".split()
_SPEAKER = (
    "speaker participant role who speakername speakerlabel speakerid speakers spk talker person voice sprecher "
    "sprecherin locuteur hablante"
).split()
_TIER = "tier tiername layer".split()
_START = (
    "start begin onset starttime begintime in timein intime inpoint tmin xmin from starttimestamp startstamp startsat "
    "starttimecode segmentstart time timestamp timecode tc timestampin timecodein cuein begintimestamp tstart"
).split()
_END = (
    "end stop offset endtime stoptime out timeout outtime outpoint tmax xmax to endtimestamp endstamp endsat "
    "endtimecode segmentend timestampout timecodeout cueout tend"
).split()
_SPAN = "timespan timerange timing times timestamps".split()
_ROLES: tuple[tuple[Role, Sequence[str]], ...] = (
    ("text", TEXT),
    ("label", _LABEL),
    ("speaker", _SPEAKER),
    ("tier", _TIER),
    ("start", _START),
    ("end", _END),
    ("span", _SPAN),
    ("duration", ("duration", "dur", "length")),
)
_UNITS: tuple[tuple[str, float], ...] = (
    ("hh mm ss ms", CLOCK),
    ("hh mm ss ff", CLOCK),
    ("hh mm ss", CLOCK),
    ("ss msec", 1000),
    *((name, 1) for name in "ms msec msecs millis millisecond milliseconds".split()),
    *((name, 1000) for name in "s sec secs second seconds".split()),
    *((name, 10) for name in "cs centisecond centiseconds".split()),
    *((name, 60_000) for name in "min mins minute minutes".split()),
)
_TIME_WORDS = frozenset("start begin beginning onset end stop offset time times timestamp timecode in out".split())
_CLOCK = re.compile(r"\d{1,3}(?::\d{2}){1,3}(?:[.,;]\d{1,6})?")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")
_ARROW = re.compile(r"\s*(?:-->|→|–|—|-|\bto\b)\s*")


class Column(NamedTuple):
    """What a column holds; ``unit`` is how many milliseconds one is, None where its name does not say."""

    position: int
    name: str
    role: Role
    rank: int = 0
    unit: float | None = None


def read_column(position: int, name: str) -> Column:
    """Tell what a column holds by its name.

    >>> [read_column(0, name)[2:] for name in ("Utterance text", "Start (s)", "startMs", "age")]
    [('text', 6, None), ('start', 0, 1000), ('start', 0, 1), ('', 0, None)]
    """
    words = " ".join(_WORD.findall(_HUMP.sub(" ", name))).casefold()
    unit = None
    for ending, value in _UNITS:
        if words.endswith(f" {ending}"):
            words, unit = words.removesuffix(f" {ending}"), value
            break
    base = words.replace(" ", "")
    for role, names in _ROLES:
        if base in names:
            return Column(position, name, role, names.index(base), unit)
    return Column(position, name, "", 0, unit)


def read_columns(names: Sequence[str]) -> list[Column]:
    """Tell what all columns hold; ELAN writes the words of its times in the user's language, but their form alike."""
    columns = [read_column(position, name) for position, name in enumerate(names)]
    clocks = [column for column in columns if column.unit == CLOCK]
    if not any(column.role == "start" for column in columns) and len(clocks) in (2, 3):
        roles: tuple[Role, ...] = ("start", "end", "duration")
        for clock, role in zip(clocks, roles, strict=False):
            columns[clock.position] = clock._replace(role=role)
    return columns


def is_time(name: str, cells: Sequence[str]) -> bool:
    """Tell whether a column holds times: by its cells, or by its name where they are numbers.

    >>> is_time("Zeit", ["0:01", "0:04"]), is_time("Start frame", ["12", "50"]), is_time("age", ["70", "81"])
    (True, True, False)
    """
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if not filled or not any(map(str.isdigit, filled[0])):
        return False
    if all(_CLOCK.fullmatch(cell) for cell in filled):
        return True
    words = set(_WORD.findall(_HUMP.sub(" ", name).casefold()))
    return bool(words & _TIME_WORDS) and all(milliseconds(cell.replace(",", ".")) is not None for cell in filled)


def find_column(columns: Sequence[Column], role: Role) -> Column | None:
    """Return the column of a role, that of the most usual name where there are several."""
    return min((one for one in columns if one.role == role), key=lambda one: (one.rank, one.position), default=None)


def read_time(cell: str | None, *, unit: float | None) -> int | None:
    """Read a time in milliseconds: a number of ``unit``, or ``h:mm:ss``, whatever the unit; frames are left out.

    >>> [read_time(cell, unit=1000) for cell in ("1:02.5", "1,5", "00:00:01:12", "x")]
    [62500, 1500, 1000, None]
    """
    text = (cell or "").strip("[]()# \t").replace(",", ".").replace(";", ":")
    if ":" not in text:
        return milliseconds(text, unit=unit or 1000)
    seconds = 0.0
    for part in text.split(":")[:3]:
        value = milliseconds(part)
        if value is None:
            return None
        seconds = 60 * seconds + value / 1000
    return milliseconds(seconds) if text.count(":") < 4 else None


def split_span(cell: str | None) -> tuple[str, str]:
    """Return the two times of a stretch: ``0:00.0 - 0:03.0``."""
    start, *end = _ARROW.split((cell or "").strip(), maxsplit=1)
    return start, end[0] if end else ""
