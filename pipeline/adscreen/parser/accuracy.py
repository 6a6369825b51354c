"""Parser + treebank sentences -> the share of words with the right part of speech, head and relation.

As in the CoNLL 2018 shared task (Zeman et al. 2018): relations are compared without their subtypes, every word counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from adscreen.parser.tree import ParsedSentence


class ParsesWords(Protocol):
    """What parses sentences that are split into syntactic words already."""

    def parse_words(self, sentences: Sequence[Sequence[str]]) -> list[ParsedSentence]:
        """Return one tree a sentence."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of words: right part of speech, right head, right head and relation, right lemma."""

    words: int
    upos: float
    uas: float
    las: float
    lemma: float

    @property
    def mean(self) -> float:
        """What training maximises."""
        return (self.upos + self.uas + self.las) / 3

    def __str__(self) -> str:
        return f"UPOS {self.upos:.4f}, UAS {self.uas:.4f}, LAS {self.las:.4f}, lemma {self.lemma:.4f}"


def measure_accuracy(parser: ParsesWords, gold: Sequence[ParsedSentence], *, but: str = "") -> Accuracy:
    """Return the accuracy on sentences whose trees are known; words of the part of speech ``but`` are not counted."""
    gold = [sentence for sentence in gold if sentence.words]
    parsed = parser.parse_words([[word.text for word in sentence] for sentence in gold])
    pairs = [
        (right, found)
        for truth, tree in zip(gold, parsed, strict=True)
        for right, found in zip(truth, tree, strict=True)
        if right.upos != but
    ]
    return Accuracy(
        words=len(pairs),
        upos=sum(right.upos == found.upos for right, found in pairs) / len(pairs),
        uas=sum(right.head == found.head for right, found in pairs) / len(pairs),
        las=sum((right.head, right.relation) == (found.head, found.relation) for right, found in pairs) / len(pairs),
        lemma=sum(right.lemma.lower() == found.lemma for right, found in pairs) / len(pairs),
    )
