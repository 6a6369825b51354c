"""A Praat TextGrid, long, short or chronological -> the turns of all speakers whose tiers it holds.

Source: Praat manual, "TextGrid file formats". In every form only free-standing numbers, flags and quoted texts (a
quote in one is doubled, and it may run over lines) count; the long form's ``xmin =`` is comment, and all from ``!``.
rustling's reader (0.9) takes no line break in a text and ends the process on a false count, so these lines are ours;
they believe no count, and report those that do not fit.

    a tier of phones, translations, notes, ids ...  no speech
    a tier of words (``word``, ``anna - words``)    the times of an utterance's words; alone, utterances parted by a
                                                    silence of BREAK_MS
    any other interval tier                         one speaker's utterances; ``phrase``, ``sentence`` ... name nobody
    a point tier                                    no speech; named in a diagnostic where it holds words
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.pieces import Piece, Segment, start_of
from adscreen.ingest.segments import Layout, converse, milliseconds, untimed
from adscreen.ingest.tiers import SILENT, Said, Span, choose_tiers, holds_ids, letters, list_tiers, read_name, undecided
from adscreen.records import Diagnostic

BREAK_MS = 1000
MAX_TIERS = 100
CHRONOLOGICAL = "Praat chronological TextGrid text file"

_ANNOTATED = Layout(by_sentence=False, automatic=False)
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|![^\n]*|([^\s"]+)')
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_CLASS = re.compile(r'\s*(?:File type = )?"ooTextFile[^"]*"\s*(?:Object class = )?"([\w ]{1,40})"')
_MARK = re.compile(r"\{([A-Za-z_]{2,20})\}")
_UNCLEAR = re.compile(r"(?<![\w\[(<])(?:xxx?|yyy|XXX?)(?![\w\])>])")
_UNHEARD = frozenset({"spn", "<unk>", "<spn>"})
_SAVE_AGAIN = "save the TextGrid again in Praat, and check that nothing is missing"
_NAME_IT = "in Praat, name the tier of words `words` or after its speaker, and other tiers `translation`, `notes` ..."


class Grid(NamedTuple):
    """One tier of a TextGrid: its name, its intervals (of a point tier its points), and the count that it states."""

    name: str
    spans: list[Span]
    is_point: bool
    stated: int | None = None


def read_textgrid(text: str, *, file: str, where: str) -> Conversation:
    """Read a TextGrid; raises InputError where no tier holds speech, or where nothing tells which one does."""
    found: list[Diagnostic] = []
    grids = _grids(text, found, file=file, where=where)
    segments, left = read_tiers([(grid.name, grid.spans) for grid in grids if not grid.is_point], where=where)
    left += [grid.name for grid in grids if grid.is_point and _may_be_speech(grid)]
    if not any(segment.pieces for segment in segments):
        raise InputError("no tier holds words", where=where, remedy="name a tier `words`, or after its speaker")
    if left:
        found.append(Diagnostic(file, None, f"tiers not read: {list_tiers(left)}"))
    return converse(segments, file=file, layout=_ANNOTATED, diagnostics=found)


def _with_notes(text: str) -> str:
    """Write the marks of aligners and transcribers as notes of prose: ``{BR}`` is a breath, ``xxx`` unclear."""
    return _UNCLEAR.sub("[unintelligible]", _MARK.sub(r"[\1]", text))


def _may_be_speech(grid: Grid) -> bool:
    """Tell whether a tier holds texts, and neither its name nor what it holds says that they are no speech."""
    texts = [span.text for span in grid.spans if any(map(str.isalpha, span.text))]
    return bool(texts) and read_name(grid.name).use != "other" and not holds_ids(texts)


def read_tiers(
    tiers: Iterable[tuple[str, list[Span]]], *, where: str, remedy: str = _NAME_IT
) -> tuple[list[Segment], list[str]]:
    """Return the segments of named tiers in order of time, and the names of those not read that may be speech.

    What a tier is called (``phones``, ``translation``), or the ids that it holds, show that it is no speech.

    Raises InputError where two tiers may hold the same speech and nothing tells which one does.
    """
    left: list[str] = []
    said: list[Said] = []
    words: list[Said] = []
    for name, held in tiers:
        spans = [span._replace(text=_with_notes(span.text)) for span in held]
        tier = Said(name, read_name(name), spans)
        if not any(span.text.strip().casefold() not in SILENT for span in spans):
            continue
        if name.casefold() in ("segment", "segments"):
            left.append(name)
        elif tier.name.use != "other" and not holds_ids(span.text for span in spans):
            (words if tier.name.use == "words" else said).append(tier)
    if len(said) + len(words) > MAX_TIERS:
        raise InputError(f"more than {MAX_TIERS} tiers of speech", where=where, remedy="split the file")
    said, double = choose_tiers(said, where=where, remedy=remedy)
    segments = list(_segments(said, words, where=where, remedy=remedy))
    return sorted(segments, key=start_of), left + double


def _grids(text: str, found: list[Diagnostic], *, file: str, where: str) -> list[Grid]:
    """Return the tiers, and report what does not fit: a lost end, a false count, an interval behind the end."""
    match = _CLASS.match(text.lstrip("\ufeff"))
    name = match[1].partition(" ")[0].strip() if match else "TextGrid"
    if name != "TextGrid":
        what = f"a Praat object of the class {name}, not a TextGrid" if name else "a Praat object of no class"
        raise InputError(what, where=where, remedy="select the TextGrid in Praat and save it as a text file")
    chronological = text.lstrip("\ufeff \t\n").startswith(f'"{CHRONOLOGICAL}"')
    grids = _chronological(text, found, file=file) if chronological else list(_tiers(text, found, file=file))
    if text.count('"') % 2:
        found.append(Diagnostic(file, None, "a text without its closing quote; what follows it was not read"))
    else:
        found += [Diagnostic(file, None, what, _SAVE_AGAIN) for what in _misfits(text, grids)]
    return grids


def _misfits(text: str, grids: Sequence[Grid]) -> Iterator[str]:
    """Yield what the tiers hold otherwise than the file states."""
    header: list[str] = []
    for is_text, value in _values(text):
        if is_text and value in ("IntervalTier", "TextTier"):
            break
        header += [] if is_text else [value]
    stated = header[2] if len(header) > 2 else ""
    if stated and stated != str(len(grids)):
        yield f"the file states {stated[:20]} tiers and holds {len(grids)}"
    off = [grid.name for grid in grids if grid.stated is not None and grid.stated != len(grid.spans)]
    if off:
        yield f"tiers that do not hold as many intervals as they state: {list_tiers(off)}"
    end = milliseconds(header[1]) if len(header) > 2 else None
    behind = sum((span.end_ms or 0) > end + 1 for grid in grids for span in grid.spans) if end else 0
    if behind:
        yield f"{behind} intervals end after the end of the recording"


def _tiers(text: str, found: list[Diagnostic], *, file: str) -> Iterator[Grid]:
    """Yield the tiers; what ends before its time is kept and reported."""
    name: str | None = None
    spans: list[Span] = []
    numbers: list[str] = []
    kind = ""
    stated: int | None = None
    for is_text, value in _values(text):
        if not is_text:
            numbers.append(value)
            continue
        if value in ("IntervalTier", "TextTier") and not (kind and name is None):
            if name is not None:
                yield Grid(name, spans, kind == "TextTier", stated if spans else _count(numbers, 0))
            kind, name, spans, stated = value, None, [], None
        elif kind and name is None:
            name = value
        elif kind:
            times = 1 if kind == "TextTier" else 2
            stated = stated if spans else _count(numbers, times)
            spans.append(_span(numbers[-times:], value, times, found, file=file))
        numbers = []
    if name is not None:
        yield Grid(name, spans, kind == "TextTier", stated if spans else _count(numbers, 0))


def _count(numbers: Sequence[str], times: int) -> int | None:
    """Return the count that a tier states: its ends, its count, then the times of its first interval."""
    count = numbers[2] if len(numbers) == 3 + times else ""
    return int(count) if count.isdecimal() and len(count) < 10 else None


def _span(numbers: Sequence[str], text: str, times: int, found: list[Diagnostic], *, file: str) -> Span:
    if len(numbers) < times:
        found.append(Diagnostic(file, None, "an interval without its two times; its words were kept"))
        return Span(None, None, text)
    return Span(milliseconds(numbers[0]), milliseconds(numbers[-1]), text)


def _chronological(text: str, found: list[Diagnostic], *, file: str) -> list[Grid]:
    """Return the tiers of the chronological form: all are declared first, then each interval names its tier."""
    values = iter(list(_values(text))[1:])
    grids: list[Grid] = []
    numbers: list[str] = []
    begun = False
    misplaced = 0
    for is_text, value in values:
        if not is_text:
            numbers.append(value)
            continue
        if not begun and value in ("IntervalTier", "TextTier"):
            name = next((name for is_name, name in values if is_name), "")
            grids.append(Grid(name, [], value == "TextTier"))
        else:
            numbers = numbers if begun else numbers[2:]  # those before the first interval are its tier's ends
            begun = True
            misplaced += not _place(numbers, value, grids, found, file=file)
        numbers = []
    if misplaced:
        found.append(Diagnostic(file, None, f"{misplaced} intervals of no tier were passed over", _SAVE_AGAIN))
    return grids


def _place(numbers: Sequence[str], text: str, grids: Sequence[Grid], found: list[Diagnostic], *, file: str) -> bool:
    """Put an interval into the tier that its first number names; False where there is no such tier."""
    tier = numbers[0] if numbers and numbers[0].isdecimal() and len(numbers[0]) < 6 else "0"
    if not 0 < int(tier) <= len(grids):
        return False
    grid = grids[int(tier) - 1]
    grid.spans.append(_span(numbers[1:], text, 1 if grid.is_point else 2, found, file=file))
    return True


def _values(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the free-standing texts (True) and numbers (False)."""
    for match in _TOKEN.finditer(text):
        quoted, bare = match.groups()
        if quoted is not None:
            yield True, quoted.replace('""', '"')
        elif bare is not None and _NUMBER.fullmatch(bare):
            yield False, bare


