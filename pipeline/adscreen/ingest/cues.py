"""WebVTT, SubRip or SubViewer text -> its cues: times, lines of words without markup, and the name above the times.

    cue    = [ identifier ] NEWLINE time "-->" time [ settings ] { NEWLINE line }     WebVTT, SubRip
           | time "," time { NEWLINE line }                                           SubViewer (.sbv)
           | "[" time "-->" time "]" words                                            what Whisper prints on a screen
           | name time "-->" time { NEWLINE line }                                    Teams
    word   = letters, which a tag <hh:mm:ss.mmm> before them gives a start

A cue ends where the next line of times begins: files that people and tools write have empty lines inside cues. What
stands directly above a line of times is a number or an identifier, not speech, where the shape of the whole file says
so. NOTE, STYLE and REGION blocks hold no speech. A cue whose times cannot be read keeps its words.

Source: W3C WebVTT, chapter "Syntax"; YouTube Help, "Supported subtitle and closed caption files" (.sbv); SubRip has no
standard.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adscreen.ingest.clock_times import clock_ms
from adscreen.ingest.pieces import Piece

_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,:;]\d{1,9})?"
CAPTIONS_START = re.compile(rf"WEBVTT(?!\S)|(?:\d{{1,9}}[ \t]*\n)?\s*\[?{_TIME}[ \t]*(?:-->|→)")
SUBVIEWER_START = re.compile(r"\d+:\d\d:\d\d\.\d+,\d+:\d\d:\d\d\.\d+[ \t]*\n|\[INFORMATION\]")
_TIMING_LINE = re.compile(rf"^[ \t]*(?:[^\n:]{{1,60}}[ \t])?\[?{_TIME}[ \t]*(?:-->|→)[ \t]*{_TIME}", re.MULTILINE)
_CLOCK = re.compile(r"(?:(?P<h>\d{1,4}):)?(?P<m>\d{1,2}):(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9})|(?<=:\d\d:\d\d)[:;]\d\d)?")
_COMMA = re.compile(r"(\d+:\d\d:\d\d\.\d+),(\d+:\d\d:\d\d\.\d+)")
_NAME_LENGTH = 60
_ARROWS = ("-->", "–>", "—>", "->", "→")
_SETTINGS = re.compile(r"\A(?:[A-Za-z]\w*:\S+\s*)*")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION|WEBVTT)(?!\S)|X-TIMESTAMP-MAP=")
_NUMBER = re.compile(r"[0-9]{1,9}")
_CODE = re.compile(r"(?=\S*\d)\S+")
_WEBEX = re.compile(r'\d+ "(.+)" \(\d+\)')
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>")
_VOICE_START = re.compile(r"(?=<v[ .>])")
_WORD_TIME = re.compile(r"<((?:\d{1,4}:)?\d{1,2}:\d{1,2}\.\d{1,3})>")
_GLOSS = re.compile(r"<rt(?:\.[^<>]*)?>[^<>]*")
_BREAK = re.compile(r"<br\s*/?>|\[br\]|\\[Nn]", re.IGNORECASE)
_TAG = re.compile(r"</?(?:[biucsv]|lang|ruby|rt|font|span|p|div)(?:[.\s/][^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_NOTE = re.compile(r"\[[^\[\]]{1,200}\]")
_RULE = re.compile(r"[-–—_=*]+")  # parts the speakers of a cue
_OTHER_TAG = re.compile(r"<([^<>]{1,200})>")


class Line(NamedTuple):
    """A line of a cue: its words, the speaker of a voice tag (empty: it names nobody; None: no tag), and its shape.

    ``timed`` says that its words have times of their own, ``joined`` that it goes on with the line of the cue before.
    """

    pieces: tuple[Piece, ...]
    voice: str | None = None
    timed: bool = False
    joined: bool = False


class Cue(NamedTuple):
    """What is shown in a stretch of time, from ``line`` on; ``name`` is a speaker's where the identifier is one."""

    line: int
    start_ms: int | None
    end_ms: int | None
    lines: tuple[Line, ...]
    name: str = ""


class Cues(NamedTuple):
    """The cues of a file, the lines above the first that hold no cue, and lines taken for names of cues."""

    cues: tuple[Cue, ...]
    unread: tuple[int, ...]
    titles: int


