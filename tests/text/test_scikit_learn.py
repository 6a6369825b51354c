"""scikit-learn's own checks of an estimator, run on rows of numbers that are spelled out as documents.

scikit-learn skips all checks of an estimator whose tags ask for text. So each transformer is given a first step that
spells a row of numbers as a document of one-word sentences, and tags that ask for numbers. What then still fails is
listed with its reason; a check that starts to pass leaves the list or fails the test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator

from adscreen.estimator.doc2vec import Doc2VecVectorizer
from adscreen.text import ElmoVectorizer, PerplexityVectorizer

WORDS = "boy chair cookie falling girl jar kitchen mother sink stool water well window".split()
COLUMNS = "documents have no columns to count: as in TfidfVectorizer there is no n_features_in_"
NUMBERS = "documents hold no numbers whose type or value could be refused; the spelling here accepts any"
TEXT_ALONE = {
    "check_n_features_in": COLUMNS,
    "check_n_features_in_after_fitting": COLUMNS,
    "check_estimators_empty_data_messages": COLUMNS,
    "check_complex_data": NUMBERS,
    "check_dtype_object": NUMBERS,
    "check_estimators_nan_inf": NUMBERS,
    "check_estimator_sparse_tag": "text is not sparse: the rows of a sparse matrix cannot be spelled here",
    "check_estimator_sparse_array": "text is not sparse: the rows of a sparse matrix cannot be spelled here",
    "check_estimator_sparse_matrix": "text is not sparse: the rows of a sparse matrix cannot be spelled here",
    "check_fit1d": "documents are one-dimensional; the spelling here needs rows",
    "check_fit2d_predict1d": "documents are one-dimensional; the spelling here needs rows",
}
LEARNED = TEXT_ALONE | {
    "check_transformer_general": "a document may have any length, whatever those of training had",
    "check_dict_unchanged": "gensim's model is rebuilt at the first transform and kept; it is no part of the state",
}


def spell(X: Any) -> list[str]:
    """Return a document of each row of X: a sentence of one word, chosen by its value, for each number."""
    return [" ".join(f"{WORDS[int(value * 4) % len(WORDS)].title()}." for value in row) for row in np.asarray(X)]


class _OfNumbers:
    """Stands before a transformer of text: rows of numbers in, tags that ask for them."""

    def fit(self, X: Any, y: object = None) -> Self:
        """Fit on the rows as documents."""
        return super().fit(spell(X), y)  # type: ignore[misc, no-any-return]

    def transform(self, X: Any) -> Any:
        """Transform the rows as documents."""
        return super().transform(spell(X))  # type: ignore[misc]

    def __sklearn_tags__(self) -> Any:
        """Return the transformer's tags, but for the kind of input."""
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.string = False
        tags.input_tags.two_d_array = True
        return tags


class ElmoOfNumbers(_OfNumbers, ElmoVectorizer):
    """The biLM's vectors of spelled numbers."""


class PerplexityOfNumbers(_OfNumbers, PerplexityVectorizer):
    """Perplexities of spelled numbers."""


class Doc2VecOfNumbers(_OfNumbers, Doc2VecVectorizer):
    """Doc2Vec of spelled numbers."""


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        (ElmoOfNumbers, {}, TEXT_ALONE),
        (PerplexityOfNumbers, {}, TEXT_ALONE),
        (Doc2VecOfNumbers, {"vector_size": 4, "min_count": 1, "epochs": 5}, LEARNED),
    ],
)
def test_scikit_learn_checks(kind: Any, settings: dict[str, Any], expected: dict[str, str], tiny_bilm: Path) -> None:
    """All checks pass but those listed, and every check that is listed fails."""
    estimator = kind(**settings) if kind is Doc2VecOfNumbers else kind(tiny_bilm)
    results = check_estimator(estimator, expected_failed_checks=expected, on_fail=None, on_skip=None)
    by_status = {status: {r["check_name"] for r in results if r["status"] == status} for status in ("failed", "xfail")}
    assert {"failed": set(), "xfail": set(expected)} == by_status


@pytest.mark.parametrize("estimator", [ElmoVectorizer(), PerplexityVectorizer(), Doc2VecVectorizer()])
def test_tags_say_that_the_input_is_text(estimator: Any) -> None:
    """The tags are those of TfidfVectorizer: a sequence of strings, no table of numbers."""
    ours, theirs = get_tags(estimator), get_tags(TfidfVectorizer())
    assert theirs.input_tags == ours.input_tags