def _segments(said: Sequence[Said], words: Sequence[Said], *, where: str, remedy: str) -> Iterator[Segment]:
    """Yield the utterances of all speakers; a tier of words times them, or is speech where its speaker has no other."""
    speakers = list(dict.fromkeys(tier.name.speaker for tier in (*said, *words)))
    own: dict[str, list[Said]] = defaultdict(list)
    for tier in words:
        own[tier.name.speaker].append(tier)
    unnamed = [] if any(not tier.name.speaker for tier in said) else own.get("", [])
    named = [tier for tier in said if tier.name.speaker]
    if unnamed and named:  # `words` beside `Anna`: the words of Anna's utterances, not another person's
        if not _spelt_in(unnamed, named):
            raise undecided([tier.tier for tier in (*unnamed, *named)], where=where, remedy=remedy)
        speakers = [speaker for speaker in speakers if speaker]
    for speaker in speakers:
        spoken = [span for tier in said if tier.name.speaker == speaker for span in tier.spans]
        heard = [span for tier in own[speaker] or (unnamed if named else []) for span in tier.spans]
        yield from _of_speaker(speaker, spoken, heard)


def _spelt_in(words: Sequence[Said], utterances: Sequence[Said]) -> bool:
    """Tell whether most words of these tiers are among the words of those."""
    known = {letters(word) for tier in utterances for span in tier.spans for word in span.text.split()}
    heard = [letters(span.text) for tier in words for span in tier.spans if span.text.strip().casefold() not in SILENT]
    return 2 * sum(word in known for word in heard) >= len(heard)


