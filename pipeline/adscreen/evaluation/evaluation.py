"""FeatureTable -> out-of-fold predictions and their measures, under a protocol.

Everything learned, the settings and the threshold included, is learned on the training side of a fold, and no subject
(or cluster) is on both sides; ``paper`` alone breaks this, on purpose (see protocols). Baselines that use anything but
the speech's meaning run on the same folds (see shortcuts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from adscreen.estimator.study import StudySettings
from adscreen.estimator.tuning import on_one_thread
from adscreen.evaluation.chance import judge_chance, permute_folds
from adscreen.evaluation.curves import draw_calibration, draw_decisions, draw_roc
from adscreen.evaluation.folds import FoldTask, all_vectors, run_fold
from adscreen.evaluation.forecast import forecast_learning
from adscreen.evaluation.further import measure_further
from adscreen.evaluation.learning import SHARES, take_groups, usable_shares
from adscreen.evaluation.own_estimator import check_estimator, describe_estimator, name_estimator
from adscreen.evaluation.protocols import outer_splits
from adscreen.evaluation.results import (
    ADSCREEN,
    METHODS,
    TFIDF,
    FoldResult,
    LearningRow,
    MethodRow,
    PermutationRow,
    Protocol,
    ProtocolEvaluation,
)
from adscreen.evaluation.shortcuts import SHORTCUTS, absent_shortcuts
from adscreen.evaluation.subgroups import measure_subgroups
from adscreen.evaluation.sufficiency import judge_size
from adscreen.evaluation.summary import (
    Folds,
    compare_apparent,
    count_decisions,
    shared_subjects,
    summarise_families,
    summarise_learning,
    summarise_methods,
)
from adscreen.extract.feature_table import FeatureTable

Advance = Callable[[int], None]


def evaluate_protocol(
    table: FeatureTable,
    study: StudySettings,
    *,
    protocol: Protocol,
    estimator: Any = None,
    learning_curve: bool = False,
    jobs: int = 1,
    progress: Advance | None = None,
) -> ProtocolEvaluation:
    """Run one protocol and summarise it. The result does not depend on ``jobs``.

    ``estimator`` is a classifier over ``table.X`` that is evaluated in place of adscreen's own.

    Under ``external`` the table is one of ``join_cohorts``. ``learning_curve`` trains the first repeat again on shares
    of its training groups (not under ``paper``, where more recordings are more of the same speakers).

    Raises:
        InputError: the cohort cannot be split so; a class has fewer groups than folds.
    """
    own = None if estimator is None else check_estimator(estimator)
    tasks = _tasks(table, study, protocol=protocol, fit=own is None)
    absent = absent_shortcuts(table)
    shortcuts = [name for name in SHORTCUTS if name not in absent]
    results = [item for fold in _run(table, study, tasks, shortcuts, own, jobs, progress) for item in fold]
    folds = Folds(protocol, results, table, study)
    learning = _learn(folds, tasks, own, jobs, progress) if learning_curve and protocol != "paper" else []
    permuted = permute_folds(
        table, results, protocol=protocol, permutations=study.permutations, seed=study.seed, jobs=jobs
    )
    if progress:
        progress(1)
    return on_one_thread(_summarise, folds, _describe_methods(own, absent), learning, permuted)


def count_steps(table: FeatureTable, study: StudySettings, *, protocol: Protocol, learning_curve: bool = False) -> int:
    """Return how often ``evaluate`` calls ``progress``.

    Raises:
        InputError: the cohort cannot be split so.
    """
    tasks = _tasks(table, study, protocol=protocol, fit=False)
    if not learning_curve or protocol == "paper":
        return len(tasks) + 1
    return len(tasks) + 1 + len(_smaller(table, study, tasks)) * sum(task.repeat == 0 for task in tasks)


def run_first_repeat(
    table: FeatureTable,
    study: StudySettings,
    *,
    protocol: Protocol,
    jobs: int = 1,
    progress: Advance | None = None,
) -> list[FoldResult]:
    """Run adscreen and TF-IDF on the folds of the first repeat; nothing is summarised.

    Raises:
        InputError: the cohort cannot be split so; a class has fewer groups than folds.
    """
    tasks = [task for task in _tasks(table, study, protocol=protocol) if task.repeat == 0]
    return [result for fold in _run(table, study, tasks, [TFIDF], None, jobs, progress) for result in fold]


def _tasks(table: FeatureTable, study: StudySettings, *, protocol: Protocol, fit: bool = True) -> list[FoldTask]:
    splits = outer_splits(table, study, protocol=protocol)
    vectors = all_vectors(table, study) if protocol == "paper" and fit else None
    leaky = protocol == "paper"
    return [FoldTask(*number, training, test, vectors, leaky) for number, (training, test) in splits]


def _run(
    table: FeatureTable,
    study: StudySettings,
    tasks: list[FoldTask],
    shortcuts: list[str],
    estimator: Any,
    jobs: int,
    progress: Advance | None,
) -> Iterator[list[FoldResult]]:
    """Yield the results of each task, in order."""
    from joblib import Parallel, delayed

    workers = Parallel(n_jobs=jobs, return_as="generator")
    for results in workers(delayed(on_one_thread)(run_fold, table, study, t, shortcuts, estimator) for t in tasks):
        if progress:
            progress(1)
        yield results


def _learn(
    folds: Folds, tasks: list[FoldTask], estimator: Any, jobs: int, progress: Advance | None
) -> list[LearningRow]:
    """Run the first repeat on shares of its training groups; the whole of it has run already."""
    table, study = folds.table, folds.study
    first = [task for task in tasks if task.repeat == 0]
    by_share: dict[float, list[FoldResult]] = {}
    for share in _smaller(table, study, tasks):
        smaller = [replace(task, training=take_groups(table, task.training, share, seed=study.seed)) for task in first]
        done = _run(table, study, smaller, [TFIDF], estimator, jobs, progress)
        by_share[share] = [result for results in done for result in results]
    by_share[SHARES[-1]] = [r for r in folds.results if r.repeat == 0 and r.method in (folds.main, TFIDF)]
    return summarise_learning(folds, by_share)


def _smaller(table: FeatureTable, study: StudySettings, tasks: list[FoldTask]) -> tuple[float, ...]:
    """Return the shares on which the first repeat can be trained again; a small cohort has not all of them."""
    sides = [task.training for task in tasks if task.repeat == 0]
    return usable_shares(table, sides, inner_folds=study.inner_folds, seed=study.seed)


def _describe_methods(estimator: Any, absent: dict[str, str]) -> list[MethodRow]:
    """Return what each method is; the one that is evaluated comes first."""
    own = METHODS if estimator is None else {name_estimator(estimator): describe_estimator(estimator)} | METHODS
    rows = [MethodRow(name, description, absent.get(name, "")) for name, description in own.items()]
    return rows if estimator is None else [row for row in rows if row.method != ADSCREEN]


def _summarise(
    folds: Folds, methods: list[MethodRow], learning: list[LearningRow], permuted: list[PermutationRow]
) -> ProtocolEvaluation:
    metrics, differences = summarise_methods(folds)
    return ProtocolEvaluation(
        protocol=folds.protocol,
        folds=list(folds.results),
        methods=methods,
        metrics=metrics,
        differences=differences,
        confusion=count_decisions(folds),
        roc=draw_roc(folds),
        calibration=draw_calibration(folds),
        decisions=draw_decisions(folds),
        subgroups=measure_subgroups(folds),
        learning=learning,
        families=summarise_families(folds),
        apparent=compare_apparent(folds, metrics),
        permutations=permuted,
        chance=judge_chance(folds.results, permuted, folds.cases, protocol=folds.protocol),
        shared_subject_share=shared_subjects(folds),
        sample_size=judge_size(folds, metrics),
        forecast=forecast_learning(learning, seed=folds.study.seed),
        **measure_further(folds),
    )
