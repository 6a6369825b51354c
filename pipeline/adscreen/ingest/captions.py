"""Captions (WebVTT, SubRip, SubViewer) -> the turns of all speakers they name.

    voice = "<v " name ">"                                                  WebVTT
          | label ":" | "[" label "]:" | "(speaker 0)"                      people; WhisperX; whisper.cpp
          | name, or "(" name ")", alone in the first line of every cue     Teams' older Word files; Google Meet
    "- " or ">>" before a line: another person speaks, whom only a label behind it names

Cues are read by adscreen.ingest.cues, and words that are shown more than once are taken once (adscreen.ingest.rolling).
A cue without a label goes on with the speaker before it where labels are written only when the speaker changes; where
cues name their speaker one by one, or have voice tags, nobody is known to speak it.

Source: W3C WebVTT, "Cue voice span"; FCC/CEA-608 practice for ">>".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from adscreen.ingest.clock_times import cut_last
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.cues import Cue, Cues, Line, read_cues
from adscreen.ingest.label_forms import read_heads
from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.prose import label_role
from adscreen.ingest.rolling import take_once
from adscreen.ingest.segments import converse, untimed
from adscreen.ingest.speaker_labels import find_labels, match_label, may_be_label, names_speaker
from adscreen.records import Diagnostic

_BRACKETED = re.compile(r"(?:\[([^\W_][\w .'-]{0,39})\]|\(([^\W_][\w .'-]{0,39})\))(:?)\s*")
_NUMBERED = re.compile(r"(?:speaker|spk)[ _-]?(?:\w{1,3}|\?)", re.IGNORECASE)
_DIARISED = re.compile(r"SPEAKER_\d+")
_ARROWS = re.compile(r">{2,3}\s*")
_DASH = re.compile(r"[-–—‐‑]\s+|[-–—‐‑](?=\w)")
_SENTENCE_END = re.compile(r"[.?!,;:…]$")
_NAME_WORDS = 4


class _Turn(NamedTuple):
    """A line of a cue; ``speaker`` is None where it says nothing of who speaks, and empty where nobody knows."""

    cue: Cue
    speaker: str | None
    pieces: tuple[Piece, ...]
    joined: bool = False  # goes on with a line of the cue before
    marked: bool = False  # behind a mark of another speaker
    labelled: bool = False


def read_captions(text: str, *, file: str) -> Conversation:
    """Read captions; the formats differ in nothing that matters here."""
    read = read_cues(text)
    cues, repeated = take_once(read.cues)
    diagnostics = _diagnose(read, repeated, file=file)
    cues = _name_by_lines(cues)
    turns = [turn for cue in cues for turn in _turns(cue)]
    labels = find_labels([_text(turn.pieces) for cue in _by_cue(turns) for turn in _openings(cue)])
    turns = [_labelled(turn, labels) for turn in turns]
    marked = [cue for cue in _by_cue(turns) if any(turn.marked and not turn.speaker for turn in cue)]
    if marked and not any(turn.speaker for turn in turns):
        what = f"{len(marked)} cues mark a change of speaker, and nothing names the speakers"
        diagnostics.append(Diagnostic(file, marked[0][0].cue.line, what, "name the speakers, as in Anna: ..."))
    if unlabelled := _like_labels(turns):
        what = f"{len(unlabelled)} cues begin as with a speaker label, but no speaker was found"
        diagnostics.append(
            Diagnostic(file, unlabelled[0].cue.line, what, "name the speaker in every cue, as in Anna: ...")
        )
    turns, continued = _ascribe(turns)
    if continued:
        what = f"{len(continued)} cues without a name were taken for speech of the speaker before them"
        diagnostics.append(Diagnostic(file, continued[0].line, what, "name the speaker in every cue if one is wrong"))
    return converse(_segments(turns), file=file, diagnostics=diagnostics)


def _diagnose(read: Cues, repeated: int, *, file: str) -> list[Diagnostic]:
    found = [
        Diagnostic(file, cue.line, "a cue whose times cannot be read; its words were kept", "write hh:mm:ss.mmm")
        for cue in read.cues
        if cue.start_ms is None or cue.end_ms is None
    ]
    if read.unread:
        what = f"{len(read.unread)} lines before the first cue were passed over"
        found.append(Diagnostic(file, read.unread[0], what, "give them times if they are speech"))
    if read.titles:
        what = f"{read.titles} lines directly above the times of a cue were taken for its name, not for speech"
        found.append(Diagnostic(file, None, what, "put an empty line below them if they are speech"))
    if repeated:
        what = f"the captions show words more than once; {repeated} repeated lines were taken once"
        found.append(Diagnostic(file, None, what))
    return found


def _like_labels(turns: Sequence[_Turn]) -> list[_Turn]:
    """Return lines that begin with a colon or a dash behind what may be a speaker, where nothing names one."""
    if any(turn.speaker for turn in turns):
        return []
    heads = [(turn, head) for turn in turns for head in read_heads(_text(turn.pieces))]
    found = [
        turn for turn, head in heads if may_be_label([head]) or (head.form == "dash" and names_speaker(head.label))
    ]
    return found if len(found) > 1 else []


def _by_cue(turns: Sequence[_Turn]) -> list[list[_Turn]]:
    return [[*cue] for _, cue in groupby(turns, key=lambda turn: id(turn.cue))]


def _openings(cue: Sequence[_Turn]) -> Iterator[_Turn]:
    """Yield the turns of a cue that may begin with a label: the first, and each behind a mark of another speaker."""
    if cue[0].speaker is None:
        yield cue[0]
    yield from (turn for turn in cue if turn.speaker == "")


def _text(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _rest(pieces: tuple[Piece, ...], text: str) -> tuple[Piece, ...]:
    """Return the pieces that make up the end of a line; they keep their times."""
    left = len(_text(pieces)) - len(text)
    if not _text(pieces).endswith(text):
        return untimed(text)
    for index, piece in enumerate(pieces):
        if left <= 0:
            return pieces[index:]
        if left < len(piece.text):
            return (piece._replace(text=piece.text[left:]), *pieces[index + 1 :])
        left -= len(piece.text) + 1
    return ()


def _name_by_lines(cues: list[Cue]) -> list[Cue]:
    """Take lines that hold a name alone for the speakers of those below, where nearly every cue begins with one.

    Names come again; where they do not, such lines are speech in capitals.
    """
    firsts = [_name(cue.lines[0]) for cue in cues if len(cue.lines) > 1]
    counts = Counter(filter(None, firsts))
    if 5 * counts.total() < 4 * sum(len(cue.lines) > 0 for cue in cues) or len(counts) == counts.total():
        return cues
    if len(counts) > 3 and 2 * len(counts) > counts.total():
        return cues
    further = {
        _name(line)
        for cue in cues
        for line in cue.lines
        if " " in _text(line.pieces) and _is_bracketed(_text(line.pieces))
    }
    names = frozenset(counts) | (
        further if any(_is_bracketed(_text(cue.lines[0].pieces)) for cue in cues if cue.lines) else set()
    )
    return [cue._replace(lines=tuple(_below_names(cue.lines, names - {""}))) for cue in cues]


def _below_names(lines: Sequence[Line], names: frozenset[str]) -> Iterator[Line]:
    speaker: str | None = None
    for line in lines:
        name = _name(line)
        if name in names:
            speaker = name
        else:
            yield line._replace(voice=speaker) if line.voice is None else line


def _name(line: Line) -> str:
    """Return the name that a line has the form of, with or without brackets, empty where it has not."""
    stamp, text = cut_last(_text(line.pieces))
    text = text if stamp and stamp.marked and text else _text(line.pieces)
    text = text[1:-1] if _is_bracketed(text) else text
    words = text.split()
    fits = all(not word[0].islower() and word[0].isalnum() for word in words) and 0 < len(words) <= _NAME_WORDS
    return text if fits and line.voice is None and not _SENTENCE_END.search(text) else ""


def _is_bracketed(text: str) -> bool:
    return text[0] + text[-1] in ("()", "[]")


def _turns(cue: Cue) -> Iterator[_Turn]:
    """Yield the lines of a cue with what tags and marks say of who speaks."""
    dashes = sum(_DASH.match(_text(line.pieces)) is not None for line in cue.lines)
    for number, line in enumerate(cue.lines):
        speaker, text = line.voice, _text(line.pieces)
        if speaker is None and number == 0 and cue.name:
            speaker = cue.name
        arrows = _ARROWS.match(text)
        dash = _DASH.match(text) if dashes > 1 or text[1:2].isspace() else None
        mark = arrows or dash
        if mark:
            text = text[mark.end() :]
            speaker = speaker or ""
        yield _Turn(cue, speaker, _rest(line.pieces, text), line.joined, marked=mark is not None)


def _labelled(turn: _Turn, labels: frozenset[str]) -> _Turn:
    """Take a label off a line whose speaker no tag names."""
    if turn.speaker:
        return turn
    text = _text(turn.pieces)
    bracketed = _BRACKETED.match(text)
    if bracketed:
        label = bracketed[1] or bracketed[2]
        if _NUMBERED.fullmatch(label) or label_role(label) or (bracketed[1] and bracketed[3]):
            return turn._replace(speaker=label, pieces=_rest(turn.pieces, text[bracketed.end() :]), labelled=True)
    label, said = match_label(text, labels)
    return turn._replace(speaker=label, pieces=_rest(turn.pieces, said), labelled=True) if label else turn


def _ascribe(turns: Sequence[_Turn]) -> tuple[list[_Turn], list[Cue]]:
    """Give every line a speaker, empty where nobody knows; return the cues that go on with the speaker before them too.

    A line goes on with the one above it in its cue.
    """
    going_on = _goes_on(turns)
    ascribed: list[_Turn] = []
    continued: list[Cue] = []
    for cue in _by_cue(turns):
        before = (ascribed[-1].speaker if ascribed and (going_on or cue[0].joined) else "") or ""
        if cue[0].speaker is None and before:
            continued.append(cue[0].cue)
        for turn in cue:
            before = before if turn.speaker is None else turn.speaker
            ascribed.append(turn._replace(speaker=before))
    return ascribed, continued


def _goes_on(turns: Sequence[_Turn]) -> bool:
    """Tell whether labels are written where the speaker changes, so that a cue without one has the speaker before it.

    They are not where more cues repeat the label of the cue before than have none, nor where a program writes them.
    """
    cues = _by_cue(turns)
    tagged = any(line.voice is not None for cue in cues for line in cue[0].cue.lines)
    tagged |= any(_DIARISED.fullmatch(turn.speaker or "") is not None for turn in turns)
    unnamed = sum(cue[0].speaker is None for cue in cues)
    again = sum(bool(after[0].speaker) and before[-1].speaker == after[0].speaker for before, after in pairwise(cues))
    return any(turn.labelled for turn in turns) and not tagged and unnamed >= again


def _segments(turns: Sequence[_Turn]) -> list[Segment]:
    """Make a segment of each speaker's lines in a cue, and of the lines that cues carry on."""
    segments: list[Segment] = []
    last: _Turn | None = None
    for turn in turns:
        cue = turn.cue
        if last and turn.speaker == last.speaker and (turn.joined or cue is last.cue):
            before = segments[-1]
            segments[-1] = before._replace(pieces=before.pieces + turn.pieces, end_ms=cue.end_ms)
        else:
            segments.append(Segment(turn.speaker or "", turn.pieces, cue.start_ms, cue.end_ms, cue.line))
        last = turn
    return segments
