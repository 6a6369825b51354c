"""Files of a folder -> SHA256SUMS beside them, as ``sha256sum`` writes it: digest, two spaces and name on each line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

SUMS = "SHA256SUMS"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; raises OSError where it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sums_of(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of files of a folder, named relative to it with slashes, in the order given."""
    return {name: sha256_of(folder / name) for name in names}


def sums_text(sums: Mapping[str, str]) -> str:
    """Return the text of SHA256SUMS.

    >>> sums_text({"weights.hdf5": "ab12"})
    'ab12  weights.hdf5\\n'
    """
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items())


def write_sums(folder: Path, sums: Mapping[str, str]) -> None:
    """Write SHA256SUMS into a folder."""
    (folder / SUMS).write_text(sums_text(sums), encoding="utf-8")


def read_sums(folder: Path) -> dict[str, str] | None:
    """Return the digests that a folder's SHA256SUMS lists, in its order; None where there is none that can be read."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def differing(folder: Path, sums: Mapping[str, str]) -> list[str]:
    """Return the names of the files that are missing or have another digest than the one listed."""
    return [name for name, digest in sums.items() if not _has(folder / name, digest)]


def _has(path: Path, digest: str) -> bool:
    try:
        return sha256_of(path) == digest
    except OSError:
        return False
