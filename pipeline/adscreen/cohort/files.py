"""A path -> the bytes of its file, which may be compressed (.gz, .xz) or lie inside a .zip.

``corpus.zip/Control/cookie/002-0.cha`` names a file inside an archive as if it were a folder; nothing is unpacked to
disk. What a few bytes may expand to is bounded (MAX_BYTES), because a damaged or hostile archive can expand to all
the memory there is.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

from adscreen.errors import InputError

MAX_BYTES = 100 * 2**20  # the longest interview with word times is about 10 MB of JSON
HOLDS_MANY = frozenset({".csv", ".tsv", ".xlsx", ".jsonl"})  # files that may hold more than one recording
_PIECE = 2**18
_OWNERS = (
    ("~$", "", "Word's lock file of an open document"),
    ("~WR", ".tmp", "a temporary file of Word"),
    (".~lock.", "#", "LibreOffice's lock file of an open document"),
    ("._", "", "a file in which macOS keeps attributes of another"),
    (".ds_store", "", "a file in which macOS keeps the view of a folder"),
    ("thumbs.db", "", "a file in which Windows keeps pictures of a folder"),
    ("desktop.ini", "", "a file in which Windows keeps the view of a folder"),
)
_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"
_UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def read_bytes(path: Path, *, remedy: str = "") -> bytes:
    """Return the content of a file, decompressed where it is compressed; ``remedy`` helps where there is no such file.

    Raises InputError where it is missing, damaged, encrypted, or larger than MAX_BYTES.
    """
    where = str(path)
    try:
        with _open(path) as file:
            content = _bounded(file, where=where)
        if content.startswith(_GZIP):
            with gzip.open(io.BytesIO(content)) as file:
                return _bounded(file, where=where)
        if content.startswith(_XZ):
            with lzma.open(io.BytesIO(content)) as file:
                return _bounded(file, where=where)
    except (FileNotFoundError, KeyError):
        raise InputError("no such file", where=where, remedy=remedy) from None
    except (*_UNREADABLE, ValueError) as error:  # ValueError: a path that no system accepts
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot be read ({getattr(error, 'strerror', None) or error})", where=where) from None
    return content


def names_a_place(path: str) -> bool:
    """Tell whether text is the path of a file or folder that exists; text that no system takes for a path is none."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def holds_many(path: Path) -> bool:
    """Tell by its name whether a file may hold more than one recording, compressed or not."""
    return not HOLDS_MANY.isdisjoint(suffix.lower() for suffix in path.suffixes[-2:])


def owner_of(name: str) -> str:
    """Say what a file is that a program writes beside documents for itself; empty for any other name.

    >>> owner_of("~$S01.docx"), owner_of("S01.docx")
    ("Word's lock file of an open document", '')
    """
    folded = name.casefold()
    return next(
        (
            owner
            for start, end, owner in _OWNERS
            if folded.startswith(start.casefold()) and folded.endswith(end.casefold())
        ),
        "",
    )


def list_files(folder: Path) -> list[PurePosixPath]:
    """Return the files under a folder or inside a .zip, relative to it, sorted.

    Hidden files are left out, and those that programs write beside documents for themselves.

    Raises InputError where there is no such folder or archive.
    """
    if folder.is_dir():
        found: Iterator[PurePosixPath] = (
            PurePosixPath(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()
        )
    else:
        if not folder.is_file():
            raise InputError("no such folder", where=str(folder))
        try:
            with zipfile.ZipFile(folder) as archive:
                found = iter([PurePosixPath(info.filename) for info in archive.infolist() if not info.is_dir()])
        except _UNREADABLE:
            raise InputError("neither a folder nor a .zip archive", where=str(folder)) from None
    shown = (path for path in found if not any(part.startswith((".", "__MACOSX")) for part in path.parts))
    return sorted(path for path in shown if not owner_of(path.name))


def name_members(content: bytes) -> tuple[str, ...]:
    """Return the names of the files in a .zip; none where it is damaged.

    >>> name_members(b"PK")
    ()
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return tuple(archive.namelist())
    except (*_UNREADABLE, ValueError):
        return ()


def check_members(content: bytes, *, where: str) -> None:
    """Check the parts of an office document (.xlsx, .docx), which is a .zip of XML.

    Raises InputError where they expand to more than MAX_BYTES in all, or where one declares entities.
    """
    left = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                with archive.open(info) as file:
                    part = file.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise _too_large(where)
                if info.filename.endswith((".xml", ".rels")):
                    refuse_entities(part, where=where)
    except InputError:
        raise
    except (*_UNREADABLE, KeyError, ValueError):
        raise InputError("a damaged document", where=where, remedy="save it again") from None


def refuse_entities(content: bytes, *, where: str) -> None:
    """Raise InputError where XML has a document type, through which entities can expand without bound."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<\0!\0D\0O\0C" in content or b"<\0!\0E\0N\0T" in content:
        raise InputError("XML with a document type declaration", where=where, remedy="remove <!DOCTYPE ...>")


def _open(path: Path) -> IO[bytes]:
    """Open a file, or a member of an archive that the path leads through."""
    try:
        return path.open("rb")
    except NotADirectoryError:
        archive = next(parent for parent in path.parents if parent.is_file())
    found = archive.stat()
    return _archive(archive, found.st_mtime_ns, found.st_size).open(path.relative_to(archive).as_posix())


@lru_cache(maxsize=1)
def _archive(path: Path, modified: int, size: int) -> zipfile.ZipFile:
    """Open an archive; the last one stays open, for its directory is as long as the corpus."""
    return zipfile.ZipFile(path)


def _bounded(file: IO[bytes] | gzip.GzipFile | lzma.LZMAFile, *, where: str) -> bytes:
    pieces, left = [], MAX_BYTES
    while piece := file.read(min(_PIECE, left + 1)):  # a read of MAX_BYTES would reserve them
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise _too_large(where)
    return b"".join(pieces)


def _too_large(where: str) -> InputError:
    return InputError(f"larger than {MAX_BYTES // 2**20} MB", where=where, remedy="split it; one recording a file")
