"""Documents -> vectors: gensim's Doc2Vec as a scikit-learn transformer that repeats to the byte.

Le & Mikolov 2014 (PV-DM, PV-DBOW). gensim starts an inferred vector from Python's ``hash`` and moves its random state
on with every call, so here each document starts from a vector and a random state of its own, which depend on its words
and the seed alone. Training documents are inferred too: a trained tag's vector and an inferred one differ in length.
"""

from __future__ import annotations

import math
import zlib
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from adscreen.errors import InputError
from adscreen.text.documents import Documents, read_documents, words_of

LEAST_COUNT = 2  # occurrences of a word that is learned

_COUNTS = ("vector_size", "window", "min_count", "epochs", "infer_epochs", "negative")  # settings that are 1 or more


class Doc2VecVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Doc2Vec document vectors, learned from the documents it is fitted on.

    A document is a string, which is split into words here, or a sequence of tokens. Both are read in lower case. As the
    vectors are learned, keep this step inside the cross-validation: put it in a ``Pipeline``. The same documents and
    seed give the same bytes, in any order and in any process.

    Parameters
    ----------
    vector_size : int, default=50
        The number of columns, S.
    alpha : float, default=0.025
        The initial learning rate of training and of inference.
    dm : {1, 0}, default=1
        1 is PV-DM, 0 is PV-DBOW.
    window : int, default=5
        The largest distance between two words of one context.
    min_count : int, default=2
        A word that occurs less often is not learned.
    epochs, infer_epochs : int, default=20
        Passes over the documents in training, and over one document in inference.
    negative : int, default=5
        Noise words drawn per word.
    seed : int, default=0
        Where all random numbers start.

    Attributes
    ----------
    vocabulary_ : array (V,) of str
        The words that were learned, most frequent first.
    counts_ : array (V,) of int
        How often each occurs in training.
    word_vectors_, output_vectors_ : arrays (V, S) of float32
        The two vectors of each word. The four arrays are the whole model, so it is saved without a pickle.

    Examples
    --------
    >>> from adscreen.estimator.doc2vec import Doc2VecVectorizer
    >>> texts = ["The boy is on the stool.", "Water is on the floor.", "The stool tips over; the boy falls."]
    >>> vectorizer = Doc2VecVectorizer(vector_size=4).fit(texts)
    >>> vectorizer.transform(["The boy falls", "Completely different"]).shape
    (2, 4)
    >>> vectorizer.vocabulary_.tolist()
    ['the', 'stool', 'on', 'is', 'boy']
    """

    def __init__(
        self,
        *,
        vector_size: int = 50,
        alpha: float = 0.025,
        dm: int = 1,
        window: int = 5,
        min_count: int = LEAST_COUNT,
        epochs: int = 20,
        infer_epochs: int = 20,
        negative: int = 5,
        seed: int = 0,
    ) -> None:
        self.vector_size = vector_size
        self.alpha = alpha
        self.dm = dm
        self.window = window
        self.min_count = min_count
        self.epochs = epochs
        self.infer_epochs = infer_epochs
        self.negative = negative
        self.seed = seed

    def fit(self, X: Documents, y: object = None) -> Self:
        """Learn word and output vectors from the documents, in a canonical order.

        Raises:
            InputError: a parameter is out of range, no word occurs ``min_count`` times, or X holds no document or one
                that is neither a string nor tokens.
        """
        from gensim.models.doc2vec import TaggedDocument

        self._check_settings()
        texts = sorted(_lower_words(X))
        model = self._new_model()
        tagged = [TaggedDocument(text, [number]) for number, text in enumerate(texts)]
        try:
            model.build_vocab(tagged)
            model.train(tagged, total_examples=len(tagged), epochs=self.epochs)
        except RuntimeError as error:
            raise InputError(
                f"Doc2Vec found no word that occurs {self.min_count} times",
                where="training transcripts",
                remedy="train on more speech",
            ) from error
        self.__dict__.pop("_model", None)
        self.vocabulary_: NDArray[np.str_] = np.array(model.wv.index_to_key, dtype=str)
        self.counts_: NDArray[np.int64] = np.array(
            [model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key], dtype=np.int64
        )
        self.word_vectors_: NDArray[np.float32] = model.wv.vectors.copy()
        self.output_vectors_: NDArray[np.float32] = model.syn1neg.copy()
        return self

    def transform(self, X: Documents) -> NDArray[np.float32]:
        """Return inferred vectors (documents, S); a document without known words gets zeros.

        Raises:
            NotFittedError: nothing was learned yet.
            InputError: X holds no document, or one that is neither a string nor tokens.
        """
        check_is_fitted(self)
        if not hasattr(self, "_model"):  # kept between calls, but no part of what is saved
            self._model = self._restored_model()
        model = self._model
        return np.stack([self._infer(model, words) for words in _lower_words(X)])

    def __getstate__(self) -> dict[str, Any]:
        """Return what is saved and copied: settings and learned arrays."""
        return {name: value for name, value in super().__getstate__().items() if name != "_model"}

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the columns."""
        return np.array([f"doc2vec.{number:03d}" for number in range(self.vector_size)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        """Return scikit-learn's tags: text in."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _check_settings(self) -> None:
        for name in _COUNTS:
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < 1:
                raise InputError(f"no such value: {value!r}", where=name, remedy="use a whole number of 1 or more")
        if self.dm not in (0, 1):
            raise InputError(f"no such value: {self.dm!r}", where="dm", remedy="use 1 (PV-DM) or 0 (PV-DBOW)")
        alpha: object = self.alpha
        if not isinstance(alpha, int | float | np.floating) or not 0 < alpha < math.inf:
            raise InputError(f"no such value: {alpha!r}", where="alpha", remedy="use a number above 0")

    def _new_model(self) -> Any:
        from gensim.models.doc2vec import Doc2Vec

        return Doc2Vec(
            vector_size=self.vector_size,
            alpha=self.alpha,
            dm=self.dm,
            window=self.window,
            min_count=self.min_count,
            epochs=self.epochs,
            negative=self.negative,
            hs=0,
            sample=1e-3,
            seed=self.seed,
            workers=1,
            hashfxn=_stable_hash,
        )

    def _restored_model(self) -> Any:
        """Return a gensim model that holds the learned arrays, for inference."""
        model = self._new_model()
        counts = dict(zip(self.vocabulary_.tolist(), self.counts_.tolist(), strict=True))
        model.min_count = 1
        model.build_vocab_from_freq(counts, corpus_count=1)
        order = [model.wv.key_to_index[word] for word in self.vocabulary_.tolist()]
        model.wv.vectors[order] = self.word_vectors_
        model.syn1neg[order] = self.output_vectors_
        return model

    def _infer(self, model: Any, words: list[str]) -> NDArray[np.float32]:
        """Infer one vector as gensim does, from a start that depends on the words and the seed alone."""
        from gensim.models.doc2vec import train_document_dbow, train_document_dm

        if not any(word in model.wv.key_to_index for word in words):
            return np.zeros(self.vector_size, dtype=np.float32)
        seed = zlib.crc32("\x00".join(words).encode()) ^ self.seed
        model.random = np.random.RandomState(seed)
        start = np.random.default_rng(seed).random(self.vector_size, dtype=np.float32)
        vector = ((start - np.float32(0.5)) / np.float32(self.vector_size)).reshape(1, -1)
        lock = np.ones(1, dtype=np.float32)
        work = np.zeros(model.layer1_size, dtype=np.float32)
        fall = (self.alpha - model.min_alpha) / max(self.infer_epochs - 1, 1)
        for epoch in range(self.infer_epochs):
            rate = self.alpha - epoch * fall
            if self.dm:
                train_document_dm(
                    model,
                    words,
                    [0],
                    rate,
                    work,
                    np.zeros_like(work),
                    learn_words=False,
                    learn_hidden=False,
                    doctag_vectors=vector,
                    doctags_lockf=lock,
                )
            else:
                train_document_dbow(
                    model, words, [0], rate, work, learn_words=False, learn_hidden=False,
                    doctag_vectors=vector, doctags_lockf=lock,
                )  # fmt: skip
        inferred: NDArray[np.float32] = vector[0]
        return inferred


def _lower_words(X: Documents) -> list[list[str]]:
    """Return the words of each document in lower case."""
    return [[word.lower() for word in words_of(document)] for document in read_documents(X)]


def _stable_hash(text: str) -> int:
    """Return a hash that does not change from process to process, as Python's own does."""
    return zlib.crc32(text.encode())
