"""The biLM beside 5-gram models: the same targets for all, distributions that add up, spoilt sentences."""

from __future__ import annotations

import math
import random
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from language_model import (
    IRSTLM,
    Vocabulary,
    check_sums,
    compare,
    held_out,
    split,
    spoil,
    training_numbers,
    wilson,
)

from adscreen.bilm.corpus import read_corpus

PROGRAMS = Path("/usr/lib/irstlm/bin")
MARKS = ["<S>", "</S>", "<UNK>"]


def vocabulary(words: list[str]) -> Vocabulary:
    """Return a vocabulary of the marks and these words."""
    return Vocabulary([*MARKS, *words], {word: row for row, word in enumerate([*MARKS, *words])})


@pytest.fixture
def corpus_dir(tmp_path: Path) -> Path:
    """One source whose block of lines 2,500 to 2,599 is held out."""
    folder = tmp_path / "a corpus"
    folder.mkdir()
    rng = random.Random(0)
    words = ["stool", *("".join(letters) for letters in product("bdkmt", "aeiou", "lnrs", "aeo"))]
    common = [1 / (rank + 1) for rank in range(len(words))]
    lines = [" ".join(rng.choices(words, weights=common, k=rng.randint(1, 7))) for _ in range(2_700)]
    (folder / "only.txt").write_text("\n".join(lines) + "\n")
    return folder


def test_training_text_leaves_out_what_is_held_out(corpus_dir: Path) -> None:
    """Training sentences stand between the marks in order; with the held-out ones they make up the source."""
    corpus = read_corpus(corpus_dir)
    words = vocabulary([word for word in corpus.types if word != "stool"])
    lines = (corpus_dir / "only.txt").read_text().splitlines()
    kept, left_out = lines[:2_500] + lines[2_600:], lines[2_500:2_600]
    assert words.numbers([line.split() for line in kept]).tolist() == training_numbers(corpus, words).tolist()
    assert [line.split() for line in left_out] == held_out(corpus, "only")


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAMS.is_dir(), reason="needs IRSTLM (Debian package irstlm)")
@pytest.mark.parametrize(("lacking", "unused"), [([], 0.03), (["apron"], 0.0), (["apron", "faucet"], 0.0)])
def test_irstlm_gives_distributions(corpus_dir: Path, tmp_path: Path, lacking: list[str], unused: float) -> None:
    """Over the vocabulary they add up to 1, within its rounding to 0.01 in log10.

    IRSTLM sets a little aside for unknown words: words that the training text lacks share it, or nobody has it.
    """
    corpus = read_corpus(corpus_dir)
    words = vocabulary([*(word for word in corpus.types if word != "stool"), *lacking])
    model = IRSTLM(tmp_path / "a folder", training_numbers(corpus, words), words, programs=PROGRAMS)
    tested = held_out(corpus, "only")
    sums = check_sums(
        tested,
        words,
        {"irstlm": lambda parts: split(model.log_probabilities(words.numbers(parts)), parts)},
        contexts=5,
    )
    assert all(0.99 - unused < total < 1.01 for total in sums["irstlm"])


def test_ratios_are_of_perplexities_over_all_targets() -> None:
    """By hand: 3 words and 2 </S>; the biLM gives each target 1/4, the other 1/8."""
    tested = [["a", "b"], ["c"]]
    scores = {name: [np.full(3, -math.log(n)), np.full(2, -math.log(n))] for name, n in (("biLM", 4), ("other", 8))}
    bilm, other = compare("made up", tested, scores, vocabulary(["a", "b"]))
    assert (5, 1 / 3) == (bilm["targets"], bilm["unknown words"])
    assert (4.0, 8.0, 0.5) == pytest.approx((bilm["perplexity"], other["perplexity"], other["biLM / it"]))
    assert [0.5, 0.5] == pytest.approx(other["ratio interval"])


def test_a_spoilt_sentence_differs_in_the_way_named() -> None:
    """The same words in another order, two neighbours swapped, one word replaced by one of like frequency."""
    names = [f"word{k}" for k in range(60)]
    rng = np.random.default_rng(0)
    words = [names[k] for k in (0, 20, 40, 59)]
    for _ in range(200):
        spoilt = spoil(words, vocabulary(names), rng)
        assert spoilt is not None
        assert words != spoilt["re-ordered"]
        assert sorted(words) == sorted(spoilt["re-ordered"])
        moved = [k for k in range(4) if spoilt["swapped"][k] != words[k]]
        assert [moved[0], moved[0] + 1] == moved
        assert sorted(words) == sorted(spoilt["swapped"])
        (place,) = [k for k in range(4) if spoilt["replaced"][k] != words[k]]
        assert 1 <= abs(names.index(spoilt["replaced"][place]) - names.index(words[place])) <= 10


@pytest.mark.parametrize("words", [["no", "no"], ["unheard", "unseen"]])
def test_what_cannot_be_spoilt_is_left_out(words: list[str]) -> None:
    """A sentence of one word over and over has no other order; one of unknown words has none to replace."""
    assert spoil(words, vocabulary(["no", "yes"]), np.random.default_rng(0)) is None


def test_wilson_interval() -> None:
    """Of 90 of 100, by the formula: (0.8256, 0.9448)."""
    assert [0.8256, 0.9448] == pytest.approx(wilson(90, 100), abs=5e-5)
