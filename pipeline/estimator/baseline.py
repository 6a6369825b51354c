"""The baseline that every evaluation runs: TF-IDF of the words, logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from pipeline.table import TOKENS


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
