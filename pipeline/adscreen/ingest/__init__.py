"""A transcript file -> a Transcript: its content says which format it is; name, role or exclusion, who takes part.

source recognises the format, or refuses it by name. One module reads each, with modules of its own beside it (those of
chat: main_line, tokens, word_form). CHAT, SALT and plain text become utterances at once, all others segments first,
which ``segments`` makes utterances of.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from adscreen.cohort import Recording
from adscreen.cohort.files import holds_many
from adscreen.cohort.spreadsheet import parse_workbook
from adscreen.errors import InputError
from adscreen.ingest.captions import read_captions
from adscreen.ingest.chat import read_chat
from adscreen.ingest.conversation import Conversation, choose_participant
from adscreen.ingest.document import read_document
from adscreen.ingest.elan import read_elan
from adscreen.ingest.exmaralda import read_exmaralda
from adscreen.ingest.label_track import read_label_track
from adscreen.ingest.nist import read_ctm, read_stm
from adscreen.ingest.plain_text import read_text
from adscreen.ingest.plausibility import check_plausibility
from adscreen.ingest.recognisers import parse_json, read_recogniser
from adscreen.ingest.salt import read_salt
from adscreen.ingest.source import Source, read_source, recognise
from adscreen.ingest.stored_transcripts import index_transcripts, read_stored
from adscreen.ingest.textgrid import read_textgrid
from adscreen.ingest.transcriber import read_transcriber
from adscreen.ingest.transcript_json import dump_transcript
from adscreen.ingest.utterance_tables import Request, Talk, index_table, parse_table, read_rows
from adscreen.records import Transcript

__all__ = ["read_recording", "read_transcript"]


def read_transcript(
    path: str | Path,
    *,
    recording_id: str | None = None,
    subject_id: str | None = None,
    visit: str | None = None,
    task: str | None = None,
    language: str | None = None,
    speaker: str | None = None,
    otherwise: str | None = None,
    content: bytes | None = None,
    spelling: str | None = None,
) -> Transcript:
    """Read the transcript of one recording; ``path`` may lead into a .zip, and the file may be compressed.

    Without ids, the file's name without its ending is both. ``content`` is read instead of the file's own.
    ``task`` selects a gem where a CHAT file marks several; ``language`` stands in where the file names none;
    ``speaker`` is the code or label of the participant, needed only where more than one person may be it; ``otherwise``
    holds only then. Either may be ``longest``, for who speaks longest. Where a file holds many recordings (a table,
    transcripts.jsonl), the ids select one; ``spelling`` is the subject's in that file, where it is another.

    Raises InputError where the file cannot be read, where the participant cannot be told, or says no word.
    """
    path = Path(path)
    recording_id = recording_id or path.name.partition(".")[0]
    subject_id = subject_id or recording_id
    source, parts = _load_kept(path) if content is None else _load(path, content)
    request = Request(recording_id, spelling or subject_id, visit)
    if source.format == "transcripts":
        read = read_stored(parts.lines, recording_id=recording_id, subject_id=subject_id, where=str(path))
        conversation = Conversation(read.utterances, read.language, read.task, read.diagnostics, read.source_format)
        speaker = speaker or read.participant
        digest = read.source_digest or source.digest
    else:
        conversation = _read(source, parts, request, where=str(path), task=task, language=language)
        conversation = check_plausibility(conversation, file=source.name, where=str(path), format=source.format)
        digest = source.digest
    return Transcript(
        recording_id=recording_id,
        subject_id=subject_id,
        utterances=conversation.utterances,
        participant=choose_participant(
            conversation, where=str(path), format=source.format, speaker=speaker, otherwise=otherwise
        ),
        visit=visit,
        task=task or conversation.task,
        language=conversation.language or language,
        source_format=conversation.format or source.format,
        source_digest=digest,
        diagnostics=source.diagnostics + conversation.diagnostics,
    )


def read_recording(recording: Recording) -> Transcript | str:
    """Return a recording's transcript, or the line that says why it cannot be used (by file name: runs move)."""
    if isinstance(recording.content, Transcript):
        known = {name: getattr(recording, name) for name in ("visit", "task", "language")}
        own = {name: value for name, value in known.items() if value is not None}
        named = replace(recording.content, recording_id=recording.recording_id, subject_id=recording.subject_id, **own)
        digest = named.source_digest or hashlib.sha256(dump_transcript(recording.content)).hexdigest()
        return replace(named, source_digest=digest)
    try:
        return read_transcript(
            recording.transcript,
            recording_id=recording.recording_id,
            subject_id=recording.subject_id,
            visit=recording.visit,
            task=recording.task,
            language=recording.language,
            speaker=recording.speaker,
            content=None if recording.content is None else recording.content.encode(),
            spelling=recording.spelling,
        )
    except InputError as error:
        return str(error).replace(str(recording.transcript), recording.transcript.name)


