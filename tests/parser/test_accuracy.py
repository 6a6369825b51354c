"""Parsed and right trees -> accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adscreen.parser import ROOT, ParsedSentence, ParsedWord
from adscreen.parser.accuracy import measure_accuracy

GOLD = ParsedSentence(
    (
        ParsedWord("the", "the", "DET", "", 1, "det", 0),
        ParsedWord("boy", "boy", "NOUN", "", 2, "nsubj", 1),
        ParsedWord("fell", "fall", "VERB", "", ROOT, "root", 2),
        ParsedWord("down", "down", "ADV", "", 2, "advmod", 3),
    )
)
FOUND = ParsedSentence(
    (
        ParsedWord("the", "the", "DET", "", 1, "det", 0),
        ParsedWord("boy", "boy", "PROPN", "", 2, "nsubj:pass", 1),
        ParsedWord("fell", "fell", "VERB", "", ROOT, "root", 2),
        ParsedWord("down", "down", "ADP", "", 1, "advmod", 3),
    )
)


@dataclass(frozen=True)
class Fixed:
    """A parser with one answer."""

    answer: ParsedSentence

    def parse_words(self, sentences: Sequence[Sequence[str]]) -> list[ParsedSentence]:
        """Return the answer for every sentence."""
        return [self.answer for _ in sentences]


def test_shares_of_words() -> None:
    """Tags 2 of 4, heads 3 of 4, heads with relations (subtypes aside) 3 of 4, lemmas 3 of 4; empty sentences aside."""
    accuracy = measure_accuracy(Fixed(FOUND), [GOLD, ParsedSentence(())])
    assert (4, 0.5, 0.75, 0.75, 0.75) == (
        accuracy.words,
        accuracy.upos,
        accuracy.uas,
        accuracy.las,
        accuracy.lemma,
    )
    assert (0.5 + 0.75 + 0.75) / 3 == accuracy.mean


def test_the_right_trees_are_all_right() -> None:
    """Gold against gold is 1 throughout."""
    accuracy = measure_accuracy(Fixed(GOLD), [GOLD, GOLD])
    assert 6 == measure_accuracy(Fixed(GOLD), [GOLD, GOLD], but="ADV").words
    assert (8, 1.0, 1.0, 1.0, 1.0) == (accuracy.words, accuracy.upos, accuracy.uas, accuracy.las, accuracy.lemma)
