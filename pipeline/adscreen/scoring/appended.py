"""Recordings and the scores of a folder that grows -> which are new, and appended.jsonl, which remembers them.

A recording is known by its id (under the identity rule) and by two digests: of its transcript, and of what its manifest
says of it. Where a file may hold many recordings (a table, transcripts.jsonl) the transcript's digest is that of the
recording's own part, so that a file which grows leaves the recordings in it as they are. Paths do not count: files
move.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from adscreen.cohort import Recording
from adscreen.cohort.files import holds_many
from adscreen.cohort.identity import identity_key, loose_key, show
from adscreen.errors import InputError
from adscreen.extract.row import speech_digest
from adscreen.ingest import read_recording
from adscreen.ingest.transcript_json import dump_transcript

APPENDED = "appended.jsonl"
_NOT_OF_THE_ROW = ("row", "recording_id", "subject_id", "transcript", "content", "spelling")

SCORED_NOW = ("new", "again", "replaced")
Change = Literal["new", "again", "replaced", "kept", "gone"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of appended.jsonl: a recording of the folder. ``transcript`` is empty where there was no file.

    ``cells`` are those of further columns that hold a number which does not say how it was written (1.50): the column
    may hold text some night.
    """

    recording_id: str
    subject_id: str
    transcript: str
    manifest: str
    result: str
    probability: float | None
    synthetic: bool
    cells: Mapping[str, str] = field(default_factory=dict)


class Arrival(NamedTuple):
    """A recording that is scored now: its digests, why, and its earlier entry."""

    recording: Recording
    transcript: str
    manifest: str
    change: Change
    earlier: Entry | None


def digest_transcript(recording: Recording) -> str:
    """Return the digest of a recording's transcript, empty where its file cannot be opened."""
    if recording.content is None and holds_many(recording.transcript):
        read = read_recording(recording)
        if not isinstance(read, str):
            return hashlib.sha256(dump_transcript(replace(read, source_digest=""))).hexdigest()
    try:
        return speech_digest(recording)
    except InputError:
        return ""


def digest_row(recording: Recording) -> str:
    """Return the digest of what the manifest and the options say of a recording; an empty cell counts as no cell."""
    known = {own.name: getattr(recording, own.name) for own in fields(Recording)}
    about = {name: value for name, value in known.items() if name not in _NOT_OF_THE_ROW and value is not None}
    about["extra"] = {name: value for name, value in recording.extra if value is not None}
    about["subject"] = identity_key(recording.subject_id)
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def find_arrivals(
    recordings: Iterable[Recording], known: Mapping[str, Entry], *, same_id: bool = False
) -> Iterator[Arrival]:
    """Yield each recording with what becomes of it; ``known`` are the entries by the identity key of their ids.

    One whose transcript or row is as it was is ``kept``, also where it has no score. One that has a result and whose
    file is ``gone`` keeps it. One that was unreadable is tried ``again`` when its transcript or row has changed, or
    where there was no file. Any other that has changed is ``replaced``. Subjects of the folder keep their spelling.

    Raises:
        InputError: two of the recordings have one id under the identity rule.
    """
    key = loose_key if same_id else identity_key
    subjects: dict[str, str] = {}
    for entry in known.values():
        subjects.setdefault(key(entry.subject_id), entry.subject_id)
    seen: dict[str, str] = {}
    for recording in recordings:
        name = recording.recording_id
        if (first := seen.get(identity_key(name))) is not None:
            what, remedy = f"{show(first)} and {show(name)} are one recording id", "rename one of the files"
            raise InputError(what, where="score", remedy=remedy)
        seen[identity_key(name)] = name
        spelling = subjects.setdefault(key(recording.subject_id), recording.subject_id)
        digests = digest_transcript(recording), digest_row(recording)
        earlier = known.get(identity_key(recording.recording_id))
        if spelling != recording.subject_id:
            written = recording.spelling or recording.subject_id
            recording = replace(recording, subject_id=spelling, spelling=written)
        yield Arrival(recording, *digests, _compare(earlier, *digests), earlier)


def _compare(earlier: Entry | None, transcript: str, manifest: str) -> Change:
    if earlier is None:
        return "new"
    if earlier.result == "unreadable":
        same = transcript and (transcript, manifest) == (earlier.transcript, earlier.manifest)
        return "kept" if same else "again"
    if not transcript:
        return "gone"
    return "kept" if (transcript, manifest) == (earlier.transcript, earlier.manifest) else "replaced"


def describe_replacement(arrival: Arrival, *, result: str, probability: float | None) -> str:
    """Return the warning on a result that replaces another; empty where nothing that counts has changed."""
    earlier = arrival.earlier
    if earlier is None or arrival.change != "replaced":
        return ""
    if arrival.transcript != earlier.transcript:
        what = f"its transcript was changed (SHA-256 before: {earlier.transcript[:12]})"
    elif (result, probability) != (earlier.result, earlier.probability):
        what = "its row of the manifest was changed"
    else:
        return ""
    return f"this result replaces an earlier one ({earlier.result}), because {what}"


def read_entries(folder: Path) -> dict[str, Entry]:
    """Return the entries of a folder in order, by the identity key of their recordings.

    Raises:
        InputError: they are missing or damaged.
    """
    try:
        lines = (folder / APPENDED).read_text(encoding="utf-8", errors="surrogatepass").splitlines()
        entries = [Entry(**json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError) as error:
        what = f"no {APPENDED} that can be read"
        raise InputError(what, where=str(folder), remedy="score everything into a new folder") from error
    return {identity_key(entry.recording_id): entry for entry in entries}


def entry_line(entry: Entry) -> str:
    """Return an entry as a line of appended.jsonl."""
    return json.dumps(asdict(entry), ensure_ascii=True) + "\n"


def plain(value: Any) -> float | None:
    """Return a probability as JSON holds it: None where it is not defined."""
    return None if value is None or value != value else float(value)
