"""JSON of services whose result is one list of words or tokens -> words, speakers and times.

    ElevenLabs    {"words": [{"text", "start", "end", "type": "word" | "spacing" | "audio_event", "speaker_id"}]}, or
                  one such object per channel in "transcripts"; seconds
    NVIDIA NeMo   {"words": [{"word", "start_time", "end_time", "speaker_label"}]}; seconds
    IBM Watson    {"results": [{"alternatives": [{"timestamps": [[word, start, end]]}]}], "speaker_labels": [{"from",
                  "speaker"}]}: the word that starts at ``from`` is the speaker's; seconds
    Soniox        {"tokens": [{"text", "start_ms", "end_ms", "speaker"}]}; a space at its front begins a word

Sources: ElevenLabs API reference ("Create transcript"); NVIDIA NeMo, "Speaker Diarization" (session JSON of
offline_diar_with_asr); IBM Cloud API Docs, "Speech to Text" ("Recognize audio"); Soniox docs ("Async transcription",
"Timestamps", "Real-time translation" for tokens that are a translation).
"""

from __future__ import annotations

from collections.abc import Iterator
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
    event,
    first_text,
    glued,
    label,
    runs,
    segment,
    span,
    speaker_of,
    text,
)
from adscreen.ingest.segments import milliseconds

_HESITATION = "%HESITATION"  # what Watson writes for uh and um
_FILLER = "uh"
_CONTROL = frozenset({"<end>", "<fin>"})  # tokens of Soniox's stream that nobody said


def _elevenlabs_parts(content: Any) -> list[Fields]:
    fields = as_dict(content)
    parts = dicts(fields.get("transcripts")) or [fields]
    return [part for part in parts if any(word.get("type") in ("word", "spacing") for word in dicts(part.get("words")))]


def _is_elevenlabs(content: Any) -> bool:
    parts = _elevenlabs_parts(content)
    return any("text" in word for part in parts for word in dicts(part["words"])[:1])


def _read_elevenlabs(content: Any) -> Reading:
    parts = _elevenlabs_parts(content)
    said: list[Segment] = []
    for number, part in enumerate(parts):
        channel = f"channel {label(part.get('channel_index', number))}" if len(parts) > 1 else ""
        said += runs(filter(None, (_elevenlabs_word(word, channel) for word in dicts(part["words"]))))
    duration = milliseconds(content.get("audio_duration_secs"))
    return Reading("elevenlabs", tuple(said), text(parts[0].get("language_code")) or None, duration)


def _elevenlabs_word(word: Fields, channel: str) -> Said | None:
    written, speaker = text(word.get("text")), channel or label(word.get("speaker_id"))
    if word.get("type") == "spacing" or not written:
        return None
    if word.get("type") == "audio_event":
        return Said(speaker, event(written, *span(word)))
    return Said(speaker, Piece(written, *span(word)))


def _is_nemo(content: Any) -> bool:
    words = dicts(as_dict(content).get("words"))
    return any("start_time" in word and ("word" in word or "text" in word) for word in words)


def _read_nemo(content: Any) -> Reading:
    said = (
        Said(speaker_of(word), Piece(written, *span(word, "start_time", "end_time")))
        for word in dicts(content["words"])
        if (written := first_text(word, "word", "text"))
    )
    return Reading("nemo", tuple(runs(said)))


def _watson_results(content: Any) -> list[Fields]:
    """Return the results, also where they lie in results of their own (the answer of an asynchronous job)."""
    outer = dicts(as_dict(content).get("results"))
    inner = [result for item in outer for result in dicts(item.get("results"))]
    results = [result for result in inner or outer if result.get("final") is not False]  # an interim one comes again
    found = [best(result.get("alternatives")) for result in results]
    known = any("result_index" in holder for holder in (as_dict(content), *outer))
    return results if known or any(isinstance(item.get("timestamps"), list) for item in found) else []


def _is_watson(content: Any) -> bool:
    return bool(_watson_results(content))


def _read_watson(content: Any) -> Reading:
    holders = [content, *dicts(content["results"])]
    marks = [mark for holder in holders for mark in dicts(holder.get("speaker_labels"))]
    speakers = {milliseconds(mark.get("from")): label(mark.get("speaker")) for mark in marks}
    found = [best(result.get("alternatives")) for result in _watson_results(content)]
    hesitations = sum(text(item.get("transcript")).count(_HESITATION) for item in found)
    segments = (part for item in found for part in _watson(item, speakers))
    return Reading("watson", tuple(segments), other_forms=(_HESITATION,) * hesitations)


def _watson(item: Fields, speakers: dict[int | None, str]) -> Iterator[Segment]:
    listed = item.get("timestamps")
    stamps = [
        stamp for stamp in (listed if isinstance(listed, list) else []) if isinstance(stamp, list) and len(stamp) == 3
    ]
    said = []
    for word, start, end in stamps:
        written = _FILLER if word == _HESITATION else text(word)
        if written:
            start_ms = milliseconds(start)
            said.append(Said(speakers.get(start_ms, ""), Piece(written, start_ms, milliseconds(end))))
    if said:
        yield from runs(said)
    else:
        yield segment("", text(item.get("transcript")).replace(_HESITATION, _FILLER))


def _is_soniox(content: Any) -> bool:
    tokens = dicts(as_dict(content).get("tokens"))
    return any("text" in token and "start_ms" in token for token in tokens)


def _read_soniox(content: Any) -> Reading:
    tokens = [token for token in dicts(content["tokens"]) if isinstance(token.get("text"), str)]
    own = [token for token in tokens if token.get("translation_status") != "translation"]
    translated = tuple(token["text"] for token in tokens if token.get("translation_status") == "translation")
    spoken = [token for token in own if text(token["text"]).casefold() not in _CONTROL]
    said = glued((token["text"], _soniox_token(token)) for token in spoken)
    return Reading("soniox", tuple(runs(said)), first_text(best(own), "language") or None, other_forms=translated)


def _soniox_token(token: Fields) -> Said:
    times = span(token, "start_ms", "end_ms", unit=1)
    if token.get("is_audio_event") is True:
        return Said(label(token.get("speaker")), event(text(token["text"]), *times))
    return Said(label(token.get("speaker")), Piece(text(token["text"]), *times))


WORD_SERVICES = (
    Reader("ElevenLabs'", _is_elevenlabs, _read_elevenlabs, frozenset({"characters", "additional_formats"})),
    Reader("NeMo's", _is_nemo, _read_nemo),
    Reader("IBM Watson's", _is_watson, _read_watson, frozenset({"word_alternatives"})),
    Reader("Soniox'", _is_soniox, _read_soniox),
)
