"""Predictions and resampled groups -> measures with an interval over subjects, and one over clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics import NO_INTERVAL, Interval, Predictions, Resampled, resample
from adscreen.metrics.bootstrap import Measure
from adscreen.metrics.measures import measure

Floats = NDArray[np.float64]


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
    """Measures under resampled subjects, and under resampled clusters where there are any."""

    subjects: Resampled
    clusters: Resampled | None

    def measured(self) -> dict[str, Measured]:
        """Return each measure with its intervals."""
        clusters = self.clusters.intervals() if self.clusters else {}
        return {name: Measured(own, clusters.get(name, NO_INTERVAL)) for name, own in self.subjects.intervals().items()}

    def minus(self, other: ResampledGroups) -> ResampledGroups:
        """Return each measure less that of ``other``, which has the same groups."""
        clusters = self.clusters.minus(other.clusters) if self.clusters and other.clusters else None
        return ResampledGroups(self.subjects.minus(other.subjects), clusters)


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """Row weights (B, n) of resampled subjects, and of resampled clusters where the cohort has any."""

    subjects: Floats
    clusters: Floats | None

    def resample(
        self, repeats: list[Predictions], cases: NDArray[np.int64], measured: Measure = measure
    ) -> ResampledGroups:
        """Return the measures of predictions under these weights."""
        return ResampledGroups(
            resample(repeats, cases, self.subjects, measured),
            None if self.clusters is None else resample(repeats, cases, self.clusters, measured),
        )
