"""Texts -> pairs that share much of their wording: Jaccard index of their sets of word 5-grams (Broder 1997), exact.

Texts x grams is a sparse matrix X; X X' counts the shared grams of every pair (an inverted index in matrix form), in
blocks of rows, so that memory is flat in the number of pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.extract.copies import GRAM, THRESHOLD, fingerprint
from adscreen.extract.feature_table import TOKENS, FeatureTable

BLOCK = 256

Pairs = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]  # first, second, Jaccard index


def overlapping_pairs(texts: Sequence[Sequence[str]], *, threshold: float = THRESHOLD, block: int = BLOCK) -> Pairs:
    """Return the pairs (first < second) whose Jaccard index reaches ``threshold``. A text below 5 words has none.

    ``block`` texts are compared with all at a time; it decides memory and not the result.
    """
    grams = gram_matrix(texts)
    sizes = np.diff(grams.indptr).astype(np.int64)
    common = grams[:, np.bincount(grams.indices, minlength=grams.shape[1]) > 1]
    found = [
        _pairs_of_block(common, sizes, range(start, start + block), threshold) for start in range(0, len(texts), block)
    ]
    if not found:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    first, second, index = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return first, second, index


def _pairs_of_block(common: Any, sizes: NDArray[np.int64], rows: range, threshold: float) -> Pairs:
    shared = (common[rows.start : rows.stop] @ common.T).tocoo()
    first, second = shared.row.astype(np.intp) + rows.start, shared.col.astype(np.intp)
    index = shared.data / (sizes[first] + sizes[second] - shared.data)
    kept = (first < second) & (index >= threshold)
    order = np.lexsort((second[kept], first[kept]))
    return first[kept][order], second[kept][order], index[kept][order]


def gram_matrix(texts: Sequence[Sequence[str]]) -> Any:
    """Return the (texts, grams) CSR matrix of which text holds which 5-gram: 1 or absent."""
    from scipy.sparse import csr_array

    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    words = pd.Series([word for text in texts for word in text], dtype="str")
    codes, vocabulary = pd.factorize(words)
    owner = np.repeat(np.arange(len(texts)), lengths)
    grams = _number_grams(codes.astype(np.int64), max(1, len(vocabulary)))
    whole = owner[: len(grams)] == owner[len(owner) - len(grams) :]  # a gram that crosses into the next text is none
    pairs = pd.DataFrame({"text": owner[: len(grams)][whole], "gram": grams[whole]}).drop_duplicates()
    shape = (len(texts), int(grams.max()) + 1 if len(grams) else 1)
    return csr_array((np.ones(len(pairs), np.int32), (pairs["text"], pairs["gram"])), shape=shape)


def _number_grams(codes: NDArray[np.int64], vocabulary: int) -> NDArray[np.int64]:
    """Return a number for the 5-gram that starts at each word, equal for equal grams and different for others."""
    grams = codes[: max(0, len(codes) - GRAM + 1)]
    for offset in range(1, GRAM):
        pairs = grams * vocabulary + codes[offset : offset + len(grams)]  # below (number of words)^2, so exact
        grams = pd.factorize(pairs)[0].astype(np.int64)
    return grams


def fingerprints(table: FeatureTable) -> list[str | None]:
    """Return a digest of each recording's words, None for fewer than 5: those may well agree by chance."""
    return [fingerprint(words) for words in table.inputs[TOKENS]]
