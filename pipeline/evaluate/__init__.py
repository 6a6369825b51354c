"""FeatureTable -> out-of-fold predictions and their measures, under two protocols.

``subject``: repeated nested cross-validation; everything learned, the settings and the threshold included, is learned
on the training side of a fold, and no subject (or cluster) is on both sides. ``paper``: repeated random splits by
recording, Doc2Vec fitted on all recordings, as the paper describes (Li, arXiv 2510.14332); it leaks, and the gap to
``subject`` is a result. Baselines run on the same folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from pipeline.errors import InputError
from pipeline.estimator import baseline_estimator, build_estimator, doc2vec_of
from pipeline.metrics import Estimate, Predictions, bootstrap_weights, difference, estimate, youden_threshold
from pipeline.settings import StudySettings
from pipeline.table import TOKENS, FeatureTable, Fold
from pipeline.tuning import Doc2VecKey, Vectors, doc2vec_key, on_one_thread, positive_probability, tune, with_vectors

Protocol = Literal["subject", "paper"]
ADSCREEN, BASELINE = "adscreen", "tfidf_baseline"


@dataclass(frozen=True)
class FoldResult:
    """One fold of one method: test rows, probabilities, the threshold and settings chosen on the training side."""

    method: str
    repeat: int
    fold: int
    rows: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    threshold: float
    settings: dict[str, Any]


@dataclass(frozen=True)
class Evaluation:
    """The outcome of one protocol. ``estimates[method][measure]`` has an interval over subjects;
    ``cluster_estimates`` has one over clusters, where the cohort has clusters, else it is empty.
    """

    protocol: Protocol
    folds: list[FoldResult]
    estimates: dict[str, dict[str, Estimate]]
    cluster_estimates: dict[str, dict[str, Estimate]]
    difference: Estimate
    shared_subject_share: float


def evaluate(
    table: FeatureTable,
    study: StudySettings,
    *,
    positive: str,
    protocol: Protocol,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Run one protocol and summarise it. The result does not depend on ``jobs``.

    Raises:
        InputError: a class has fewer groups than folds.
    """
    from joblib import Parallel, delayed

    splits = outer_splits(table, study, positive=positive, protocol=protocol)
    vectors = _all_vectors(table, study) if protocol == "paper" else None
    workers = Parallel(n_jobs=jobs, return_as="generator")
    calls = (
        delayed(on_one_thread)(_run_fold, table, study, positive, number, *split, vectors) for number, split in splits
    )
    folds: list[FoldResult] = []
    for results in workers(calls):
        folds += results
        if progress:
            progress(1)
    return summarise(table, study, positive=positive, protocol=protocol, folds=folds)


def outer_splits(
    table: FeatureTable, study: StudySettings, *, positive: str, protocol: Protocol
) -> list[tuple[tuple[int, int], Fold]]:
    """Return ((repeat, fold), (training, test)) of every outer fold."""
    if protocol == "paper":
        splits = table.random_splits(study.splits, test_share=study.test_share, positive=positive, seed=study.seed)
        return [((number, 0), split) for number, split in enumerate(splits)]
    return [
        ((repeat, fold), split)
        for repeat in range(study.repeats)
        for fold, split in enumerate(table.folds(study.folds, positive=positive, seed=study.seed + repeat))
    ]


def _all_vectors(table: FeatureTable, study: StudySettings) -> dict[Doc2VecKey, NDArray[np.float32]]:
    """Return Doc2Vec vectors fitted on all recordings, test ones too: the paper's protocol."""
    tokens = table.inputs[TOKENS]
    unique = {doc2vec_key(settings): settings for settings in study.search.candidates()}
    return {
        key: doc2vec_of(settings, seed=study.seed).fit(tokens).transform(tokens) for key, settings in unique.items()
    }


def _run_fold(
    table: FeatureTable,
    study: StudySettings,
    positive: str,
    number: tuple[int, int],
    training: NDArray[np.intp],
    test: NDArray[np.intp],
    vectors: Vectors | None,
) -> list[FoldResult]:
    """Tune and fit adscreen and the baseline on the training rows; predict the test rows."""
    train_table = table.rows(training)
    seed = study.seed + number[0]
    make_inner = train_table.random_folds if vectors else train_table.folds
    inner = make_inner(study.inner_folds, positive=positive, seed=seed)
    own = {key: rows[training] for key, rows in vectors.items()} if vectors else None
    tuned = tune(train_table, study.search.candidates(), positive=positive, inner=inner, seed=study.seed, vectors=own)
    inputs = with_vectors(table.inputs, vectors[doc2vec_key(tuned.settings)]) if vectors else table.inputs
    estimator = build_estimator(tuned.settings, seed=study.seed, doc2vec_known=vectors is not None)
    estimator.fit(inputs.iloc[training], train_table.cases(positive))
    ours = FoldResult(
        method=ADSCREEN,
        repeat=number[0],
        fold=number[1],
        rows=test,
        probabilities=positive_probability(estimator, inputs.iloc[test]),
        threshold=tuned.threshold,
        settings=asdict(tuned.settings),
    )
    return [ours, _run_baseline(table, train_table, positive, number, training, test, inner)]


