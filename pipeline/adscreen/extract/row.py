"""Extracted: what is read and measured of one recording; and its form in a cache.

A row depends on its transcript's bytes, on what the manifest says of them, and on the settings: together with the code
they are its key, so a row that is read from a cache is the row that would be computed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from adscreen.bilm.engine import Reading
from adscreen.cohort import Recording
from adscreen.cohort.files import holds_many, read_bytes
from adscreen.errors import InputError
from adscreen.extract.cache import Content, cache_key
from adscreen.extract.perplexity import SentencePerplexity
from adscreen.features.coherence import Vectors
from adscreen.ingest.transcript_json import dump_transcript, transcript_adapter
from adscreen.records import Transcript


@dataclass(frozen=True, slots=True)
class Extracted:
    """One recording's row, or the reason why there is none.

    ``readings``, and the vectors of what should be told (``reference``), are kept where they are asked for.
    """

    recording: Recording
    transcript: Transcript | None
    inputs: dict[str, Any]
    sentences: list[SentencePerplexity]
    unreadable: str = ""
    readings: Sequence[Reading] = ()
    reference: Vectors | None = None


def recording_key(recording: Recording, **settings: Any) -> str | None:
    """Return the cache key of a recording's row under these settings; None where its file cannot be read."""
    try:
        digest = speech_digest(recording)
    except InputError:
        return None
    known = ("recording_id", "subject_id", "visit", "task", "language", "speaker", "gem")
    defaults = ("default_speaker", "default_task", "default_gem")
    about = {name: getattr(recording, name) for name in (*known, *defaults)}
    return cache_key(
        "adscreen.extract.extraction",
        transcript=digest,
        file=recording.transcript.name,
        about=about,
        settings=settings,
    )


def speech_digest(recording: Recording) -> str:
    """Return the SHA-256 of a recording's file, or of its speech in memory; raises InputError where it is missing."""
    if recording.content is None:
        return _file_digest(recording.transcript)
    content = recording.content
    return hashlib.sha256(content.encode() if isinstance(content, str) else dump_transcript(content)).hexdigest()


def _file_digest(path: Path) -> str:
    if holds_many(path):
        try:
            found = path.stat()
        except (OSError, ValueError):
            return _digest(path)
        return _digest_once(path, found.st_mtime_ns, found.st_size)
    return _digest(path)


@lru_cache(maxsize=1)
def _digest_once(path: Path, modified: int, size: int) -> str:
    """Digest a file that many recordings share anew only where its name, time or size differ."""
    return _digest(path)


def _digest(path: Path) -> str:
    return hashlib.sha256(read_bytes(path)).hexdigest()


def pack_row(row: Extracted) -> Content:
    """Return a readable recording's row as a cache holds it."""
    assert row.transcript is not None
    arrays = {name: value for name, value in row.inputs.items() if isinstance(value, np.ndarray)}
    return {
        "transcript": dump_transcript(row.transcript),
        "sentences": [astuple(score)[1:] for score in row.sentences],
        "inputs": {name: value for name, value in row.inputs.items() if name not in arrays},
        "order": list(row.inputs) if arrays else [],
        **{f"inputs.{name}": value for name, value in arrays.items()},
    }


def unpack_row(recording: Recording, content: Mapping[str, Any]) -> Extracted:
    """Return the row that ``pack_row`` gave."""
    inputs = content["inputs"]
    if content["order"]:
        inputs = {name: inputs[name] if name in inputs else content[f"inputs.{name}"] for name in content["order"]}
    return Extracted(
        recording=recording,
        transcript=transcript_adapter().validate_json(content["transcript"]),
        inputs=inputs,
        sentences=[SentencePerplexity(recording.recording_id, *values) for values in content["sentences"]],
    )
