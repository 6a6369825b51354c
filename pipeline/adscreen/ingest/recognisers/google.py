"""Google Speech-to-Text's JSON -> words, speakers and times.

    v1  {"results": [{"alternatives": [{"transcript", "words": [{"word", "startTime", "endTime", "speakerTag"}]}]}]}
    v2  the same with "startOffset", "endOffset" and "speakerLabel"

The same fields come as ``start_time`` and ``speaker_tag`` where a program printed the client library's objects
(googleapis/proto-plus-python#213), and inside ``{"response": ...}`` where it saved the operation. A time is
``"1.300s"``, ``{"seconds": "1", "nanos": 300000000}``, ``"0:00:01.300000"`` or a number of seconds. Where speakers are
told apart, the last result repeats all words with their speakers. Source: Google Cloud, "RecognizeResponse" (v1 and
v2), "Separating different speakers in an audio recording".
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
    clock_ms,
    dicts,
    first_text,
    label,
    numbered_channels,
    punctuated,
    runs,
    segment,
    text,
)
from adscreen.ingest.segments import milliseconds


class _Result:
    """A result of either spelling: its best alternative, its words, and the channel that it was heard in."""

    def __init__(self, result: Fields) -> None:
        self.transcript = text(best(result.get("alternatives")).get("transcript"))
        self.words = [word for word in dicts(best(result.get("alternatives")).get("words")) if text(word.get("word"))]
        self.channel = label(_either(result, "channelTag") or "")
        self.speakers = {_speaker(word) for word in self.words} - {""}


def _is_google(content: Any) -> bool:
    results = dicts(as_dict(content).get("results"))
    found = [best(result.get("alternatives")) for result in results]
    spoken = any(isinstance(item.get("transcript"), str) or _is_word(best(item.get("words"))) for item in found)
    return spoken and "result_index" not in content and not any("timestamps" in item for item in found)


def _is_word(word: Fields) -> bool:
    return isinstance(word.get("word"), str)


def _read_google(content: Any) -> Reading:
    results = [_Result(result) for result in dicts(content["results"])]
    diarised = [result for result in results if result.speakers]
    if diarised and _repeats(results, diarised[-1]):
        results = diarised[-1:]
    by_channel = not diarised and numbered_channels(result.channel for result in results)
    segments = (part for result in results for part in _segments(result, by_channel=by_channel))
    languages = (first_text(result, "languageCode", "language_code") for result in dicts(content["results"]))
    return Reading("google", tuple(segments), next(filter(None, languages), None))


def _repeats(results: list[_Result], last: _Result) -> bool:
    """Tell whether a result holds the words of all others once more."""
    others = sum(len(result.words) or len(result.transcript.split()) for result in results if result is not last)
    return len(last.words) >= others


def _segments(result: _Result, *, by_channel: bool) -> Iterator[Segment]:
    channel = f"channel {result.channel}" if by_channel else ""
    said = [
        Said(_speaker(word) or channel, Piece(text(word["word"]), _time(word, "start"), _time(word, "end")))
        for word in result.words
    ]
    if not said:
        yield segment(channel, result.transcript)
        return
    written = punctuated(tuple(word.piece for word in said), result.transcript)
    if written and len(written) == len(said):
        said = [word._replace(piece=piece) for word, piece in zip(said, written, strict=True)]
    yield from runs(said)


def _either(fields: Fields, name: str) -> Any:
    """Return a field by its name, or by its name as the client library prints it."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return fields.get(name, fields.get(snake))


def _speaker(word: Fields) -> str:
    return label(_either(word, "speakerLabel")) or label(_either(word, "speakerTag") or "")


def _time(word: Fields, edge: str) -> int | None:
    time = _either(word, f"{edge}Time")
    time = _either(word, f"{edge}Offset") if time is None else time
    if isinstance(time, dict):
        seconds = milliseconds(time.get("seconds", 0))
        nanos = milliseconds(time.get("nanos", 0), unit=1e-6)
        return None if seconds is None or nanos is None else seconds + nanos
    if isinstance(time, str):
        return milliseconds(time.removesuffix("s")) if ":" not in time else clock_ms(time)
    return milliseconds(time)


GOOGLE = Reader("Google's", _is_google, _read_google)
