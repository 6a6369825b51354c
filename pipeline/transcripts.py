"""Transcript <-> JSON; a cohort's transcripts -> transcripts.jsonl (one record a line) and ingest.csv (one row each).

The JSON has the fields of the records, None as null; data_schemas/transcript.schema.json describes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.ingest import read_transcript
from pipeline.manifest import Cohort, Recording
from pipeline.records import Diagnostic, Transcript, Word
from pipeline.runs import write_csv
from pipeline.speech import participant_utterances, split_sentences

if TYPE_CHECKING:
    from pydantic import TypeAdapter

TRANSCRIPTS, INGEST = "transcripts.jsonl", "ingest.csv"
INGEST_COLUMNS = (
    "recording_id",
    "subject_id",
    "visit",
    "status",
    "reason",
    "format",
    "participant",
    "utterances",
    "utterances_excluded",
    "utterances_of_others",
    "words_spoken",
    "words_fluent",
    "fillers",
    "fragments",
    "repeated",
    "retraced",
    "unintelligible",
    "diagnostics",
    "source_digest",
)
_COUNTS = INGEST_COLUMNS[INGEST_COLUMNS.index("utterances") : INGEST_COLUMNS.index("diagnostics")]


def transcript_to_json(transcript: Transcript) -> dict[str, Any]:
    """Return a transcript as what JSON holds: dicts, lists, text, numbers, booleans and None."""
    content: dict[str, Any] = _adapter().dump_python(transcript, mode="json")
    return content


def transcript_from_json(content: dict[str, Any], *, where: str = "") -> Transcript:
    """Return the transcript that ``transcript_to_json`` wrote. Fields that have a default may be absent.

    Raises:
        InputError: a field is missing or of the wrong kind; the line names the field, not its value.
    """
    from pydantic import ValidationError

    try:
        return _adapter().validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "the record"
        raise InputError(
            f"{field}: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=where,
            remedy="see data_schemas/transcript.schema.json",
        ) from None


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Transcript]:
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


def write_transcripts(cohort: Cohort, folder: Path, *, progress: Callable[[int], None] | None = None) -> int:
    """Read every transcript; write transcripts.jsonl and ingest.csv into ``folder``; return how many are unreadable."""
    import pandas as pd

    rows = []
    with (folder / TRANSCRIPTS).open("w", encoding="utf-8", newline="\n") as lines:
        for recording in cohort.recordings:
            try:
                transcript = _read(recording)
            except InputError as error:
                rows.append(_unreadable_row(recording, str(error)))
            else:
                lines.write(json.dumps(transcript_to_json(transcript), ensure_ascii=False, allow_nan=False) + "\n")
                rows.append(_read_row(transcript))
            if progress:
                progress(1)
    frame = pd.DataFrame(rows, columns=list(INGEST_COLUMNS)).astype(dict.fromkeys(_COUNTS, "Int64"))
    write_csv(frame, folder / INGEST)
    return int((frame["status"] == "unreadable").sum())


def _read(recording: Recording) -> Transcript:
    return read_transcript(
        recording.transcript,
        recording_id=recording.recording_id,
        subject_id=recording.subject_id,
        visit=recording.visit,
        task=recording.task,
        language=recording.language,
        speaker=recording.speaker,
    )


def _unreadable_row(recording: Recording, reason: str) -> dict[str, Any]:
    return {
        "recording_id": recording.recording_id,
        "subject_id": recording.subject_id,
        "visit": recording.visit,
        "status": "unreadable",
        "reason": reason,
    }


def _read_row(transcript: Transcript) -> dict[str, Any]:
    """Count what was kept and what each view leaves out."""
    kept = participant_utterances(transcript)
    own = sum(utterance.speaker == transcript.participant for utterance in transcript.utterances)
    words = [word for utterance in kept for word in utterance.words]
    return {
        "recording_id": transcript.recording_id,
        "subject_id": transcript.subject_id,
        "visit": transcript.visit,
        "status": "read",
        "reason": "",
        "format": transcript.source_format,
        "participant": transcript.participant,
        "utterances": len(kept),
        "utterances_excluded": own - len(kept),
        "utterances_of_others": len(transcript.utterances) - own,
        "words_spoken": sum(len(sentence.tokens) for sentence in split_sentences(transcript, view="spoken")),
        "words_fluent": sum(len(sentence.tokens) for sentence in split_sentences(transcript, view="fluent")),
        **_count_disfluent(words),
        "unintelligible": sum(utterance.unintelligible for utterance in kept),
        "diagnostics": "; ".join(map(_describe, transcript.diagnostics)),
        "source_digest": transcript.source_digest,
    }


def _count_disfluent(words: list[Word]) -> dict[str, int]:
    return {
        "fillers": sum(word.kind == "filler" for word in words),
        "fragments": sum(word.kind == "fragment" for word in words),
        "repeated": sum(word.repeated for word in words),
        "retraced": sum(word.retraced for word in words),
    }


def _describe(diagnostic: Diagnostic) -> str:
    return f"line {diagnostic.line}: {diagnostic.what}" if diagnostic.line else diagnostic.what
