"""JSON of services that give utterances with their words -> words, speakers and times.

    Deepgram    {"results": {"channels": [{"alternatives": [{"words"}]}], "utterances": [...]}}; seconds
    AssemblyAI  {"words": [...], "utterances": [...] | null}; milliseconds
    Gladia      {"result": {"transcription": {"utterances": [{"speaker", "channel", "words"}]}}}; seconds

Sources: Deepgram API reference ("Pre-Recorded Audio"); AssemblyAI API reference ("Get transcript"); Gladia API
reference ("Get the transcription job", v2). With several channels each channel is a speaker of its own.
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
    best,
    dicts,
    first_text,
    label,
    numbered_channels,
    runs,
    segment,
    span,
    text,
)
from adscreen.ingest.segments import milliseconds


def _said(words: object, speaker: str, *names: str, unit: float = 1000.0) -> list[Said]:
    """Read words, whose text is in the first of ``names`` that holds any; a word may name its own speaker."""
    return [
        Said(label(word.get("speaker")) or speaker, Piece(written, *span(word, unit=unit)))
        for word in dicts(words)
        if (written := first_text(word, *names))
    ]


def _turn(said: Sequence[Said], speaker: str, written: str, times: tuple[int | None, ...]) -> Iterator[Segment]:
    if said:
        yield from runs(said)
    else:
        yield segment(speaker, written, *times)


def _is_deepgram(content: Any) -> bool:
    results = as_dict(as_dict(content).get("results"))
    return any("alternatives" in channel for channel in dicts(results.get("channels")))


def _read_deepgram(content: Any) -> Reading:
    results, channels = content["results"], dicts(content["results"]["channels"])
    language = next((code for channel in channels if (code := first_text(channel, "detected_language"))), None)
    duration = milliseconds(as_dict(content.get("metadata")).get("duration"))
    return Reading("deepgram", tuple(_deepgram(results, channels)), language, duration)


def _deepgram(results: Fields, channels: Sequence[Fields]) -> Iterator[Segment]:
    several = len(channels) > 1
    turns = [(turn.get("channel"), turn) for turn in dicts(results.get("utterances"))]
    turns = turns or [(number, best(channel.get("alternatives"))) for number, channel in enumerate(channels)]
    for channel, turn in turns:
        speaker = label(turn.get("speaker"))
        said = _said(turn.get("words"), speaker, "punctuated_word", "word")
        if several:
            said = [word._replace(speaker=_in_channel(channel, word.speaker)) for word in said]
            speaker = _in_channel(channel, speaker)
        yield from _turn(said, speaker, text(turn.get("transcript")), span(turn))


def _in_channel(channel: object, speaker: str) -> str:
    """Name a speaker in one of several channels; Deepgram's first is 0 in each of them."""
    return f"channel {label(channel)}" + (f" speaker {speaker}" if speaker not in ("", "0") else "")


def _is_assemblyai(content: Any) -> bool:
    """Tell AssemblyAI's words by their fields and by their times, which are whole milliseconds."""
    fields = as_dict(content)
    turns = dicts(fields.get("utterances"))
    words = dicts(fields.get("words")) or dicts(best(turns).get("words"))
    named = any("text" in word for word in (*words, *turns)) and not any("type" in word for word in words)
    times = [word.get(edge) for word in (*words, *turns) for edge in ("start", "end")]
    return named and all(time is None or isinstance(time, int) for time in times)


def _read_assemblyai(content: Any) -> Reading:
    turns = dicts(content.get("utterances")) or [content]
    by_channel = not any(label(turn.get("speaker")) for turn in turns) and numbered_channels(
        turn.get("channel") for turn in turns
    )
    segments: list[Segment] = []
    for turn in turns:
        speaker = label(turn.get("speaker")) or (f"channel {label(turn.get('channel'))}" if by_channel else "")
        said = _said(turn.get("words"), speaker, "text", unit=1)
        segments += _turn(said, speaker, text(turn.get("text")), span(turn, unit=1))
    language = text(content.get("language_code")) or None
    return Reading("assemblyai", tuple(segments), language, milliseconds(content.get("audio_duration")))


def _gladia_turns(content: Any) -> list[Fields]:
    fields = as_dict(content)
    transcription = as_dict(as_dict(fields.get("result", fields)).get("transcription"))
    turns = dicts(transcription.get("utterances"))
    return turns if any("words" in turn for turn in turns) else []


def _read_gladia(content: Any) -> Reading:
    turns = _gladia_turns(content)
    by_channel = numbered_channels(turn.get("channel") for turn in turns)
    segments: list[Segment] = []
    for turn in turns:
        speaker = label(turn.get("speaker"))
        if by_channel:
            speaker = _in_channel(turn.get("channel"), speaker)
        said = _said(turn.get("words"), speaker, "word")
        segments += _turn(said, speaker, text(turn.get("text")), span(turn))
    metadata = as_dict(as_dict(content.get("result", content)).get("metadata"))
    return Reading(
        "gladia", tuple(segments), text(turns[0].get("language")) or None, milliseconds(metadata.get("audio_duration"))
    )


UTTERANCE_SERVICES = (
    Reader("Deepgram's", _is_deepgram, _read_deepgram, frozenset({"paragraphs", "search"})),
    Reader("Gladia's", lambda content: bool(_gladia_turns(content)), _read_gladia, frozenset({"subtitles"})),
    Reader("AssemblyAI's", _is_assemblyai, _read_assemblyai),
)
