"""A transcript file -> a Transcript: the format is told by its content, the participant by name, role or exclusion."""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.chat import read_chat
from pipeline.ingest.conversation import Conversation, choose_participant
from pipeline.ingest.source import Source, read_source
from pipeline.ingest.text import read_text
from pipeline.records import Transcript

__all__ = ["read_transcript"]


def read_transcript(
    path: Path,
    *,
    recording_id: str,
    subject_id: str,
    visit: str | None = None,
    task: str | None = None,
    language: str | None = None,
    speaker: str | None = None,
) -> Transcript:
    """Read the transcript of one recording.

    ``task`` selects a gem where a CHAT file marks several; ``language`` stands in where the file names none;
    ``speaker`` is the code or label of the participant, needed only where more than one person may be it.

    Raises InputError where the file cannot be read, where the participant cannot be told, or says no word.
    """
    source = read_source(path)
    conversation = _read(source, task=task, language=language)
    return Transcript(
        recording_id=recording_id,
        subject_id=subject_id,
        utterances=conversation.utterances,
        participant=choose_participant(conversation, where=str(path), speaker=speaker),
        visit=visit,
        task=task or conversation.task,
        language=conversation.language or language,
        source_format=source.format,
        source_digest=source.digest,
        diagnostics=source.diagnostics + conversation.diagnostics,
    )


def _read(source: Source, *, task: str | None, language: str | None) -> Conversation:
    if source.format == "chat":
        return read_chat(source.text, file=source.name, task=task, language=language)
    return read_text(source.text, file=source.name)
