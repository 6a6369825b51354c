"""Weights of words: TF-IDF of the words that training knows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from adscreen.errors import InputError
from adscreen.estimator import word_weights
from adscreen.estimator.word_weights import WordWeights

WORDS = st.lists(st.lists(st.sampled_from("the a boy girl jar stool sink water".split()), max_size=8), min_size=3)


@given(WORDS, WORDS)
def test_weights_are_those_of_scikit_learn(training: list[list[str]], new: list[list[str]]) -> None:
    """TfidfVectorizer with sublinear counts and words of two documents or more, to 1e-12; another implementation."""
    peer = TfidfVectorizer(analyzer=list, sublinear_tf=True, min_df=2)
    try:
        expected = peer.fit(training).transform(new).toarray()
    except ValueError:
        with pytest.raises(InputError):
            WordWeights().fit(training)
        return
    found = WordWeights().fit(training)
    assert peer.get_feature_names_out().tolist() == found.vocabulary_.tolist()
    assert expected == pytest.approx(found.transform(new), abs=1e-12)


@given(WORDS)
def test_a_row_does_not_depend_on_the_rows_beside_it(documents: list[list[str]]) -> None:
    """To the byte."""
    fitted = WordWeights(least=1).fit([*documents, ["the"]])
    together = fitted.transform(documents)
    assert all(
        row.tobytes() == fitted.transform([words])[0].tobytes() for row, words in zip(together, documents, strict=True)
    )


def test_by_hand() -> None:
    """`a` is in all of three recordings: 1 + ln(4/4) = 1; `b` in two: 1 + ln(4/3); counted twice: x (1 + ln 2)."""
    fitted = WordWeights().fit([["a", "b"], ["a", "b"], ["a", "c"]])
    one, other = 1.0, (1 + np.log(2)) * (1 + np.log(4 / 3))
    expected = np.array([one, other]) / np.hypot(one, other)
    assert ["a", "b"] == fitted.vocabulary_.tolist()
    assert expected == pytest.approx(fitted.transform([["b", "a", "b", "unheard"]])[0])


def test_of_too_many_words_those_in_most_recordings_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """And of equally frequent ones the first of the alphabet, so that the choice does not depend on order."""
    monkeypatch.setattr(word_weights, "MOST_WORDS", 2)
    documents = [["z", "b"], ["z", "b", "c"], ["c", "z"]]
    assert ["b", "z"] == WordWeights().fit(documents).vocabulary_.tolist()


def test_nothing_in_common_is_refused() -> None:
    """There is nothing to learn from."""
    with pytest.raises(InputError, match="no word occurs in two training transcripts"):
        WordWeights().fit([["one"], ["two"]])
