"""Held-out probabilities of a training table -> ScoreReference: how each label scored, each subject counting once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Interval, exact_interval, weigh_by_subject
from adscreen.model.reference import HeldOut, ScoreReference


def describe_scores(
    table: FeatureTable, probabilities: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> ScoreReference:
    """Describe the held-out probabilities (n,) of a training table; ``thresholds`` (n,) were chosen without the row."""
    controls, cases = (_Own.of(table, label, probabilities, thresholds) for label in (0, 1))
    return ScoreReference(
        controls=controls.held_out(),
        cases=cases.held_out(),
        sensitivity=cases.rate(cases.probabilities >= cases.thresholds),
        specificity=controls.rate(controls.probabilities < controls.thresholds),
        case_share=_share_of_cases(table),
    )


def _share_of_cases(table: FeatureTable) -> float:
    """Return the share of cases that the fusion weighs: each subject counts once, whatever the labels of its visits."""
    weights = weigh_by_subject(table.subjects["subject_id"].to_numpy(dtype=str))
    return math.fsum(weights[table.cases == 1]) / math.fsum(weights)


@dataclass(frozen=True)
class _Own:
    """The recordings of one label that were held out once, in the order of their probabilities."""

    probabilities: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    weights: NDArray[np.float64]
    groups: NDArray[np.str_]

    @classmethod
    def of(
        cls, table: FeatureTable, label: int, probabilities: NDArray[np.float64], thresholds: NDArray[np.float64]
    ) -> Self:
        """Return the recordings of a label, each with 1 / (its subject's recordings among them) for a weight."""
        rows = np.flatnonzero(np.isfinite(probabilities) & (table.cases == label))
        weights = weigh_by_subject(table.subjects["subject_id"].to_numpy(dtype=str)[rows])
        order = np.lexsort((weights, probabilities[rows]))
        own = rows[order]
        return cls(probabilities[own], thresholds[own], weights[order], table.groups[own])

    def held_out(self) -> HeldOut:
        """Return what the model keeps of them: no ids."""
        return HeldOut(self.probabilities.tolist(), self.weights.tolist())

    def rate(self, right: NDArray[np.bool_]) -> Interval:
        """Return the share of the label's subjects that were classified rightly, with its exact interval.

        The interval stands on half of the effective number of independent groups (clusters, else subjects; Kish 1965),
        (sum of weights)^2 / (sum over groups of the squared weight of each). Half, because in cross-validation a person
        also moves the models and thresholds that judge the others, which doubles the variance at most.
        """
        total = math.fsum(self.weights)
        if not total:
            return Interval(math.nan, math.nan, math.nan)
        share = math.fsum(self.weights[right]) / total
        _, place = np.unique(self.groups, return_inverse=True)
        of_groups = np.bincount(place, weights=self.weights)
        people = float(total**2 / (of_groups**2).sum())
        return Interval(share, *exact_interval(share, people / 2))
