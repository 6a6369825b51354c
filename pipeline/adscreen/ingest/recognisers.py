"""JSON of a speech recogniser -> the turns of all speakers it tells apart.

    Whisper             {"segments": [{"start", "end", "text", "words": [{"word", "start", "end"}]}], "language"}
    whisper-timestamped the same with {"text", "confidence"} in the words
    WhisperX            the same with "speaker" in segments and words; a word it could not align has no times
    AWS Transcribe      {"results": {"items": [...], "speaker_labels" | "channel_labels"}}; times are text
    AWS call analytics  {"Transcript": [{"ParticipantRole", "Items": [{"Content", "BeginOffsetMillis"}]}]}
    Google              {"results": [{"alternatives": [{"words": [{"word", "startTime", "speakerTag"}]}]}]}; where it
                        tells speakers apart, the last result repeats all words with their speakers
    Deepgram            {"results": {"channels": [...], "utterances": [...]}}
    AssemblyAI          {"words": [...], "utterances": [...] | null}; times in milliseconds

What a service adds beside these fields is not read, and a field of the wrong kind reads like one that is absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.segments import Piece, Segment, converse, milliseconds, untimed

Fields = dict[str, Any]


class _Said(NamedTuple):
    speaker: str
    piece: Piece


class _Read(NamedTuple):
    format: str
    segments: Iterable[Segment]
    language: str | None


def parse_json(text: str, *, where: str) -> Any:
    """Return what JSON holds; raises InputError where it is none, or nested beyond reason."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("damaged JSON", where=where, remedy="export it again") from None


def read_recogniser(content: Any, *, file: str, where: str) -> Conversation:
    """Read the parsed JSON of a recogniser; raises InputError where it is of no known one."""
    if isinstance(content, list) and _dicts(content) and "text" in _dicts(content)[0]:
        content = {"segments": content}
    fields = _dict(content)
    read = _read_results(fields.get("results")) or _read_fields(fields)
    if read is None:
        raise InputError(
            "JSON of no recogniser that adscreen knows",
            where=where,
            remedy="export captions (.vtt, .srt) or plain text instead",
        )
    return converse(read.segments, file=file, format=read.format, language=read.language)


def _read_results(results: Any) -> _Read | None:
    """Read what lies in ``results``: Deepgram's, AWS Transcribe's or Google's."""
    if isinstance(results, dict) and _dicts(results.get("channels")):
        return _Read("deepgram", _deepgram(results), None)
    if isinstance(results, dict) and ("items" in results or "transcripts" in results):
        return _Read("aws", _aws(results), _text(results.get("language_code")) or None)
    if any("alternatives" in result for result in _dicts(results)):
        return _Read("google", _google(_dicts(results)), _google_language(results))
    return None


def _read_fields(fields: Fields) -> _Read | None:
    """Read what lies in fields of the document itself: AWS call analytics', Whisper's or AssemblyAI's."""
    if _dicts(fields.get("Transcript")):
        return _Read("aws-call", _aws_call(fields), _text(fields.get("LanguageCode")) or None)
    if _dicts(fields.get("segments")):
        return _Read(_kind_of_whisper(fields), _whisper(fields), _language(fields))
    if "utterances" in fields or "words" in fields:
        return _Read("assemblyai", _assemblyai(fields), _text(fields.get("language_code")) or None)
    return None


def _dicts(value: object) -> list[Fields]:
    """The objects of a list, none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _dict(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _label(value: object) -> str:
    """A speaker's label as text; services number speakers from 0."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)


def _language(fields: Fields) -> str | None:
    return _text(fields.get("language")) or None


def _segments(said: Iterable[_Said]) -> Iterator[Segment]:
    """Join the words of a speaker up to the next speaker."""
    for speaker, run in groupby(said, key=lambda word: word.speaker):
        pieces = tuple(word.piece for word in run)
        yield Segment(speaker, pieces, pieces[0].start_ms, pieces[-1].end_ms)


def _span(fields: Fields, *, unit: float = 1000.0) -> tuple[int | None, int | None]:
    return milliseconds(fields.get("start"), unit=unit), milliseconds(fields.get("end"), unit=unit)


def _kind_of_whisper(fields: Fields) -> str:
    segments = _dicts(fields.get("segments"))
    words = [word for segment in segments for word in _dicts(segment.get("words"))[:1]]
    if "word_segments" in fields or any("speaker" in part for part in (*segments, *words)):
        return "whisperx"
    return "whisper-timestamped" if any("text" in word for word in words) else "whisper"


def _whisper(fields: Fields) -> Iterator[Segment]:
    for segment in _dicts(fields.get("segments")):
        speaker = _label(segment.get("speaker"))
        words = [
            _Said(_label(word.get("speaker")) or speaker, Piece(text, *_span(word)))
            for word in _dicts(segment.get("words"))
            if (text := _text(word.get("word")) or _text(word.get("text")))
        ]
        if words:
            yield from _segments(words)
        else:
            yield Segment(speaker, untimed(_text(segment.get("text"))), *_span(segment))


