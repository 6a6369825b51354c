"""A table -> how far each person's probability moves when the model is fitted to other people of the same kind.

The model of the whole cohort is tuned as ``train`` tunes. Then whole groups are drawn with replacement, as many of each
label as there are, and the estimator is fitted again to every such bootstrap cohort: the members' settings stay; their
fits, their fusion and the threshold are recomputed. All models predict the original people (Riley & Collins 2023, Biom
J 65:2200302). Settings stay because tuning again would multiply the time by the number of candidates; so what is shown
is the least instability.

A group that is drawn twice has its recordings twice, and they stay together in the inner folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adscreen.errors import InputError
from adscreen.estimator.study import MemberSettings, StudySettings
from adscreen.estimator.tuning import Tuned, on_one_thread, positive_probability, tune
from adscreen.evaluation.own_estimator import OwnEstimator, check_estimator
from adscreen.evaluation.protocols import outer_splits
from adscreen.evaluation.results import ADSCREEN, Protocol
from adscreen.evaluation.stability_rows import InstabilityRow
from adscreen.extract.feature_table import FeatureTable

_MOST_DRAWS = 200  # of one bootstrap cohort, whose groups may be too few different ones to split

Advance = Callable[[int], None]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class _Original:
    """The model of all people: what the others are compared with, and what they share with it."""

    method: str
    members: tuple[MemberSettings, ...]
    probabilities: NDArray[np.float64]
    threshold: float


def measure_instability(
    table: FeatureTable,
    study: StudySettings,
    *,
    protocol: Protocol,
    models: int,
    estimator: Any = None,
    jobs: int = 1,
    progress: Advance | None = None,
) -> list[InstabilityRow]:
    """Return one row for each recording that the model is made of, in the order of their ids.

    Under ``external`` these are the training cohort's. ``progress`` is called once for each model.

    Raises:
        InputError: a class has fewer groups than folds, or bootstrap cohorts of so few groups cannot be split.
    """
    from joblib import Parallel, delayed

    if protocol == "external":
        ((_, (training, _)),) = outer_splits(table, study, protocol=protocol)
        table = table.rows(training)
    table = table.rows(table.canonical_order())
    own = None if estimator is None else check_estimator(estimator)
    original = on_one_thread(_fit_original, table, study, own, jobs)
    draws = [draw_cohort(table, study, number) for number in range(models)]
    workers = Parallel(n_jobs=jobs, return_as="generator")
    found = []
    for one in workers(delayed(on_one_thread)(_refit, table, study, original.members, own, rows) for rows in draws):
        found.append(one)
        if progress:
            progress(1)
    return _summarise(table, protocol, original, found)


def draw_cohort(table: FeatureTable, study: StudySettings, number: int) -> Rows:
    """Return the rows of a bootstrap cohort: of groups of mostly either label as many as there are, with replacement.

    A draw that the inner folds cannot split is drawn again.

    Raises:
        InputError: no draw can be split.
    """
    groups, cases = table.groups, table.cases
    names, inverse = np.unique(groups, return_inverse=True)
    mostly = np.bincount(inverse, weights=cases) * 2 > np.bincount(inverse)
    rng = np.random.default_rng([study.seed, number])
    for _ in range(_MOST_DRAWS):
        sides = [np.flatnonzero(mostly == label) for label in (False, True)]
        drawn = np.sort(np.concatenate([rng.choice(side, size=len(side)) for side in sides if len(side)]))
        rows = np.concatenate([np.flatnonzero(inverse == group) for group in drawn])
        try:
            table.rows(rows).folds(study.inner_folds, seed=study.seed)
        except InputError:
            continue
        return rows
    what = f"bootstrap cohorts of {len(names)} groups cannot be split into {study.inner_folds} inner folds"
    raise InputError(what, where="instability=", remedy="leave it out, or ask for fewer inner folds")


def _fit_original(table: FeatureTable, study: StudySettings, estimator: Any, jobs: int) -> _Original:
    """Tune and fit on everybody."""
    rows = np.arange(len(table))
    if estimator is not None:
        probabilities, threshold, method = _refit_own(table, study, estimator, rows)
        return _Original(method, (), probabilities, threshold)
    tuned = _tune(table, study, study.candidates(), jobs=jobs)
    return _Original(ADSCREEN, tuned.members, _predict(tuned, table, table, study), tuned.threshold)


def _refit(
    table: FeatureTable, study: StudySettings, members: tuple[MemberSettings, ...], estimator: Any, rows: Rows
) -> tuple[NDArray[np.float64], float]:
    """Return the probabilities of the original people and the threshold, of a model of a bootstrap cohort."""
    if estimator is not None:
        return _refit_own(table, study, estimator, rows)[:2]
    cohort = table.rows(rows)
    tuned = _tune(cohort, study, [[settings] for settings in members])
    return _predict(tuned, cohort, table, study), tuned.threshold


def _tune(
    cohort: FeatureTable, study: StudySettings, candidates: list[list[MemberSettings]], *, jobs: int = 1
) -> Tuned:
    inner = cohort.folds(study.inner_folds, seed=study.seed)
    return tune(cohort, candidates, inner=inner, seed=study.seed, rule=study.threshold_rule, jobs=jobs)


def _predict(tuned: Tuned, cohort: FeatureTable, people: FeatureTable, study: StudySettings) -> NDArray[np.float64]:
    """Return the probabilities of people by the chosen estimator, fitted to a cohort."""
    fitted = tuned.build(seed=study.seed).fit(cohort.inputs, cohort.cases)
    return positive_probability(fitted, people.inputs)


def _refit_own(
    table: FeatureTable, study: StudySettings, estimator: Any, rows: Rows
) -> tuple[NDArray[np.float64], float, str]:
    """Return the same for a user's estimator, and its name."""
    method = OwnEstimator(estimator, table, seed=study.seed, rule=study.threshold_rule)
    inner = table.rows(rows).folds(study.inner_folds, seed=study.seed)
    probabilities = method.predict(np.arange(len(table)), method.fit(rows))
    return probabilities, method.judge(rows, inner).threshold, method.method


def _summarise(
    table: FeatureTable, protocol: Protocol, original: _Original, found: list[tuple[NDArray[np.float64], float]]
) -> list[InstabilityRow]:
    drawn = np.array([probabilities for probabilities, _ in found])  # (B, n)
    sides = drawn >= np.array([threshold for _, threshold in found])[:, None]
    positive = original.probabilities >= original.threshold
    low, median, high = np.quantile(drawn, [0.025, 0.5, 0.975], axis=0)
    error = np.abs(drawn - original.probabilities).mean(axis=0)
    changed = (sides != positive).mean(axis=0)
    recordings, subjects, labels = (
        table.subjects[name].astype(str) for name in ("recording_id", "subject_id", "label")
    )
    return [
        InstabilityRow(
            protocol=protocol,
            method=original.method,
            recording_id=recordings.iloc[row],
            subject_id=subjects.iloc[row],
            label=labels.iloc[row],
            models=len(found),
            original=float(original.probabilities[row]),
            positive=bool(positive[row]),
            low=float(low[row]),
            median=float(median[row]),
            high=float(high[row]),
            error=float(error[row]),
            changed=float(changed[row]),
        )
        for row in range(len(table))
    ]
