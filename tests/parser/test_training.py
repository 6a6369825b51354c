"""Treebank and text -> a pipeline."""

from __future__ import annotations

import lzma
import math
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from adscreen.parser import load_parser
from adscreen.parser.loading import digest_folder
from adscreen.parser.training import TrainingSettings, draw_batches, learning_rates, lower_words, train_parser
from adscreen.parser.treebank import find_part, read_treebank
from adscreen.parser.vectors import train_vectors

SENTENCE = """1\tThe\tthe\tDET\tDT\tPronType=Art\t2\tdet\t_\t_
2\t{noun}\t{noun}\tNOUN\tNN\t_\t3\tnsubj\t_\t_
3\t{verb}\t{verb}\tVERB\tVBZ\tTense=Pres|VerbForm=Fin\t0\troot\t_\t_
4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_

"""
NOUNS, VERBS = "boy girl mother stool jar water".split(), "falls runs laughs tips opens stops".split()
SMALL = TrainingSettings(seed=1, epochs=2, batch_words=200, rate=0.01, warm_up=5, width=16, depth=1, vector_width=8)


@pytest.fixture
def treebank(tmp_path: Path) -> Path:
    """A small treebank of one kind of sentence."""
    text = "".join(SENTENCE.format(noun=noun, verb=verb) for noun in NOUNS for verb in VERBS)
    for part in ("train", "dev"):
        (tmp_path / f"small-{part}.conllu").write_text(text, encoding="utf-8")
    return tmp_path


def small_vectors() -> tuple[list[str], np.ndarray]:
    """Return random vectors of a few words."""
    rng = np.random.default_rng(1)
    return NOUNS, rng.standard_normal((len(NOUNS), SMALL.vector_width)).astype(np.float32)


def test_rates_rise_and_fall() -> None:
    """The rate rises over the warm-up, then falls to a hundredth, and never ends before training does."""
    settings = TrainingSettings(rate=1.0, warm_up=10)
    rates = list(learning_rates(settings, steps=100))
    assert rates[0] < rates[5] < rates[9]
    assert rates[20] > rates[60] > rates[99]
    assert 0.01 == pytest.approx(rates[-1])
    assert len(rates) > 100
    assert 0.5 * (1.01) == pytest.approx(rates[50], abs=0.02)
    assert all(0 < rate <= 1 for rate in rates)
    assert math.isclose(rates[0], 0.1)


def test_an_epoch_holds_every_sentence_once(treebank: Path) -> None:
    """Batches reach the asked size; all sentences are drawn, each once."""
    sentences = read_treebank(treebank / "small-train.conllu")
    batches = list(draw_batches(sentences, words=20, rng=Random(1)))
    assert len(sentences) == sum(map(len, batches))
    assert all(sum(map(len, batch)) >= 20 for batch in batches[:-1])


def test_words_of_the_treebank_are_lower_case_and_spoken(treebank: Path) -> None:
    """Word vectors read the treebank's words without its punctuation."""
    sentences = read_treebank(treebank / "small-train.conllu")
    assert ["the", "boy", "falls"] == lower_words(sentences)[0]


@pytest.mark.slow
def test_training_learns_and_repeats(shared: Path, tmp_path: Path) -> None:
    """A part of the treebank is learnt; the same seed gives the same files, another seed others."""
    for part in ("train", "dev"):
        with lzma.open(find_part(shared / "treebank", part), "rt", encoding="utf-8") as lines:
            sentences = lines.read().split("\n\n")[:500]
        (tmp_path / f"small-{part}.conllu").write_text("\n\n".join(sentences), encoding="utf-8")
    accuracy = train_parser(tmp_path, tmp_path / "first", small_vectors(), SMALL)
    assert accuracy.upos > 0.5
    train_parser(tmp_path, tmp_path / "again", small_vectors(), SMALL)
    train_parser(tmp_path, tmp_path / "other", small_vectors(), replace(SMALL, seed=2))
    first, again, other = (digest_folder(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    assert first != other
    assert "DET" == load_parser(str(tmp_path / "first")).parse([["the", "boy", "falls"]])[0].words[0].upos


@pytest.mark.slow
def test_vectors_put_words_of_a_kind_together(tmp_path: Path) -> None:
    """Words of the same places have alike vectors of length one; the same seed gives the same bytes."""
    rng = Random(1)
    lines = [f"the {rng.choice(NOUNS)} {rng.choice(VERBS)} there" for _ in range(1500)]
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words, vectors = train_vectors(tmp_path, [["the", "boy", "isn't"]], width=8, words=20, seed=1)
    again, same = train_vectors(tmp_path, [["the", "boy", "isn't"]], width=8, words=20, seed=1)
    assert words == again
    assert vectors.tobytes() == same.tobytes()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    at = {word: vectors[number] for number, word in enumerate(words)}
    assert at["boy"] @ at["girl"] > at["boy"] @ at["falls"]
