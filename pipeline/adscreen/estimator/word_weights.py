"""Words of a recording -> the weight of each word that training knows (TF-IDF), as columns.

    weight = (1 + ln count) (1 + ln((1 + n) / (1 + n_with_the_word))), then divided by the Euclidean norm of the row

with natural logarithms, over n training recordings (Salton & Buckley 1988; smoothed as scikit-learn does). A row's
weights depend on its own words alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from adscreen.errors import InputError

LEAST_RECORDINGS = 2
MOST_WORDS = 5000  # the columns are dense: 7,000 recordings take 280 MB

Documents = Sequence[Sequence[str]]


class WordWeights(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """TF-IDF weights of the words that at least ``least`` training recordings hold, at most MOST_WORDS of them.

    Of more words, those in most recordings are taken. Learned: ``vocabulary_`` (V,), sorted, and ``rarity_`` (V,), the
    second factor of the weight.
    """

    def __init__(self, *, least: int = LEAST_RECORDINGS) -> None:
        self.least = least

    def fit(self, X: Documents, y: object = None) -> Self:
        """Learn words and their rarity from lists of words.

        Raises:
            InputError: no word is in enough of them.
        """
        held = Counter(word for words in X for word in set(words))
        common = sorted(held.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]
        counted = sorted((word, count) for word, count in common if count >= self.least)
        if not counted:
            what = f"no word occurs in {'two' if self.least == LEAST_RECORDINGS else self.least} training transcripts"
            raise InputError(what, where="cohort", remedy="add speech, or leave out the member `words`")
        self.vocabulary_ = np.array([word for word, _ in counted], dtype=np.str_)
        counts = np.array([count for _, count in counted], dtype=np.float64)
        self.rarity_ = 1 + np.log((1 + len(X)) / (1 + counts))
        return self

    def transform(self, X: Documents) -> NDArray[np.float64]:
        """Return weights (n, V); a row of zeros for a recording without a known word."""
        check_is_fitted(self)
        column = {word: number for number, word in enumerate(self.vocabulary_.tolist())}
        weights = np.zeros((len(X), len(column)))
        for row, words in zip(weights, X, strict=True):
            counts = Counter(number for word in words if (number := column.get(word)) is not None)
            if counts:
                places = np.array(sorted(counts), dtype=np.intp)
                own = (1 + np.log([counts[place] for place in places.tolist()])) * self.rarity_[places]
                row[places] = own / np.sqrt((own**2).sum())
        return weights

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the columns."""
        return np.array([f"words.{word}" for word in self.vocabulary_.tolist()], dtype=object)
