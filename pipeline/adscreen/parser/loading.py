"""The name of a parser -> the parser: ``bundled``, an installed spaCy package, or a folder of a spaCy pipeline.

Nothing is fetched. The bundled one's digests are checked before its files are read, and its files hold no pickle.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from adscreen.bundled import bundled
from adscreen.checksums import SUMS, differing, read_sums, sums_of, sums_text, write_sums
from adscreen.errors import InputError
from adscreen.language import ENGLISH, NO_PARSER, Language
from adscreen.parser.spacy_parser import Parser

BUNDLED = "bundled"
BUNDLED_PARSER = "models/english-ud"
_UNUSED = ("ner", "entity_linker", "entity_ruler", "span_ruler", "spancat", "textcat", "textcat_multilabel")
_REMEDY = "give parser= an installed pipeline with a tagger and a parser, or leave it out for the bundled one"


def load_parser(name: str = BUNDLED, *, language: Language = ENGLISH) -> Parser:
    """Return a parser, loaded once a process; components that name no word or relation are left out.

    ``none`` is a parser that gives no trees. Words are taken apart as the language does.

    Raises:
        InputError: there is none of that name, it cannot be loaded, it does not parse, or the bundled one is damaged.
    """
    parser = _read_parser(name)
    return parser if language.is_english else replace(parser, contractions=language.contractions)


@lru_cache(maxsize=2)
def _read_parser(name: str) -> Parser:
    if name == NO_PARSER:
        return Parser(None, name=NO_PARSER)
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
    return hashlib.sha256(sums_text(sums_of(folder, _files(folder))).encode()).hexdigest()


def write_pipeline_sums(folder: Path) -> None:
    """Write the digests of a pipeline's files beside them."""
    write_sums(folder, sums_of(folder, _files(folder)))


def _check_sums(folder: Path) -> None:
    remedy = "install adscreen anew, or take a complete checkout"
    expected, files = read_sums(folder) or {}, _files(folder)
    wrong = {*differing(folder, expected), *(expected.keys() ^ set(files))} if expected or files else {SUMS}
    for name in sorted(wrong)[:1]:
        raise InputError("the file is damaged or does not belong", where=f"{folder.name}/{name}", remedy=remedy)


def _files(folder: Path) -> list[str]:
    """Return the names of a pipeline's files in the order of their paths, cards and digests left out."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (SUMS, "README.md"))
    return [path.relative_to(folder).as_posix() for path in found]
