"""Word numbers of sentences -> a 5-gram model with interpolated modified Kneser-Ney smoothing, in NumPy.

Chen & Goodman 1999, section 3: three discounts an order, from its counts of counts; below the top order an n-gram
counts the words it follows (its continuation count), but one that opens a sentence keeps its own count, for it follows
none. The lowest order is interpolated with the uniform distribution. A baseline for benchmarks/language_model.py.

Sizes: V words, N_n n-grams of n words. An n-gram's key is (number of its first n - 1 words) V + (its last word).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
ORDER = 5


@dataclass(frozen=True, slots=True)
class Level:
    """The n-grams of one order by key (N,), sorted; each one's discounted share of its context; the context's rest."""

    keys: Numbers
    share: NDArray[np.float64]  # (a(h w) - D) / a(h)
    rest: NDArray[np.float64]  # (N of the order below,): what each context leaves for that order


class KneserNey:
    """A model of ``words`` words, fitted to sentences laid end to end, each <s> w1..wn </s>.

    ``begin`` and ``end`` are the numbers of the marks; ``begin`` is never predicted.
    """

    def __init__(self, text: Numbers, *, words: int, begin: int, end: int) -> None:
        self.words, self.begin, self.end = words, begin, end
        numbers = [text]  # of the n-gram that starts at each place
        keys, counts = [np.arange(words)], [np.bincount(text, minlength=words)]
        opens = [np.arange(words) == begin]
        suffixes: list[Numbers] = [np.zeros(words, dtype=np.int64)]
        for n in range(2, ORDER + 1):
            key = self._keys(numbers[-1], text, n)
            valid = np.flatnonzero(key >= 0)
            found, first, number = np.unique(key[valid], return_index=True, return_inverse=True)
            counts.append(np.bincount(number, minlength=len(found)))
            suffixes.append(numbers[-1][valid[first] + 1])
            opens.append(opens[-1][found // words])
            numbers.append(np.full(len(text), -1))
            numbers[-1][valid] = number
            keys.append(found)
        for n in range(1, ORDER):  # continuation counts
            following = np.bincount(suffixes[n], minlength=len(keys[n - 1]))
            counts[n - 1] = np.where(opens[n - 1], counts[n - 1], following)
        counts[0][begin] = 0
        contexts = [1, *map(len, keys)]  # of each order: the n-grams of the order below
        self.levels = [_level(*level, words=words) for level in zip(keys, counts, contexts, strict=False)]

    def _keys(self, numbers: Numbers, text: Numbers, n: int) -> Numbers:
        """Return the key of the n-gram that starts at each place, -1 where it is unknown or leaves its sentence."""
        key = np.full(len(text), -1)
        last = text[n - 1 :]
        head = numbers[: len(last)]
        inside = (head >= 0) & (text[n - 2 : len(text) - 1] != self.end)
        key[: len(last)] = np.where(inside, head * self.words + last, -1)
        return key

    def log_probabilities(self, text: Numbers) -> NDArray[np.float64]:
        """Return log p (natural) of every word of sentences laid end to end, <s> left out, </s> included."""
        shares, rests = self._parts(text)
        unigram = self.levels[0]
        p = unigram.share[text] + unigram.rest[0] / (self.words - 1)
        for share, rest in zip(shares, rests, strict=True):
            p = share + rest * p
        return np.log(p[text != self.begin])

    def _parts(self, text: Numbers) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
        """Return, for orders 2 to 5, each word's share given its context, and the context's rest (0 and 1: unseen)."""
        numbers = text.copy()
        shares, rests = [], []
        for n, level in enumerate(self.levels[1:], start=2):
            share, rest = np.zeros(len(text)), np.ones(len(text))
            key = self._keys(numbers, text, n)
            place = np.minimum(np.searchsorted(level.keys, key), len(level.keys) - 1)
            found = np.where((key >= 0) & (level.keys[place] == key), place, -1)
            starts = np.flatnonzero(key >= 0)
            rest[starts + n - 1] = level.rest[numbers[starts]]
            known = np.flatnonzero(found >= 0)
            share[known + n - 1] = level.share[found[known]]
            shares.append(share)
            rests.append(rest)
            numbers = found
        return shares, rests


def _level(keys: Numbers, counts: Numbers, contexts: int, *, words: int) -> Level:
    """Return an order with its discounts taken off; a context that nothing follows leaves all to the order below."""
    context = keys // words
    of_counts = np.maximum(1.0, np.bincount(np.minimum(counts, 5), minlength=5))  # 1: no division by zero in tiny texts
    spare = of_counts[1] / (of_counts[1] + 2 * of_counts[2])
    discounts = np.array([0.0, *(k - (k + 1) * spare * of_counts[k + 1] / of_counts[k] for k in (1, 2, 3))])
    if not (np.isfinite(discounts).all() and (discounts[1:] > 0).all() and (discounts[1:] <= [1, 2, 3]).all()):
        discounts = np.array([0.0, spare, spare, spare])
    taken = discounts[np.minimum(counts, 3)]
    total, left = np.bincount(context, counts, contexts), np.bincount(context, taken, contexts)
    return Level(
        keys, (counts - taken) / total[context], np.divide(left, total, out=np.ones_like(left), where=total > 0)
    )
