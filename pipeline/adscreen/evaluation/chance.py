"""Finished folds -> what permuted labels reach on these folds, and whether a method is above that.

The labels of whole groups are permuted (``deal_labels``), so that nothing true can be learned from them, and cheap
baselines are trained and tested with them on the folds of the run, in all repeats, for the figures of the run are means
over these. A baseline's preparation of its inputs (the weighting of words, imputation, scaling) reads no label: it is
fitted once a fold.

The p-value of a method with the AUC a is (1 + the number of permutations with an AUC of at least a) / (1 + the number
of permutations) (Phipson & Smyth 2010). For the best of several shortcuts the permutation's highest AUC over all of
them takes the place of its own, which holds for the choice (single-step maxT: Westfall & Young 1993). A baseline is
compared with its own permutations. The evaluated method would have to be tuned again for each of them; it is compared
with those of ``ALL_WORDS``, which stands in for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from adscreen.estimator import words_classifier
from adscreen.estimator.tuning import on_one_thread, positive_probability
from adscreen.evaluation.results import (
    ALL_WORDS,
    DEMOGRAPHICS,
    INTERVIEWER,
    TASK,
    TFIDF,
    WORD_COUNT,
    ChanceRow,
    FoldResult,
    PermutationRow,
    Protocol,
    ProtocolEvaluation,
)
from adscreen.evaluation.shortcuts import build_shortcut, deal_labels, shortcut_inputs
from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.metrics import Predictions, auc_within_folds

NOT_SPEECH = (WORD_COUNT, DEMOGRAPHICS, TASK, INTERVIEWER)  # of which the best is chosen
PERMUTED = (ALL_WORDS, TFIDF, *NOT_SPEECH)

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def permute_folds(
    table: FeatureTable,
    folds: Sequence[FoldResult],
    *,
    protocol: Protocol,
    permutations: int,
    seed: int,
    jobs: int = 1,
) -> list[PermutationRow]:
    """Return the AUC by recording of every permutation and baseline; the result does not depend on ``jobs``.

    ``folds`` are those of all methods that ran: their rows are read, and of their methods those of ``PERMUTED`` are
    trained again.
    """
    from joblib import Parallel, delayed

    places = _first_method(folds)
    ran = {fold.method for fold in folds}
    methods = [name for name in PERMUTED if name == ALL_WORDS or name in ran]
    labels = [deal_labels(table, seed=[seed, number]) for number in range(permutations)]
    calls = (delayed(on_one_thread)(_predict, table, methods, fold, labels) for fold in places)
    found = list(Parallel(n_jobs=jobs)(calls))
    return [
        PermutationRow(protocol, method, number, _mean_area(places, [scores[method][number] for scores in found], own))
        for method in methods
        for number, own in enumerate(labels)
    ]


def _first_method(folds: Sequence[FoldResult]) -> list[FoldResult]:
    """Return one result a fold: those of the first method."""
    return [fold for fold in folds if fold.method == folds[0].method]


def _predict(
    table: FeatureTable, methods: Sequence[str], fold: FoldResult, labels: Sequence[Labels]
) -> dict[str, list[Floats]]:
    """Return by method the scores (permutations, test rows) of one fold."""
    predicted = {}
    for method in methods:
        design = _prepare(table, method, fold)
        predicted[method] = [_score(design, own[fold.training], len(fold.rows)) for own in labels]
    return predicted


@dataclass(frozen=True)
class _Design:
    """A baseline's prepared inputs on both sides of a fold, and its classifier."""

    classifier: Any
    training: Any
    test: Any


def _prepare(table: FeatureTable, method: str, fold: FoldResult) -> _Design | None:
    """Return a baseline's inputs; None where no word occurs often enough to learn from."""
    inputs = table.inputs[TOKENS] if method == ALL_WORDS else shortcut_inputs(method, table)
    pipeline: Pipeline = words_classifier(least=1) if method == ALL_WORDS else build_shortcut(method, inputs)
    before, classifier = pipeline[:-1], pipeline[-1]
    try:
        training = before.fit_transform(inputs.iloc[fold.training])
    except ValueError:  # what scikit-learn refuses here is text without a word in common
        return None
    return _Design(classifier, training, before.transform(inputs.iloc[fold.rows]))