def _aws(results: Fields) -> Iterator[Segment]:
    """Read items in order; a punctuation mark belongs to the word before it."""
    speakers = _aws_speakers(results)
    said: list[_Said] = []
    for item in _dicts(results.get("items")):
        text = _text(_dict((_dicts(item.get("alternatives")) or [{}])[0]).get("content"))
        if item.get("type") == "punctuation":
            if said:
                said[-1] = said[-1]._replace(piece=said[-1].piece._replace(text=said[-1].piece.text + text))
        elif text:
            start = item.get("start_time")
            label = _label(item.get("speaker_label")) or _label(item.get("channel_label"))
            piece = Piece(text, milliseconds(start), milliseconds(item.get("end_time")))
            said.append(_Said(label or speakers.get(_label(start), ""), piece))
    if not said:
        for transcript in _dicts(results.get("transcripts")):
            yield Segment("", untimed(_text(transcript.get("transcript"))))
    yield from _segments(said)


def _aws_speakers(results: Fields) -> dict[str, str]:
    """Return start time -> speaker, as written."""
    speakers = {}
    for segment in _dicts(_dict(results.get("speaker_labels")).get("segments")):
        for item in _dicts(segment.get("items")):
            speakers[_label(item.get("start_time"))] = _label(item.get("speaker_label"))
    for channel in _dicts(_dict(results.get("channel_labels")).get("channels")):
        for item in _dicts(channel.get("items")):
            speakers.setdefault(_label(item.get("start_time")), _label(channel.get("channel_label")))
    return speakers


def _aws_call(fields: Fields) -> Iterator[Segment]:
    for turn in _dicts(fields.get("Transcript")):
        pieces: list[Piece] = []
        for item in _dicts(turn.get("Items")):
            text = _text(item.get("Content"))
            if item.get("Type") == "punctuation" and pieces:
                pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + text)
            elif text:
                pieces.append(Piece(text, *_offsets(item)))
        speaker = _label(turn.get("ParticipantRole")) or _label(turn.get("ParticipantId"))
        yield Segment(speaker, tuple(pieces) or untimed(_text(turn.get("Content"))), *_offsets(turn))


def _offsets(fields: Fields) -> tuple[int | None, int | None]:
    return milliseconds(fields.get("BeginOffsetMillis"), unit=1), milliseconds(fields.get("EndOffsetMillis"), unit=1)


def _google(results: list[Fields]) -> Iterator[Segment]:
    alternatives = [_dict((_dicts(result.get("alternatives")) or [{}])[0]) for result in results]
    diarised = [best for best in alternatives if any(map(_google_speaker, _dicts(best.get("words"))))]
    for best in diarised[-1:] or alternatives:
        words = [
            _Said(_google_speaker(word), Piece(text, _google_ms(word, "start"), _google_ms(word, "end")))
            for word in _dicts(best.get("words"))
            if (text := _text(word.get("word")))
        ]
        if words:
            yield from _segments(words)
        else:
            yield Segment("", untimed(_text(best.get("transcript"))))


def _google_speaker(word: Fields) -> str:
    return _label(word.get("speakerLabel")) or _label(word.get("speakerTag") or "")


def _google_ms(word: Fields, edge: str) -> int | None:
    """Read ``"1.300s"`` or ``{"seconds": "1", "nanos": 300000000}``."""
    time = word.get(f"{edge}Time", word.get(f"{edge}Offset"))
    if isinstance(time, dict):
        seconds = milliseconds(time.get("seconds", 0))
        nanos = milliseconds(time.get("nanos", 0), unit=1e-6)
        return None if seconds is None or nanos is None else seconds + nanos
    return milliseconds(time.removesuffix("s")) if isinstance(time, str) else None


def _google_language(results: object) -> str | None:
    return next((code for result in _dicts(results) if (code := _text(result.get("languageCode")))), None)


def _deepgram(results: Fields) -> Iterator[Segment]:
    utterances = _dicts(results.get("utterances"))
    channels = _dicts(results.get("channels"))
    if utterances:
        for utterance in utterances:
            channel = utterance.get("channel") if len(channels) > 1 else None
            yield from _deepgram_turn(utterance, _label(utterance.get("speaker")), channel)
        return
    for number, channel in enumerate(channels):
        best = _dict((_dicts(channel.get("alternatives")) or [{}])[0])
        yield from _deepgram_turn(best, "", number if len(channels) > 1 else None)


def _deepgram_turn(fields: Fields, speaker: str, channel: object) -> Iterator[Segment]:
    """Read the words of an utterance or channel; with several channels each is a speaker of its own."""
    if channel is not None:
        speaker = f"channel {_label(channel)}"
    words = [
        _Said(speaker if channel is not None else _label(word.get("speaker")) or speaker, Piece(text, *_span(word)))
        for word in _dicts(fields.get("words"))
        if (text := _text(word.get("punctuated_word")) or _text(word.get("word")))
    ]
    if words:
        yield from _segments(words)
    else:
        yield Segment(speaker, untimed(_text(fields.get("transcript"))), *_span(fields))


def _assemblyai(fields: Fields) -> Iterator[Segment]:
    for turn in _dicts(fields.get("utterances")) or [fields]:
        speaker = _label(turn.get("speaker"))
        words = [
            _Said(_label(word.get("speaker")) or speaker, Piece(text, *_span(word, unit=1)))
            for word in _dicts(turn.get("words"))
            if (text := _text(word.get("text")))
        ]
        if words:
            yield from _segments(words)
        else:
            yield Segment(speaker, untimed(_text(turn.get("text"))), *_span(turn, unit=1))
