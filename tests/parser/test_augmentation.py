"""Treebank sentences -> sentences as speech."""

from __future__ import annotations

from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.parser import ROOT, ParsedSentence, ParsedWord
from adscreen.parser.augmentation import as_transcribed, augment, fill, fold_case, repeat_words, speak
from adscreen.parser.treebank import find_part, read_treebank

BOY = ParsedSentence(
    (
        ParsedWord("The", "the", "DET", "PronType=Art", 1, "det", 0),
        ParsedWord("boy", "boy", "NOUN", "", 2, "nsubj", 1),
        ParsedWord("fell", "fall", "VERB", "Tense=Past|VerbForm=Fin", ROOT, "root", 2),
        ParsedWord("at", "at", "ADP", "", 4, "case", 3),
        ParsedWord("5", "5", "NUM", "", 2, "obl", 4),
        ParsedWord("p.m.", "p.m.", "NOUN", "", 4, "nmod", 5),
        ParsedWord("!", "!", "PUNCT", "", 2, "punct", 6),
    )
)
SPOKEN = as_transcribed(speak(BOY))


def is_tree(sentence: ParsedSentence) -> bool:
    """Tell whether there is one root, and a way from every word to it."""
    for index in range(len(sentence)):
        seen = set()
        while index != ROOT and index not in seen:
            seen.add(index)
            index = sentence.words[index].head
        if index != ROOT:
            return False
    return 1 == sum(word.head == ROOT for word in sentence)


def test_speech_is_lower_case_without_punctuation() -> None:
    """Only letter case and punctuation go; spelling becomes that of adscreen.words."""
    assert "the boy fell at 5 p.m. !".split() == [word.text for word in fold_case(BOY)]
    assert "the boy fell at 5 p.m.".split() == [word.text for word in speak(BOY)]
    assert "the boy fell at 5 pm".split() == [word.text for word in SPOKEN]
    assert [word.head for word in BOY][:6] == [word.head for word in SPOKEN]


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_fillers_change_nothing_else(seed: int) -> None:
    """With the fillers taken out the sentence is the same, and it is a tree with them."""
    filled = fill(SPOKEN, Random(seed))
    assert is_tree(filled)
    kept = [index for index, word in enumerate(filled) if word.source == SPOKEN.words[0].source or word.upos != "INTJ"]
    texts = [word.text for word in filled]
    for filler in ("you", "know"):
        texts = [text for text in texts if text != filler]
    said = [text for text in texts if text in "the boy fell at 5 pm".split()]
    assert "the boy fell at 5 pm".split() == said
    assert len(kept) >= len(SPOKEN)


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_a_repeated_stretch_stands_before_its_repair(seed: int) -> None:
    """One to three words are added; the first hangs on its repair as reparandum; the rest of the tree is as it was."""
    repeated = repeat_words(SPOKEN, Random(seed))
    added = len(repeated) - len(SPOKEN)
    assert 1 <= added <= 3
    assert is_tree(repeated)
    (place,) = [index for index, word in enumerate(repeated) if word.deprel == "reparandum"]
    assert place < repeated.words[place].head
    assert SPOKEN.words[-1].text == repeated.words[-1].text


def test_a_variant_is_drawn_from_the_generator_alone() -> None:
    """The same state of the generator gives the same variants; another gives others."""
    first = [augment(BOY, Random(seed)) for seed in range(40)]
    assert first == [augment(BOY, Random(seed)) for seed in range(40)]
    assert len(set(first)) > 10


def test_every_variant_of_the_treebank_is_a_tree(shared: Path) -> None:
    """Whatever is drawn, a sentence that keeps a word keeps one root and no ring."""
    rng = Random(1)
    for sentence in read_treebank(find_part(shared / "treebank", "dev")):
        variant = augment(sentence, rng)
        assert variant.words == () or is_tree(variant)