class _Content(NamedTuple):
    """What a file that may hold many recordings is parsed into once: a table, or the lines of a transcripts.jsonl."""

    talk: Talk | None = None
    lines: dict[str, str] = {}  # noqa: RUF012 (never changed)


def _load_kept(path: Path) -> tuple[Source, _Content]:
    """Load a file; the last one that may hold many recordings is kept, for a manifest names it in every row."""
    if holds_many(path):
        try:
            found = path.stat()
        except (OSError, ValueError):
            return _load(path)
        return _load_once(path, found.st_mtime_ns, found.st_size)
    return _load(path)


@lru_cache(maxsize=1)
def _load_once(path: Path, modified: int, size: int) -> tuple[Source, _Content]:
    """Load a file anew only where its name, time or size differ."""
    return _load(path)


def _load(path: Path, content: bytes | None = None) -> tuple[Source, _Content]:
    source = read_source(path, content=content)
    if source.format == "table":
        table = parse_table(source.text, file=source.name)
    elif source.format == "excel":
        table = parse_workbook(source.content, file=source.name)
    elif source.format == "transcripts":
        return source, _Content(lines=index_transcripts(source.text, where=str(path)))
    else:
        return source, _Content()
    return source, _Content(talk=index_table(table, file=source.name))


def _read(
    source: Source, content: _Content, request: Request, *, where: str, task: str | None, language: str | None
) -> Conversation:
    file = source.name
    if content.talk:
        return read_rows(content.talk, request, file=file)
    match source.format:
        case "chat":
            return read_chat(source.text, file=file, task=task, language=language)
        case "json":
            return read_recogniser(parse_json(source.text, where=where), file=file, where=where)
        case "vtt" | "srt" | "sbv":
            return read_captions(source.text, file=file)
        case "docx":
            document = read_document(source.content, file=file, where=where)
            if document.turns:
                return document.turns
            held = replace(source, text=document.text, format=recognise(document.text, where=where))
            return _read(held, content, request, where=where, task=task, language=language)
        case "salt":
            return read_salt(source.text, file=file, where=where)
        case "text":
            return read_text(source.text, file=file)
        case _:
            return _read_annotation(source, request, where=where)


def _read_annotation(source: Source, request: Request, *, where: str) -> Conversation:
    """Read what an annotation tool wrote: tiers, or lines that have times."""
    file = source.name
    match source.format:
        case "elan":
            return read_elan(source.content, file=file, where=where)
        case "exmaralda":
            return read_exmaralda(source.content, file=file, where=where)
        case "transcriber":
            return read_transcriber(source.content, file=file, where=where)
        case "ctm":
            return read_ctm(source.text, recording_id=request.recording_id, file=file, where=where)
        case "stm":
            return read_stm(source.text, recording_id=request.recording_id, file=file, where=where)
        case "textgrid":
            return read_textgrid(source.text, file=file, where=where)
        case _:
            return read_label_track(source.text, file=file, where=where)
