"""The name of a published biLM -> a verified folder of its files. ``published.toml`` is the registry.

Only ``fetch`` and ``ask_size`` use the network. Files arrive as NAME.partial, from which a broken download goes on, and
take their name once size and SHA-256 are right. Published digests come first; where there is none, that of the first
download is kept in the folder's SHA256SUMS, and every later one must equal it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from adscreen.bilm.format import model_files, read_bilm
from adscreen.checksums import SUMS, read_sums, sha256_of, write_sums
from adscreen.errors import InputError
from adscreen.progress import Advance, Progress

REGISTRY = Path(__file__).with_name("published.toml")
BLOCK = 2**20
TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of a model: the name it gets, where it is, and its size in bytes and SHA-256 where they are known."""

    name: str
    address: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A published biLM."""

    name: str
    about: str
    licence: str
    files: tuple[PublishedFile, ...]


@cache
def read_registry(path: Path = REGISTRY) -> dict[str, PublishedModel]:
    """Return the published models by name."""
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    base, licence = content.pop("base"), content.pop("licence")
    models = {}
    for name, entry in content.items():
        files = tuple(
            PublishedFile(file, f"{base}/{facts['path']}", facts.get("size"), facts.get("sha256"))
            for file, facts in entry["files"].items()
        )
        models[name] = PublishedModel(name, entry["about"], licence, files)
    return models


def find_published(name: str) -> PublishedModel:
    """Return the model of a name.

    Raises:
        InputError: there is none.
    """
    models = read_registry()
    if name not in models:
        raise InputError(f"no published biLM {name!r}", where="models", remedy=f"use {', '.join(models)}")
    return models[name]


def list_published() -> list[dict[str, Any]]:
    """Return one row a model: what it is, what can be had, and its licence."""
    return [
        {
            "name": model.name,
            "about": model.about,
            "files": " ".join(file.name for file in model.files),
            "digests": f"{sum(file.sha256 is not None for file in model.files)} of {len(model.files)} published",
            "licence": model.licence,
        }
        for model in read_registry().values()
    ]


def files_of(model: PublishedModel, *, embedding_only: bool = False) -> tuple[PublishedFile, ...]:
    """Return the files to fetch; without softmax and vocabulary where only embedding is wanted."""
    left_out = ("softmax.hdf5", "vocabulary.txt") if embedding_only else ()
    return tuple(file for file in model.files if file.name not in left_out)


def ask_size(file: PublishedFile) -> int | None:
    """Return a file's size in bytes: the published one, else the one its server gives, None where it gives none."""
    if file.size is not None:
        return file.size
    try:
        with urlopen(Request(file.address, method="HEAD"), timeout=TIMEOUT_S) as response:
            length = response.headers.get("Content-Length")
            return None if length is None else int(length)
    except (HTTPException, OSError, ValueError):
        return None


def fetch(model: PublishedModel, files: Sequence[PublishedFile], folder: Path, *, progress: Progress) -> None:
    """Fetch what ``folder`` lacks of a model's files, check it all, and write model.json and SHA256SUMS.

    Raises:
        InputError: an address cannot be read, or a file is not what its size or digest says.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", where=str(folder), remedy="name a new folder") from error
    sums = read_sums(folder) or {}
    for file in files:
        target = folder / file.name
        if not target.exists():
            _download(file, target.with_name(f"{file.name}.partial"), progress)
        found = target if target.exists() else target.with_name(f"{file.name}.partial")
        digest = _check(file, found, sums.get(file.name))
        found.replace(target)
        sums[file.name] = digest
        _record(folder, sums)
    card = {"name": f"elmo-{model.name}", "lowercase": False, "about": model.about, "licence": model.licence}
    card["files"] = {file.name: file.address for file in files}
    (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    _record(folder, sums | {"model.json": sha256_of(folder / "model.json")})
    read_bilm(folder)


def verify(folder: Path) -> list[dict[str, Any]]:
    """Return one row a file of a biLM folder: its digest, and what that was compared with.

    Raises:
        InputError: a file differs from its recorded digest, or the files do not belong together.
    """
    files = read_bilm(folder)
    sums = read_sums(folder) or {}
    rows = []
    for path in model_files(folder):
        if not path.exists():
            continue
        digest = sha256_of(path)
        if path.name in sums and sums[path.name] != digest:
            raise _mismatch(path, digest, sums[path.name])
        compared = "equals SHA256SUMS" if path.name in sums else "readable; no recorded digest"
        rows.append({"file": path.name, "bytes": path.stat().st_size, "sha256": digest, "result": compared})
    missing = sorted(name for name in sums if not (folder / name).exists())
    if missing:
        raise InputError(f"lacks {missing[0]}, which {SUMS} lists", where=str(folder), remedy="fetch or copy it again")
    use = "embedding and perplexity" if files.softmax else "embedding only"
    return [row | {"use": use} for row in rows]


def _download(file: PublishedFile, partial: Path, progress: Progress) -> None:
    start = partial.stat().st_size if partial.exists() else 0
    request = Request(file.address, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        with urlopen(request, timeout=TIMEOUT_S) as response:
            resumed = start > 0 and response.status == 206
            length = response.headers.get("Content-Length")
            expected = None if length is None else int(length) + (start if resumed else 0)
            advance = progress.task(f"Fetching {file.name}", expected or file.size or 0)
            advance(start if resumed else 0)
            _save(response, partial, "ab" if resumed else "wb", advance)
    except HTTPError as error:
        if not (start and error.code == 416):  # 416: nothing is left to fetch
            raise _unreachable(file, f"HTTP {error.code}") from error
        return
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise _unreachable(file, str(getattr(error, "reason", error)) or type(error).__name__) from error
    if expected is not None and partial.stat().st_size != expected:
        raise _unreachable(file, f"{partial.stat().st_size:,} of {expected:,} bytes came")


def _save(response: Any, partial: Path, mode: str, advance: Advance) -> None:
    with partial.open(mode) as stream:
        while block := response.read(BLOCK):
            stream.write(block)
            advance(len(block))


def _unreachable(file: PublishedFile, what: str) -> InputError:
    remedy = "give the command again, which goes on from there, or copy the files and use their folder"
    return InputError(f"not fetched ({what})", where=file.address, remedy=remedy)


def _check(file: PublishedFile, path: Path, recorded: str | None) -> str:
    """Return the digest of a file that is what it should be; what is not is removed, unless it was there before."""
    digest, size = sha256_of(path), path.stat().st_size
    expected = file.sha256 or recorded or digest
    if digest == expected and file.size in (None, size):
        return digest
    if path.name != file.name:
        path.unlink()
    if digest != expected:
        raise _mismatch(path, digest, expected)
    raise InputError(f"has {size:,} bytes, not {file.size:,}", where=str(path), remedy="fetch it again")


def _mismatch(path: Path, digest: str, expected: str) -> InputError:
    return InputError(f"SHA-256 is {digest}, not {expected}", where=str(path), remedy="remove it and fetch it again")


def _record(folder: Path, sums: Mapping[str, str]) -> None:
    write_sums(folder, dict(sorted(sums.items())))
