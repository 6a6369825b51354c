"""Training rows -> chosen settings and threshold, by inner folds that never split a group.

A Doc2Vec is fitted once per inner fold for all candidates that share its size and rate. The threshold comes from the
inner out-of-fold probabilities of the chosen candidate, so no test row has a say in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipeline.doc2vec import Doc2VecVectorizer
from pipeline.estimator import build_classifier, build_columns, doc2vec_of
from pipeline.metrics import weighted_auc, youden_threshold
from pipeline.settings import EstimatorSettings
from pipeline.table import TOKENS, FeatureTable, Fold

Result = TypeVar("Result")
Doc2VecKey = tuple[int, float]
Vectors = Mapping[Doc2VecKey, NDArray[np.float32]]  # one row a table row


@dataclass(frozen=True, slots=True)
class Tuned:
    """The chosen settings and threshold, the inner AUC of every candidate, the chosen one's inner probabilities."""

    settings: EstimatorSettings
    threshold: float
    candidates: pd.DataFrame
    probabilities: NDArray[np.float64]


def tune(
    table: FeatureTable,
    candidates: list[EstimatorSettings],
    *,
    positive: str,
    inner: list[Fold],
    seed: int,
    vectors: Vectors | None = None,
    jobs: int = 1,
) -> Tuned:
    """Choose among candidates by mean AUC over the inner folds that test both labels; the first of equals wins.

    ``vectors`` are Doc2Vec vectors fitted outside the folds (the paper's protocol); without them each inner fold fits
    its own.
    """
    from joblib import Parallel, delayed

    cases = table.cases(positive)
    probabilities = np.full((len(candidates), len(table)), np.nan)
    areas = np.zeros((len(candidates), len(inner)))
    calls = (delayed(on_one_thread)(_try_all, table, candidates, fold, cases, seed, vectors) for fold in inner)
    for number, ((_, test), scores) in enumerate(zip(inner, Parallel(n_jobs=jobs)(calls), strict=True)):
        probabilities[:, test] = scores
        areas[:, number] = [_area(row, cases[test]) for row in scores]
    both = ~np.isnan(areas[0])  # clusters may leave a fold with one label, which ranks no candidate
    means = areas[:, both].mean(axis=1) if both.any() else areas[:, 0]
    best = int(np.argmax(means >= means.max() - 1e-9))
    listing = pd.DataFrame([asdict(settings) for settings in candidates]).assign(inner_auc=means)
    threshold = youden_threshold(probabilities[best], cases)
    return Tuned(candidates[best], threshold, listing, probabilities[best])


def on_one_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function with one BLAS thread: more would round otherwise, and a result would depend on ``jobs``."""
    with threadpool_limits(1):
        return function(*arguments)


def _try_all(
    table: FeatureTable,
    candidates: list[EstimatorSettings],
    fold: Fold,
    cases: NDArray[np.int64],
    seed: int,
    vectors: Vectors | None,
) -> NDArray[np.float64]:
    """Return each candidate's probabilities of a fold's test rows (candidates, test rows).

    Candidates that differ in C alone share everything before the classifier.
    """
    training, test = fold
    known = vectors or _fit_vectors(table, candidates, training, seed)
    represented: dict[EstimatorSettings, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    probabilities = []
    for settings in candidates:
        shared = replace(settings, C=1.0)
        if shared not in represented:
            inputs = with_vectors(table.inputs, known[doc2vec_key(settings)])
            columns = build_columns(settings, seed=seed, doc2vec_known=True).fit(inputs.iloc[training], cases[training])
            represented[shared] = columns.transform(inputs.iloc[training]), columns.transform(inputs.iloc[test])
        known_rows, new_rows = represented[shared]
        classifier = build_classifier(settings).fit(known_rows, cases[training])
        probabilities.append(classifier.predict_proba(new_rows)[:, 1])
    return np.array(probabilities)


def _area(scores: NDArray[np.float64], cases: NDArray[np.int64]) -> float:
    return float(weighted_auc(scores, cases.astype(bool), np.ones((1, len(cases))))[0])


def _fit_vectors(
    table: FeatureTable, candidates: list[EstimatorSettings], training: NDArray[np.intp], seed: int
) -> dict[Doc2VecKey, NDArray[np.float32]]:
    """Fit each Doc2Vec on the training rows and infer every row with it."""
    tokens = table.inputs[TOKENS]
    vectors = {}
    for settings in candidates:
        key = doc2vec_key(settings)
        if key not in vectors:
            vectors[key] = doc2vec_of(settings, seed=seed).fit(tokens.iloc[training]).transform(tokens)
    return vectors


def doc2vec_key(settings: EstimatorSettings) -> Doc2VecKey:
    """Return what a Doc2Vec depends on besides its documents and seed."""
    return settings.doc2vec_size, settings.doc2vec_alpha


def with_vectors(inputs: pd.DataFrame, vectors: NDArray[np.float32]) -> pd.DataFrame:
    """Return inputs with the Doc2Vec vectors as columns."""
    names = Doc2VecVectorizer(vector_size=vectors.shape[1]).get_feature_names_out()
    return pd.concat([inputs, pd.DataFrame(vectors, columns=names, index=inputs.index)], axis=1)


def positive_probability(estimator: Pipeline, inputs: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability of the positive label (n,)."""
    probabilities: NDArray[np.float64] = estimator.predict_proba(inputs)[:, 1]
    return probabilities
