"""Cohort -> the table that an audit reads: each recording's words, what others said, and how it was transcribed.

No biLM is run: nothing that an audit asks needs one. ``inputs`` has ``tokens`` and, of everybody but the participant,
``interviewer_tokens`` (both lower case), ``file`` (its name without folder and kind), ``kind`` (how the file was made),
``unreadable`` (the reason, or empty), ``several_gems`` (whether all gems of a file were read without a choice) and the
habits of adscreen.auditing.habits, one number each. Task and language are what manifest or transcript say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.auditing.habits import HABITS, measure_habits
from adscreen.cohort import Cohort, Recording, choose_labels
from adscreen.cohort.cohort import COVARIATES
from adscreen.errors import InputError
from adscreen.extract.cohort_language import (
    NO_WORDS,
    bilm_vocabulary,
    describe_other,
    hear_recording,
)
from adscreen.extract.feature_table import INTERVIEWER_TOKENS, TOKENS, FeatureTable
from adscreen.ingest import read_recording
from adscreen.ingest.gems import reads_several
from adscreen.language import ENGLISH, Language, mark_fillers
from adscreen.records import Transcript
from adscreen.speech import participant_utterances, spoken_tokens

FILE, KIND, UNREADABLE, SEVERAL_GEMS, HEARD = "file", "kind", "unreadable", "several_gems", "heard"
_FACTS = ("task", "language")
CHUNK = 32
_KINDS = {
    "chat": "CHAT",
    "salt": "SALT",
    "text": "plain text",
    "docx": "Word document",
    "elan": "ELAN",
    "exmaralda": "EXMARaLDA",
    "labels": "labels",
    "stm": "STM",
    "textgrid": "TextGrid",
    "transcriber": "Transcriber",
}
_TABLES = ("table", "excel")
_CAPTIONS = ("vtt", "srt", "sbv")


def read_speech(
    cohort: Cohort,
    *,
    language: Language = ENGLISH,
    bilm: Path | None = None,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> FeatureTable:
    """Return a cohort's table for an audit; its provenance says which recordings are not in the language, if any.

    A recording that cannot be read has no words, and the reason. ``bilm`` is the folder of the biLM whose vocabulary
    judges recordings that name no language; without it they are not judged.
    """
    from joblib import Parallel, delayed

    recordings = cohort.recordings
    chunks = [recordings[start : start + CHUNK] for start in range(0, len(recordings), CHUNK)]
    workers = Parallel(n_jobs=min(jobs, max(1, len(chunks))), return_as="generator")
    rows: list[dict[str, Any]] = []
    for read in workers(delayed(read_chunk)(chunk, language=language, bilm=bilm) for chunk in chunks):
        rows += read
        if progress:
            progress(len(read))
    facts = pd.DataFrame([[row.pop(name) for name in _FACTS] for row in rows], columns=list(_FACTS), dtype="str")
    digests = {recording.recording_id: row.pop("digest") for recording, row in zip(recordings, rows, strict=True)}
    heard = [row.pop(HEARD) for row in rows]
    other = describe_other(recordings, heard, language)
    return FeatureTable(
        subjects=cohort.frame(COVARIATES).reset_index(drop=True).assign(**facts),
        inputs=pd.DataFrame(rows, columns=[TOKENS, INTERVIEWER_TOKENS, FILE, KIND, UNREADABLE, SEVERAL_GEMS, *HABITS]),
        sentences=pd.DataFrame({"recording_id": pd.Series(dtype="str")}),
        provenance={"transcripts": digests}
        | language.provenance()
        | ({"other_language": str(other), "other_language_recordings": other.recordings} if other else {}),
        labels=_labels(cohort),
    )


def _labels(cohort: Cohort) -> tuple[str, str] | None:
    """Return the two labels; rows without one do not count. None where it is not clear which label is the case."""
    try:
        return choose_labels((recording.label for recording in cohort.recordings), cohort.positive, where="the cohort")
    except InputError:
        return None


def read_chunk(
    recordings: Sequence[Recording], *, language: Language = ENGLISH, bilm: Path | None = None
) -> list[dict[str, Any]]:
    """Read a few recordings; return the inputs of each, its file's digest, and what tells its language."""
    vocabulary = bilm_vocabulary(bilm) if bilm else NO_WORDS
    rows = []
    for recording in recordings:
        read = read_recording(recording)
        heard = hear_recording(read, recording, vocabulary)
        marked = mark_fillers(read, language) if isinstance(read, Transcript) else read
        english = language.is_english and not heard.is_other(language)
        rows.append(_describe(recording, marked, english=english) | {HEARD: heard})
    return rows


def _describe(recording: Recording, read: Transcript | str, *, english: bool) -> dict[str, Any]:
    common: dict[str, Any] = {FILE: _stem(recording.transcript) if recording.content is None else "", UNREADABLE: ""}
    common |= {SEVERAL_GEMS: not isinstance(read, str) and reads_several(read.diagnostics)}
    common |= {name: getattr(recording if isinstance(read, str) else read, name) for name in _FACTS}
    if isinstance(read, str):
        return common | {TOKENS: [], INTERVIEWER_TOKENS: [], KIND: None, UNREADABLE: read, "digest": None}
    own = participant_utterances(read)
    others = [utterance for utterance in read.utterances if utterance.speaker != read.participant]
    return (
        common
        | {name: [token.lower() for u in spoken for word in u.words for token in spoken_tokens(word)]
           for name, spoken in ((TOKENS, own), (INTERVIEWER_TOKENS, others))}
        | {KIND: _kind(read.source_format), "digest": read.source_digest or None}
        | measure_habits(own, english=english)
    )  # fmt: skip


def _stem(path: Path) -> str:
    """Return a file's name without its kind (``a.cha.gz`` -> ``a``)."""
    return (path.with_suffix("") if path.suffix in (".gz", ".xz") else path).stem


def _kind(source_format: str) -> str:
    """Return how a transcript was made, as far as its format tells: by hand, or by a recogniser of speech."""
    if source_format in _KINDS or not source_format:
        return _KINDS.get(source_format, "plain text")
    if source_format in _CAPTIONS:
        return "captions"
    return "table" if source_format in _TABLES else f"recogniser ({source_format})"
