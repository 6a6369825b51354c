"""Speech of a cohort -> p(word | context): a bilinear score of hybrid vectors, learned from that speech alone.

Context of the word at t: the biLM's forward state at t - 1, its backward state at t + 1, and the recording's Doc2Vec
vector. Vector of a word type: the mean of the biLM's states where it occurs, and its Doc2Vec word vector (after the
hybrid vectors of Li, arXiv 2510.14332, which does not give a formula). With context x and word vector o, both
standardised,

    p(w | x) = softmax over words of  (x A) . (o_w B) + b_w

A and B have ``rank`` columns. B starts as the whitening of the word vectors' first principal axes, A as the ridge
regression of the words' whitened vectors on their contexts; one epoch of Adam (Kingma & Ba 2015) on the cross-entropy
follows. A word that the speech holds less than ``min_count`` times is <UNK>, which is a word like any other. Sizes:
n words, d context numbers, e word-vector numbers, r rank, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from adscreen.estimator.doc2vec import LEAST_COUNT, Doc2VecVectorizer
from adscreen.estimator.occurrences import Floats, Occurrences, read_occurrences
from adscreen.extract.feature_table import SENTENCE_WORDS, TOKENS

UNKNOWN = "<UNK>"
RIDGE = 0.05  # of the contexts' variance, which is 1
WHITENING = 0.1  # of the word vectors' greatest singular value, added to each
DECAY = (0.9, 0.98)  # of Adam's means
LEAST_STEPS = 64  # a small cohort gets smaller batches


class HybridHead(BaseEstimator):  # type: ignore[misc]
    """p(word | context) over hybrid vectors; ``fit`` learns all of it, the Doc2Vec included.

    ``document`` says whether the context holds the recording's Doc2Vec vector, which is inferred from all its words.

    Learned: ``doc2vec_``; ``vocabulary_`` (V,) sorted but for <UNK>, the first; ``counts_`` (V,); ``context_mean_``,
    ``context_scale_`` (d,); ``vectors_`` (V, e), the hybrid vectors of words; ``context_map_`` (d, r) A;
    ``word_map_`` (e, r) B; ``words_`` (V, r), the mapped vectors; ``bias_`` (V,). ``trim`` gives up what only ``adapt``
    needs.
    """

    def __init__(
        self,
        *,
        rank: int = 64,
        rate: float = 2e-3,
        batch: int = 512,
        min_count: int = LEAST_COUNT,
        document: bool = True,
        doc2vec_size: int = 50,
        doc2vec_alpha: float = 0.05,
        seed: int = 0,
    ) -> None:
        self.rank = rank
        self.rate = rate
        self.batch = batch
        self.min_count = min_count
        self.document = document
        self.doc2vec_size = doc2vec_size
        self.doc2vec_alpha = doc2vec_alpha
        self.seed = seed

    def fit(self, inputs: pd.DataFrame, y: object = None) -> Self:
        """Learn from the speech of these rows.

        Raises:
            InputError: no word occurs ``min_count`` times.
        """
        self.doc2vec_ = Doc2VecVectorizer(
            vector_size=self.doc2vec_size, alpha=self.doc2vec_alpha, min_count=self.min_count, seed=self.seed
        ).fit(inputs[TOKENS])
        self.vocabulary_ = np.concatenate([[UNKNOWN], np.sort(self.doc2vec_.vocabulary_)])
        found = read_occurrences(inputs)
        numbers = self.word_numbers(found.words)
        self.counts_ = np.bincount(numbers, minlength=len(self.vocabulary_))
        contexts = _join(found, self._document_vectors(inputs))
        self.context_mean_ = contexts.mean(axis=0, dtype=np.float64).astype(np.float32)
        self.context_scale_ = _safe_inverse(contexts.std(axis=0, dtype=np.float64))
        contexts = self._standardise(contexts)
        self.vectors_ = self._word_vectors(found, numbers)
        self._descend(self._start(contexts, numbers), contexts, numbers)
        return self

    def adapt(self, inputs: pd.DataFrame, *, shift: NDArray[np.float64], rate: float) -> HybridHead:
        """Return a head that starts from this one, biases moved by ``shift`` (V,), and learns once from these rows."""
        check_is_fitted(self)
        adapted = copy(self)
        found = read_occurrences(inputs)
        contexts = self._standardise(_join(found, self._document_vectors(inputs)))
        parts = [self.context_map_.copy(), self.word_map_.copy(), self.bias_ + shift.astype(np.float32)]
        adapted.rate = rate
        adapted._descend(parts, contexts, self.word_numbers(found.words))
        return adapted

    def trim(self) -> Self:
        """Keep only what scoring reads, so that a saved head is small; it cannot be adapted any more."""
        del self.vectors_, self.word_map_
        if not self.document:
            del self.doc2vec_
        return self

    def word_numbers(self, words: NDArray[np.str_]) -> NDArray[np.intp]:
        """Return each word's place in the vocabulary (n,), 0 for one that is not in it."""
        known = self.vocabulary_[1:]
        place = np.minimum(np.searchsorted(known, words), len(known) - 1)
        return np.where(known[place] == words, place + 1, 0)

    def scores(self, inputs: pd.DataFrame) -> Iterator[tuple[Floats, NDArray[np.intp]]]:
        """Yield for each row the scores (n, V) of all words at each place, softmax not yet taken, and who stands there.

        Each recording by itself: a matrix product rounds by its shape, so a row's bytes depend on that row alone.
        """
        check_is_fitted(self, "words_")
        vectors = self._document_vectors(inputs)
        for number in range(len(inputs)):
            found = read_occurrences(inputs.iloc[number : number + 1])
            contexts = self._standardise(_join(found, vectors[number : number + 1]))
            scores = contexts @ self.context_map_ @ self.words_.T
            scores += self.bias_
            yield scores, self.word_numbers(found.words)

    def log_probabilities(self, inputs: pd.DataFrame) -> list[NDArray[np.float64]]:
        """Return for each row the natural log-probability (n,) of each of its words."""
        return [log_softmax_at(scores, numbers) for scores, numbers in self.scores(inputs)]

    def sentence_log_perplexities(self, inputs: pd.DataFrame) -> list[NDArray[np.float64]]:
        """Return for each row the log-perplexity (nats per word) of its sentences that hold words, in order."""
        of_words = self.log_probabilities(inputs)
        return [-mean_by_sentence(of, row) for of, row in zip(of_words, inputs[SENTENCE_WORDS], strict=True)]

    def _standardise(self, contexts: Floats) -> Floats:
        """Return contexts (n, d) of mean 0 and variance 1 over the speech that was learned from."""
        standard: Floats = (contexts - self.context_mean_) * self.context_scale_
        return standard

    def _document_vectors(self, inputs: pd.DataFrame) -> Floats:
        """Return the Doc2Vec vectors (rows, S) that are part of contexts; S is 0 where none is."""
        if not self.document:
            return np.zeros((len(inputs), 0), dtype=np.float32)
        return self.doc2vec_.transform(inputs[TOKENS])

    def _word_vectors(self, found: Occurrences, numbers: NDArray[np.intp]) -> Floats:
        """Return hybrid vectors (V, e) of the vocabulary, standardised, then centred by how often each word is said.

        <UNK> has the mean of what it stands for.
        """
        n, size = len(numbers), len(self.vocabulary_)
        occurs = csr_array((np.ones(n), (numbers, np.arange(n))), shape=(size, n))
        states = occurs @ found.states.astype(np.float64) / np.maximum(self.counts_, 1)[:, None]
        if not self.counts_[0]:
            states[0] = found.states.mean(axis=0, dtype=np.float64)
        own = self.doc2vec_.word_vectors_[np.argsort(self.doc2vec_.vocabulary_)].astype(np.float64)
        vectors = np.hstack([states, np.vstack([own.mean(axis=0), own])])
        standard: Floats = ((vectors - vectors.mean(axis=0)) * _safe_inverse(vectors.std(axis=0))).astype(np.float32)
        return standard - (self._shares() @ standard).astype(np.float32)

    def _shares(self) -> NDArray[np.float64]:
        """Return the share of each word of the vocabulary (V,), half an occurrence added to each."""
        shares: NDArray[np.float64] = (self.counts_ + 0.5) / (self.counts_ + 0.5).sum()
        return shares

    def _start(self, contexts: Floats, numbers: NDArray[np.intp]) -> list[Floats]:
        """Return the first context map, word map and bias: whitening, and regression on it."""
        shares = self._shares()
        _, values, axes = np.linalg.svd(self.vectors_ * np.sqrt(shares)[:, None], full_matrices=False)
        kept = min(self.rank, len(values))
        whitening = (axes[:kept].T / (values[:kept] + WHITENING * values[0])).astype(np.float32)
        targets = (self.vectors_ @ whitening)[numbers]
        ridge = RIDGE * len(numbers) * np.eye(contexts.shape[1])
        start = np.linalg.solve((contexts.T @ contexts).astype(np.float64) + ridge, contexts.T @ targets)
        return [start.astype(np.float32), whitening, np.log(shares).astype(np.float32)]

    def _descend(self, parts: list[Floats], contexts: Floats, numbers: NDArray[np.intp]) -> None:
        """Set the maps and the bias: ``parts`` after one epoch of Adam on the cross-entropy, the rate falling to 0."""
        batch = int(np.clip(len(numbers) // LEAST_STEPS, 16, self.batch))
        order = np.random.default_rng(self.seed).permutation(len(numbers))
        steps = len(numbers) // batch
        means = [np.zeros_like(part) for part in parts]
        squares = [np.zeros_like(part) for part in parts]
        for step in range(steps):
            rows = order[step * batch : (step + 1) * batch]
            gradients = _gradients(parts, contexts[rows], self.vectors_, numbers[rows])
            rate = self.rate * (1 - step / steps)
            for part, gradient, mean, square in zip(parts, gradients, means, squares, strict=True):
                mean += (1 - DECAY[0]) * (gradient - mean)
                square += (1 - DECAY[1]) * (gradient * gradient - square)
                scale = np.sqrt(square / (1 - DECAY[1] ** (step + 1))) + 1e-8
                part -= np.float32(rate / (1 - DECAY[0] ** (step + 1))) * mean / scale
        self.context_map_, self.word_map_, self.bias_ = parts
        self.words_ = self.vectors_ @ self.word_map_


def _join(found: Occurrences, vectors: Floats) -> Floats:
    """Return contexts (n, d), not yet standardised: what stands around each word, and its recording's vector."""
    return np.hstack([found.contexts(), vectors[found.recordings]])


def _gradients(parts: Sequence[Floats], contexts: Floats, words: Floats, numbers: NDArray[np.intp]) -> list[Floats]:
    """Return the gradient of the mean cross-entropy of a batch with respect to each part."""
    context_map, word_map, bias = parts
    mapped, output = contexts @ context_map, words @ word_map
    excess = mapped @ output.T
    excess += bias
    excess -= excess.max(axis=1, keepdims=True)
    np.exp(excess, out=excess)
    excess /= excess.sum(axis=1, keepdims=True)
    excess[np.arange(len(numbers)), numbers] -= 1
    excess /= len(numbers)
    return [contexts.T @ (excess @ output), words.T @ (excess.T @ mapped), excess.sum(axis=0)]


def log_softmax_at(scores: Floats, numbers: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the natural log-probability (n,) that scores (n, V) give to the words standing there."""
    greatest = scores.max(axis=1, keepdims=True)
    totals = np.exp(scores - greatest).sum(axis=1, dtype=np.float64)
    own = (scores[np.arange(len(numbers)), numbers] - greatest[:, 0]).astype(np.float64)
    log_probabilities: NDArray[np.float64] = own - np.log(totals)
    return log_probabilities


def mean_by_sentence(values: NDArray[np.float64], lengths: Sequence[int]) -> NDArray[np.float64]:
    """Return the mean of a recording's values (one a word) over each sentence that holds words."""
    counts = np.array([length for length in lengths if length], dtype=np.intp)
    if not len(counts):
        return np.zeros(0)
    means: NDArray[np.float64] = np.add.reduceat(values, np.cumsum(counts) - counts) / counts
    return means


def _safe_inverse(deviations: NDArray[np.float64]) -> Floats:
    """Return 1 / deviation, 0 for what does not vary."""
    return np.divide(1.0, deviations, out=np.zeros_like(deviations), where=deviations > 1e-9).astype(np.float32)
