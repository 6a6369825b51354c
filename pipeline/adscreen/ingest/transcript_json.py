"""Transcript <-> JSON, as transcripts.jsonl holds one on each line.

The JSON has the fields of the records. A field that has its default value is left out, which makes a file four times
smaller; data_schemas/transcript.schema.json gives the defaults.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adscreen.errors import InputError
from adscreen.records import Transcript

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def transcript_to_json(transcript: Transcript) -> dict[str, Any]:
    """Return a transcript as what JSON holds: dicts, lists, text, numbers, booleans and None."""
    content: dict[str, Any] = transcript_adapter().dump_python(transcript, mode="json", exclude_defaults=True)
    return content


def dump_transcript(transcript: Transcript) -> bytes:
    """Return the JSON of a transcript, on one line."""
    return transcript_adapter().dump_json(transcript, exclude_defaults=True)


def transcript_from_json(content: dict[str, Any], *, where: str = "") -> Transcript:
    """Return the transcript that ``transcript_to_json`` wrote.

    Raises:
        InputError: a field is missing or of the wrong kind; the line names the field, not its value.
    """
    from pydantic import ValidationError

    try:
        return transcript_adapter().validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "the record"
        raise InputError(
            f"{field}: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=where,
            remedy="see data_schemas/transcript.schema.json",
        ) from None


@lru_cache(maxsize=1)
def transcript_adapter() -> TypeAdapter[Transcript]:
    """Return what writes and reads the JSON; the first call takes a tenth of a second."""
    from pydantic import TypeAdapter

    return TypeAdapter(Transcript)


def read_transcripts(path: Path) -> Iterator[Transcript]:
    """Yield the transcripts of a transcripts.jsonl file.

    Raises:
        InputError: the file is missing, or a line is no transcript record.
    """
    try:
        lines = path.open(encoding="utf-8")
    except OSError as error:
        raise InputError("cannot be read", where=str(path), remedy="give a file of `adscreen ingest`") from error
    with lines:
        for number, line in enumerate(lines, start=1):
            where = f"{path} line {number}"
            try:
                content = json.loads(line)
            except ValueError:
                raise InputError("not JSON", where=where, remedy="run `adscreen ingest` again") from None
            yield transcript_from_json(content, where=where)