def _run_baseline(
    table: FeatureTable,
    train_table: FeatureTable,
    positive: str,
    number: tuple[int, int],
    training: NDArray[np.intp],
    test: NDArray[np.intp],
    inner: list[Fold],
) -> FoldResult:
    """Fit TF-IDF + logistic regression (C = 1) with a threshold from the same inner folds."""
    cases = train_table.cases(positive)
    probabilities = np.full(len(train_table), np.nan)
    for inner_training, inner_test in inner:
        inputs = train_table.inputs
        fitted = _fit_baseline(inputs.iloc[inner_training], cases[inner_training])
        probabilities[inner_test] = positive_probability(fitted, inputs.iloc[inner_test])
    final = _fit_baseline(table.inputs.iloc[training], cases)
    return FoldResult(
        method=BASELINE,
        repeat=number[0],
        fold=number[1],
        rows=test,
        probabilities=positive_probability(final, table.inputs.iloc[test]),
        threshold=youden_threshold(probabilities, cases),
        settings={"C": 1.0},
    )


def _fit_baseline(inputs: pd.DataFrame, cases: NDArray[np.int64]) -> Pipeline:
    """Fit the baseline; what scikit-learn refuses here is text without a word in common."""
    try:
        return baseline_estimator().fit(inputs, cases)
    except ValueError as error:
        raise InputError("no word occurs in two training transcripts", where="cohort", remedy="add speech") from error


def summarise(
    table: FeatureTable, study: StudySettings, *, positive: str, protocol: Protocol, folds: list[FoldResult]
) -> Evaluation:
    """Return the measures of finished folds."""
    cases = table.cases(positive)
    repeats = {method: _repeats(folds, method) for method in (ADSCREEN, BASELINE)}
    subjects = table.subjects["subject_id"].to_numpy(dtype=str)
    over_subjects = bootstrap_weights(subjects, resamples=study.bootstrap, seed=study.seed)
    over_clusters = bootstrap_weights(table.groups, resamples=study.bootstrap, seed=study.seed)
    clustered = table.group_column == "cluster"
    return Evaluation(
        protocol=protocol,
        folds=folds,
        estimates={method: estimate(own, cases, over_subjects) for method, own in repeats.items()},
        cluster_estimates={m: estimate(own, cases, over_clusters) for m, own in repeats.items()} if clustered else {},
        difference=difference(repeats[ADSCREEN], repeats[BASELINE], cases, over_clusters),
        shared_subject_share=_shared_subjects(folds, subjects),
    )


def _repeats(folds: list[FoldResult], method: str) -> list[Predictions]:
    """Join each repeat's folds."""
    joined = []
    for repeat in sorted({fold.repeat for fold in folds}):
        own = [fold for fold in folds if fold.method == method and fold.repeat == repeat]
        joined.append(
            Predictions(
                rows=np.concatenate([fold.rows for fold in own]),
                folds=np.concatenate([np.full(len(fold.rows), fold.fold) for fold in own]),
                scores=np.concatenate([fold.probabilities for fold in own]),
                decisions=np.concatenate([fold.probabilities >= fold.threshold for fold in own]),
            )
        )
    return joined


def _shared_subjects(folds: list[FoldResult], subjects: NDArray[np.str_]) -> float:
    """Return the share of test recordings whose speaker also has a training recording."""
    own = [fold for fold in folds if fold.method == ADSCREEN]
    everything = np.arange(len(subjects))
    shared = [
        np.isin(subjects[fold.rows], subjects[np.setdiff1d(everything, fold.rows)]) for fold in own if len(fold.rows)
    ]
    return float(np.concatenate(shared).mean())


def predictions_frame(table: FeatureTable, evaluation: Evaluation) -> pd.DataFrame:
    """Return every out-of-fold prediction: one row a method, repeat and recording."""
    frames = [
        pd.DataFrame(
            {
                "protocol": evaluation.protocol,
                "method": fold.method,
                "repeat": fold.repeat,
                "fold": fold.fold,
                "recording_id": table.subjects["recording_id"].iloc[fold.rows].to_numpy(),
                "subject_id": table.subjects["subject_id"].iloc[fold.rows].to_numpy(),
                "label": table.subjects["label"].iloc[fold.rows].to_numpy(),
                "probability": fold.probabilities,
                "threshold": fold.threshold,
            }
        )
        for fold in evaluation.folds
    ]
    return pd.concat(frames, ignore_index=True)
