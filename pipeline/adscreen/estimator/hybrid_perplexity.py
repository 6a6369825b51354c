"""Hybrid perplexity of a recording as features, learned so that no head scores speech that it was fitted on.

The training groups (``inputs["group"]``) are dealt into ``parts``; a head for each part is fitted on the others. A
training recording is described by the head that did not see its group, a new one by every head, the descriptions
averaged: both kinds of recording are new to the head that describes them, so the classifier meets what it learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from adscreen.errors import InputError
from adscreen.estimator.head import HybridHead
from adscreen.estimator.labels import case_labels
from adscreen.extract.feature_table import GROUP
from adscreen.extract.perplexity import control_limit, share_above, summarise

SUMMARIES = ("mean", "median", "max", "p90", "sd", "slope", "share_above_controls")

Sentences = Sequence[NDArray[np.float64]]  # of each recording


class HybridPerplexity(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Summaries of a recording's hybrid log-perplexities (nats per word), cross-fitted for training recordings.

    Learned: ``heads_``, one a part, and ``limit_``, the 90th percentile of the training controls' sentences.
    """

    def __init__(self, *, parts: int = 3, seed: int = 0) -> None:
        self.parts = parts
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:
        """Fit the heads on rows X of a table's inputs; y is 1 for a case, 0 for a control."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: pd.DataFrame, y: ArrayLike) -> NDArray[np.float64]:
        """Fit, and return what describes the training rows (n, 7): not what ``transform`` gives for them.

        Raises:
            InputError: the rows are of one group, or y holds another label than 0 and 1.
        """
        cases = case_labels(y)
        part = _deal(X[GROUP].to_numpy(dtype=str), self.parts, seed=self.seed)
        self.heads_ = []
        sentences: list[NDArray[np.float64]] = [np.zeros(0)] * len(X)
        for number in range(part.max() + 1):
            head = HybridHead(seed=self.seed).fit(X[part != number]).trim()
            self.heads_.append(head)
            held_out = np.flatnonzero(part == number)
            for row, values in zip(held_out, head.sentence_log_perplexities(X.iloc[held_out]), strict=True):
                sentences[row] = values
        self.limit_ = control_limit(sentences, cases)
        return self._summarise(sentences)

    def transform(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Return what describes new rows (n, 7); NaN where a recording has too few sentences."""
        check_is_fitted(self)
        described = [self._summarise(head.sentence_log_perplexities(X)) for head in self.heads_]
        averaged: NDArray[np.float64] = np.mean(described, axis=0)
        return averaged

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the columns."""
        return np.array([f"hybrid.{name}" for name in SUMMARIES], dtype=object)

    def _summarise(self, sentences: Sentences) -> NDArray[np.float64]:
        rows = [[*summarise(values).values(), share_above(values, self.limit_)] for values in sentences]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(SUMMARIES))


def _deal(groups: NDArray[np.str_], parts: int, *, seed: int) -> NDArray[np.intp]:
    """Return the part (n,) of each row: groups in a random order, dealt out one by one."""
    names, inverse = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        what = "the training speech is of one group, so none of it can be scored by a head that did not see it"
        raise InputError(what, where="cohort", remedy="add subjects, or leave `hybrid` out of the members")
    dealt = np.empty(len(names), dtype=np.intp)
    dealt[np.random.default_rng(seed).permutation(len(names))] = np.arange(len(names)) % min(parts, len(names))
    return dealt[inverse]
