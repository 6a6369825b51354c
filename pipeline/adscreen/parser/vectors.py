"""Plain text -> word vectors that the parser reads beside a word's form: skip-gram, as Mikolov et al. 2013.

A window of two words on either side makes words of a kind alike, not words of a topic (Levy & Goldberg 2014), which is
what a tagger needs for a word that the treebank does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from adscreen.bilm.corpus import read_corpus
from adscreen.language.contractions import ENGLISH_CONTRACTIONS, Contractions

WordVectors = tuple[list[str], NDArray[np.float32]]
"""Words and their vectors, (words, width)."""
WINDOW, NEGATIVES, EPOCHS = 2, 8, 3


class _Sentences:
    """Every sentence of a folder of text as syntactic words, again on each pass."""

    def __init__(self, folder: Path, contractions: Contractions) -> None:
        self._corpus = read_corpus(folder)
        self._parts = [contractions.split(word) for word in self._corpus.types]

    def __iter__(self) -> Iterator[list[str]]:
        for source in self._corpus.sources:
            for number in range(len(source.starts) - 1):
                yield [part for word in source.sentence(number) for part in self._parts[word]]


class _Chain:
    """Several collections of sentences, one after the other."""

    def __init__(self, *parts: Iterable[list[str]]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[list[str]]:
        for part in self._parts:
            yield from part


def train_vectors(
    folder: Path,
    treebank: list[list[str]],
    *,
    width: int,
    words: int,
    seed: int,
    contractions: Contractions = ENGLISH_CONTRACTIONS,
) -> WordVectors:
    """Return the most frequent words and their vectors (words, width), each of length one.

    Raises:
        InputError: the folder is missing or holds no text.
    """
    from gensim.models import Word2Vec

    model = Word2Vec(
        _Chain(_Sentences(folder, contractions), treebank),
        vector_size=width,
        window=WINDOW,
        negative=NEGATIVES,
        epochs=EPOCHS,
        min_count=3,
        max_final_vocab=words,
        sample=1e-4,
        sg=1,
        seed=seed,
        workers=1,  # more workers would make the order of updates, and so the vectors, a matter of luck
        hashfxn=_fixed_hash,
    )
    vectors = np.asarray(model.wv.vectors, dtype=np.float32)
    return list(model.wv.index_to_key), vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _fixed_hash(text: str) -> int:
    """Stand in for ``hash``, which differs from process to process."""
    return crc32(text.encode())
