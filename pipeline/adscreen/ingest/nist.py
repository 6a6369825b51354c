"""Time-marked words (CTM) or segments (STM) of NIST's scoring tools -> the turns of one recording.

Source: SCTK manual (NIST), "sclite", the ctm and stm formats; RT-09 evaluation plan (type and speaker in CTM).

    CTM   recording channel start duration word [confidence [type speaker]]
    STM   recording channel speaker start end [<labels>] words
    ;;    a comment

A speaker is the one that a line names, else its channel where there are several. ``inter_segment_gap``,
``excluded_region`` and ``ignore_time_segment_in_scoring`` are no speech; ``(word)`` is a word, ``{ a / b }`` is read as
``a``; ``%hesitation`` and ``[noise]`` are events.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.pieces import Piece, Segment, start_of
from adscreen.ingest.segments import Layout, converse, milliseconds, untimed
from adscreen.ingest.textgrid import split_at_silences
from adscreen.ingest.tiers import list_tiers
from adscreen.records import Diagnostic

_SHARE = 0.8  # of the lines that fit, at least, in a file that is recognised; the others are reported
_TIME = re.compile(r"\d{1,7}(?:\.\d{1,9})?")
_CTM_LINE = re.compile(rf"\S+\s+\S+\s+(?:{_TIME.pattern}\s+{_TIME.pattern}|\*\s+\*)\s+\S+(?:\s+\S+){{0,3}}\s*")
_STM_LINE = re.compile(  # where the third field is a number, the sixth is not: in a CTM it is the confidence
    rf"\S+\s+\S+\s+(?:(?!{_TIME.pattern}\s)\S+\s+{_TIME.pattern}\s+{_TIME.pattern}(?:\s.*)?"
    rf"|\S+\s+{_TIME.pattern}\s+{_TIME.pattern}\s+(?!{_TIME.pattern}(?:\s|$))\S.*)"
)
_NOT_SCORED = ("inter_segment_gap", "excluded_region", "ignore_time_segment_in_scoring")
_LABELS = re.compile(r"\s*<[^<>]{0,200}>")
_ALTERNATIVES = re.compile(r"\{([^{}/]*)/[^{}]*\}")
_VARIANT = re.compile(r"\(\d\)$")  # of a pronunciation
_SILENT = frozenset({"<eps>", "<sil>", "sil", "!sil", "<s>", "</s>", "@", "<alt>", "<alt_end>", "<alt_begin>"})
_UNHEARD = frozenset({"<unk>", "[unk]", "<unintelligible>", "(%unintelligible)"})
_EVENT = re.compile(r"\(?%(\w{1,40})\)?|[\[<{]([\w-]{1,40})[\]>}]")
_NOT_LEXICAL = frozenset({"non-lex", "misc", "noise", "non-speech"})


class _Line(NamedTuple):
    """A line of either format; ``text`` is one word of a CTM, or what an STM's segment holds."""

    number: int
    recording: str
    channel: str
    speaker: str
    start_ms: int | None
    end_ms: int | None
    text: str


def recognise_nist(text: str) -> Literal["ctm", "stm"] | None:
    """Tell the format of lines that fit it, None where they fit none.

    >>> recognise_nist("rec1 1 0.10 0.25 the 0.99"), recognise_nist("rec1 1 INV 0.0 2.0 <o> so"), recognise_nist("so")
    ('ctm', 'stm', None)
    """
    lines = [line for line in text.removeprefix("\ufeff").split("\n") if line.strip() and not line.startswith(";;")]
    formats: tuple[tuple[Literal["ctm", "stm"], re.Pattern[str]], ...] = (("stm", _STM_LINE), ("ctm", _CTM_LINE))
    for format, pattern in formats:
        if lines and pattern.fullmatch(lines[0].strip()):
            fitting = sum(pattern.fullmatch(line.strip()) is not None for line in lines)
            if fitting >= _SHARE * len(lines):
                return format
    return None


def read_ctm(text: str, *, recording_id: str, file: str, where: str) -> Conversation:
    """Read the words of one recording; raises InputError where the file holds several and none has its name."""
    found: list[Diagnostic] = []
    lines = _of_recording(list(_ctm_lines(text, found, file=file)), recording_id, file=file, where=where)
    _refuse_ends(lines, where=where)
    by_speaker: dict[str, list[_Line]] = defaultdict(list)
    for line in _with_speakers(lines):
        by_speaker[line.speaker].append(line)
    segments: list[Segment] = []
    for speaker, own in by_speaker.items():
        backward = sum((later.start_ms or 0) < (line.start_ms or 0) for line, later in pairwise(own))
        if backward:
            found.append(Diagnostic(file, own[0].number, f"{backward} words start before the one above; put in order"))
        words = [Piece(line.text, line.start_ms, line.end_ms) for line in own]
        segments += split_at_silences(speaker, sorted(words, key=start_of))
    if not segments:
        raise InputError("a CTM file without words", where=where, remedy="write: recording channel start duration word")
    segments.sort(key=start_of)
    return converse(segments, file=file, layout=Layout(joined=False), diagnostics=found)


def read_stm(text: str, *, recording_id: str, file: str, where: str) -> Conversation:
    """Read the segments of one recording; raises InputError where the file holds several and none has its name."""
    found: list[Diagnostic] = []
    lines = _of_recording(list(_stm_lines(text, found, file=file)), recording_id, file=file, where=where)
    segments = [
        Segment(line.speaker, untimed(_spoken(line.text)), line.start_ms, line.end_ms, line.number)
        for line in _with_speakers(lines)
    ]
    if not any(segment.pieces for segment in segments):
        remedy = "write: recording channel speaker start end words"
        raise InputError("an STM file without words", where=where, remedy=remedy)
    segments.sort(key=start_of)
    return converse(segments, file=file, layout=Layout(by_sentence=False, automatic=False), diagnostics=found)