class _Timing(NamedTuple):
    row: int
    start_ms: int | None
    end_ms: int | None
    rest: str
    name: str = ""


def holds_cues(text: str) -> bool:
    """Tell whether text that begins otherwise (with a title, say) has the lines of times that captions have."""
    return len(_TIMING_LINE.findall(text)) > 1


def read_cues(text: str) -> Cues:
    """Return the cues of a file in its own order."""
    lines = [line.strip() for line in text.removeprefix("\ufeff").split("\n")]
    vtt = next(filter(None, lines), "").startswith("WEBVTT")
    timings = list(_timings(lines))
    if not timings:
        return Cues((), (), 0)
    identifiers = _identifiers(lines, timings, vtt=vtt)
    speakers = _speakers(identifiers)
    starts = [0, *(timing.row + 1 for timing in timings)]
    ends = [timing.row - (position in identifiers) for position, timing in enumerate(timings)]
    ends.append(_end_of_speech(lines, last_number=identifiers.get(len(timings) - 1, "")))
    head, *bodies = [_outside_blocks(lines, start, end, vtt=vtt) for start, end in zip(starts, ends, strict=True)]
    cues = []
    for position, (timing, body) in enumerate(zip(timings, bodies, strict=True)):
        name = timing.name or speakers.get(identifiers.get(position, ""), "")
        shown = tuple(_lines([timing.rest, *(lines[index] for index in body)], timing.start_ms))
        cues.append(Cue(timing.row + 1, timing.start_ms, timing.end_ms, shown, name))
    unread = () if lines[0].startswith("[INFORMATION]") else tuple(index + 1 for index in head if lines[index])
    return Cues(tuple(cues), unread, sum(_is_title(line) for line in identifiers.values() if line not in speakers))


def _timings(lines: Sequence[str]) -> Iterator[_Timing]:
    for index, line in enumerate(lines):
        if comma := _COMMA.fullmatch(line):
            yield _Timing(index, _clock(comma.group(1)), _clock(comma.group(2)), "")
        elif arrow := next((arrow for arrow in _ARROWS if arrow in line), None):
            before, _, after = line.partition(arrow)
            name, _, first = before.strip().rpartition(" ")
            first = first.removeprefix("[")
            name = "" if _NUMBER.fullmatch(name) else name.removesuffix("[").strip(" :")
            second, _, rest = after.strip().partition(" ")
            second = second.removesuffix("]")
            start, end = _clock(first), _clock(second)
            damaged = first[:1].isdigit() and second[:1].isdigit() and not name
            known = (start is not None) + (end is not None)
            if (known == 2 and len(name) < _NAME_LENGTH) or (arrow == "-->" and (damaged or (known and not name))):
                yield _Timing(index, start, end, _SETTINGS.sub("", rest, count=1), name)


def _clock(time: str) -> int | None:
    match = _CLOCK.fullmatch(time)
    return clock_ms(int(match["h"] or 0), int(match["m"]), int(match["s"]), match["f"]) if match else None


def _identifiers(lines: Sequence[str], timings: Sequence[_Timing], *, vtt: bool) -> dict[int, str]:
    """Return what stands above the times of cues, by the position of the cue, where it is no speech.

    Where most cues are numbered, only numbers and codes are; a file of WebVTT may name any cue.
    """
    above: dict[int, str] = {}
    parted: dict[int, bool] = {}
    for position, timing in enumerate(timings):
        free = timing.row - (timings[position - 1].row + 1 if position else 0)
        if free and lines[timing.row - 1]:
            above[position] = lines[timing.row - 1]
            parted[position] = position == 0 or (free > 1 and not lines[timing.row - 2])
    numbers = {position: int(line) for position, line in above.items() if _NUMBER.fullmatch(line)}
    found = _numbers(numbers, parted, count=len(timings))
    others = [position for position in above if position not in numbers and parted[position]]
    numbered = 2 * len(numbers) > len(timings)
    named = (vtt and not numbered) or (0 in others and 2 * len(others) > len(timings))
    for position in others:
        start = timings[position - 1].row + 1 if position else 0
        below_speech = position == 0 or any(lines[start : timings[position].row - 1])
        if vtt and _BLOCK.match(above[position]):
            continue
        if _CODE.fullmatch(above[position]) if numbered else named and (below_speech or not _is_title(above[position])):
            found[position] = above[position]
    return found


