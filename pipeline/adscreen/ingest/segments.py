"""Timed segments of a recogniser, of captions or of an annotation tool -> the turns of a Conversation.

    segments  ordered by their start; those out of order and those that overlap are reported
    words     their times stay where they are in order (word_order); the others are dropped and reported
    turn      the segments of one speaker up to the next speaker
    utterance a sentence of the turn, where the file has punctuation and its segments are cut elsewhere; else a segment
    pause     PAUSE_MS or more between the end of a word and the start of the speaker's next: 250 ms, the least that
              is taken for a hesitation rather than an articulation (Goldman-Eisler, Psycholinguistics, 1968)

A word without times keeps null times. Of a piece that is two words (``well-known``) the first has the start and the
second the end.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from adscreen.ingest.conversation import UNLABELLED, Conversation
from adscreen.ingest.loops import flag_loops
from adscreen.ingest.notes import NOTE, report_notes
from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.prose import (
    Content,
    label_role,
    mark_repetitions,
    terminator_of,
    tokenize_prose,
    word_kind,
)
from adscreen.ingest.word_order import with_times_in_order
from adscreen.records import Diagnostic, Pause, Utterance, Word

PAUSE_MS = 250

_LONGEST_MS = 10**12  # 32 years: a larger number is no time; whether a smaller one may be is for plausibility to say
_SENTENCE_END = re.compile(r"[.?!。？！…][\"')\]”’]*$")
_ABBREVIATION = re.compile(r"(?:mr|mrs|ms|dr|st|vs|prof|[a-z](?:\.[a-z])*)\.", re.IGNORECASE)
_NOTE_INSIDE = re.compile(r"\S(?=\[)|[^\w\[(](?=\()")
_NOTE_PIECES = 12  # a note of more words is speech in brackets


class Layout(NamedTuple):
    """What the format's segments are.

    ``by_sentence``: a segment may hold several sentences; ``joined``: a sentence may run over several segments;
    ``automatic``: no person wrote them.
    """

    by_sentence: bool = True
    joined: bool = True
    automatic: bool = True


def untimed(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text that has no times of words."""
    return tuple(Piece(word) for word in text.split())


