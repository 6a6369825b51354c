"""What decides a result -> the stored result: a folder of small files, each named by a digest.

A key is the SHA-256 of everything the result depends on: the transcript's bytes, the settings, the models' digests and
the code that computes it, so an entry is never out of date and is never replaced by another value. An entry holds words
of the transcript, so folders and files are readable by their owner alone and there is no cache unless the user names
its folder. Any entry, or all of it, may be deleted at any time. Writing is atomic: processes may share a cache, and a
killed one leaves no half entry.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from adscreen.errors import InputError
from adscreen.extract.code import code_digest
from adscreen.version import installed_versions

VARIABLE = "ADSCREEN_CACHE"
SUFFIX = ".entry"
TAG = "CACHEDIR.TAG"  # https://bford.info/cachedir: backup programs pass the folder over
_TAG_TEXT = """\
Signature: 8a477f597d28d172789f06886806bc55
# A cache of adscreen. Its files hold words of transcripts. All of it can be deleted at any time.
"""
_MAGIC = b"adscreen cache 1\n"
_HEAD = len(_MAGIC) + 32 + 8  # magic, SHA-256 of what follows, length of the JSON
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "gensim", "spacy", "wordfreq", "torch")

Content = Mapping[str, Any]  # what JSON holds, and at the top level arrays and bytes too

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache in a folder that ``open_cache`` has made."""

    folder: Path

    def read(self, key: str) -> dict[str, Any] | None:
        """Return what was written under a key, or None; a damaged entry counts as none, and a line says so."""
        try:
            stored = self._path(key).read_bytes()
        except OSError:
            return None
        try:
            return _decode(stored)
        except (ValueError, KeyError, TypeError):
            _log.warning("adscreen: cache entry %s... is damaged and is computed again", key[:12])
            return None

    def write(self, key: str, content: Content) -> None:
        """Store content under a key. A cache that cannot be written is a line, not a failure of the run."""
        path = self._path(key)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _replace(path, _encode(content))
        except OSError as error:
            _log.warning("adscreen: the cache cannot be written (%s)", error.strerror)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key[2:]}{SUFFIX}"


def open_cache(folder: Path) -> Cache:
    """Return the cache in a folder, which is made where it is missing.

    Raises:
        InputError: the folder holds something else, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / TAG).exists():
            if any(folder.iterdir()):
                raise InputError("holds files that are no cache", where=str(folder), remedy="name a new folder")
            _replace(folder / TAG, _TAG_TEXT.encode())
    except OSError as error:
        what = f"the cache cannot be made ({error.strerror})"
        raise InputError(what, where=str(folder), remedy="name a folder that can be written") from error
    return Cache(folder)


def choose_cache(folder: Path | None) -> Path | None:
    """Return the cache folder to use: the one named, else the environment's (ADSCREEN_CACHE), else None."""
    named = os.environ.get(VARIABLE, "")
    return folder if folder is not None else Path(named).absolute() if named else None


def cache_key(module: str, /, **parts: Any) -> str:
    """Return the key of a result of a module's code, which depends on ``parts`` and on the libraries that compute."""
    content = {"parts": parts, "code": code_digest(module), "libraries": library_versions()}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str | None]:
    """Return the versions of the libraries whose numbers are stored."""
    return installed_versions(_LIBRARIES)


def _replace(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _encode(content: Content) -> bytes:
    """Return magic, digest, length of the JSON, the JSON, then arrays and bytes one after the other."""
    plain, pieces, blobs = {}, [], []
    for name, value in content.items():
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in "biufU":
                raise TypeError(f"{name}: an array of {value.dtype} cannot be cached")
            pieces.append([name, value.dtype.str, list(value.shape)])
            blobs.append(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, bytes):
            pieces.append([name, "bytes", [len(value)]])
            blobs.append(value)
        else:
            plain[name] = value
    order = list(content)
    text = json.dumps([plain, pieces, order], default=_scalar, separators=(",", ":")).encode()
    body = b"".join([len(text).to_bytes(8, "little"), text, *blobs])
    return _MAGIC + hashlib.sha256(body).digest() + body


def _scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be cached")


def _decode(stored: bytes) -> dict[str, Any]:
    """Return the content of an entry; raises ValueError where a byte of it is wrong."""
    body = memoryview(stored)[_HEAD - 8 :]
    if not stored.startswith(_MAGIC) or hashlib.sha256(body).digest() != stored[len(_MAGIC) : _HEAD - 8]:
        raise ValueError("not what was written")
    end = 8 + int.from_bytes(body[:8], "little")
    found, pieces, order = json.loads(bytes(body[8:end]))
    for name, kind, shape in pieces:
        if kind == "bytes":
            found[name] = bytes(body[end : end + shape[0]])
            end += shape[0]
        else:
            dtype = np.dtype(kind)
            size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
            found[name] = np.frombuffer(body[end : end + size], dtype=dtype).reshape(shape).copy()
            end += size
    return {name: found[name] for name in order}
