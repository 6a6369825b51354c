"""Speech of cases and of controls -> how much likelier a recording is as the one than as the other.

Two hybrid heads start from one that was fitted on both labels. Each has its words' biases moved by how often its label
uses them, d_c(w) = log share_c(w) - log share(w) (unigram rescaling, Kneser et al. 1997), and then goes through its
label's speech once more at a low rate. Beside them stand two unigram models of add-one shares. A recording's number is
the mean over its words of

    context (log p_case(w | x) - log p_control(w | x)) + (1 - context) (log share_case(w) - log share_control(w)),

the log ratio of its paired perplexities (Fritsch et al. 2019; Cohen & Pakhomov 2020), nats per word, above 0 where it
is likelier as a case; ``context`` weighs the heads against the unigram models. The contexts leave the recording's
Doc2Vec vector out: it tells both heads whose speech this is, which is what their ratio is to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from adscreen.estimator.head import HybridHead, log_softmax_at
from adscreen.estimator.labels import case_labels
from adscreen.extract.feature_table import TOKENS

ADAPTATION_RATE = 5e-4  # a quarter of a head's first rate

Floats = NDArray[np.float64]


class PairedPerplexity(BaseEstimator):  # type: ignore[misc]
    """Log ratio of paired perplexities.

    Learned: ``heads_``, of controls and of cases; ``shifts_`` (2, V), d of each.
    """

    def __init__(self, *, context: float = 0.5, seed: int = 0) -> None:
        self.context = context
        self.seed = seed

    def fit(self, inputs: pd.DataFrame, y: ArrayLike) -> Self:
        """Fit on rows of a table's inputs; y is 1 for a case, 0 for a control.

        Raises:
            InputError: y holds another label.
        """
        cases = case_labels(y)
        shared = HybridHead(document=False, seed=self.seed).fit(inputs)
        counts = np.array([_count(shared, inputs[TOKENS][cases == label]) for label in (0, 1)])
        self.shifts_ = np.log(_shares(counts)) - np.log(_shares(counts.sum(axis=0)))
        self.heads_ = [
            shared.adapt(inputs[cases == label], shift=self.shifts_[label], rate=ADAPTATION_RATE).trim()
            for label in (0, 1)
        ]
        return self

    @property
    def vocabulary_(self) -> NDArray[np.str_]:
        """The words that the heads know, (V,)."""
        known: NDArray[np.str_] = self.heads_[0].vocabulary_
        return known

    def decision_function(self, inputs: pd.DataFrame) -> Floats:
        """Return the log ratio of each row (n,), nats per word; NaN for a row without words."""
        ratios: Floats = self.log_ratios(inputs, (self.context,))[0]
        return ratios

    def log_ratios(self, inputs: pd.DataFrame, contexts: Sequence[float]) -> Floats:
        """Return the log ratio of each row under each weight of the context (weights, n)."""
        means = np.array([[_mean(of_heads), _mean(of_shares)] for of_heads, of_shares in self._by_word(inputs)])
        weights = np.array(contexts)[:, None]
        ratios: Floats = weights * means[:, 0] + (1 - weights) * means[:, 1]
        return ratios

    def word_log_ratios(self, inputs: pd.DataFrame) -> list[Floats]:
        """Return for each row the log ratio of each of its words."""
        return [
            self.context * of_heads + (1 - self.context) * of_shares for of_heads, of_shares in self._by_word(inputs)
        ]

    def _by_word(self, inputs: pd.DataFrame) -> list[tuple[Floats, Floats]]:
        """Return for each row the log ratio of each word under the heads and under the unigram models."""
        check_is_fitted(self)
        controls, cases = (head.scores(inputs) for head in self.heads_)
        difference = self.shifts_[1] - self.shifts_[0]
        return [
            (log_softmax_at(of_case, words) - log_softmax_at(of_control, words), difference[words])
            for (of_control, words), (of_case, _) in zip(controls, cases, strict=True)
        ]


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan


def _count(head: HybridHead, documents: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Return how often each word of a head's vocabulary occurs (V,)."""
    words = np.array([word for tokens in documents for word in tokens], dtype=np.str_)
    return np.bincount(head.word_numbers(words), minlength=len(head.vocabulary_))


def _shares(counts: NDArray[np.int64]) -> Floats:
    """Return the share of each word, one occurrence added to each."""
    added = counts.astype(np.float64) + 1
    shares: Floats = added / added.sum(axis=-1, keepdims=True)
    return shares