def _score(design: _Design | None, labels: Labels, tested: int) -> Floats:
    """Return the scores (tested,) of the test rows; with one label in training there is nothing to learn."""
    if design is None or len(set(labels.tolist())) < 2:
        return np.zeros(tested)
    return positive_probability(design.classifier.fit(design.training, labels), design.test)


def _mean_area(folds: Sequence[FoldResult], scores: Sequence[Floats], labels: Labels) -> float:
    """Return the AUC within folds, the mean over repeats; 0.5 where no fold of any repeat has both labels."""
    areas = []
    for repeat in sorted({fold.repeat for fold in folds}):
        parts = [(fold.rows, own, 0.5) for fold, own in zip(folds, scores, strict=True) if fold.repeat == repeat]
        areas.append(auc_within_folds(Predictions.join(parts), labels, np.ones((1, len(labels))))[0])
    known = [area for area in areas if np.isfinite(area)]
    return float(np.mean(known)) if known else 0.5


def judge_chance(
    folds: Sequence[FoldResult], permuted: Sequence[PermutationRow], cases: Labels, *, protocol: Protocol
) -> list[ChanceRow]:
    """Return the p-value of the evaluated method and of every baseline whose labels were permuted."""
    methods = list(dict.fromkeys(fold.method for fold in folds))
    drawn = {method: _areas(permuted, method) for method in dict.fromkeys(row.method for row in permuted)}
    tried = [method for method in methods if method in NOT_SPEECH and method in drawn]
    highest = np.max([drawn[method] for method in tried], axis=0) if tried else np.empty(0)
    rows = []
    for method in methods:
        reference = ALL_WORDS if method == methods[0] else method
        if reference not in drawn:
            continue
        own = [fold for fold in folds if fold.method == method]
        area = _mean_area(own, [fold.probabilities for fold in own], cases)
        rows.append(
            ChanceRow(
                protocol=protocol,
                method=method,
                auc=area,
                reference=reference,
                mean=float(drawn[reference].mean()),
                sd=float(drawn[reference].std(ddof=1)),
                p_value=p_value(area, drawn[reference]),
                p_best=p_value(area, highest) if method in tried else float("nan"),
                permutations=len(drawn[reference]),
                note=_note(method, methods[0], tried),
            )
        )
    return rows


def _areas(permuted: Sequence[PermutationRow], method: str) -> Floats:
    return np.array([row.auc for row in permuted if row.method == method])


def p_value(observed: float, permuted: Floats) -> float:
    """Return (1 + the number of permutations with at least the observed AUC) / (1 + permutations).

    Equal AUCs count as at least as high, also where rounding makes one a little lower.

    >>> p_value(0.8, np.array([0.5, 0.9, 0.8]))
    0.75
    """
    return float((1 + np.count_nonzero(permuted >= observed - 1e-12)) / (1 + len(permuted)))


def _note(method: str, main: str, tried: Sequence[str]) -> str:
    """Say what a row's p-values rest on."""
    if method == main:
        return (
            f"p_value: {main} against permuted labels predicted by {ALL_WORDS} on the same folds; {main} itself was "
            "not tuned again for each permutation"
        )
    if method in tried:
        return f"p_value: exact for this baseline alone; p_best: for the best of {len(tried)} shortcuts"
    return "p_value: exact for this baseline"


def describe_chance(evaluation: ProtocolEvaluation) -> str:
    """Return the sentence on permuted labels under a protocol."""
    (own,) = [row for row in evaluation.chance if row.method == evaluation.main]
    told = (
        f"{evaluation.protocol}: labels permuted {own.permutations} times between whole groups, and predicted from the "
        f"words: mean AUC {own.mean:.3f} (SD {own.sd:.3f})"
    )
    return f"{told}; p = {own.p_value:.3f} for the AUC of {own.method}."
