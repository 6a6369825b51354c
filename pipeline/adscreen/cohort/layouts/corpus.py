"""A corpus folder, or a .zip of one -> its files, and what the names and headers of transcripts state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from adscreen.cohort.files import list_files, read_bytes

ManifestRow = dict[str, str | float | None]

_AGE = re.compile(r"(\d+)(?:;(\d*))?")
_ENDINGS = "cha|slt|txt|json|vtt|srt|sbv|eaf|textgrid|exb|trs|ctm|stm|docx|docm"
_TRANSCRIPT = re.compile(rf"(.+?)\.(?:{_ENDINGS})(?:\.gz|\.xz)?", re.IGNORECASE)
_HEADER = ("language", "corpus", "code", "age", "sex", "group", "ses", "role", "education")


class Corpus(NamedTuple):
    """A folder or archive and its files, relative to it; a manifest's paths begin with ``prefix``."""

    root: Path
    files: list[PurePosixPath]
    prefix: str

    def text(self, file: PurePosixPath) -> str:
        """Return the text of a file; what is no UTF-8 in it becomes U+FFFD."""
        return read_bytes(self.root / file).decode("utf-8-sig", errors="replace")

    def path(self, file: PurePosixPath) -> str:
        """Return a file's path for the manifest."""
        return f"{self.prefix}{file.as_posix()}"


def open_corpus(folder: Path) -> Corpus:
    """Return the files of a folder or archive; raises InputError where there is none."""
    return Corpus(folder, list_files(folder), "" if folder.is_dir() else f"{folder.name}/")


def transcript_stem(path: str) -> str | None:
    """Return a path without the ending of a transcript, None where it ends as no transcript does.

    >>> transcript_stem("AD/001_1.cha.gz"), transcript_stem("AD/001.wav")
    ('AD/001_1', None)
    """
    match = _TRANSCRIPT.fullmatch(path)
    return match.group(1) if match else None


def participant_header(text: str) -> Mapping[str, str]:
    """Return the fields of the participant's ``@ID`` header, empty where a CHAT file has none."""
    for line in text.splitlines():
        if line.startswith("@ID:"):
            fields = dict(zip(_HEADER, (part.strip() for part in line[4:].split("|")), strict=False))
            if fields.get("code") == "PAR" or fields.get("role") == "Participant":
                return fields
    return {}


def years(age: str) -> float | None:
    """Read a CHAT age, ``61;06.`` being 61 years and six months."""
    match = _AGE.match(age.strip())
    return round(int(match.group(1)) + int(match.group(2) or 0) / 12, 2) if match else None


def number(text: str) -> float | None:
    """Return the number that a header or table states, None for anything else."""
    return float(text) if re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", text) else None
