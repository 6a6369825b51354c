"""One outer fold -> what each method predicts of its test rows, having learned from its training rows alone.

Under ``paper`` Doc2Vec is fitted on all recordings, as the paper describes (Li, arXiv 2510.14332), and inner folds are
by recording: that protocol leaks, and is there to show by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.estimator import Stack, doc2vec_of
from adscreen.estimator.study import DOC2VEC, StudySettings
from adscreen.estimator.tuning import (
    Doc2VecKey,
    Tuned,
    Vectors,
    doc2vec_key,
    doc2vecs_of,
    positive_probability,
    tune,
    with_vectors,
)
from adscreen.evaluation.own_estimator import OwnEstimator
from adscreen.evaluation.results import ADSCREEN, TFIDF, FoldResult
from adscreen.evaluation.shortcuts import Shortcut, TableMethod
from adscreen.extract.feature_table import TOKENS, FeatureTable, Fold
from adscreen.metrics import Predictions
from adscreen.metrics.calibration import squared_errors
from adscreen.metrics.measures import basic_measures


@dataclass(frozen=True)
class FoldTask:
    """What a fold needs besides the table: its place and its rows.

    Under ``paper`` (``leaky``) inner folds are by recording, and ``vectors`` are Doc2Vec vectors of all rows.
    """

    repeat: int
    fold: int
    training: NDArray[np.intp]
    test: NDArray[np.intp]
    vectors: Vectors | None = None
    leaky: bool = False


def all_vectors(table: FeatureTable, study: StudySettings) -> dict[Doc2VecKey, NDArray[np.float32]]:
    """Return Doc2Vec vectors fitted on all recordings, test ones too: the paper's protocol."""
    tokens = table.inputs[TOKENS]
    unique = doc2vecs_of([settings for of_member in study.candidates() for settings in of_member])
    return {
        key: doc2vec_of(settings, seed=study.seed).fit(tokens).transform(tokens) for key, settings in unique.items()
    }


def run_fold(
    table: FeatureTable,
    study: StudySettings,
    task: FoldTask,
    shortcuts: Sequence[str],
    estimator: Any = None,
) -> list[FoldResult]:
    """Tune and fit adscreen (or fit ``estimator``) and the shortcuts on the training rows; predict the test rows."""
    train_table = table.rows(task.training)
    seed = study.seed + task.repeat
    make_inner = train_table.random_folds if task.leaky else train_table.folds
    inner = make_inner(study.inner_folds, seed=seed)
    if estimator is None:
        ours = _run_adscreen(table, train_table, study, task, inner)
    else:
        ours = _run_method(OwnEstimator(estimator, table, seed=seed, rule=study.threshold_rule), task, inner)
    others = [
        _run_method(Shortcut(name, table, seed=seed, rule=study.threshold_rule), task, inner) for name in shortcuts
    ]
    return [ours, *others]


def _run_adscreen(
    table: FeatureTable,
    train_table: FeatureTable,
    study: StudySettings,
    task: FoldTask,
    inner: list[Fold],
) -> FoldResult:
    vectors = task.vectors
    own = {key: rows[task.training] for key, rows in vectors.items()} if vectors else None
    tuned = tune(
        train_table,
        study.candidates(),
        inner=inner,
        seed=study.seed,
        vectors=own,
        rule=study.threshold_rule,
    )
    inputs = _chosen_vectors(table.inputs, tuned, vectors) if vectors else table.inputs
    estimator = tuned.build(seed=study.seed, doc2vec_known=vectors is not None)
    cases = train_table.cases
    estimator.fit(inputs.iloc[task.training], cases)
    seen = positive_probability(estimator, inputs.iloc[task.training])
    return FoldResult(
        method=ADSCREEN,
        repeat=task.repeat,
        fold=task.fold,
        training=task.training,
        rows=task.test,
        probabilities=positive_probability(estimator, inputs.iloc[task.test]),
        threshold=tuned.threshold,
        settings=tuned.settings,
        apparent=apparent_measures(seen, cases, threshold=tuned.threshold),
        families=family_contributions(estimator, inputs.iloc[task.test]),
        visit_correlation=tuned.visit_correlation,
        subject_threshold=tuned.subject_threshold,
        inner_auc=tuned.inner_auc,
    )


def _chosen_vectors(inputs: pd.DataFrame, tuned: Tuned, vectors: Vectors) -> pd.DataFrame:
    """Return inputs with the vectors of the chosen Doc2Vec, where a member reads one."""
    chosen = next((member for member in tuned.members if DOC2VEC in member.blocks), None)
    return with_vectors(inputs, vectors[doc2vec_key(chosen)]) if chosen else inputs


def _run_method(method: TableMethod, task: FoldTask, inner: list[Fold]) -> FoldResult:
    held_out = method.judge(task.training, inner)
    fitted = method.fit(task.training)
    apparent = {}
    if method.method == TFIDF or isinstance(method, OwnEstimator):
        seen = held_out.calibrate(method.predict(task.training, fitted))
        apparent = apparent_measures(seen, method.cases[task.training], threshold=held_out.threshold)
    return FoldResult(
        method=method.method,
        repeat=task.repeat,
        fold=task.fold,
        training=task.training,
        rows=task.test,
        probabilities=held_out.calibrate(method.predict(task.test, fitted)),
        threshold=held_out.threshold,
        settings=method.settings,
        apparent=apparent,
        visit_correlation=held_out.visit_correlation,
        subject_threshold=held_out.subject_threshold,
    )


def apparent_measures(
    probabilities: NDArray[np.float64], cases: NDArray[np.int64], *, threshold: float
) -> dict[str, float]:
    """Return measures on the rows that were learned from: what they promise, not what they hold."""
    rows = np.arange(len(cases))
    seen = Predictions.join([(rows, probabilities, threshold)])
    once = np.ones((1, len(rows)))
    measured = basic_measures(seen, cases, once) | {"brier": squared_errors(seen, cases, once)}
    return {name: float(value[0]) for name, value in measured.items()}


def family_contributions(estimator: Stack, inputs: pd.DataFrame) -> dict[str, float]:
    """Return the mean absolute contribution of each family to the log-odds of these recordings."""
    terms = estimator.contributions(inputs)
    families = [name for name in terms[0] if name != "intercept"]
    return {family: float(np.mean([abs(of_row[family]) for of_row in terms])) for family in families}
