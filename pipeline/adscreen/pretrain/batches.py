"""(source, sentence) pairs -> the arrays of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END, character_ids
from adscreen.bilm.corpus import Corpus
from adscreen.bilm.format import UNKNOWN


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as arrays; T counts boundaries in. Index arrays are (T, B) in reading order of the direction."""

    characters: NDArray[np.int32]  # (U, C)
    words: tuple[NDArray[np.int64], NDArray[np.int64]]  # type numbers in this batch
    targets: tuple[NDArray[np.int64], NDArray[np.int64]]  # vocabulary rows, -1 for padding
    n_tokens: int


class BatchMaker:
    """Turns (source, sentence) pairs into batches, with character ids and vocabulary rows looked up once."""

    def __init__(self, corpus: Corpus, vocabulary: list[str], *, max_characters: int) -> None:
        self.corpus = corpus
        self.characters = character_ids([*corpus.types, BOUNDARY_BEGIN, BOUNDARY_END], max_characters=max_characters)
        rows = {word: row for row, word in enumerate(vocabulary)}
        unknown = rows[UNKNOWN]
        known = [rows.get(word, unknown) for word in corpus.types]
        self.rows = np.array([*known, rows[BOUNDARY_BEGIN], rows[BOUNDARY_END]], dtype=np.int64)
        self.begin, self.end = len(corpus.types), len(corpus.types) + 1

    def make(self, pairs: list[tuple[int, int]]) -> Batch:
        """Build the batch; forward reads <S> w1..wn, backward reads </S> wn..w1; targets are one step ahead."""
        sentences = [self.corpus.sources[source].sentence(number) for source, number in pairs]
        longest = max(map(len, sentences)) + 1
        types = np.full((2, longest, len(sentences)), self.begin, dtype=np.int64)
        targets = np.full((2, longest, len(sentences)), -1, dtype=np.int64)
        for column, words in enumerate(sentences):
            n = len(words)
            types[0, 1 : n + 1, column] = words
            types[1, 0, column] = self.end
            types[1, 1 : n + 1, column] = words[::-1]
            targets[0, :n, column] = self.rows[words]
            targets[0, n, column] = self.rows[self.end]
            targets[1, :n, column] = self.rows[words[::-1]]
            targets[1, n, column] = self.rows[self.begin]
        unique, inverse = np.unique(types, return_inverse=True)
        inverse = inverse.reshape(types.shape)
        n_tokens = sum(map(len, sentences)) + len(sentences)
        return Batch(self.characters[unique], (inverse[0], inverse[1]), (targets[0], targets[1]), n_tokens)
