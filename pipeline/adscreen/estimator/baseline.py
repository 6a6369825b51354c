"""The baseline of words alone: TF-IDF, logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline


def words_classifier(*, least: int = 2, C: float = 1.0) -> Pipeline:
    """Return the baseline over lists of words, of which those in ``least`` lists or more count."""
    weighting = TfidfVectorizer(analyzer=_identity, sublinear_tf=True, min_df=least)
    classifier = LogisticRegression(C=C, class_weight="balanced", max_iter=5000)
    return Pipeline([("tfidf", weighting), ("classifier", classifier)])


def _identity(tokens: Sequence[str]) -> Sequence[str]:
    return tokens
