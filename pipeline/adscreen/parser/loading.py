"""The name of a parser -> the parser: ``bundled``, an installed spaCy package, or a folder of a spaCy pipeline.

Nothing is fetched. The bundled one's digests are checked before its files are read, and its files hold no pickle.
"""

from __future__ import annotations

import hashlib
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from adscreen.bundled import bundled
from adscreen.errors import InputError
from adscreen.parser.spacy_parser import Parser

BUNDLED = "bundled"
BUNDLED_PARSER = "models/english-ud"
_SUMS = "SHA256SUMS"
_UNUSED = ("ner", "entity_linker", "entity_ruler", "span_ruler", "spancat", "textcat", "textcat_multilabel")
_REMEDY = "give --spacy-model an installed pipeline with a tagger and a parser, or leave it out for the bundled one"


def load_parser(name: str = BUNDLED) -> Parser:
    """Return a parser, loaded once a process; components that name no word or relation are left out.

    Raises:
        InputError: there is none of that name, it cannot be loaded, it does not parse, or the bundled one is damaged.
    """
    return _read_parser(name)


@lru_cache(maxsize=2)
def _read_parser(name: str) -> Parser:
    if name == BUNDLED:
        folder = bundled(BUNDLED_PARSER)
        _check_sums(folder)
        return _parser(_load(folder, BUNDLED))
    parser = _parser(_load(Path(name) if Path(name).is_dir() else name, name))
    words = parser.parse([["the", "boy", "is", "falling"]])[0].words
    if not all(word.upos for word in words) or not any(word.deprel not in ("", "root", "parataxis") for word in words):
        raise InputError("the spaCy pipeline gives no parts of speech or no dependencies", where=name, remedy=_REMEDY)
    return parser


def _load(source: Path | str, name: str) -> Any:
    import spacy

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a pipeline made by another release of spaCy says so on every load
            return spacy.load(source, exclude=list(_UNUSED))
    except Exception as error:  # spaCy raises OSError, ValueError, ImportError or its registry's own errors
        what = "no spaCy pipeline of that name is installed" if isinstance(source, str) else "not a spaCy pipeline"
        raise InputError(what, where=name, remedy=_REMEDY) from error


def _parser(nlp: Any) -> Parser:
    return Parser(nlp, name=f"{nlp.meta['name']} {nlp.meta['version']}", digest=digest_folder(Path(nlp.path)))


def digest_folder(folder: Path) -> str:
    """Return one SHA-256 over the names and bytes of a pipeline's files; cards and digests are no part of it."""
    whole = hashlib.sha256()
    for path in _files(folder):
        whole.update(f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n".encode())
    return whole.hexdigest()


def write_sums(folder: Path) -> None:
    """Write the digests of a pipeline's files beside them."""
    lines = [f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder)]
    (folder / _SUMS).write_text("".join(lines), encoding="utf-8")


def _check_sums(folder: Path) -> None:
    remedy = "install adscreen anew, or take a complete checkout"
    lines = (folder / _SUMS).read_text(encoding="utf-8").splitlines() if (folder / _SUMS).is_file() else []
    expected = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {path.relative_to(folder).as_posix(): sha256_of(path) for path in _files(folder)}
    for name in sorted(expected.keys() | found.keys()) or [_SUMS]:
        if expected.get(name) is None or expected.get(name) != found.get(name):
            raise InputError("the file is damaged or does not belong", where=f"{folder.name}/{name}", remedy=remedy)


def _files(folder: Path) -> list[Path]:
    names = {_SUMS, "README.md"}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in names)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
