"""Azure Speech's JSON -> words, speakers and times.

    batch  {"recognizedPhrases": [{"speaker", "channel", "offset", "duration", "nBest": [{"lexical", "display",
           "words": [{"word", "offset", "duration"}]}]}]}; times as ``PT0.1S`` or in ticks of 100 ns
    fast   {"phrases": [{"speaker", "channel", "offsetMilliseconds", "durationMilliseconds", "text", "words"}]}; the
           preview of 2024 writes ``offset`` and ``duration``, also in milliseconds

Source: Microsoft Learn, "Get batch transcription results" and "Use the fast transcription API". The lexical words are
those that were said (``twenty five``, not ``25``), so they are read, with the punctuation of ``display`` where it fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.recognisers.fields import (
    Fields,
    Reader,
    Reading,
    as_dict,
    best,
    clock_ms,
    dicts,
    first_text,
    label,
    numbered_channels,
    punctuated,
    segment,
    text,
)
from adscreen.ingest.segments import milliseconds

_TICKS = 1e-4  # a tick is 100 ns
_OTHER_FORMS = frozenset(
    {"itn", "maskedITN", "lexical", "display", "displayWords", "displayPhraseElements", "combinedRecognizedPhrases"}
)


def _is_batch(content: Any) -> bool:
    return any("nBest" in phrase for phrase in dicts(as_dict(content).get("recognizedPhrases")))


def _read_batch(content: Any) -> Reading:
    phrases = dicts(content["recognizedPhrases"])
    by_channel = numbered_channels(phrase.get("channel") for phrase in phrases)
    language = first_text(best(phrases), "locale") or first_text(as_dict(content), "locale") or None
    segments = (_phrase(phrase, by_channel=by_channel) for phrase in phrases)
    return Reading("azure", tuple(segments), language, _batch_time(content, "duration"))


def _phrase(phrase: Fields, *, by_channel: bool) -> Segment:
    found = best(phrase.get("nBest"))
    speaker = _speaker(phrase, found, by_channel=by_channel)
    times = _span(_batch_time(phrase, "offset"), _batch_time(phrase, "duration"))
    pieces = tuple(
        Piece(written, *_span(_batch_time(word, "offset"), _batch_time(word, "duration")))
        for word in dicts(found.get("words"))
        if (written := text(word.get("word")))
    )
    display = first_text(found, "display", "lexical")
    if not pieces:
        return segment(speaker, display, *times)
    return Segment(speaker, punctuated(pieces, display) or _closed(pieces, display), *times)


def _closed(pieces: tuple[Piece, ...], display: str) -> tuple[Piece, ...]:
    """Give the last word the mark that ends the phrase."""
    mark = display[-1:] if display[-1:] in ".?!" else ""
    return (*pieces[:-1], pieces[-1]._replace(text=pieces[-1].text + mark))


def _speaker(*records: Fields, by_channel: bool) -> str:
    """Return the speaker, numbered from 1 or 0 in each channel where there is more than one channel."""
    speaker = next((name for record in records if (name := label(record.get("speaker")))), "")
    channel = f"channel {label(records[0].get('channel'))}" if by_channel else ""
    return " speaker ".join(filter(None, [channel, speaker])) if channel else speaker


def _batch_time(fields: Fields, name: str) -> int | None:
    ticks = milliseconds(fields.get(f"{name}InTicks"), unit=_TICKS)
    if ticks is not None:
        return ticks
    written = fields.get(name)
    return clock_ms(written) if isinstance(written, str) else milliseconds(written, unit=_TICKS)


def _span(start: int | None, length: int | None) -> tuple[int | None, ...]:
    return start, None if start is None or length is None else start + length


def _is_fast(content: Any) -> bool:
    phrases = dicts(as_dict(content).get("phrases"))
    return any("text" in phrase and ("offsetMilliseconds" in phrase or "offset" in phrase) for phrase in phrases)


def _read_fast(content: Any) -> Reading:
    phrases = dicts(content["phrases"])
    by_channel = numbered_channels(phrase.get("channel") for phrase in phrases)
    return Reading(
        "azure",
        tuple(_fast(phrases, by_channel=by_channel)),
        first_text(best(phrases), "locale") or None,
        _fast_time(content, "duration"),
    )


def _fast(phrases: list[Fields], *, by_channel: bool) -> Iterator[Segment]:
    for phrase in phrases:
        speaker = _speaker(phrase, by_channel=by_channel)
        times = _span(_fast_time(phrase, "offset"), _fast_time(phrase, "duration"))
        pieces = tuple(
            Piece(written, *_span(_fast_time(word, "offset"), _fast_time(word, "duration")))
            for word in dicts(phrase.get("words"))
            if (written := text(word.get("text")))
        )
        written = text(phrase.get("text"))
        if pieces:
            yield Segment(speaker, punctuated(pieces, written) or pieces, *times)
        else:
            yield segment(speaker, written, *times)


def _fast_time(fields: Fields, name: str) -> int | None:
    return milliseconds(fields.get(f"{name}Milliseconds", fields.get(name)), unit=1)


AZURE = (
    Reader("that of Azure batch transcription", _is_batch, _read_batch, _OTHER_FORMS),
    Reader("that of Azure fast transcription", _is_fast, _read_fast),
)
