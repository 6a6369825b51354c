"""WebVTT or SubRip captions -> the turns of all speakers they name.

    cue   = [ identifier ] NEWLINE time "-->" time [ settings ] { NEWLINE text } BLANK
    voice = "<v " name ">" | label ":" | "[" label "]:"     as WebVTT, people and WhisperX write it
    "- " before a line: another person speaks, whom nothing names

Source: W3C WebVTT, chapter "Syntax"; SubRip has no standard. NOTE, STYLE and REGION blocks hold no speech. A cue whose
times cannot be read keeps its words.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from adscreen.ingest.conversation import Conversation
from adscreen.ingest.plain_text import find_labels, match_label
from adscreen.ingest.segments import Segment, converse, untimed
from adscreen.records import Diagnostic

_ARROW = re.compile(r"\s*(\S*)\s*-->\s*(\S*)")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]*)>")
_VOICE_START = re.compile(r"(?=<v[ .])")
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_BRACKETED = re.compile(r"\[([\w .-]{1,40})\]:\s*")
_DASH = re.compile(r"[-–—]\s+")


class _Cue(NamedTuple):
    line: int
    start_ms: int | None
    end_ms: int | None
    text: list[str]


def read_captions(text: str, *, file: str) -> Conversation:
    """Read captions; the two formats differ in nothing that matters here."""
    cues = list(_cues(text))
    diagnostics = [
        Diagnostic(file, cue.line, "a cue whose times cannot be read; its words were kept", "write hh:mm:ss.mmm")
        for cue in cues
        if cue.start_ms is None or cue.end_ms is None
    ]
    lines = [(cue, part) for cue in cues for line in cue.text for part in _VOICE_START.split(line) if part]
    spoken = [(cue, *_voice(line)) for cue, line in lines]
    firsts = {id(cue): line for cue, speaker, line in reversed(spoken) if not speaker}
    labels = find_labels([*firsts.values()])
    dashes = Counter(cue.line for cue, line in lines if _DASH.match(line))
    several = sum(count > 1 for count in dashes.values())
    if several:
        what = f"{several} cues hold turns of more than one person, whom nothing names"
        diagnostics.append(Diagnostic(file, None, what, "name the speakers, as in Anna: ..."))
    return converse(_segments(spoken, labels), file=file, diagnostics=diagnostics)


def _cues(text: str) -> Iterator[_Cue]:
    cue: _Cue | None = None
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        match = _ARROW.match(line) if "-->" in line else None
        if match:
            if cue:
                if cue.text and cue.text[-1].isdigit():  # the next cue's number, where no blank line parts them
                    cue.text.pop()
                yield cue
            cue = _Cue(number, _clock(match.group(1)), _clock(match.group(2)), [])
        elif not line.strip():
            if cue:
                yield cue
            cue = None
        elif cue:
            cue.text.append(line.strip())
    if cue:
        yield cue


def _clock(time: str) -> int | None:
    match = _CLOCK.fullmatch(time)
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _voice(line: str) -> tuple[str, str]:
    """Return the speaker that a tag or brackets name, empty where none do, and the words without markup."""
    tag = _VOICE.search(line)
    plain = " ".join(html.unescape(_MARKUP.sub("", line)).split())
    plain = plain[match.end() :] if (match := _DASH.match(plain)) else plain
    if tag:
        return tag.group(1).strip(), plain
    bracketed = _BRACKETED.match(plain)
    return (bracketed.group(1), plain[bracketed.end() :]) if bracketed else ("", plain)


def _segments(spoken: list[tuple[_Cue, str, str]], labels: frozenset[str]) -> Iterator[Segment]:
    """Make a segment of each speaker's lines in a cue; a line without a speaker goes on with the one above it."""
    for cue, lines in groupby(spoken, key=lambda line: line[0]):
        turns: list[tuple[str, list[str]]] = []
        for _, speaker, text in lines:
            if not speaker:
                speaker, text = match_label(text, labels)
            if turns and speaker in ("", turns[-1][0]):
                turns[-1][1].append(text)
            else:
                turns.append((speaker, [text]))
        for speaker, texts in turns:
            yield Segment(speaker, untimed(" ".join(texts)), cue.start_ms, cue.end_ms, cue.line)
