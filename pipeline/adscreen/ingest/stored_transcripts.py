"""Our own transcripts.jsonl -> one of its recordings."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from adscreen.errors import InputError
from adscreen.ingest.transcript_json import transcript_from_json
from adscreen.records import Transcript, Utterance

_NOT_IN_A_WORD = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")


def index_transcripts(text: str, *, where: str) -> dict[str, str]:
    """Return recording_id -> the JSON of its transcript; raises InputError where a line has no id, or another's."""
    lines = [(f"{where} line {number}", line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    index: dict[str, str] = {}
    for place, line in lines:
        recording_id = _recording_id(line, where=place)
        if recording_id in index:
            raise InputError(f"a second {recording_id!r}", where=place, remedy="keep one line per recording")
        index[recording_id] = line
    return index


def read_stored(index: Mapping[str, str], *, recording_id: str, subject_id: str, where: str) -> Transcript:
    """Return the transcript of a recording, or the only one there is, under the ids given.

    Raises InputError where there are others but not that one, where it lacks a field, and where a value is one that
    no reader gives (two words in one, a time before 0).
    """
    line = index.get(recording_id) or (next(iter(index.values())) if len(index) == 1 else None)
    if line is None:
        raise InputError(
            f"no recording {recording_id!r} among {len(index)}",
            where=where,
            remedy="write `recording_id` in the manifest as transcripts.jsonl does",
        )
    stored = transcript_from_json(json.loads(line), where=where)
    for number, utterance in enumerate(stored.utterances, start=1):
        if fault := next(_faults(utterance), None):
            raise InputError(f"utterance {number}: {fault}", where=where, remedy="run `adscreen ingest` again")
    return replace(stored, recording_id=recording_id, subject_id=subject_id)


def _recording_id(line: str, *, where: str) -> str:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("damaged JSON", where=where, remedy="run `adscreen ingest` again") from None
    found = content.get("recording_id") if isinstance(content, dict) else None
    if not isinstance(found, str):
        raise InputError("no recording_id", where=where, remedy="see data_schemas/transcript.schema.json")
    return found


def _faults(utterance: Utterance) -> Iterator[str]:
    if _is_backward(utterance.start_ms, utterance.end_ms):
        yield "it ends before it starts, or starts before 0"
    for word in utterance.words:
        if not word.text or _NOT_IN_A_WORD.search(word.text):
            yield "a word is empty or holds a space"
        if _is_backward(word.start_ms, word.end_ms):
            yield "a word ends before it starts, or starts before 0"
    places = [pause.before for pause in utterance.pauses] + [event.before for event in utterance.events]
    if any(not 0 <= place <= len(utterance.words) for place in places):
        yield "a pause or event lies outside it"
    if any(pause.seconds is not None and not 0 <= pause.seconds < math.inf for pause in utterance.pauses):
        yield "a pause has no length"


def _is_backward(start: int | None, end: int | None) -> bool:
    return min(start or 0, end or 0) < 0 or (start is not None and end is not None and end < start)