def _numbers(numbers: dict[int, int], parted: dict[int, bool], *, count: int) -> dict[int, str]:
    """Choose the lines of digits that number cues; a number that somebody says may stand above times as well."""
    in_step = {
        position
        for position, number in numbers.items()
        if numbers.get(position - 1) == number - 1 or numbers.get(position + 1) == number + 1
    }
    numbered = 2 * len(numbers) >= count
    orderly = 2 * len(in_step) >= len(numbers)
    return {
        position: str(number)
        for position, number in numbers.items()
        if (numbered and (parted[position] or position in in_step or not orderly)) or number == position + 1
    }


def _is_title(identifier: str) -> bool:
    return not _NUMBER.fullmatch(identifier) and not _CODE.fullmatch(identifier)


def _end_of_speech(lines: Sequence[str], *, last_number: str) -> int:
    """Return where the last cue ends: before the number of a cue that is missing below it."""
    last = max((index for index, line in enumerate(lines) if line), default=0)
    cut = _NUMBER.fullmatch(last_number) and lines[last] == str(int(last_number) + 1) and not lines[last - 1]
    return last if cut else len(lines)


def _speakers(identifiers: dict[int, str]) -> dict[str, str]:
    """Return the identifiers that name speakers: those of Webex, and words that stand above several cues."""
    names = {line: match.group(1) for line in identifiers.values() if (match := _WEBEX.fullmatch(line))}
    counts = Counter(line for line in identifiers.values() if line not in names and _is_title(line))
    return names | ({line: line for line in counts} if max(counts.values(), default=0) > 1 else {})


def _outside_blocks(lines: Sequence[str], start: int, end: int, *, vtt: bool) -> list[int]:
    """Return the lines that lie in no block; a block of WebVTT begins below an empty line and ends at the next."""
    if not vtt:
        return [*range(start, end)]
    kept: list[int] = []
    inside = False
    for index in range(start, end):
        begins = (index == 0 or not lines[index - 1]) and _BLOCK.match(lines[index]) is not None
        inside = bool(lines[index]) and (inside or begins)
        if not inside:
            kept.append(index)
    return kept


def _lines(body: Sequence[str], start_ms: int | None) -> Iterator[Line]:
    timed_before = False
    for line in body:
        for part in _VOICE_START.split(_BREAK.sub("\n", line)):
            tag = _VOICE.match(part)
            voice = html.unescape(tag.group(1) or "").strip() if tag else None
            for row in part.split("\n"):
                timed = _WORD_TIME.search(row) is not None
                pieces = tuple(_pieces(row, None if timed_before else start_ms))
                if pieces and not _RULE.fullmatch(row.strip()):
                    yield Line(pieces, voice, timed)
                timed_before |= timed


def _pieces(line: str, start_ms: int | None) -> Iterator[Piece]:
    """Split a line into words; a tag with a time gives the word behind it its start, the cue that of the first word."""
    texts = _WORD_TIME.split(line)
    if len(texts) == 1:
        words = _plain(line).split()
        note = _NOTE.fullmatch(" ".join(words))  # one piece, for no sentence ends inside a note
        yield from (Piece(word) for word in ([note.group()] if note else words))
        return
    pieces: list[Piece] = []
    apart = True
    for index in range(0, len(texts), 2):
        start = _clock(texts[index - 1]) if index else start_ms
        text = _plain(texts[index])
        for number, word in enumerate(text.split()):
            if number == 0 and pieces and not apart and not text[0].isspace():
                pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + word)
            else:
                pieces.append(Piece(word, start if number == 0 else None))
        apart = text[-1].isspace() if text else apart
    yield from pieces


def _plain(text: str) -> str:
    """Return text without markup; a tag of no known name is a note of what is heard, as in <laughs>."""
    text = _TAG.sub("", _GLOSS.sub("", text)) if "<" in text or "{" in text else text
    return html.unescape(_OTHER_TAG.sub(r"[\1]", text))
