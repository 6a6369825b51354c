"""Documents as a user has them -> sentences and words, or one line that says what is wrong."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pandas as pd
import pytest

import adscreen.text.documents
from adscreen.errors import InputError
from adscreen.text.documents import read_documents, sentences_of, words_of

TEXTS = ["The boy is on the stool.", ""]
TOKENS = [["The", "boy"], []]


def object_array(documents: list[Any]) -> np.ndarray:
    """Return documents as an array (n,) of objects."""
    array = np.empty(len(documents), dtype=object)
    array[:] = documents
    return array


@pytest.mark.parametrize("documents", [TEXTS, TOKENS], ids=["strings", "tokens"])
@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        iter,
        object_array,
        lambda documents: object_array(documents)[:, None],
        lambda documents: pd.Series(documents, index=[5, 9]),
        lambda documents: pd.DataFrame({"said": documents}, index=[5, 9]),
    ],
    ids=["list", "tuple", "iterator", "array", "column of an array", "Series", "one-column table"],
)
def test_the_container_does_not_matter(container: Any, documents: list[Any]) -> None:
    """The same documents are read, in order, from whatever holds them."""
    assert documents == read_documents(container(documents))


def test_an_array_of_strings_is_documents() -> None:
    """NumPy's own strings are strings."""
    assert [["The", "boy"], ["oh"]] == [words_of(document) for document in read_documents(np.array(["The boy", "oh"]))]


@pytest.mark.parametrize("tokens", [("a", "b"), np.array(["a", "b"]), pd.Series(["a", "b"]), iter("ab")])
def test_any_sequence_of_strings_is_tokens(tokens: Any) -> None:
    """A document of tokens may be a list, a tuple, an array or a Series (a table read from Parquet holds arrays)."""
    assert ["a", "b"] == words_of(read_documents([tokens])[0])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ("The boy", r"X: one string, not a sequence of documents; put it in a list: \[text\]"),
        (b"The boy", r"X: one string, .*"),
        ({"S1": "The boy"}, r"X: dict, not a sequence of documents; .*"),
        ({"The boy"}, r"X: set, not a sequence of documents; .*"),
        (3, r"X: int, not a sequence of documents; .*"),
        (np.array("The boy"), r"X: shape \(\), not one column of documents; .*"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), r"X: shape \(1, 2\), not one column of .*; give the column .* text"),
        (np.array([["a", "b"], ["c", "d"]]), r"X: shape \(2, 2\), not one column of documents; .*"),
        ([], r"X: no documents; give at least one; an iterator can be read only once"),
        (["a", None], r"X\[1\]: NoneType, neither a string nor a sequence of tokens; .*"),
        (pd.Series(["a", None]), r"X\[1\]: float, neither a string nor a sequence of tokens; .*"),
        (["a", b"b"], r"X\[1\]: bytes, neither a string nor a sequence of tokens; .*"),
        ([{"a": 1}], r"X\[0\]: dict, neither a string nor a sequence of tokens; .*"),
        ([np.array("a")], r"X\[0\]: ndarray, neither a string nor a sequence of tokens; .*"),
        ([["a"], ["b", 2]], r"X\[1\]: a token is int, not a string; give tokens as strings"),
        ([["a", None]], r"X\[0\]: a token is NoneType, not a string; .*"),
        ([[["a"], ["b"]]], r"X\[0\]: a token is list, not a string; .*"),
        (np.zeros((2, 1)), r"X\[0\]: float64, neither a string nor a sequence of tokens; .*"),
    ],
)
def test_what_is_no_document_is_one_line(X: Any, message: str) -> None:
    """The line names the place by its index and never shows text."""
    with pytest.raises(InputError, match=f"^{message}$"):
        read_documents(X)


def test_a_line_is_a_turn_and_a_turn_is_split_into_sentences() -> None:
    """A string is cut as pretraining text is; punctuation without words is no sentence."""
    text = "well the boy\nis on it. It tips! ...\r\n\n- -\nthe water"
    assert [("well", "the", "boy"), ("is", "on", "it"), ("It", "tips"), ("the", "water")] == sentences_of(text)


def test_tokens_are_one_sentence_as_they_are() -> None:
    """Tokens are not cut again, whatever they hold."""
    assert [("ice_cream", "T.V.", "No.")] == sentences_of(["ice_cream", "T.V.", "No."])
    assert [] == sentences_of([])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Él dijo: ¿qué?", ["Él", "dijo", "qué"]),
        ("e\u0301te\u0301", ["été"]),
        ("少年は椅子", ["少年は椅子"]),
        ("\ufeffthe boy 🍪", ["the", "boy"]),
        ("he’s", ["he's"]),
        ("...  -- ", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    """Letters of any script are words, composed characters are one, symbols are none."""
    assert words == words_of(text)


def test_the_examples_run() -> None:
    """The docstrings' examples are true."""
    result = doctest.testmod(adscreen.text.documents)
    assert (0, True) == (result.failed, result.attempted > 0)
