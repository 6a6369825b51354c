"""Layers that another engine computed -> the readings ours gives: batches cut, boundaries taken off, words scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from adscreen.bilm.engine import Reading, count_unknown, cut_batches, empty_reading, required_softmax, score
from adscreen.bilm.format import Array, BiLMFiles, Softmax

ROWS, STEPS = 64, 4096  # sentences, and sentences times steps, of a batch


def read_by(
    run: Callable[[list[list[str]]], list[Array]],
    sentences: Sequence[Sequence[str]],
    files: BiLMFiles,
    *,
    log_probabilities: bool,
) -> list[Reading]:
    """Read each sentence by itself, in any order; return one Reading each, in the order given.

    ``run`` gives the layers (L + 1, n + 2, 2P) of each sentence of a batch, boundaries included, in sentence order.

    Raises:
        InputError: log-probabilities are asked of a model without softmax and vocabulary.
    """
    softmax = required_softmax(files) if log_probabilities else None
    words = [files.normalise(sentence) for sentence in sentences]
    readings = {k: empty_reading(files.options, softmax) for k in range(len(words)) if not words[k]}
    for batch in cut_batches(words, rows=ROWS, steps=STEPS, types=STEPS):
        layers = run([words[k] for k in batch])
        readings.update((k, _reading(own, words[k], softmax)) for k, own in zip(batch, layers, strict=True))
    return [readings[k] for k in range(len(words))]


def _reading(layers: Array, words: list[str], softmax: Softmax | None) -> Reading:
    inner = np.ascontiguousarray(layers[:, 1:-1])
    if softmax is None:
        return Reading(inner)
    size = layers.shape[2] // 2
    tops = layers[-1, :-1, :size], layers[-1, :0:-1, size:]
    forward, backward = (score([top], [words], direction, softmax)[0] for direction, top in enumerate(tops))
    return Reading(inner, forward, backward, count_unknown(words, softmax))
