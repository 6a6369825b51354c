"""Fields of a recogniser's JSON -> words with speakers and times: what all readers share.

A field of the wrong kind reads like one that is absent; what is absent then is for the account to say (accounting).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.segments import milliseconds, untimed

Fields = dict[str, Any]

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,9})?)")
_ISO = re.compile(r"PT(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,10}(?:\.\d{1,9})?)S)?")
_UNKNOWN = frozenset({"uu", "?", "unknown", "none", "null", "speaker_unknown", "unidentified"})


class Said(NamedTuple):
    """A word and who said it."""

    speaker: str
    piece: Piece


class Reading(NamedTuple):
    """What a reader found; ``other_forms`` are texts that it knows to be the words that it read, written otherwise."""

    format: str
    segments: tuple[Segment, ...]
    language: str | None = None
    duration_ms: int | None = None
    other_forms: tuple[str, ...] = ()
    is_translation: bool = False


class Reader(NamedTuple):
    """How one recogniser's JSON is known and read.

    ``repeats`` are fields that hold the words that were read once more (in another form, or cut otherwise), so that
    nothing in them needs to be read.
    """

    name: str
    matches: Callable[[Any], bool]
    read: Callable[[Any], Reading]
    repeats: frozenset[str] = frozenset()


def dicts(value: object) -> list[Fields]:
    """Return the objects of a list, none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_dict(value: object) -> Fields:
    """Return an object, an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def best(value: object) -> Fields:
    """Return the first of the alternatives that a recogniser offers: its best."""
    return next(iter(dicts(value)), {})


def text(value: object) -> str:
    """Return text with single spaces, empty where the value is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def first_text(fields: Fields, *names: str) -> str:
    """Return the first of these fields that holds text."""
    return next((found for name in names if (found := text(fields.get(name)))), "")


def label(value: object) -> str:
    """Return a speaker's label as text, empty where it says that the speaker is not known.

    Services number speakers from 0.

    >>> label(0), label("spk_1"), label("UU"), label(None)
    ('0', 'spk_1', '', '')
    """
    if isinstance(value, float) and value.is_integer():  # as a table of numbers with gaps is written
        value = int(value)
    name = str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)
    return "" if name.casefold() in _UNKNOWN else name


def speaker_of(fields: Fields) -> str:
    """Return the speaker that a record names in one of the usual fields."""
    names = ("speaker", "speaker_id", "speaker_label", "speakerLabel", "speakerId")
    return next((found for name in names if (found := label(fields.get(name)))), "")


def span(fields: Fields, start: str = "start", end: str = "end", *, unit: float = 1000.0) -> tuple[int | None, ...]:
    """Return the start and end of a record in milliseconds; ``unit`` as in ``milliseconds``."""
    return milliseconds(fields.get(start), unit=unit), milliseconds(fields.get(end), unit=unit)


def clock_ms(value: object) -> int | None:
    """Read ``1:02:03.5``, ``02:03,5`` or ``PT1M2.5S`` in milliseconds; None where it is neither.

    >>> clock_ms("0:00:01.300000"), clock_ms("PT1M0.5S"), clock_ms("soon")
    (1300, 60500, None)
    """
    if not isinstance(value, str):
        return None
    match = _CLOCK.fullmatch(value.strip()) or _ISO.fullmatch(value.strip())
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    return milliseconds(3600 * hours + 60 * minutes + seconds)


def numbered_channels(numbers: Iterable[object]) -> bool:
    """Tell whether there is more than one channel, so that each is a speaker of its own."""
    return len({label(number) for number in numbers} - {""}) > 1


def segment(speaker: str, written: str, start: int | None = None, end: int | None = None) -> Segment:
    """Return a segment whose words have no times."""
    return Segment(speaker, untimed(written), start, end)


def event(name: str, start: int | None = None, end: int | None = None) -> Piece:
    """Return a sound that is no word, as it is written among words: in brackets."""
    return Piece(f"[{text(name.strip('[](){}<>*♪ '))[:100]}]", start, end)


def runs(said: Iterable[Said]) -> Iterator[Segment]:
    """Join the words of a speaker up to the next speaker; the times are the first and last that its words have."""
    for speaker, run in groupby(said, key=lambda word: word.speaker):
        pieces = tuple(word.piece for word in run)
        starts = [piece.start_ms for piece in pieces if piece.start_ms is not None]
        ends = [piece.end_ms for piece in pieces if piece.end_ms is not None]
        yield Segment(speaker, pieces, min(starts, default=None), max(ends, default=None))


def attach(said: list[Said], mark: str) -> None:
    """Write a punctuation mark at the word before it."""
    if said:
        last = said[-1]
        said[-1] = last._replace(piece=last.piece._replace(text=last.piece.text + mark))


def punctuated(pieces: Sequence[Piece], written: str) -> tuple[Piece, ...] | None:
    """Return timed words as the text writes them: with its capitals and marks, and the words that have no times.

    None where the words are not those of the text in order.

    >>> punctuated((Piece("the", 0, 9), Piece("stool", 20, 29)), "The 2 stool.")
    (Piece(text='The', start_ms=0, end_ms=9), Piece(text='2', start_ms=None, end_ms=None), Piece(text='stool.', start_ms=20, end_ms=29))
    """  # noqa: E501
    found: list[Piece] = []
    position = 0
    for piece in written.split():
        wanted = _letters(piece)
        count, heard = 0, ""
        while wanted and position + count < len(pieces) and len(heard) < len(wanted):
            heard += _letters(pieces[position + count].text)
            count += 1
            if not wanted.startswith(heard):
                break
        if not wanted or heard != wanted:
            found.append(Piece(piece))
            continue
        said = pieces[position : position + count]
        ending = piece if count == 1 else _ended(said[-1].text, piece)
        found += [*said[:-1], said[-1]._replace(text=ending)]
        position += count
    return tuple(found) if not any(_letters(piece.text) for piece in pieces[position:]) else None


def _letters(written: str) -> str:
    return "".join(filter(str.isalnum, written.casefold()))


def _ended(word: str, written: str) -> str:
    """Give a word that ends in a letter the punctuation with which the text ends."""
    if not word[-1:].isalnum():
        return word
    end = len(written)
    while end and not written[end - 1].isalnum():
        end -= 1
    return word + written[end:]


def glued(tokens: Iterable[tuple[str, Said]]) -> list[Said]:
    """Join the pieces of words into which some models cut speech: one that begins with a space begins a word.

    Each token comes as it is written, space and all, with what it would be as a word.
    """
    said: list[Said] = []
    for written, token in tokens:
        if said and not written[:1].isspace() and token.speaker == said[-1].speaker:
            last = said[-1].piece
            end = token.piece.end_ms if token.piece.end_ms is not None else last.end_ms
            said[-1] = said[-1]._replace(piece=Piece(last.text + token.piece.text, last.start_ms, end))
        elif token.piece.text:
            said.append(token)
    return said
