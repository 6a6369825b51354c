"""The baseline that every evaluation runs: TF-IDF of the words, logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from adscreen.extract.feature_table import TOKENS


def baseline_estimator(*, C: float = 1.0) -> Pipeline:
    """Return the TF-IDF + logistic regression baseline over the ``tokens`` column."""
    return Pipeline(
        [
            ("tokens", ColumnTransformer([("tfidf", _tfidf(), TOKENS)])),
            ("classifier", LogisticRegression(C=C, class_weight="balanced", max_iter=5000)),
        ]
    )


def _tfidf() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=_identity, sublinear_tf=True, min_df=2)


def _identity(tokens: Sequence[str]) -> Sequence[str]:
    return tokens


def words_classifier(*, least: int = 2) -> Any:
    """Return TF-IDF of lists of words that occur in ``least`` of them or more, and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(analyzer=_as_it_is, min_df=least, sublinear_tf=True)
    return make_pipeline(words, LogisticRegression(class_weight="balanced", max_iter=1000))


def _as_it_is(words: Any) -> Any:
    return words
