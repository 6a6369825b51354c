"""A parsed utterance: its syntactic words, each with lemma, part of speech, head and relation.

Universal Dependencies 2 (Nivre et al. 2020) names the parts of speech, features and relations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

ROOT = -1


@dataclass(frozen=True, slots=True)
class ParsedWord:
    """One syntactic word, lower case.

    ``head`` is the index of its head in the sentence, ``ROOT`` (-1) for the root. ``source`` is the index of the word
    of the utterance it is a part of: both parts of ``it 's`` have that of ``it's``. ``features`` are UD's, sorted
    (``Tense=Past|VerbForm=Fin``), of those the parser tells apart: PronType, Tense and VerbForm.
    """

    text: str
    lemma: str
    upos: str
    features: str
    head: int
    deprel: str
    source: int

    @property
    def relation(self) -> str:
        """The relation without its subtype: ``acl`` of ``acl:relcl``."""
        return self.deprel.partition(":")[0]

    @property
    def is_finite(self) -> bool:
        """Whether it is a finite verb or auxiliary; spaCy's own pipelines mark a modal by ``VerbType=Mod`` alone."""
        return "VerbForm=Fin" in self.features or "VerbType=Mod" in self.features


@dataclass(frozen=True)
class ParsedSentence:
    """The words of one utterance in order, none where the view leaves none; one tree, so one root."""

    words: tuple[ParsedWord, ...]

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[ParsedWord]:
        return iter(self.words)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For every word the indices of its dependents, in order."""
        found: list[list[int]] = [[] for _ in self.words]
        for index, word in enumerate(self.words):
            if word.head != ROOT:
                found[word.head].append(index)
        return tuple(map(tuple, found))
