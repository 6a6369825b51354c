"""Our own transcripts.jsonl -> one of its recordings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from adscreen.errors import InputError
from adscreen.ingest.transcript_json import transcript_from_json
from adscreen.records import Transcript


def index_transcripts(text: str, *, where: str) -> dict[str, str]:
    """Return recording_id -> the JSON of its transcript; raises InputError where a line is no record with an id."""
    lines = [(f"{where} line {number}", line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    index: dict[str, str] = {}
    for place, line in lines:
        index[_recording_id(line, where=place)] = line
    return index


def read_stored(index: Mapping[str, str], *, recording_id: str, subject_id: str, where: str) -> Transcript:
    """Return the transcript of a recording, or the only one there is, under the ids given.

    Raises InputError where there are others but not that one, and where it lacks a field.
    """
    line = index.get(recording_id) or (next(iter(index.values())) if len(index) == 1 else None)
    if line is None:
        raise InputError(
            f"no recording {recording_id!r} among {len(index)}",
            where=where,
            remedy="write `recording_id` in the manifest as transcripts.jsonl does",
        )
    stored = transcript_from_json(json.loads(line), where=where)
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
