"""What a user names to be scored (a manifest, transcripts, folders, transcripts.jsonl) -> Recordings.

Without a manifest a file's name is both recording and subject; where two files have one name, the path that tells them
apart is. Files are taken in the order given, those of a folder sorted; a link that leads out of it is not followed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adscreen.cohort import Recording
from adscreen.cohort.files import list_files, read_bytes
from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.errors import InputError

MANIFESTS = (".csv", ".tsv", ".parquet", ".xlsx")
TRANSCRIPTS = (".cha", ".txt", ".json", ".vtt", ".srt", ".sbv", ".eaf", ".textgrid", ".docx", ".docm")
_STORED = ".jsonl"
_COMPRESSED = (".gz", ".xz")


@dataclass(frozen=True, slots=True)
class Named:
    """The recordings that were named, what named them, and files passed over in folders, as ``folder/path``.

    ``notes`` are those of the manifest.
    """

    recordings: Sequence[Recording]
    inputs: tuple[Path, ...] = ()
    passed_over: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_recordings(inputs: Sequence[Path], reading: Reading = AS_WRITTEN) -> Named:
    """Return the recordings of a manifest, or of transcripts, folders, archives and transcripts.jsonl.

    Raises:
        InputError: the manifest cannot be read, a folder holds no transcript, a file is named twice, or the reading
            asks for what only a manifest has.
    """
    if len(inputs) == 1 and inputs[0].suffix.lower() in MANIFESTS:
        cohort = reading.read(inputs[0])
        return Named(cohort.recordings, tuple(inputs), notes=cohort.notes)
    for name in reading.given():
        if name not in ("same_id", "participant", "task", "gem"):
            raise InputError("needs a manifest", where=f"{name}=", remedy=f"score a manifest, or leave {name}= out")
    found: list[Recording] = []
    passed_over: list[str] = []
    for path in inputs:
        if path.is_dir() or path.suffix.lower() == ".zip":
            files, others = _transcripts_in(path)
            found += files
            passed_over += others
        elif _STORED in (suffix.lower() for suffix in path.suffixes[-2:]):
            found += _stored_in(path)
        else:
            found.append(_recording(Path(os.path.abspath(path))))
    speaker, task, gem = reading.participant, reading.task, reading.gem
    recordings = [
        replace(recording, row=number, default_speaker=speaker, default_task=task, default_gem=gem)
        for number, recording in enumerate(found, start=1)
    ]
    _check_once(recordings)
    return Named(tuple(_tell_apart(recordings)), tuple(inputs), tuple(passed_over))


def _transcripts_in(folder: Path) -> tuple[list[Recording], list[str]]:
    """Return the transcripts under a folder or in a .zip, by their names' endings, and the files passed over."""
    root = Path(os.path.abspath(folder))
    real = root.resolve()
    found, others = [], []
    for place in list_files(root):
        path = root / place
        inside = not root.is_dir() or path.resolve().is_relative_to(real)
        if inside and _ending(place.name) in TRANSCRIPTS:
            found.append(_recording(path))
        else:
            others.append(_readable(f"{folder.name}/{place}"))
    if not found:
        what = f"holds no transcript among {len(others)} files"
        raise InputError(what, where=str(folder), remedy=f"their names end in {', '.join(TRANSCRIPTS)}")
    return found, others


def _ending(name: str) -> str:
    """Return the last ending of a name in lower case, that of a compression left out."""
    path = Path(name.lower())
    return Path(path.stem).suffix if path.suffix in _COMPRESSED else path.suffix


def _without_ending(path: Path) -> str:
    name = path.stem if path.suffix.lower() in _COMPRESSED else path.name
    return Path(name).stem


def _recording(path: Path) -> Recording:
    name = _readable(_without_ending(path))
    return Recording(row=0, recording_id=name, subject_id=name, transcript=path)


def _readable(name: str) -> str:
    """Return a file's name as text that can be written anywhere: bytes that are not UTF-8 become ``?``."""
    return name.encode("utf-8", errors="replace").decode()


def _stored_in(path: Path) -> Iterator[Recording]:
    """Yield the recordings of a transcripts.jsonl, as `adscreen ingest` wrote it."""
    place = Path(os.path.abspath(path))
    for number, line in enumerate(read_bytes(path).decode("utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
            about: dict[str, Any] = {name: content.get(name) for name in ("visit", "task", "language")}
            about |= {name: str(content[name]) for name in ("recording_id", "subject_id")}
        except (ValueError, KeyError, AttributeError, RecursionError):
            raise InputError(
                "no transcript record", where=f"{path} line {number}", remedy="run `adscreen ingest` again"
            ) from None
        yield Recording(row=0, transcript=place, **about)


def _check_once(recordings: Sequence[Recording]) -> None:
    """Raise InputError where a file, or a recording of a file that holds many, is named twice."""
    seen: set[tuple[Path, str]] = set()
    for recording in recordings:
        key = (recording.transcript, recording.recording_id)
        if key in seen:
            raise InputError(f"{recording.recording_id} is named twice", where="score", remedy="name it once")
        seen.add(key)


def _tell_apart(recordings: Sequence[Recording]) -> Iterator[Recording]:
    """Give recordings of one name the path from the folder that all lie in, with the ending where that is needed."""
    names = Counter(recording.recording_id for recording in recordings)
    doubled = [recording for recording in recordings if names[recording.recording_id] > 1]
    if not doubled:
        yield from recordings
        return
    base = Path(os.path.commonpath([recording.transcript.parent for recording in recordings]))
    short = Counter(_from(base, recording) for recording in doubled)
    for recording in recordings:
        if names[recording.recording_id] > 1:
            name = _from(base, recording)
            if short[name] > 1 or names[name]:
                name = _readable(recording.transcript.relative_to(base).as_posix())
            recording = replace(recording, recording_id=name, subject_id=name)
        yield recording


def _from(base: Path, recording: Recording) -> str:
    folder = recording.transcript.parent.relative_to(base)
    return (Path(_readable(str(folder))) / _readable(_without_ending(recording.transcript))).as_posix()