def milliseconds(value: object, *, unit: float = 1000.0) -> int | None:
    """Read a time in seconds (or in ``unit`` of which one is so many milliseconds); None where it is no time.

    >>> milliseconds("1.25"), milliseconds(90, unit=1), milliseconds(-1), milliseconds(None)
    (1250, 90, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        time = float(value) * unit
    except (ValueError, OverflowError):
        return None
    return round(time) if math.isfinite(time) and 0 <= time < _LONGEST_MS else None


def converse(
    segments: Iterable[Segment],
    *,
    file: str,
    layout: Layout = Layout(),  # noqa: B008 (a constant)
    language: str | None = None,
    format: str = "",
    diagnostics: Sequence[Diagnostic] = (),
    duration_ms: int | None = None,
) -> Conversation:
    """Return the turns that segments make; ``diagnostics`` are those of the reader, which come first.

    ``duration_ms`` is how long the recording is, where the file states it.
    """
    said = [segment for segment in segments if segment.pieces]
    found = [*diagnostics]
    ordered, disordered = with_times_in_order(_in_order(said, found, file=file), file=file)
    found += disordered
    named = any(segment.speaker for segment in ordered)
    silent = sum(len(segment.pieces) for segment in ordered if not segment.speaker)
    if named and silent:
        found.append(Diagnostic(file, None, f"{silent} words without a speaker, kept as {UNLABELLED}"))
    unnamed = UNLABELLED if named else "PAR"
    ordered = [segment if segment.speaker else segment._replace(speaker=unnamed) for segment in ordered]
    sentences = _sentences(ordered, joined=layout.joined) if layout.by_sentence and _punctuated(ordered) else ordered
    utterances = [_utterance(sentence, automatic=layout.automatic) for sentence in sentences]
    utterances = [utterance for utterance in utterances if _holds_anything(utterance)]
    found += report_notes(utterances, file=file)
    if layout.automatic:
        utterances, loops = flag_loops(utterances, file=file)
        found += loops
    utterances = [_with_repetitions(utterance) for utterance in utterances]
    return Conversation(
        tuple(_with_pauses(utterances)),
        language=language,
        diagnostics=tuple(found),
        format=format,
        duration_ms=duration_ms,
    )


def _in_order(segments: Sequence[Segment], found: list[Diagnostic], *, file: str) -> list[Segment]:
    """Order segments by their start (one without a start stays behind the one before it); report what is amiss."""
    segments = [_forward(segment, found, file=file) for segment in segments]
    starts: list[int] = []
    for segment in segments:
        starts.append(segment.start_ms if segment.start_ms is not None else (starts[-1] if starts else 0))
    order = sorted(range(len(segments)), key=lambda index: starts[index])
    backward = [index for index in range(1, len(segments)) if starts[index] < starts[index - 1]]
    if backward:
        what = f"{len(backward)} segments start before the one above; put in order of time"
        found.append(Diagnostic(file, segments[backward[0]].line, what))
    ordered = [segments[index] for index in order]
    overlapping = list(_overlapping(ordered))
    if overlapping:
        what = f"{len(overlapping)} segments start before the speaker's last one ends"
        found.append(Diagnostic(file, overlapping[0].line, what, "check the times"))
    return ordered


def _forward(segment: Segment, found: list[Diagnostic], *, file: str) -> Segment:
    """Drop an end that lies before its start."""
    if segment.start_ms is not None and segment.end_ms is not None and segment.end_ms < segment.start_ms:
        found.append(Diagnostic(file, segment.line, "a segment ends before it starts; its end was dropped"))
        segment = segment._replace(end_ms=None)
    backward = sum(
        piece.start_ms is not None and piece.end_ms is not None and piece.end_ms < piece.start_ms
        for piece in segment.pieces
    )
    if backward:
        found.append(Diagnostic(file, segment.line, f"{backward} words end before they start; times dropped"))
        segment = segment._replace(pieces=tuple(map(_forward_piece, segment.pieces)))
    return segment


def _forward_piece(piece: Piece) -> Piece:
    backward = piece.start_ms is not None and piece.end_ms is not None and piece.end_ms < piece.start_ms
    return Piece(piece.text) if backward else piece


def _overlapping(ordered: Iterable[Segment]) -> Iterator[Segment]:
    """Yield the segments that start before an earlier one of the same speaker ends; people may talk at once."""
    ends: dict[str, int] = {}
    for segment in ordered:
        if segment.start_ms is not None and segment.start_ms < ends.get(segment.speaker, 0):
            yield segment
        if segment.end_ms is not None:
            ends[segment.speaker] = max(segment.end_ms, ends.get(segment.speaker, 0))


def _punctuated(segments: Iterable[Segment]) -> bool:
    return any(_SENTENCE_END.search(piece.text) for segment in segments for piece in segment.pieces)


def _sentences(segments: Sequence[Segment], *, joined: bool) -> Iterator[Segment]:
    """Join the segments of a turn and cut it at sentence ends."""
    pieces: list[Piece] = []
    parts: list[Segment] = []
    for position, segment in enumerate(segments):
        if parts and (parts[-1].speaker != segment.speaker or not joined):
            yield _joined(pieces, parts)
            pieces, parts = [], []
        parts.append(segment)
        following = segments[position + 1].pieces[0] if position + 1 < len(segments) else None
        for piece, after in zip(segment.pieces, [*segment.pieces[1:], following], strict=True):
            pieces.append(piece)
            if _ends_sentence(piece.text, after.text if after else ""):
                yield _joined(pieces, parts)
                pieces, parts = [], [segment]
        if not pieces:
            parts = []
    if pieces:
        yield _joined(pieces, parts)


def _ends_sentence(text: str, after: str) -> bool:
    if not _SENTENCE_END.search(text) or _ABBREVIATION.fullmatch(text):
        return False
    letter = after.lstrip("\"'“‘([¿¡-")[:1]
    return not letter.islower()


def _joined(pieces: Sequence[Piece], parts: Sequence[Segment]) -> Segment:
    """Make a sentence of pieces that lie in one or more segments: its times are those of its words where known.

    Where they come from a segment, they are widened to hold the words that lie beside it.
    """
    first, last = pieces[0], pieces[-1]
    whole = len(pieces) == sum(len(part.pieces) for part in parts)
    start = first.start_ms if first.start_ms is not None else (parts[0].start_ms if whole else None)
    end = last.end_ms if last.end_ms is not None else (parts[-1].end_ms if whole else None)
    if start is not None:
        start = min([start, *(piece.start_ms for piece in pieces if piece.start_ms is not None)])
    if end is not None:
        end = max([end, *(piece.end_ms for piece in pieces if piece.end_ms is not None)])
    if start is not None and end is not None and end < start:
        end = None
    return Segment(parts[0].speaker, tuple(pieces), start, end, parts[0].line)


def _utterance(segment: Segment, *, automatic: bool) -> Utterance:
    content = Content()
    raw = " ".join(piece.text for piece in segment.pieces)
    pieces = [part for piece in segment.pieces for part in _cut_at_note(piece)]
    position = 0
    while position < len(pieces):
        note, length, rest = _note_at(pieces, position)
        if note:
            content.take_note(note)
        content.words += _words(rest)
        position += length
    is_letter = len(segment.speaker) == 1  # A, B ... of a recogniser; P and I name no role there
    return Utterance(
        speaker=segment.speaker,
        role="" if automatic and is_letter else label_role(segment.speaker),
        words=tuple(content.words),
        terminator=terminator_of(NOTE.sub("", raw)),
        pauses=tuple(content.pauses),
        events=tuple(content.events),
        unintelligible=content.unintelligible,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        raw=raw,
        line=segment.line,
    )


def _cut_at_note(piece: Piece) -> Iterator[Piece]:
    """Cut ``stool.[laughs]`` before the note; ``fu(h)nny`` is one word."""
    text, start_ms, cut = piece.text, piece.start_ms, 0
    while match := _NOTE_INSIDE.search(text, cut):
        yield Piece(text[cut : match.end()], start_ms, None)
        start_ms, cut = None, match.end()
    yield Piece(text[cut:], start_ms, piece.end_ms)


def _note_at(pieces: Sequence[Piece], position: int) -> tuple[str, int, Piece]:
    """Return the note that begins at a piece, how many pieces it takes, and what of the last of them is speech.

    The note is empty where there is none; then the piece itself is the rest.
    """
    first = pieces[position]
    if first.text[:1] not in ("[", "(", "<", "{", "*"):
        return "", 1, first
    window = pieces[position : position + _NOTE_PIECES]
    match = NOTE.match(" ".join(piece.text for piece in window))
    if match is None:
        return "", 1, first
    ends = [end - 1 for end in accumulate(len(piece.text) + 1 for piece in window)]
    index = bisect_left(ends, match.end())
    last = window[index]
    tail = last.text[len(last.text) - (ends[index] - match.end()) :]
    return match.group(), index + 1, last._replace(text=tail)


def _words(piece: Piece) -> Iterator[Word]:
    tokens = tokenize_prose(piece.text)
    for index, (text, fragment) in enumerate(tokens):
        yield Word(
            text,
            raw=piece.text if len(tokens) == 1 else text,
            kind=word_kind(text, fragment=fragment),
            start_ms=piece.start_ms if index == 0 else None,
            end_ms=piece.end_ms if index == len(tokens) - 1 else None,
        )


def _holds_anything(utterance: Utterance) -> bool:
    return bool(utterance.words or utterance.events or utterance.pauses or utterance.unintelligible)


def _with_repetitions(utterance: Utterance) -> Utterance:
    words, repetitions = mark_repetitions(utterance.words)
    return replace(utterance, words=words, repetitions=repetitions)


def _with_pauses(utterances: Iterable[Utterance]) -> Iterator[Utterance]:
    """Add the silences between words; one between two utterances of a turn belongs to the second.

    A silence that is also written out (``[pause]``) is one pause, of the length that the times give.
    """
    before: Utterance | None = None
    for utterance in utterances:
        end = before.words[-1].end_ms if before and before.speaker == utterance.speaker and before.words else None
        silences = []
        for position, word in enumerate(utterance.words):
            if end is not None and word.start_ms is not None and word.start_ms - end >= PAUSE_MS:
                silences.append(Pause(position, "timed", (word.start_ms - end) / 1000))
            end = word.end_ms
        heard = {pause.before for pause in silences}
        written = [pause for pause in utterance.pauses if pause.before not in heard]
        yield replace(utterance, pauses=tuple(sorted([*written, *silences], key=lambda pause: pause.before)))
        before = utterance
