"""Digests and sketches of training speech know copies and near-copies, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort import read_cohort
from adscreen.evaluation.overlap import overlapping_pairs
from adscreen.extract.copies import GRAM, THRESHOLD, word_grams
from adscreen.ingest import transcript_of
from adscreen.model.known_speech import (
    SIZE,
    closest_speech,
    estimate_overlap,
    sketch_speech,
    speech_digest,
    speech_digests,
    speech_sketches,
)
from adscreen.speech import split_sentences

WORDS = st.lists(st.sampled_from("the boy is on stool and a girl uh".split()), min_size=0, max_size=60)


def draw_words(seed: int, *, count: int = 400) -> list[str]:
    """Return random words."""
    rng = random.Random(seed)
    return [f"w{rng.randrange(3000)}" for _ in range(count)]


def changed(words: list[str], share: float, *, seed: int = 0) -> list[str]:
    """Return the words with a share of them replaced."""
    rng = random.Random(seed)
    return [f"new{number}" if rng.random() < share else word for number, word in enumerate(words)]


def jaccard(first: list[str], second: list[str]) -> float:
    """Return the exact Jaccard index of two texts' 5-grams."""
    one, other = word_grams(first), word_grams(second)
    return len(one & other) / len(one | other) if one | other else 0.0


@given(WORDS, WORDS)
def test_the_index_of_short_texts_is_exact(first: list[str], second: list[str]) -> None:
    """Where both texts have fewer 5-grams than a sketch holds, the estimate is the index that `audit` computes."""
    estimated = estimate_overlap(sketch_speech(first, "k"), sketch_speech(second, "k"))
    assert jaccard(first, second) == estimated
    pairs = overlapping_pairs([first, second])
    assert (estimated >= THRESHOLD and min(len(first), len(second)) >= GRAM) == bool(len(pairs[0]))


def test_the_index_of_long_texts_is_estimated_without_bias() -> None:
    """Over 60 pairs the mean error is near 0, and each error within what the size of a sketch allows."""
    errors = []
    for seed in range(60):
        words = draw_words(seed)
        other = changed(words, 0.08, seed=seed)
        sketches = (sketch_speech(one, f"key {seed}") for one in (words, other))
        errors.append(estimate_overlap(*sketches) - jaccard(words, other))
    assert abs(float(np.mean(errors))) < 3 * 0.5 / (SIZE * len(errors)) ** 0.5
    assert max(map(abs, errors)) < 4 * 0.5 / SIZE**0.5


def test_a_near_copy_is_found_among_others() -> None:
    """A text with one word in fifty replaced is found; one that shares nothing is not."""
    texts = [draw_words(seed) for seed in range(20)]
    sketches = speech_sketches(texts, "k")
    assert THRESHOLD < closest_speech(changed(texts[7], 0.02), sketches, "k") < 1
    assert 1.0 == closest_speech(texts[7], sketches, "k")
    assert 0.0 == closest_speech(draw_words(99), sketches, "k")


def test_what_is_stored_depends_on_the_key_and_not_on_the_order() -> None:
    """Digests and sketches come sorted, each once; another key gives others; no word is among them."""
    texts = [draw_words(seed, count=30) for seed in range(4)]
    for store in (speech_digests, speech_sketches):
        assert store(texts, "k") == store([*reversed(texts), texts[0]], "k")
        assert not {*store(texts, "k")} & {*store(texts, "another")}
        assert not any(word in text for word in texts[0] for text in store(texts, "k"))


@pytest.mark.parametrize("words", [[], ["the"], "the boy is there".split()])
def test_a_few_words_are_nobodys(words: list[str]) -> None:
    """Fewer than five words may well agree by chance: they have no digest and no sketch."""
    assert speech_digest(words, "k") is None
    assert [] == speech_digests([words], "k") == speech_sketches([words], "k")
    assert 0.0 == closest_speech(words, speech_sketches([words], "k"), "k")


def test_different_recordings_of_a_task_are_no_near_copies(shared: Path) -> None:
    """Of the AMI excerpts (meetings of one design task), no two recordings reach the threshold."""
    recordings = read_cohort(shared / "ami" / "manifest_excerpts.csv").recordings[:150]
    spoken = [split_sentences(transcript_of(recording)) for recording in recordings]
    texts = [[token.lower() for sentence in sentences for token in sentence.tokens] for sentences in spoken]
    first, _, _ = overlapping_pairs(texts, threshold=0.1)
    assert 0 == len(first)
    sketches = speech_sketches(texts[:75], "k")
    assert [] == [text for text in texts[75:] if closest_speech(text, sketches, "k") >= 0.1]
