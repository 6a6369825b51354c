"""Documents -> what a frozen biLM says of them: mean vectors (Peters et al. 2018) and summaries of log-perplexity.

Nothing is learned from the documents, so computing features before a cross-validation leaks nothing, and computes them
once. An estimator holds settings alone; the biLM is loaded once per process and stays out of what joblib pickles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from adscreen.bilm.engine import required_softmax
from adscreen.bilm.engines import threads_of_one
from adscreen.bilm.format import BiLMFiles
from adscreen.bundled import bilm_folder
from adscreen.errors import InputError
from adscreen.extract.extraction import CHUNK, POOLINGS, bilm_files, layer_weights, load_bilm, pool_layers
from adscreen.extract.perplexity import SUMMARIES, score_sentences, summarise_perplexity
from adscreen.records import Sentence
from adscreen.text.documents import Document, Documents, check_documents, read_documents, sentences_of

EMPTY = ("zero", "nan")

Floats = NDArray[np.float64]

_READING = Lock()  # threads share the loaded biLM, whose caches are not made for two at once


class _BiLMVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What both have in common: settings are checked, documents are read in chunks, ``fit`` learns nothing."""

    bilm: str | Path
    n_jobs: int | None

    def fit(self, X: Documents, y: object = None) -> Self:
        """Check the settings; nothing is learned from X.

        Raises:
            InputError: a parameter is out of range, the biLM cannot be used, or X is one string.
        """
        check_documents(X)
        self._check_settings()
        return self

    def __sklearn_tags__(self) -> Any:
        """Return scikit-learn's tags: text in, nothing to fit."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        tags.requires_fit = False
        return tags

    def _check_settings(self) -> BiLMFiles:
        """Return the biLM's files, where the settings are valid."""
        try:
            return bilm_files(bilm_folder(str(self.bilm)))
        except InputError as error:
            raise InputError(str(error), where="bilm") from error

    def _read(self, X: Documents, read_chunk: Callable[..., list[Floats]]) -> Floats:
        """Return the rows of ``read_chunk(documents, threads=...)`` over chunks of the documents."""
        documents = read_documents(X)
        chunks = [documents[start : start + CHUNK] for start in range(0, len(documents), CHUNK)]
        jobs = min(effective_n_jobs(self.n_jobs), len(chunks))
        work = delayed(partial(read_chunk, threads=threads_of_one(jobs)))
        rows: list[list[Floats]] = Parallel(n_jobs=jobs)(map(work, chunks))
        return np.array([row for of_chunk in rows for row in of_chunk])


