"""JSON of programs that run Whisper in their own way -> words, speakers and times.

    whisper.cpp   {"transcription": [{"timestamps", "offsets": {"from", "to"}, "text", "tokens"}], "result"}; ms
    Hugging Face  {"text", "chunks": [{"timestamp": [start, end | null], "text"}]}; seconds
    the same with {"speakers": [{"speaker", "timestamp", "text"}]} (insanely-fast-whisper)
    Vibe          [{"start", "stop", "text", "speaker"}]; centiseconds

Sources: ggml-org/whisper.cpp (examples/cli, output_json); Hugging Face Transformers,
"AutomaticSpeechRecognitionPipeline"; Vaibhavs10/insanely-fast-whisper (README); thewh1teagle/vibe (its segments are
whisper.cpp's, in hundredths of a second). whisper.cpp cuts words into tokens: one that begins with a space begins a
word. Where it marks changes of speaker without naming anybody (``speaker_turn_next``), there is no telling who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from adscreen.errors import InputError
from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.recognisers.fields import (
    Fields,
    Reader,
    Reading,
    Said,
    as_dict,
    clock_ms,
    dicts,
    glued,
    label,
    punctuated,
    runs,
    segment,
    span,
    speaker_of,
    text,
)
from adscreen.ingest.segments import milliseconds

CENTISECONDS = 10.0
_SPECIAL = re.compile(r"\[_[A-Z]+_?\d*_?\]|<\|[^|]*\|>")
_MOSTLY = 0.8  # of the segments are single words: then segments are words


def _is_whisper_cpp(content: Any) -> bool:
    items = dicts(as_dict(content).get("transcription"))
    return any("text" in item and ("offsets" in item or "timestamps" in item) for item in items)


def _read_whisper_cpp(content: Any) -> Reading:
    items = dicts(as_dict(content).get("transcription"))
    turns = sum(item.get("speaker_turn_next") is True for item in items)
    if turns:
        raise InputError(
            f"JSON of whisper.cpp that marks {turns} changes of speaker and names no speaker",
            remedy="transcribe without -tdrz, with speakers named, or cut the interviewer out",
        )
    language = text(as_dict(as_dict(content).get("result")).get("language"))
    is_translation = as_dict(as_dict(content).get("params")).get("translate") is True
    return Reading("whisper-cpp", tuple(_whisper_cpp(items)), language or None, is_translation=is_translation)


def _whisper_cpp(items: list[Fields]) -> Iterator[Segment]:
    if _single_words(text(item.get("text")) for item in items):
        tokens = ((str(item.get("text", "")), Said(speaker_of(item), _piece(item))) for item in items)
        yield from runs(glued(tokens))
        return
    for item in items:
        written = text(item.get("text"))
        pieces = punctuated(tuple(word.piece for word in _token_words(item)), written)
        times = _offsets(item)
        if pieces and any(piece.start_ms is not None for piece in pieces):
            yield Segment(speaker_of(item), pieces, *times)
        else:
            yield segment(speaker_of(item), written, *times)


def _token_words(item: Fields) -> list[Said]:
    tokens = [token for token in dicts(item.get("tokens")) if isinstance(token.get("text"), str)]
    spoken = [token for token in tokens if not _SPECIAL.fullmatch(token["text"].strip())]
    return glued((token["text"], Said("", _piece(token))) for token in spoken)


def _piece(fields: Fields) -> Piece:
    return Piece(text(fields.get("text")), *_offsets(fields))


def _offsets(fields: Fields) -> tuple[int | None, ...]:
    if isinstance(fields.get("offsets"), dict):
        return span(fields["offsets"], "from", "to", unit=1)
    clock = as_dict(fields.get("timestamps"))
    return clock_ms(clock.get("from")), clock_ms(clock.get("to"))


def _single_words(texts: Iterable[str]) -> bool:
    counts = [len(written.split()) for written in texts if written]
    return len(counts) > 1 and sum(count == 1 for count in counts) >= _MOSTLY * len(counts)


def _is_hugging_face(content: Any) -> bool:
    return any("text" in item and isinstance(item.get("timestamp"), list) for item in _chunks(content))


def _chunks(content: Any) -> list[Fields]:
    fields = as_dict(content)
    return dicts(fields.get("speakers")) or dicts(fields.get("chunks"))


def _read_hugging_face(content: Any) -> Reading:
    chunks = _chunks(content)
    language = text(as_dict(content).get("language")) or None
    if _single_words(text(chunk.get("text")) for chunk in chunks):
        said = ((str(chunk["text"]), _chunk(chunk)) for chunk in chunks if text(chunk.get("text")))
        return Reading("huggingface", tuple(runs(word for _, word in said)), language)
    segments = (segment(speaker_of(chunk), text(chunk.get("text")), *_stamp(chunk)) for chunk in chunks)
    return Reading("huggingface", tuple(segments), language)


def _chunk(chunk: Fields) -> Said:
    return Said(speaker_of(chunk), Piece(text(chunk.get("text")), *_stamp(chunk)))


def _stamp(chunk: Fields) -> tuple[int | None, ...]:
    start, end, *_ = [*chunk["timestamp"], None, None] if isinstance(chunk.get("timestamp"), list) else [None, None]
    return milliseconds(start), milliseconds(end)


def _is_vibe(content: Any) -> bool:
    items = dicts(content)
    whole = (isinstance(item.get(edge), int) for item in items for edge in ("start", "stop"))
    return bool(items) and all(whole) and all("text" in item and "end" not in item for item in items)


def _read_vibe(content: Any) -> Reading:
    segments = (
        segment(label(item.get("speaker")), text(item["text"]), *span(item, "start", "stop", unit=CENTISECONDS))
        for item in dicts(content)
    )
    return Reading("vibe", tuple(segments))


WHISPER_PORTS = (
    Reader("whisper.cpp's", _is_whisper_cpp, _read_whisper_cpp, frozenset({"tokens"})),
    Reader("that of a Hugging Face pipeline", _is_hugging_face, _read_hugging_face),
    Reader("Vibe's", _is_vibe, _read_vibe),
)