def _of_speaker(speaker: str, spoken: Iterable[Span], heard: Iterable[Span]) -> Iterator[Segment]:
    """Yield a speaker's utterances with the words inside them; without utterances, the words by their silences."""
    words = sorted((word for word in map(_word, heard) if word), key=start_of)
    said = [span for span in spoken if span.text.strip().casefold() not in SILENT]
    if not said:
        yield from split_at_silences(speaker, words)
    position = 0
    for utterance in sorted(said, key=start_of):
        first = position
        while position < len(words) and start_of(words[position]) < (utterance.end_ms or 0):
            position += 1
        inside = [word for word in words[first:position] if start_of(word) >= start_of(utterance)]
        yield Segment(speaker, _timed(utterance.text, inside), utterance.start_ms, utterance.end_ms)


def _timed(text: str, inside: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return an utterance's words as written, with the times of the words inside it where they are the same words."""
    spelt = untimed(text)
    if [letters(piece.text.split()[0]) for piece in inside] != [letters(piece.text) for piece in spelt]:
        return spelt
    return tuple(piece._replace(text=as_written.text) for piece, as_written in zip(inside, spelt, strict=True))


def _word(interval: Span) -> Piece | None:
    text = interval.text.strip()
    if text.casefold() in SILENT:
        return None
    return Piece("[unintelligible]" if text.casefold() in _UNHEARD else text, interval.start_ms, interval.end_ms)


def split_at_silences(speaker: str, words: Iterable[Piece]) -> Iterator[Segment]:
    """Part words in order of time at silences of BREAK_MS."""
    run: list[Piece] = []
    for word in words:
        if run and start_of(word) - (run[-1].end_ms or 0) >= BREAK_MS:
            yield Segment(speaker, tuple(run), run[0].start_ms, run[-1].end_ms)
            run = []
        run.append(word)
    if run:
        yield Segment(speaker, tuple(run), run[0].start_ms, run[-1].end_ms)
