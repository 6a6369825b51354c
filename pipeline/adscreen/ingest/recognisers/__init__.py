"""JSON of a speech recogniser -> the turns of all speakers it tells apart.

One module for each family of services; each says in its docstring what it reads, and from which documentation. A reader
that knows the document reads it, and the account (accounting) then checks that no field with words, speakers or times
was left out. Where one was, the next reader that knows the document is tried. A document that no reader accounts for is
refused, by the name of the recogniser that it looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.recognisers.accounting import Unread, account, holds_speech
from adscreen.ingest.recognisers.aws import AWS
from adscreen.ingest.recognisers.azure import AZURE
from adscreen.ingest.recognisers.element_services import ELEMENT_SERVICES
from adscreen.ingest.recognisers.fields import Fields, Reader, Reading, as_dict, dicts, text
from adscreen.ingest.recognisers.google import GOOGLE
from adscreen.ingest.recognisers.repeats import take_once
from adscreen.ingest.recognisers.utterance_services import UTTERANCE_SERVICES
from adscreen.ingest.recognisers.whisper import WHISPER
from adscreen.ingest.recognisers.whisper_ports import WHISPER_PORTS
from adscreen.ingest.recognisers.word_services import WORD_SERVICES
from adscreen.ingest.segments import converse
from adscreen.records import Diagnostic

__all__ = ["READERS", "parse_json", "read_recogniser"]

READERS: tuple[Reader, ...] = (
    *AWS,
    *AZURE,
    *ELEMENT_SERVICES,
    *WORD_SERVICES,
    *WHISPER_PORTS,
    *UTTERANCE_SERVICES,
    GOOGLE,
    WHISPER,
)
_OTHERWISE = "export captions (.vtt, .srt) or plain text instead"
_WRAPPERS = ("response", "result", "results", "data", "output", "transcript", "transcription", "retval")
_TRANSLATED = (
    "the words are a translation into English, not those that were said",
    "transcribe with the task `transcribe`",
)
_INK = re.compile(r"\S")
_FILE = ("audio_filepath", "audio", "audio_path", "file", "filename", "path", "recording", "recording_id", "subject_id")


def parse_json(written: str, *, where: str) -> Any:
    """Return what JSON holds.

    Raises InputError where it is none, where it names a field twice, where it is nested beyond reason, and where there
    is more than one document: JSON lines, or several written one after the other.
    """
    try:
        return json.loads(written.removeprefix("\ufeff"), object_pairs_hook=_once)
    except InputError as error:
        raise InputError(error.what, where=where, remedy=error.remedy) from None
    except RecursionError:
        raise InputError("JSON nested beyond reason", where=where, remedy=_OTHERWISE) from None
    except ValueError:
        documents = _count_documents(written.removeprefix("\ufeff"))
    if documents > 1:
        kind = "a NeMo manifest" if "audio_filepath" in written.partition("\n")[0] else "JSON lines"
        what = f"{kind}: {documents} documents of JSON in one file, one after the other"
        raise InputError(what, where=where, remedy="write one file per recording, as captions or plain text")
    raise InputError("damaged JSON", where=where, remedy="export it again")


def read_recogniser(content: Any, *, file: str, where: str) -> Conversation:
    """Read the parsed JSON of a recogniser; raises InputError where none is known, or not all of it was read."""
    _refuse_several(content, where=where)
    refused: InputError | None = None
    for reader, document in _candidates(content):
        try:
            reading = reader.read(document)
            _check_words(reading, reader)
            missed = _check_account(content, reading, reader)
        except InputError as error:
            refused = refused or InputError(error.what, where=where, remedy=error.remedy)
            continue
        segments, repeated = take_once(reading.segments)
        doubts = [
            *missed,
            *([f"{repeated} words stood in two segments of the same time; read once"] if repeated else []),
        ]
        return converse(
            segments,
            file=file,
            format=reading.format,
            language=reading.language,
            diagnostics=[
                *(Diagnostic(file, None, what, "compare the transcript with the file") for what in doubts),
                *([Diagnostic(file, None, *_TRANSLATED)] if reading.is_translation else []),
            ],
            duration_ms=reading.duration_ms,
        )
    raise refused or _unknown(content, where=where)


def _once(pairs: list[tuple[str, Any]]) -> Fields:
    """Return an object; the second of two fields of one name would hide the first."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise InputError("JSON in which a field stands twice in one object", remedy="export it again")
    return fields


