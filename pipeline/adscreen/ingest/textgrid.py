"""A Praat TextGrid, long or short -> the turns of all speakers whose tiers it holds.

Source: Praat manual, "TextGrid file formats". In either form only free-standing numbers, flags and quoted texts (a
quote in one is doubled, and it may run over lines) count; the long form's ``xmin =`` is comment. rustling's reader
(0.9) takes no line break in a text and ends the process on a false count, so these lines are ours; they believe no
count.

    a tier of phones, syllables, tones ...      no speech
    a tier of words (``word``, ``anna - words``) the words' times; the words of utterances, or utterances of their own
                                                parted by a silence of BREAK_MS
    any other interval tier                     one speaker's utterances; ``phrase``, ``sentence`` ... name nobody
    a point tier                                no speech
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.segments import Layout, Piece, Segment, converse, milliseconds, untimed
from adscreen.records import Diagnostic

BREAK_MS = 1000

_ANNOTATED = Layout(by_sentence=False, automatic=False)
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|([^\s"]+)')
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_NO_SPEECH = re.compile(
    r"phon(?:e|eme)s?|segments?|syll(?:able)?s?|tones?|pitch|breaks?|break ?index|pos|notes?|comments?|misc|points?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"words?", re.IGNORECASE)
_NOBODY = re.compile(
    r"phrases?|sentences?|utt(?:erance)?s?|transcript(?:ion)?|text|ort(?:hograph(?:y|ic))?|speech|", re.IGNORECASE
)
_SILENT = frozenset({"", "sil", "<sil>", "sp", "<p:>", "<p>", "#", "<eps>", "silence", "silent", "sounding"})
_UNHEARD = frozenset({"spn", "<unk>", "<spn>"})


class _Interval(NamedTuple):
    start_ms: int | None
    end_ms: int | None
    text: str


class _Tier(NamedTuple):
    speaker: str
    kind: str
    intervals: list[_Interval]


def read_textgrid(text: str, *, file: str, where: str) -> Conversation:
    """Read a TextGrid; raises InputError where no tier holds speech."""
    found: list[Diagnostic] = []
    speakers: dict[str, list[_Tier]] = defaultdict(list)
    for name, intervals in _tiers(text, found, file=file):
        tier = _named(name, intervals)
        speakers[tier.speaker].append(tier)
    segments = [segment for speaker, tiers in speakers.items() for segment in _of_speaker(speaker, tiers)]
    if not any(segment.pieces for segment in segments):
        raise InputError("no tier holds words", where=where, remedy="name a tier `words`, or after its speaker")
    ordered = sorted(segments, key=lambda segment: segment.start_ms or 0)  # tiers lie one after the other in the file
    return converse(ordered, file=file, layout=_ANNOTATED, diagnostics=found)


def _tiers(text: str, found: list[Diagnostic], *, file: str) -> Iterator[tuple[str, list[_Interval]]]:
    """Yield the name and intervals of each interval tier; what ends before its time is kept and reported."""
    values = _values(text)
    name: str | None = None
    intervals: list[_Interval] = []
    numbers: list[str] = []
    kind = ""
    for is_text, value in values:
        if not is_text:
            numbers.append(value)
        elif value in ("IntervalTier", "TextTier") and not (kind and name is None):
            if kind == "IntervalTier" and name is not None:
                yield name, intervals
            kind, name, intervals = value, None, []
            numbers = []
        elif kind and name is None:
            name, numbers = value, []
        elif kind == "IntervalTier" and len(numbers) >= 2:
            intervals.append(_Interval(milliseconds(numbers[-2]), milliseconds(numbers[-1]), value))
            numbers = []
        elif kind == "IntervalTier":
            found.append(Diagnostic(file, None, "an interval without its two times; its words were kept"))
            intervals.append(_Interval(None, None, value))
            numbers = []
    if text.count('"') % 2:
        found.append(Diagnostic(file, None, "a text without its closing quote; what follows it was not read"))
    if kind == "IntervalTier" and name is not None:
        yield name, intervals


def _values(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the free-standing texts (True) and numbers (False)."""
    for match in _TOKEN.finditer(text):
        quoted, bare = match.groups()
        if bare is None:
            yield True, quoted.replace('""', '"')
        elif _NUMBER.fullmatch(bare):
            yield False, bare


def _named(name: str, intervals: list[_Interval]) -> _Tier:
    """Tell speaker and kind (``words``, ``utterances`` or none) by a tier's name: ``anna - words``, ``phrase``."""
    name = " ".join(name.replace('"', " ").split())
    speaker, dash, rest = name.rpartition(" - ")
    last = rest if dash else name
    if _NO_SPEECH.fullmatch(last):
        return _Tier(speaker, "", intervals)
    if _WORDS.fullmatch(last):
        return _Tier(speaker, "words", intervals)
    return _Tier(speaker if _NOBODY.fullmatch(last) else name, "utterances", intervals)


def _of_speaker(speaker: str, own: Sequence[_Tier]) -> Iterator[Segment]:
    """Yield a speaker's utterances with the words inside them; without utterances, the words by their silences."""
    heard = [_word(interval) for interval in _intervals(own, "words")]
    words = sorted((word for word in heard if word), key=_start)
    said = [one for one in _intervals(own, "utterances") if one.text.strip().casefold() not in _SILENT]
    if not said:
        yield from _runs(speaker, words)
    position = 0
    for utterance in sorted(said, key=_start):
        first = position
        while position < len(words) and _start(words[position]) < (utterance.end_ms or 0):
            position += 1
        inside = [word for word in words[first:position] if _start(word) >= _start(utterance)]
        yield Segment(speaker, _timed(utterance.text, inside), utterance.start_ms, utterance.end_ms)


def _intervals(tiers: Sequence[_Tier], kind: str) -> Iterator[_Interval]:
    return (interval for tier in tiers if tier.kind == kind for interval in tier.intervals)


def _start(timed: _Interval | Piece) -> int:
    return timed.start_ms or 0


def _timed(text: str, inside: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return an utterance's words as written, with the times of the words inside it where they are the same words."""
    spelt = untimed(text)
    if [_letters(piece.text.split()[0]) for piece in inside] != [_letters(piece.text) for piece in spelt]:
        return spelt
    return tuple(piece._replace(text=as_written.text) for piece, as_written in zip(inside, spelt, strict=True))


def _word(interval: _Interval) -> Piece | None:
    text = interval.text.strip()
    if text.casefold() in _SILENT:
        return None
    return Piece("[unintelligible]" if text.casefold() in _UNHEARD else text, interval.start_ms, interval.end_ms)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _runs(speaker: str, words: Iterable[Piece]) -> Iterator[Segment]:
    """Part the words of a tier at long silences."""
    run: list[Piece] = []
    for word in words:
        if run and (word.start_ms or 0) - (run[-1].end_ms or 0) >= BREAK_MS:
            yield Segment(speaker, tuple(run), run[0].start_ms, run[-1].end_ms)
            run = []
        run.append(word)
    if run:
        yield Segment(speaker, tuple(run), run[0].start_ms, run[-1].end_ms)
