"""AWS Transcribe's JSON -> words, speakers and times.

    a transcript    {"results": {"items": [...], "speaker_labels" | "channel_labels"}}; times are text, in seconds
    call analytics  {"Transcript": [{"ParticipantRole", "Items": [{"Content", "BeginOffsetMillis"}]}]}

Source: Amazon Transcribe Developer Guide, "Example diarization output (batch)", "Example channel identification output
(batch)", "Call analytics output". A punctuation mark is an item of its own, without times.
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
    attach,
    best,
    dicts,
    label,
    runs,
    segment,
    span,
    text,
)
from adscreen.ingest.segments import milliseconds


def _is_aws(content: Any) -> bool:
    results = as_dict(as_dict(content).get("results"))
    return any("alternatives" in item for item in dicts(results.get("items"))) or (
        "items" in results and "transcripts" in results
    )


def _read_aws(content: Any) -> Reading:
    results = as_dict(content["results"])
    said = _items(results)
    language = text(results.get("language_code")) or None
    if said:
        return Reading("aws", tuple(runs(said)), language)
    whole = (segment("", text(item.get("transcript"))) for item in dicts(results.get("transcripts")))
    return Reading("aws", tuple(whole), language)


def _items(results: Fields) -> list[Said]:
    """Read items in order; a punctuation mark belongs to the word before it."""
    speakers = _speakers(results)
    said: list[Said] = []
    for item in dicts(results.get("items")):
        written = text(best(item.get("alternatives")).get("content"))
        if item.get("type") == "punctuation":
            attach(said, written)
        elif written:
            start = item.get("start_time")
            speaker = label(item.get("speaker_label")) or label(item.get("channel_label"))
            piece = Piece(written, milliseconds(start), milliseconds(item.get("end_time")))
            said.append(Said(speaker or speakers.get(label(start), ""), piece))
    return said


def _speakers(results: Fields) -> dict[str, str]:
    """Return start time -> speaker, as written."""
    speakers = {}
    for part in dicts(as_dict(results.get("speaker_labels")).get("segments")):
        for item in dicts(part.get("items")):
            speakers[label(item.get("start_time"))] = label(item.get("speaker_label"))
    for channel in dicts(as_dict(results.get("channel_labels")).get("channels")):
        for item in dicts(channel.get("items")):
            speakers.setdefault(label(item.get("start_time")), label(channel.get("channel_label")))
    return speakers


def _is_call(content: Any) -> bool:
    return any("Items" in turn or "Content" in turn for turn in dicts(as_dict(content).get("Transcript")))


def _read_call(content: Any) -> Reading:
    features = as_dict(content.get("ConversationCharacteristics"))
    return Reading(
        "aws-call",
        tuple(_turns(dicts(content.get("Transcript")))),
        text(content.get("LanguageCode")) or None,
        milliseconds(features.get("TotalConversationDurationMillis"), unit=1),
    )


def _turns(turns: list[Fields]) -> Iterator[Segment]:
    for turn in turns:
        speaker = label(turn.get("ParticipantRole")) or label(turn.get("ParticipantId"))
        said: list[Said] = []
        for item in dicts(turn.get("Items")):
            written = text(item.get("Content"))
            if item.get("Type") == "punctuation" and said:
                attach(said, written)
            elif written:
                said.append(Said(speaker, Piece(written, *_offsets(item))))
        if said:
            yield Segment(speaker, tuple(word.piece for word in said), *_offsets(turn))
        else:
            yield segment(speaker, text(turn.get("Content")), *_offsets(turn))


def _offsets(fields: Fields) -> tuple[int | None, ...]:
    return span(fields, "BeginOffsetMillis", "EndOffsetMillis", unit=1)


AWS = (
    Reader("AWS Transcribe's", _is_aws, _read_aws),
    Reader("that of AWS call analytics", _is_call, _read_call),
)
