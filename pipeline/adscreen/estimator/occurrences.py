"""Recordings -> every word they hold with what stands around it, as arrays. Sizes: n words, P the biLM's state size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.extract.feature_table import SENTENCE_WORDS, STATES, TOKENS

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Occurrences:
    """The words of recordings, one after the other.

    ``words`` (n,) in lower case; ``states`` (n, 2P) the biLM's top layer at each word, forward then backward half;
    ``lengths`` the words of each sentence; ``recordings`` (n,) the number of each word's recording.
    """

    words: NDArray[np.str_]
    states: Floats
    lengths: NDArray[np.intp]
    recordings: NDArray[np.intp]

    def contexts(self) -> Floats:
        """Return (n, 2P + 2): forward state before each word, backward state after it, whether it is first, last.

        Neither state has seen the word. Where a sentence begins, or ends, the state is zeros.
        """
        n, half = len(self.words), self.states.shape[1] // 2
        ends = np.cumsum(self.lengths)
        first, last = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        first[ends - self.lengths] = True
        last[ends - 1] = True
        found = np.zeros((n, 2 * half + 2), dtype=np.float32)
        found[1:, :half] = self.states[:-1, :half]
        found[:-1, half : 2 * half] = self.states[1:, half:]
        found[first, :half] = 0
        found[last, half : 2 * half] = 0
        found[:, -2], found[:, -1] = first, last
        return found


def read_occurrences(inputs: pd.DataFrame) -> Occurrences:
    """Return the words of these rows of a table's inputs; sentences without a word are passed over."""
    counts = [len(tokens) for tokens in inputs[TOKENS]]
    lengths = np.concatenate([np.asarray(of, dtype=np.intp) for of in inputs[SENTENCE_WORDS]])
    return Occurrences(
        words=np.array([word for tokens in inputs[TOKENS] for word in tokens], dtype=np.str_),
        states=np.concatenate([np.asarray(of, dtype=np.float32) for of in inputs[STATES]]),
        lengths=lengths[lengths > 0],
        recordings=np.repeat(np.arange(len(counts)), counts),
    )
