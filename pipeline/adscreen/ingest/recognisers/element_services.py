"""JSON of services that list words and punctuation marks as elements of their own -> words, speakers and times.

    Rev.ai        {"monologues": [{"speaker", "elements": [{"type": "text" | "punct" | "unknown", "value", "ts",
                  "end_ts"}]}]}; seconds
    Speechmatics  {"results": [{"type": "word" | "punctuation" | "entity", "start_time", "end_time", "attaches_to",
                  "alternatives": [{"content", "speaker"}]}]}; seconds; the speaker ``UU`` is not known

Sources: Rev AI, "Get transcript by ID"; Speechmatics, "Batch transcription output" (json-v2). An entity of Speechmatics
(``25``) holds the words that were said in ``spoken_form``.
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
    first_text,
    label,
    numbered_channels,
    runs,
    span,
    text,
)
from adscreen.ingest.segments import milliseconds

_UNHEARD = "[inaudible]"


def _is_rev(content: Any) -> bool:
    turns = dicts(as_dict(content).get("monologues"))
    return any("value" in element for turn in turns for element in dicts(turn.get("elements"))[:1])


def _read_rev(content: Any) -> Reading:
    names = {label(item.get("id")): text(item.get("name")) for item in dicts(content.get("speakers"))}
    turns = dicts(content["monologues"])
    segments = (part for turn in turns for part in runs(_rev(turn, names)))
    elements = (element for turn in turns for element in dicts(turn.get("elements")))
    unheard = (text(element.get("value")) for element in elements if element.get("type") == "unknown")
    return Reading("revai", tuple(segments), text(content.get("language")) or None, other_forms=tuple(unheard))


def _rev(turn: Fields, names: dict[str, str]) -> list[Said]:
    number = label(turn.get("speaker"))
    speaker = names.get(number) or number
    said: list[Said] = []
    for element in dicts(turn.get("elements")):
        written, times = text(element.get("value")), span(element, "ts", "end_ts")
        if element.get("type") == "punct":
            attach(said, written)
        elif element.get("type") == "unknown":
            said.append(Said(speaker, Piece(_UNHEARD, *times)))
        elif written:
            said.append(Said(speaker, Piece(written, *times)))
    return said


def _is_speechmatics(content: Any) -> bool:
    results = dicts(as_dict(content).get("results"))
    return any("type" in item and "content" in best(item.get("alternatives")) for item in results)


def _read_speechmatics(content: Any) -> Reading:
    results = [item for item in dicts(content["results"]) if best(item.get("alternatives")) or item.get("spoken_form")]
    by_channel = numbered_channels(item.get("channel") for item in results)
    entities = [item for item in results if dicts(item.get("spoken_form"))]
    settings = as_dict(as_dict(content.get("metadata")).get("transcription_config"))
    return Reading(
        "speechmatics",
        tuple(_speechmatics(results, by_channel=by_channel)),
        first_text(settings, "language") or None,
        milliseconds(as_dict(content.get("job")).get("duration")),
        tuple(text(best(item.get("alternatives")).get("content")) for item in entities),
    )


def _speechmatics(results: list[Fields], *, by_channel: bool) -> Iterator[Segment]:
    said: list[Said] = []
    opening = ""
    for item in results:
        found = best(item.get("alternatives"))
        speaker = f"channel {label(item.get('channel'))}" if by_channel else label(found.get("speaker"))
        if item.get("type") == "punctuation":
            if item.get("attaches_to") == "next":
                opening += text(found.get("content"))
            else:
                attach(said, text(found.get("content")))
            continue
        for word in dicts(item.get("spoken_form")) or [item]:
            written = text(best(word.get("alternatives")).get("content"))
            if written and word.get("type") == "punctuation":
                attach(said, written)
            elif written:
                said.append(Said(speaker, Piece(opening + written, *span(word, "start_time", "end_time"))))
                opening = ""
    yield from runs(said)


ELEMENT_SERVICES = (
    Reader("Rev.ai's", _is_rev, _read_rev),
    Reader("Speechmatics'", _is_speechmatics, _read_speechmatics, frozenset({"written_form"})),
)
