"""Documents as a user has them -> documents that were checked, their sentences and their words.

A document is a string or a sequence of tokens. A string is cut as transcripts and pretraining text are: one line is one
turn, a turn is split into sentences, a sentence into words (``adscreen.words``). Tokens are taken as they are, as one
sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, TypeAlias

import pandas as pd

from adscreen.errors import InputError
from adscreen.words import split_text, tokenize

Document: TypeAlias = str | Sequence[str]
Documents: TypeAlias = Iterable[Document] | pd.Series | pd.DataFrame


def check_documents(X: Documents) -> None:
    """Refuse what is no collection of documents; read nothing, so that an iterator is left as it is.

    Raises:
        InputError: X is one string, has no order, or is a table of several columns.
    """
    if isinstance(X, str | bytes):
        raise InputError("one string, not a sequence of documents", where="X", remedy="put it in a list: [text]")
    if isinstance(X, Mapping | Set) or not isinstance(X, Iterable):
        what = f"{type(X).__name__}, not a sequence of documents"
        raise InputError(what, where="X", remedy="give a list, an array or a Series of documents")
    shape: tuple[int, ...] = getattr(X, "shape", (0,))
    if len(shape) not in (1, 2) or tuple(shape[1:]) not in ((), (1,)):
        what = f"shape {tuple(shape)}, not one column of documents"
        raise InputError(what, where="X", remedy="give the column that holds the text")


def read_documents(X: Documents) -> list[Document]:
    """Return the documents of a list, tuple, iterator, array (n,) or (n, 1), Series or one-column table.

    Raises:
        InputError: X holds no document, or something that is neither a string nor a sequence of strings.
    """
    check_documents(X)
    documents = [_read_document(document, f"X[{number}]") for number, document in enumerate(_column(X))]
    if not documents:
        raise InputError("no documents", where="X", remedy="give at least one; an iterator can be read only once")
    return documents


def sentences_of(document: Document) -> list[tuple[str, ...]]:
    """Return the tokens of each sentence that has any.

    >>> sentences_of("It's a jar. The boy's falling")
    [("It's", 'a', 'jar'), ('The', "boy's", 'falling')]
    """
    if not isinstance(document, str):
        return [tuple(document)] if document else []
    sentences = (sentence for line in document.splitlines() for sentence in split_text(line))
    read = (tuple(token.text for token in tokenize(sentence)) for sentence in sentences)
    return [tokens for tokens in read if tokens]


def words_of(document: Document) -> list[str]:
    """Return the tokens of all sentences, in order.

    >>> words_of("It's a well-known jar. The boy's falling")
    ["It's", 'a', 'well', 'known', 'jar', 'The', "boy's", 'falling']
    >>> words_of(["T.V.", "set"])
    ['T.V.', 'set']
    """
    return [token for sentence in sentences_of(document) for token in sentence]


def _column(X: Any) -> Iterable[Any]:
    if len(getattr(X, "shape", ())) < 2:
        return X  # type: ignore[no-any-return]
    return X.iloc[:, 0] if hasattr(X, "iloc") else X[:, 0]  # type: ignore[no-any-return]


def _read_document(document: Any, where: str) -> Document:
    if isinstance(document, str):
        return document
    if isinstance(document, bytes | Mapping | Set) or not isinstance(document, Iterable) or _is_scalar(document):
        what = f"{type(document).__name__}, neither a string nor a sequence of tokens"
        raise InputError(what, where=where, remedy="leave it out; an empty string is a document without words")
    tokens = list(document)
    kinds = {type(token).__name__ for token in tokens if not isinstance(token, str)}
    if kinds:
        raise InputError(f"a token is {min(kinds)}, not a string", where=where, remedy="give tokens as strings")
    return tokens


def _is_scalar(document: Iterable[Any]) -> bool:
    """Tell whether this is an array without a dimension, which says that it is iterable and is not."""
    return getattr(document, "shape", None) == ()