def _lines(text: str, pattern: re.Pattern[str], found: list[Diagnostic], *, file: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that fit, with their numbers; the others are reported, comments apart."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip() or line.startswith(";;"):
            continue
        if pattern.fullmatch(line.strip()):
            yield number, line.strip()
        else:
            found.append(Diagnostic(file, number, "a line of another form was passed over"))


def _ctm_lines(text: str, found: list[Diagnostic], *, file: str) -> Iterator[_Line]:
    """Yield the words; of alternatives the first is read."""
    passed_over = alternatives = 0
    for number, line in _lines(text, _CTM_LINE, found, file=file):
        recording, channel, start, duration, word, *more = line.split()
        if start == "*":
            passed_over = {"<ALT_BEGIN>": 0, "<ALT>": 1, "<ALT_END>": 0}.get(word.upper(), passed_over)
            alternatives += word.upper() == "<ALT_BEGIN>"
            continue
        spoken = _spoken(word, kind=more[1] if len(more) > 1 else "")
        begin, length = milliseconds(start), milliseconds(duration)
        if passed_over or not spoken or begin is None or length is None:
            continue
        speaker = more[2] if len(more) > 2 and more[2].casefold() not in ("unknown", "<na>", "null") else ""
        yield _Line(number, recording, channel, speaker, begin, begin + length, spoken)
    if alternatives:
        found.append(Diagnostic(file, None, f"{alternatives} places with alternative words; the first was read"))


def _stm_lines(text: str, found: list[Diagnostic], *, file: str) -> Iterator[_Line]:
    not_scored = 0
    for number, line in _lines(text, _STM_LINE, found, file=file):
        recording, channel, speaker, start, end, *rest = line.split(None, 5)
        said = _LABELS.sub("", rest[0], count=1) if rest and rest[0].startswith("<") else "".join(rest)
        if speaker.casefold().startswith(_NOT_SCORED) or said.strip().casefold() in _NOT_SCORED:
            not_scored += 1
        else:
            yield _Line(number, recording, channel, speaker, milliseconds(start), milliseconds(end), said)
    if not_scored:
        found.append(Diagnostic(file, None, f"{not_scored} segments that are marked as not scored were not read"))


def _of_recording(lines: Sequence[_Line], recording_id: str, *, file: str, where: str) -> list[_Line]:
    """Return the lines of the recording that is called as the manifest or the file, or of the only one."""
    names = list(dict.fromkeys(line.recording for line in lines))
    wanted = {recording_id.casefold(), file.partition(".")[0].casefold(), file.rpartition(".")[0].casefold()}
    chosen = [name for name in names if name.casefold() in wanted] or names
    if len(chosen) > 1:
        what = f"holds {len(names)} recordings, none of them called {recording_id!r}: {list_tiers(names)}"
        raise InputError(what, where=where, remedy="name one in the manifest column `recording_id`, or split the file")
    return [line for line in lines if line.recording in chosen]


def _with_speakers(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Yield the lines with their speakers; where several channels hold the same one, they are kept apart."""
    channels: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        channels[line.speaker].add(line.channel)
    several = len(set().union(*channels.values())) > 1
    for line in lines:
        speaker = line.speaker or (line.channel if several else "")
        is_double = line.speaker != "" and len(channels[line.speaker]) > 1
        yield line._replace(speaker=f"{line.channel}-{speaker}" if is_double else speaker)


def _spoken(text: str, *, kind: str = "") -> str:
    """Return words with the marks of either format written as notes of prose."""
    words = _ALTERNATIVES.sub(r" \1 ", text).split()
    return " ".join(filter(None, (_word(word, kind=kind) for word in words)))


def _word(word: str, *, kind: str) -> str:
    folded = word.casefold()
    if folded in _SILENT:
        return ""
    if folded in _UNHEARD or kind == "un-lex":
        return "[unintelligible]"
    event = _EVENT.fullmatch(word)
    if event or kind in _NOT_LEXICAL:
        return f"[{(event[1] or event[2]) if event else word.strip('[]<>{}()')}]"
    word = _VARIANT.sub("", word)
    word = word.strip("()") if word.startswith("(") or word.endswith(")") else word
    return f"{word.rstrip('-')}-" if kind == "frag" and word else word


def _refuse_ends(lines: Iterable[_Line], *, where: str) -> None:
    """Raise InputError where the fourth column holds ends: taken for durations, they would run over later words."""
    by_channel: dict[tuple[str, str], list[_Line]] = defaultdict(list)
    for line in lines:
        by_channel[line.channel, line.speaker].append(line)
    pairs = [pair for own in by_channel.values() for pair in pairwise(own)]
    ends = [
        (line.end_ms or 0) - 2 * (line.start_ms or 0) >= 0  # the column itself lies behind the start
        and (line.end_ms or 0) - (line.start_ms or 0) <= (later.start_ms or 0) < (line.end_ms or 0)
        for line, later in pairs
        if line.start_ms
    ]
    if len(ends) > 1 and all(ends):
        what = "a CTM file whose fourth column holds ends, not durations"
        raise InputError(what, where=where, remedy="write: recording channel start duration word")
