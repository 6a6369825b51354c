"""Inner folds -> what is said of a training row by an estimator that learned nothing from it, in any step.

The rows of inner fold j are fused by weights from the other folds' rows, as predicted by members that left out j as
well as the row's own fold: for each pair of folds the members are fitted once more on the rest. (The other folds'
ordinary out-of-fold log-odds come from members that were trained on j, and would carry its labels into the weights.)
The same log-odds choose each member's candidate for j. Doc2Vec alone, the dearest, is not chosen again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from adscreen.errors import InputError
from adscreen.estimator.fusion import fit_fusion
from adscreen.extract.feature_table import FeatureTable, Fold
from adscreen.metrics import ThresholdRule, weigh_by_subject, weighted_auc

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PairFold:
    """A fit that leaves out two inner folds: its training and test rows, and which test rows are for which fold.

    ``uses`` holds (left out, rows): the log-odds of these rows serve to judge the fold left out.
    """

    fold: Fold
    uses: tuple[tuple[int, Rows], ...]


def pair_folds(table: FeatureTable, inner: Sequence[Fold], *, seed: int) -> list[PairFold]:
    """Return the fits by which every inner fold is judged by rows and members that never saw it.

    For folds i and j, one on the rows that train for both: it predicts i to judge j, and j to judge i. With two folds
    there is no such row: the training side of each is split in two by groups.
    """
    if len(inner) == 2:
        return [part for number in (0, 1) for part in _halves(table, inner[number][0], number, seed=seed)]
    pairs = []
    for one, other in combinations(range(len(inner)), 2):
        training = inner[one][0][np.isin(inner[one][0], inner[other][0])]  # in its canonical order
        if len(set(table.cases[training].tolist())) == 2:
            tests = inner[one][1], inner[other][1]
            pairs.append(PairFold((training, np.concatenate(tests)), ((other, tests[0]), (one, tests[1]))))
    return pairs


def _halves(table: FeatureTable, training: Rows, left_out: int, *, seed: int) -> list[PairFold]:
    try:
        halves = table.rows(training).folds(2, seed=seed)
    except InputError:  # a label has one group there
        return []
    return [PairFold((training[own], training[test]), ((left_out, training[test]),)) for own, test in halves]


@dataclass(frozen=True, slots=True)
class HeldOutCandidates:
    """Log-odds of candidates on rows that they did not see, and what the rows are, in the table's order.

    ``logits`` (n, candidates) of candidates that left out the row's fold; ``without`` by fold left out besides: sets of
    rows, each predicted by one fit (rows, candidates). ``counts`` are the candidates of each member, ``order`` the
    canonical order of rows.
    """

    logits: Floats
    without: dict[int, list[tuple[Rows, Floats]]]
    counts: tuple[int, ...]
    cases: NDArray[np.int64]
    subjects: NDArray[np.str_]
    order: Rows

    @classmethod
    def of(
        cls,
        logits: Floats,
        fits: Sequence[tuple[PairFold, Floats]],
        *,
        counts: Sequence[int],
        cases: NDArray[np.int64],
        subjects: NDArray[np.str_],
        order: Rows,
    ) -> Self:
        """Take the log-odds (candidates, test rows) that each pair's fit gave."""
        without: dict[int, list[tuple[Rows, Floats]]] = {}
        for part, found in fits:
            place = {row: number for number, row in enumerate(part.fold[1].tolist())}
            for left_out, rows in part.uses:
                own = found[:, [place[row] for row in rows.tolist()]].T
                without.setdefault(left_out, []).append((rows, own))
        return cls(logits, without, tuple(counts), cases, subjects, order)

    def judge(self, number: int, test: Rows, rule: ThresholdRule) -> tuple[Floats, float]:
        """Return the log-odds of a fold's test rows and a threshold, by rows and members that know nothing of them.

        0 and NaN where no such rows hold both labels.
        """
        sets = self.without.get(number, [])
        if len({label for rows, _ in sets for label in self.cases[rows].tolist()}) < 2:
            return np.zeros(len(test)), math.nan
        picks = self._choose(sets)
        rows, seen = np.concatenate([own for own, _ in sets]), np.concatenate([found for _, found in sets])[:, picks]
        canonical = np.argsort(np.argsort(self.order)[rows])
        rows, seen = rows[canonical], seen[canonical]
        cases, weights = self.cases[rows], weigh_by_subject(self.subjects[rows])
        fusion = fit_fusion(seen, cases, weights)
        return fusion.logits(self.logits[test][:, picks]), rule.choose(expit(fusion.logits(seen)), cases, weights)

    def _choose(self, sets: Sequence[tuple[Rows, Floats]]) -> list[int]:
        """Return each member's candidate with the best mean AUC over sets of rows with both labels."""
        areas = np.array([[area_of(column, self.cases[rows]) for column in found.T] for rows, found in sets])
        both = np.isfinite(areas[:, 0])
        return best_of_each(self.counts, areas[both].mean(axis=0) if both.any() else np.zeros(areas.shape[1]))


def best_of_each(counts: Sequence[int], means: Floats) -> list[int]:
    """Return the place of each member's best candidate among all; ``counts`` are the candidates of each."""
    ends = np.cumsum(counts)
    parts = np.split(means, ends[:-1])
    return [int(end - len(own) + np.argmax(own >= own.max() - 1e-9)) for end, own in zip(ends, parts, strict=True)]


def area_of(scores: Floats, cases: NDArray[np.int64]) -> float:
    """Return the AUC, NaN where a class is missing."""
    return float(weighted_auc(scores, cases.astype(bool), np.ones((1, len(cases))))[0])
