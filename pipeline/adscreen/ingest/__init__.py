"""A transcript file -> a Transcript: the format is detected from the content, the participant by name or role.

One module or folder per format. CHAT, plain text and SALT become utterances at once; the others become timed segments
first (segments). The reader of each format is called in readers.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adscreen.cohort import Recording
from adscreen.cohort.files import holds_many
from adscreen.errors import InputError
from adscreen.ingest.chat import read_chat
from adscreen.ingest.conversation import Conversation, choose_participant
from adscreen.ingest.gems import list_gems, refuse_gem
from adscreen.ingest.plausibility import check_plausibility
from adscreen.ingest.source import Source, read_source
from adscreen.ingest.stored_transcripts import index_transcripts, read_stored
from adscreen.ingest.transcript_json import dump_transcript
from adscreen.records import Transcript

if TYPE_CHECKING:
    from adscreen.ingest.utterance_tables import Talk

__all__ = ["list_gems", "read_recording", "read_transcript", "transcript_of"]


def read_transcript(
    path: str | Path,
    *,
    recording_id: str | None = None,
    subject_id: str | None = None,
    visit: str | None = None,
    task: str | None = None,
    language: str | None = None,
    gem: str | None = None,
    speaker: str | None = None,
    default_speaker: str | None = None,
    default_task: str | None = None,
    content: bytes | None = None,
    spelling: str | None = None,
) -> Transcript:
    """Read the transcript of one recording; ``path`` may lead into a .zip, and the file may be compressed.

    Without ids, the file's name without its ending is both. ``content`` is read instead of the file's own.
    ``gem`` chooses a gem of a CHAT file, or ``all``; without it, a gem that is called as the ``task`` is is read alone,
    which a diagnostic says, and else all of them are. ``language`` stands in where the file names none;
    ``speaker`` is the code or label of the participant, needed only where more than one person may be it;
    ``default_speaker`` holds only then. Either may be ``longest``, for who speaks longest. ``default_task`` is the task
    where the file names none. Where a file holds many recordings (a table, transcripts.jsonl), the ids select one;
    ``spelling`` is the subject's in that file, where it is another.

    Raises InputError where the file cannot be read or has no such gem, where the participant cannot be told, or says
    no word.
    """
    path = Path(path)
    recording_id = recording_id or path.name.partition(".")[0]
    subject_id = subject_id or recording_id
    source, parts = _load_kept(path) if content is None else _load(path, content)
    if source.format != "chat":
        refuse_gem(gem, where=str(path))
    if source.format == "transcripts":
        read = read_stored(parts.lines, recording_id=recording_id, subject_id=subject_id, where=str(path))
        conversation = Conversation(read.utterances, read.language, read.task, read.diagnostics, read.source_format)
        speaker = speaker or read.participant
        digest = read.source_digest or source.digest
    else:
        if source.format == "chat":
            conversation = read_chat(source.text, file=source.name, task=task, language=language, gem=gem)
        else:
            wanted = (recording_id, spelling or subject_id, visit)
            conversation = _read_other(source, parts.talk, wanted, where=str(path), task=task, language=language)
        conversation = check_plausibility(conversation, file=source.name, where=str(path), format=source.format)
        digest = source.digest
    return Transcript(
        recording_id=recording_id,
        subject_id=subject_id,
        utterances=conversation.utterances,
        participant=choose_participant(
            conversation, where=str(path), format=source.format, speaker=speaker, default_speaker=default_speaker
        ),
        visit=visit,
        task=task or conversation.task or default_task,
        language=conversation.language or language,
        source_format=conversation.format or source.format,
        source_digest=digest,
        diagnostics=source.diagnostics + conversation.diagnostics,
    )


def read_recording(recording: Recording) -> Transcript | str:
    """Return a recording's transcript, or the line that says why it cannot be used (by file name: runs move)."""
    try:
        return transcript_of(recording)
    except InputError as error:
        return str(error).replace(str(recording.transcript), recording.transcript.name)


def transcript_of(recording: Recording) -> Transcript:
    """Read a recording's transcript, as its manifest describes it.

    Raises:
        InputError: what ``read_transcript`` raises.
    """
    gem = recording.gem or recording.default_gem
    if isinstance(recording.content, Transcript):
        refuse_gem(gem, where=str(recording.transcript))
        known = {name: getattr(recording, name) for name in ("visit", "task", "language")}
        own = {name: value for name, value in known.items() if value is not None}
        if not (recording.task or recording.content.task):
            own["task"] = recording.default_task
        named = replace(recording.content, recording_id=recording.recording_id, subject_id=recording.subject_id, **own)
        digest = named.source_digest or hashlib.sha256(dump_transcript(recording.content)).hexdigest()
        return replace(named, source_digest=digest)
    return read_transcript(
        recording.transcript,
        recording_id=recording.recording_id,
        subject_id=recording.subject_id,
        visit=recording.visit,
        task=recording.task,
        language=recording.language,
        gem=gem,
        speaker=recording.speaker,
        default_speaker=recording.default_speaker,
        default_task=recording.default_task,
        content=None if recording.content is None else recording.content.encode(),
        spelling=recording.spelling,
    )


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
    match source.format:
        case "transcripts":
            return source, _Content(lines=index_transcripts(source.text, where=str(path)))
        case "table" | "excel":
            from adscreen.ingest.readers import parse_talk

            return source, _Content(talk=parse_talk(source))
        case _:
            return source, _Content()


def _read_other(
    source: Source,
    talk: Talk | None,
    wanted: tuple[str, str, str | None],
    *,
    where: str,
    task: str | None,
    language: str | None,
) -> Conversation:
    """Read what is no CHAT; ``wanted`` is the recording, the subject and the visit to look for in a table."""
    from adscreen.ingest.readers import read_format, read_talk

    if talk:
        return read_talk(talk, *wanted, file=source.name)
    return read_format(source, recording_id=wanted[0], where=where, task=task, language=language)
