"""Predictions and groups -> measures with an interval over subjects, and one over clusters.

What the groups add to the variance as they are trained on depends on the protocol: under ``external`` and ``validate``
nothing, since others were trained on; under ``subject`` it is estimated from the repeats; elsewhere it is taken whole
(adscreen.metrics.training_role).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics import NO_INTERVAL, Groups, Interval, Jackknifed, Measure, Predictions, Training, jackknife
from adscreen.metrics.measures import measure

_TRAINING: dict[str, Training] = {"subject": "estimated", "external": "none", "validate": "none"}


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure with its interval over subjects, and that over clusters (NaN where the cohort has none)."""

    subjects: Interval
    clusters: Interval = NO_INTERVAL

    @property
    def figures(self) -> tuple[float, float, float, float, float]:
        """value, low, high, cluster_low and cluster_high, as the tables hold them."""
        own, over = self.subjects, self.clusters
        return own.value, own.low, own.high, over.low, over.high


@dataclass(frozen=True, slots=True)
class ResampledGroups:
    """Measures without one subject after another, and without one cluster after another where there are any."""

    subjects: Jackknifed
    clusters: Jackknifed | None

    def measured(self) -> dict[str, Measured]:
        """Return each measure with its intervals."""
        clusters = self.clusters.intervals() if self.clusters else {}
        return {name: Measured(own, clusters.get(name, NO_INTERVAL)) for name, own in self.subjects.intervals().items()}

    def minus(self, other: ResampledGroups) -> ResampledGroups:
        """Return each measure less that of ``other``, which has the same groups."""
        clusters = self.clusters.minus(other.clusters) if self.clusters and other.clusters else None
        return ResampledGroups(self.subjects.minus(other.subjects), clusters)


@dataclass(frozen=True, slots=True)
class CohortGroups:
    """The subjects of a cohort's rows, its clusters where it has any, and what they add as they are trained on."""

    subjects: Groups
    clusters: Groups | None
    training: Training

    @classmethod
    def of(cls, protocol: str, subjects: NDArray[np.str_], clusters: NDArray[np.str_] | None) -> CohortGroups:
        """Take the names of the rows' subjects, and of their clusters."""
        return cls(
            Groups.of(subjects), None if clusters is None else Groups.of(clusters), _TRAINING.get(protocol, "whole")
        )

    def resample(
        self, repeats: list[Predictions], cases: NDArray[np.int64], measured: Measure = measure
    ) -> ResampledGroups:
        """Return the measures of predictions without one group after another."""
        return ResampledGroups(
            jackknife(repeats, cases, self.subjects, measured, training=self.training),
            None
            if self.clusters is None
            else jackknife(repeats, cases, self.clusters, measured, training=self.training),
        )