def _count_documents(written: str) -> int:
    """Return how many documents stand one after the other, 0 where one of them is damaged."""
    decoder, position, count = json.JSONDecoder(), 0, 0
    while start := _INK.search(written, position):
        try:
            _, position = decoder.raw_decode(written, start.start())
        except (ValueError, RecursionError):
            return 0
        count += 1
    return count


def _candidates(content: Any, *, depth: int = 3) -> Iterator[tuple[Reader, Any]]:
    """Yield the readers that know the document; else those that know what lies in a wrapper around it."""
    only = content[0] if isinstance(content, list) and len(content) == 1 else None
    for document in (only, content):
        known = [(reader, document) for reader in READERS if reader.matches(document)]
        if known:
            yield from known
            return
    fields = as_dict(content if only is None else only)
    for name, inner in fields.items():
        if depth and (name in _WRAPPERS or len(fields) == 1) and (isinstance(inner, dict) or dicts(inner)):
            yield from _candidates(inner, depth=depth - 1)


def _check_words(reading: Reading, reader: Reader) -> None:
    if not any(map(str.isalnum, "".join(piece.text for part in reading.segments for piece in part.pieces))):
        what = f"JSON that looks like {reader.name}, but holds no words"
        raise InputError(what, remedy="transcribe the recording again")


def _check_account(content: Any, reading: Reading, reader: Reader) -> list[str]:
    """Return what to say of words that were not read; raises InputError where they, speakers or times are too many."""
    unread, missing = account(content, reading, reader)
    if unread:
        raise _not_read(unread[0], reader)
    return [f"{missing} words that the JSON holds elsewhere are not among those read"] if missing else []


def _not_read(unread: Unread, reader: Reader) -> InputError:
    verb = "are" if unread.what else "is"
    what = f"JSON that looks like {reader.name}, but {unread.what}its field `{unread.field}` {verb} not read"
    return InputError(what, remedy=_OTHERWISE)


def _refuse_several(content: Any, *, where: str) -> None:
    """Refuse a list of recordings, an object with a recording in each field, and a manifest."""
    count = _count_recordings(content)
    if count > 1:
        what = f"JSON of {count} recordings in one file"
        raise InputError(what, where=where, remedy="write one file per recording")
    if "audio_filepath" in as_dict(content):
        raise InputError("a NeMo manifest, not a transcript", where=where, remedy="save its text as plain text")


def _count_recordings(content: Any) -> int:
    if isinstance(content, dict):
        inner = [own for own in content.values() if isinstance(own, dict | list)]
        return 1 if _is_known(content) else sum(map(_is_known, inner))
    items = dicts(content)
    if any("start" in item for item in items):  # segments, which may be as full as recordings
        return 1
    named = all(any(name in item for name in _FILE) for item in items)
    return len(items) if named or all(map(_is_known, items)) else 1


def _is_known(content: Any) -> bool:
    return any(reader.matches(content) for reader in READERS)


def _unknown(content: Any, *, where: str) -> InputError:
    if not holds_speech(content):
        return InputError("JSON that holds no words of speech", where=where, remedy="name the file with the transcript")
    if text(as_dict(content).get("text")):
        what = "JSON with a text and neither segments nor words that adscreen knows"
        return InputError(what, where=where, remedy=_OTHERWISE)
    return InputError("JSON of no recogniser that adscreen knows", where=where, remedy=_OTHERWISE)