class ElmoVectorizer(_BiLMVectorizer):
    """ELMo document vectors: a frozen biLM's states, averaged over the words of a document.

    A document is a string, which is split into sentences and words here, or a sequence of tokens, which is read as one
    sentence. Each sentence is read by itself, so a row depends on its own document alone.

    Parameters
    ----------
    bilm : str or Path, default="bundled"
        The biLM that ships with adscreen, or a folder of ``options.json`` and ``weights.hdf5``.
    layer : str or int, default="mean"
        ``"mean"`` of all layers; the number of one (0 is the token layer); or comma-separated weights, one per layer:
        ``"0.2,0.3,0.5"``.
    pooling : {"mean", "mean+max"}, default="mean"
        ``"mean"`` over the words. ``"mean+max"`` adds the mean over the sentences of each column's largest value.
    empty : {"zero", "nan"}, default="zero"
        The row of a document without words. Zeros are what ``TfidfVectorizer`` and ``Doc2VecVectorizer`` give, and any
        estimator can follow. With ``"nan"`` the row is marked as missing, for an imputer.
    n_jobs : int or None, default=None
        Processes that read documents (joblib: None is 1, -1 all processors). It changes no value.

    Examples
    --------
    >>> from adscreen.text import ElmoVectorizer
    >>> texts = ["The boy is on the stool. It tips over.", "Water runs over the edge of the sink."]
    >>> vectors = ElmoVectorizer().fit_transform(texts)
    >>> vectors.shape
    (2, 256)
    """

    def __init__(
        self,
        bilm: str | Path = "bundled",
        *,
        layer: str | int = "mean",
        pooling: str = "mean",
        empty: str = "zero",
        n_jobs: int | None = None,
    ) -> None:
        self.bilm = bilm
        self.layer = layer
        self.pooling = pooling
        self.empty = empty
        self.n_jobs = n_jobs

    def transform(self, X: Documents) -> Floats:
        """Return one row per document (n, 2P), or (n, 4P) with ``"mean+max"``; P is the biLM's projection size.

        Raises:
            InputError: as ``fit``; or X holds no document, or one that is neither a string nor tokens.
        """
        self._check_settings()
        own = partial(_vectors, folder=bilm_folder(str(self.bilm)), layer=str(self.layer), pooling=self.pooling)
        rows = self._read(X, own)
        return np.where(np.isnan(rows), 0.0, rows) if self.empty == "zero" else rows

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the columns: ``elmo.0000`` and so on, as in a feature table."""
        size = 2 * self._check_settings().options.projection_dim * (1 + (self.pooling == "mean+max"))
        return np.array([f"elmo.{number:04d}" for number in range(size)], dtype=object)

    def _check_settings(self) -> BiLMFiles:
        for name, values in (("pooling", POOLINGS), ("empty", EMPTY)):
            if getattr(self, name) not in values:
                raise InputError(
                    f"no such value: {getattr(self, name)!r}", where=name, remedy=f"use {' or '.join(values)}"
                )
        files = super()._check_settings()
        layer_weights(str(self.layer), n_layers=files.options.n_layers)
        return files


class PerplexityVectorizer(_BiLMVectorizer):
    """Summaries of a document's log-perplexity under a frozen biLM.

    The log-perplexity of a sentence is the mean of -log p over its targets: its words and the boundary that ends it.
    The logarithm is natural; the unit is nats per target. A likelier sentence has a lower value. The forward direction
    predicts each word from those before it, the backward direction from those after it; joint covers the targets of
    both. Ten columns (``get_feature_names_out``), as in the feature dictionary:

    - ``perplexity.forward_pooled``, ``backward_pooled``, ``joint_pooled``: the mean over all targets of the document;
    - ``perplexity.joint_mean``, ``joint_median``, ``joint_max``, ``joint_p90``: over its sentences;
    - ``perplexity.joint_sd``: over its sentences, NaN with fewer than two;
    - ``perplexity.joint_slope``: nats per sentence over the order of sentences, NaN with fewer than three;
    - ``perplexity.oov_share``: the share of words outside the biLM's vocabulary, which are scored as unknown.

    A document without words is a row of NaN: it has no perplexity, and 0 would call it certain. Where documents may be
    short, put ``SimpleImputer(keep_empty_features=True)`` behind it. A sequence of tokens is read as one sentence.

    Parameters
    ----------
    bilm : str or Path, default="bundled"
        The biLM that ships with adscreen, or a folder of ``options.json`` and ``weights.hdf5`` that holds
        ``softmax.hdf5`` and ``vocabulary.txt`` as well.
    n_jobs : int or None, default=None
        Processes that read documents (joblib: None is 1, -1 all processors). It changes no value.

    Examples
    --------
    >>> from adscreen.text import PerplexityVectorizer
    >>> texts = ["The boy is on the stool. He takes a cookie.", "The on stool is boy the. Cookie a he takes."]
    >>> table = PerplexityVectorizer().set_output(transform="pandas").fit_transform(texts)
    >>> said, scrambled = table["perplexity.joint_pooled"]
    >>> said < scrambled
    True
    """

    def __init__(self, bilm: str | Path = "bundled", *, n_jobs: int | None = None) -> None:
        self.bilm = bilm
        self.n_jobs = n_jobs

    def transform(self, X: Documents) -> Floats:
        """Return one row per document (n, 10), nats per target but for the slope and the share.

        Raises:
            InputError: as ``fit``; or X holds no document, or one that is neither a string nor tokens.
        """
        self._check_settings()
        return self._read(X, partial(_summaries, folder=bilm_folder(str(self.bilm))))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the columns, as in the feature dictionary."""
        return np.array([f"perplexity.{name}" for name in SUMMARIES], dtype=object)

    def _check_settings(self) -> BiLMFiles:
        files = super()._check_settings()
        try:
            required_softmax(files)
        except InputError as error:
            raise InputError(str(error), where="bilm") from error
        return files


def _vectors(documents: Sequence[Document], *, folder: Path, layer: str, pooling: str, threads: int) -> list[Floats]:
    """Return the vector of each document; NaN where it has no word."""
    sentences = [sentences_of(document) or [()] for document in documents]
    with _READING:
        found = load_bilm(folder, threads=threads).read([tokens for own in sentences for tokens in own])
    readings = iter(found)
    return [pool_layers([next(readings) for _ in own], layer=layer, pooling=pooling) for own in sentences]


def _summaries(documents: Sequence[Document], *, folder: Path, threads: int) -> list[Floats]:
    """Return the summaries of each document, in the order of ``SUMMARIES``."""
    sentences = [
        [Sentence(str(number), place, tokens) for place, tokens in enumerate(sentences_of(document))]
        for number, document in enumerate(documents)
    ]
    with _READING:
        found = score_sentences([sentence for own in sentences for sentence in own], load_bilm(folder, threads=threads))
    scores = iter(found)
    summaries = [summarise_perplexity([next(scores) for _ in own]) for own in sentences]
    return [np.array([summary[name] for name in SUMMARIES]) for summary in summaries]
