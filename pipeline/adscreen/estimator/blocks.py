"""Blocks of features side by side: each is learned from the training rows alone and scaled to a variance of its own.

A block is a column of numbers or many: the Doc2Vec vector, the weights of words, the biLM's mean vector reduced to
components, perplexities under a reading, a family of linguistic features, the user's own columns.
"""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from adscreen.errors import InputError
from adscreen.estimator.doc2vec import Doc2VecVectorizer
from adscreen.estimator.hybrid_perplexity import HybridPerplexity
from adscreen.estimator.labels import case_labels
from adscreen.estimator.study import BILM, DOC2VEC, ELMO, HYBRID, WORDS, MemberSettings
from adscreen.estimator.word_weights import WordWeights
from adscreen.extract.feature_table import GROUP, SENTENCE_WORDS, SENTENCES, STATES, TOKENS
from adscreen.extract.perplexity import control_limit, share_above

HYBRID_COLUMNS = [TOKENS, SENTENCE_WORDS, STATES, GROUP]

Part = tuple[str, Pipeline, object]  # name, transformer, columns


def build_columns(settings: MemberSettings, *, seed: int = 0, doc2vec_known: bool = False) -> ColumnTransformer:
    """Return the unfitted representation of a member: its blocks side by side, each of total variance 1.

    With ``doc2vec_known`` the inputs already hold columns ``doc2vec.NNN``, made by a Doc2Vec fitted outside: on the
    same training rows when tuning shares one fit between candidates, on all recordings in the paper's protocol.
    """
    parts: list[Part] = []
    for block in settings.blocks:
        parts += _build_block(block, settings, seed=seed, doc2vec_known=doc2vec_known)
    return ColumnTransformer(parts)


def _build_block(block: str, settings: MemberSettings, *, seed: int, doc2vec_known: bool) -> list[Part]:
    """Return the parts of a block; ``bilm`` has two."""
    if block == DOC2VEC and doc2vec_known:
        return [(block, make_pipeline(UnitBlock()), Columns(DOC2VEC))]
    if block == DOC2VEC:
        return [(block, make_pipeline(doc2vec_of(settings, seed=seed), UnitBlock()), TOKENS)]
    if block == WORDS:
        return [(block, make_pipeline(WordWeights(), UnitBlock(equal=False)), TOKENS)]
    if block == ELMO:
        reduced = make_pipeline(StandardScaler(), Reduce(settings.elmo_size), UnitBlock(equal=False))
        return [(block, reduced, Columns(ELMO))]
    if block == HYBRID:
        return [(block, make_pipeline(HybridPerplexity(seed=seed), _imputer(), UnitBlock()), HYBRID_COLUMNS)]
    if block == BILM:
        share = make_pipeline(ControlShare(), _imputer(), UnitBlock())
        return [
            (block, make_pipeline(_imputer(), UnitBlock()), Columns("perplexity")),
            ("bilm_share", share, SENTENCES),
        ]
    return [(block, make_pipeline(_imputer(), UnitBlock()), Columns(block))]


def _imputer() -> SimpleImputer:
    return SimpleImputer(strategy="median", keep_empty_features=True)


def doc2vec_of(settings: MemberSettings, *, seed: int) -> Doc2VecVectorizer:
    """Return the unfitted Doc2Vec of these settings."""
    return Doc2VecVectorizer(
        vector_size=settings.doc2vec_size, alpha=settings.doc2vec_alpha, dm=settings.doc2vec_dm, seed=seed
    )


class Columns:
    """Selects the columns of one family, or of one of the user's blocks, by prefix."""

    def __init__(self, family: str) -> None:
        self.family = family

    def __call__(self, inputs: pd.DataFrame) -> list[str]:
        """Return the names of the columns.

        Raises:
            InputError: there are none, so the block was not added to the table.
        """
        names = [name for name in inputs.columns if str(name).startswith(f"{self.family}.")]
        if not names:
            remedy = "add its columns with with_block or join, or leave it out of the members"
            raise InputError(f"the table has no block {self.family!r}", where="members", remedy=remedy)
        return names


class Reduce(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Principal components, as many as asked for and as the training rows allow."""

    def __init__(self, size: int = 32) -> None:
        self.size = size

    def fit(self, X: NDArray[np.float64], y: object = None) -> Self:
        """Fit on rows X (n, d)."""
        self.pca_ = PCA(min(self.size, X.shape[0] - 1, X.shape[1]), svd_solver="full").fit(X)
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return components (n, size)."""
        check_is_fitted(self)
        centred = np.asarray(X, dtype=np.float64) - self.pca_.mean_
        rows = [(row * self.pca_.components_).sum(axis=1) for row in centred]  # row by row: the same bytes in any batch
        return np.array(rows).reshape(len(centred), -1)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the columns."""
        return np.array([f"elmo.component{number:03d}" for number in range(self.pca_.n_components_)], dtype=object)


class ControlShare(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Share of a recording's sentences more surprising than the training controls' 90th percentile."""

    def fit(self, X: pd.Series, y: ArrayLike) -> Self:
        """Take the percentile over the sentences of the controls; y is 1 for a case, 0 for a control.

        Raises:
            InputError: y holds another label.
        """
        self.limit_ = control_limit(X, case_labels(y))
        return self

    def transform(self, X: pd.Series) -> NDArray[np.float64]:
        """Return shares (n, 1); NaN for a recording without sentences."""
        check_is_fitted(self)
        return np.array([share_above(values, self.limit_) for values in X], dtype=np.float64)[:, None]

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the name of the column."""
        return np.array(["perplexity.share_above_controls"], dtype=object)


class UnitBlock(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Centres a block and gives it a total variance of ``weight`` squared: width does not decide what a block counts.

    With ``equal`` every column gets the same share of it; without, columns keep their ratios (principal components).
    A column that is constant in training becomes 0.
    """

    def __init__(self, *, equal: bool = True, weight: float = 1.0) -> None:
        self.equal = equal
        self.weight = weight

    def fit(self, X: NDArray[np.float64], y: object = None) -> Self:
        """Take means and scales from rows X (n, d)."""
        X = np.asarray(X, dtype=np.float64)
        deviations = X.std(axis=0)
        varying = deviations > 1e-9 * np.maximum(1.0, np.abs(X).max(axis=0, initial=0.0))
        total = np.sqrt(max(int(varying.sum()), 1)) * deviations if self.equal else np.linalg.norm(deviations)
        self.mean_ = X.mean(axis=0)
        self.factor_ = np.divide(self.weight, total, out=np.zeros(X.shape[1]), where=varying)
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scaled block (n, d)."""
        check_is_fitted(self)
        scaled: NDArray[np.float64] = (np.asarray(X, dtype=np.float64) - self.mean_) * self.factor_
        return scaled

    def get_feature_names_out(self, input_features: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return the names of the columns."""
        return np.asarray(input_features, dtype=object)
