"""Whisper's segments, as a dozen programs write them -> words, speakers and times.

    Whisper             {"segments": [{"start", "end", "text", "words": [{"word", "start", "end"}]}], "language"}
    whisper-timestamped the same with {"text", "confidence"} in the words
    WhisperX            the same with "speaker" in segments and words; a word it could not align has no times
    faster-whisper      a list of such segments, or {"segments", "info": {"language", "duration"}}
    OpenAI              verbose_json: "words" lie beside "segments", which may be empty or absent; "duration"
    OpenAI              diarized_json: segments with "speaker" and {"type": "transcript.text.segment"}
    Mistral             segments with "speaker_id"

Sources: openai/whisper (transcribe.py, writers), linto-ai/whisper-timestamped (README), m-bain/whisperX (README),
SYSTRAN/faster-whisper (transcribe.py), OpenAI API reference ("Create transcription"), speaches-ai/speaches#86. Times
are seconds. Words of OpenAI have no punctuation: their text has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.recognisers.fields import (
    Fields,
    Reader,
    Reading,
    Said,
    as_dict,
    dicts,
    first_text,
    punctuated,
    runs,
    segment,
    span,
    speaker_of,
    text,
)
from adscreen.ingest.segments import milliseconds


def _is_whisper(content: Any) -> bool:
    marks = {"start", "words"} if isinstance(content, list) else {"start", "words", "speaker"}
    return any(_is_segment(item, marks) for item in _items(content)) or _is_words(content)


def _is_segment(item: Fields, marks: set[str]) -> bool:
    return "text" in item and "stop" not in item and not marks.isdisjoint(item)


def _is_words(content: Any) -> bool:
    """Tell whether words alone are given, as OpenAI does when asked for no segments."""
    fields = as_dict(content)
    words = dicts(fields.get("words"))
    known = bool(words) and not _items(content) and all("word" in word and "start" in word for word in words)
    return known and any(name in fields for name in ("text", "language", "task", "duration"))


def _items(content: Any) -> list[Fields]:
    return dicts(content) if isinstance(content, list) else dicts(as_dict(content).get("segments"))


def _read_whisper(content: Any) -> Reading:
    fields = as_dict(content)
    info = as_dict(fields.get("info"))
    segments = _items(content)
    beside = [] if any(dicts(item.get("words")) for item in segments) else _beside(fields)
    return Reading(
        _kind(fields, segments),
        tuple(_with_words_beside(segments, beside, text(fields.get("text"))) if beside else _segments(segments)),
        first_text(fields, "language") or first_text(info, "language") or None,
        milliseconds(fields.get("duration")) or milliseconds(info.get("duration")),
        is_translation=text(fields.get("task")) == "translate"
        or text(as_dict(info.get("transcription_options")).get("task")) == "translate",
    )


def _kind(fields: Fields, segments: Sequence[Fields]) -> str:
    words = [word for item in segments for word in dicts(item.get("words"))[:1]]
    if any(item.get("type") == "transcript.text.segment" for item in segments):
        return "openai"
    timed = any("start" in part for part in (*segments, *words))
    if not timed and not words:
        return "segments"
    if "word_segments" in fields or any("speaker" in part for part in (*segments, *words)):
        return "whisperx"
    return "whisper-timestamped" if any("text" in word for word in words) else "whisper"


def _span(item: Fields) -> tuple[int | None, ...]:
    """Return start and end, or start and start with duration, as some programs write it."""
    start, end = span(item)
    length = milliseconds(item.get("duration"))
    if "end" not in item and start is not None and length is not None:
        end = start + length
    return start, end


def _word(word: Fields) -> Said | None:
    written = first_text(word, "word", "text")
    return Said(speaker_of(word), Piece(written, *span(word))) if written else None


def _words(value: object) -> list[Said]:
    return [said for word in dicts(value) if (said := _word(word))]


def _segments(segments: Sequence[Fields]) -> Iterator[Segment]:
    for item in segments:
        speaker = speaker_of(item)
        words = _words(item.get("words"))
        if not words:
            yield segment(speaker, text(item.get("text")), *_span(item))
        elif any(word.speaker for word in words):
            yield from runs(word._replace(speaker=word.speaker or speaker) for word in words)
        else:
            pieces = tuple(word.piece for word in words)
            yield Segment(speaker, punctuated(pieces, text(item.get("text"))) or pieces, *_span(item))


def _beside(fields: Fields) -> list[Said]:
    """Return the words that lie beside the segments."""
    return _words(fields.get("words")) or _words(fields.get("word_segments"))


def _with_words_beside(segments: Sequence[Fields], words: Sequence[Said], whole: str) -> Iterator[Segment]:
    """Put words into the segments whose text they are; where they are in none, they are one segment of their own."""
    pieces = tuple(word.piece for word in words)
    texts = [text(item.get("text")) for item in segments]
    timed = None if any(word.speaker for word in words) else punctuated(pieces, " ".join(texts))
    if not segments or timed is None:
        written = None if any(word.speaker for word in words) else punctuated(pieces, whole)
        yield from runs(words) if written is None else runs(Said("", piece) for piece in written)
        return
    spoken = iter(_shared_out(timed, texts))
    for item in segments:
        yield Segment(speaker_of(item), next(spoken), *_span(item))


def _shared_out(pieces: Sequence[Piece], texts: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Give each text as many of the pieces as it has letters."""
    position = 0
    for written in texts:
        wanted = sum(map(str.isalnum, written))
        start = position
        while position < len(pieces) and (wanted > 0 or not any(map(str.isalnum, pieces[position].text))):
            wanted -= sum(map(str.isalnum, pieces[position].text))
            position += 1
        yield tuple(pieces[start:position])


WHISPER = Reader("Whisper's", _is_whisper, _read_whisper, frozenset({"tokens", "ori_dict"}))
