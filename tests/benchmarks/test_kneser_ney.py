"""Word numbers -> a 5-gram model with modified Kneser-Ney smoothing."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from kneser_ney import ORDER, KneserNey

BEGIN, END, WORDS = 0, 1, 150
Counts = list["Counter[tuple[int, ...]]"]


def sentences(number: int, *, seed: int) -> list[list[int]]:
    """Return sentences of word numbers between the marks, their words as unevenly common as in speech."""
    rng = np.random.default_rng(seed)
    drawn = [np.minimum(2 + rng.zipf(1.3, rng.integers(1, 9)), WORDS - 1).tolist() for _ in range(number)]
    return [[BEGIN, *words, END] for words in drawn]


def end_to_end(parts: list[list[int]]) -> np.ndarray:
    """Return the sentences as one array."""
    return np.array([word for words in parts for word in words], dtype=np.int64)


def counts_of(parts: list[list[int]]) -> Counts:
    """Return the counts of orders 1 to 5; below the top, of the words before, but for n-grams that open a sentence."""
    plain: Counts = [
        Counter(tuple(words[k : k + n]) for words in parts for k in range(len(words) - n + 1))
        for n in range(1, ORDER + 1)
    ]
    result = []
    for n in range(ORDER - 1):
        preceded = Counter(gram[1:] for gram in plain[n + 1])
        result.append(Counter({gram: own if gram[0] == BEGIN else preceded[gram] for gram, own in plain[n].items()}))
    result[0][BEGIN,] = 0
    return [*result, plain[-1]]


def discounts_of(counts: Counter[tuple[int, ...]]) -> list[float]:
    """Return D(0) to D(3+) of Chen and Goodman's equation 17."""
    n = Counter(counts.values())
    spare = n[1] / (n[1] + 2 * n[2])
    return [0.0, *(k - (k + 1) * spare * n[k + 1] / n[k] for k in (1, 2, 3))]


def probability(counts: Counts, context: tuple[int, ...], word: int) -> float:
    """Return p(word | context) by recursion, as the definition is written."""
    order = counts[len(context)]
    discounts = discounts_of(order)
    follow = {gram: count for gram, count in order.items() if gram[:-1] == context}
    lower = probability(counts, context[1:], word) if context else 1 / (WORDS - 1)
    if not follow:
        return lower
    count, total = order[(*context, word)], sum(follow.values())
    rest = sum(discounts[min(own, 3)] for own in follow.values()) / total
    return (count - discounts[min(count, 3)]) / total + rest * lower


def test_probabilities_are_those_of_the_definition() -> None:
    """Every word of text not seen in fitting, with known and unknown contexts of every length."""
    fitted, test = sentences(1_000, seed=1), sentences(15, seed=2)
    counts = counts_of(fitted)
    expected = [
        math.log(probability(counts, tuple(words[max(0, k - ORDER + 1) : k]), words[k]))
        for words in test
        for k in range(1, len(words))
    ]
    model = KneserNey(end_to_end(fitted), words=WORDS, begin=BEGIN, end=END)
    assert expected == pytest.approx(model.log_probabilities(end_to_end(test)).tolist(), abs=1e-9)


@pytest.mark.parametrize("context", [[], [3], [3, 4], [5, 3, 3, 3], [149, 148, 147, 146, 145], [WORDS], [3, WORDS, 3]])
def test_probabilities_add_up_to_one(context: list[int]) -> None:
    """Over all words but <s>, after contexts that were seen, that were not, and of a word that the text lacks."""
    model = KneserNey(end_to_end(sentences(1_000, seed=1)), words=WORDS + 1, begin=BEGIN, end=END)
    p = [math.exp(model.log_probabilities(np.array([BEGIN, *context, word]))[-1]) for word in range(1, WORDS + 1)]
    assert 1.0 == pytest.approx(sum(p), abs=1e-9)
