"""CoNLL-U -> ParsedSentence, and the edits that keep a tree a tree: leaving words out and putting words in.

The format is Universal Dependencies' (universaldependencies.org/format.html); empty nodes and enhanced relations are
passed over.
"""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from adscreen.errors import InputError
from adscreen.parser.tree import ROOT, ParsedSentence, ParsedWord

FEATURES = ("PronType", "Tense", "VerbForm")
PARTS = ("train", "dev", "test")


def find_part(folder: Path, part: str) -> Path:
    """Return the file of a part of a treebank: ``train``, ``dev`` or ``test``.

    Raises:
        InputError: the folder has none, or more than one.
    """
    found = sorted(folder.glob(f"*-{part}.conllu*")) if folder.is_dir() else []
    if len(found) != 1:
        raise InputError(
            f"{len(found)} files named *-{part}.conllu", where=str(folder), remedy="give the folder of one UD treebank"
        )
    return found[0]


def read_treebank(path: Path) -> list[ParsedSentence]:
    """Return the sentences of a .conllu file (plain, .gz or .xz), as written: case and punctuation kept.

    Raises:
        InputError: a line is not CoNLL-U.
    """
    with _open(path) as lines:
        return [_sentence(rows, path) for rows in _blocks(lines)]


def _open(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _blocks(lines: Iterable[str]) -> Iterator[list[tuple[int, list[str]]]]:
    """Yield each sentence's (line number, columns)."""
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            rows.append((number, line.rstrip("\n").split("\t")))
        elif not line.strip() and rows:
            yield rows
            rows = []
    if rows:
        yield rows


def _sentence(rows: list[tuple[int, list[str]]], path: Path) -> ParsedSentence:
    words: list[ParsedWord] = []
    source, inside_until = -1, 0
    for number, columns in rows:
        try:
            token, form, lemma, upos, _, features, head, deprel, _, _ = columns
            if "-" in token:
                source, inside_until = source + 1, int(token.partition("-")[2])
            elif "." not in token:
                source += int(token) > inside_until
                words.append(ParsedWord(form, lemma, upos, _kept(features), int(head) - 1, deprel, source))
        except ValueError:
            raise InputError("not a CoNLL-U line", where=f"{path.name} line {number}") from None
    return ParsedSentence(tuple(words))


def _kept(features: str) -> str:
    return "|".join(feature for feature in features.split("|") if feature.partition("=")[0] in FEATURES)


def leave_out(sentence: ParsedSentence, dropped: Callable[[ParsedWord], bool]) -> ParsedSentence:
    """Return the sentence without some words; their dependents go to the nearest head that stays.

    Where the root goes, its first dependent that stays becomes the root and heads the others.
    """
    words = sentence.words
    staying = [index for index, word in enumerate(words) if not dropped(word)]
    place = {index: number for number, index in enumerate(staying)}

    def kept_head(index: int) -> int:
        head = words[index].head
        while head != ROOT and head not in place:
            head = words[head].head
        return head

    heads = {index: kept_head(index) for index in staying}
    root = next((index for index in staying if heads[index] == ROOT), ROOT)
    return ParsedSentence(
        tuple(
            replace(
                words[index],
                head=ROOT if index == root else place[root if heads[index] == ROOT else heads[index]],
                deprel="root" if index == root else _without_root(words[index].deprel),
            )
            for index in staying
        )
    )


def _without_root(deprel: str) -> str:
    return "parataxis" if deprel == "root" else deprel


def put_in(sentence: ParsedSentence, before: int, added: list[ParsedWord]) -> ParsedSentence:
    """Return the sentence with words put in before word ``before``; the heads of ``added`` count in the result."""

    def moved(head: int) -> int:
        return head + len(added) if head >= before else head

    words = [replace(word, head=moved(word.head)) for word in sentence.words]
    return ParsedSentence((*words[:before], *added, *words[before:]))
