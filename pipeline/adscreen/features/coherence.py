"""Sentence vectors -> how close in meaning a sentence is to the next, to all others, and to what should be told.

A sentence's vector is the mean over its words of the frozen biLM's top layer; closeness is the cosine (Foltz, Kintsch &
Landauer 1998; Elvevåg et al. 2007). Why the top layer, nothing subtracted, and sentences of three words or more:
docs/method.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LEAST_WORDS = 3
LEAST_SENTENCES = 4

Vectors = NDArray[np.float64]


def sentence_vectors(layers: Sequence[NDArray[np.float32]]) -> Vectors:
    """Return one vector (n, 2P) a sentence from its layers (L + 1, words, 2P): NaN below three words."""
    size = layers[0].shape[2] if layers else 0
    vectors = np.full((len(layers), size), np.nan)
    for number, states in enumerate(layers):
        if states.shape[1] >= LEAST_WORDS:
            vectors[number] = states[-1].astype(np.float64).mean(axis=0)
    return vectors


def neighbour_cosines(vectors: Vectors) -> list[float]:
    """Return the cosine of each sentence and the next, sentences without a vector passed over."""
    unit = _unit(vectors)
    return [_dot(first, second) for first, second in pairwise(unit)]


def pair_cosines(vectors: Vectors) -> list[float]:
    """Return the cosine of every two sentences that do not follow each other."""
    unit = _unit(vectors)
    return [_dot(unit[k], unit[j]) for k in range(len(unit)) for j in range(k + 2, len(unit))]


def mean_neighbour(vectors: Vectors) -> float:
    """Return the mean cosine of neighbouring sentences; NaN below two sentences."""
    return _mean(neighbour_cosines(vectors))


def least_neighbour(vectors: Vectors) -> float:
    """Return the least cosine of neighbouring sentences (Bedi et al. 2015); NaN below two sentences."""
    return min(neighbour_cosines(vectors), default=math.nan)


def neighbour_gain(vectors: Vectors) -> float:
    """Return the mean cosine of neighbours minus that of all other pairs; NaN below four sentences."""
    pairs = pair_cosines(vectors)
    enough = len(_unit(vectors)) >= LEAST_SENTENCES
    return mean_neighbour(vectors) - _mean(pairs) if enough else math.nan


def mean_to(vectors: Vectors, reference: Vectors) -> float:
    """Return the mean cosine of the sentences and the reference's mean vector; NaN where either is empty."""
    known = reference[~np.isnan(reference).any(axis=1)]
    if not len(known):
        return math.nan
    (target,) = _unit(known.mean(axis=0, keepdims=True))
    return _mean([_dot(sentence, target) for sentence in _unit(vectors)])


def _unit(vectors: Vectors) -> Vectors:
    """Return the rows that are numbers, scaled to length 1."""
    known = vectors[~np.isnan(vectors).any(axis=1)]
    lengths = np.sqrt((known * known).sum(axis=1, keepdims=True))
    unit: Vectors = known / np.where(lengths > 0, lengths, 1.0)
    return unit


def _dot(first: Vectors, second: Vectors) -> float:
    return float((first * second).sum())  # not BLAS: the same bytes on any thread count


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan
