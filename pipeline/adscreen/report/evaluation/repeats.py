"""predictions.csv -> the predictions of each repeat, and the gap between two protocols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.metrics import Predictions, bootstrap_weights, interval_of
from adscreen.metrics.discrimination import auc_within_folds
from adscreen.report.evaluation.contents import Interval


@dataclass(frozen=True)
class Repeats:
    """The predictions of one method under one protocol; ``rows`` are numbered over all recordings tested.

    ``groups`` is what folds keep together, a cluster or a subject.
    """

    repeats: list[Predictions]
    cases: NDArray[np.int64]
    recordings: tuple[str, ...]
    groups: NDArray[np.str_]
    several_visits: bool

    @classmethod
    def of(cls, predictions: pd.DataFrame, *, positive: str, recordings: tuple[str, ...] = ()) -> Repeats:
        """Read the rows of one method and protocol; ``recordings`` numbers them, else the order of first appearance."""
        first = predictions.drop_duplicates("recording_id").set_index("recording_id")
        names = recordings or tuple(map(str, first.index))
        number = {name: row for row, name in enumerate(names)}
        known = first.reindex(list(names))
        return cls(
            repeats=[_predictions(part, number) for _, part in predictions.groupby("repeat", sort=True)],
            cases=np.array([label == positive for label in known["label"]], dtype=np.int64),
            recordings=names,
            groups=np.asarray(known["group"].astype(str), dtype=np.str_),
            several_visits=bool(first["subject_id"].duplicated().any()),
        )


def _predictions(part: pd.DataFrame, number: dict[str, int]) -> Predictions:
    return Predictions(
        rows=np.array([number[str(name)] for name in part["recording_id"]], dtype=np.intp),
        folds=np.asarray(part["fold"], dtype=np.intp),
        scores=np.asarray(part["probability"], dtype=np.float64),
        thresholds=np.asarray(part["threshold"], dtype=np.float64),
    )


def auc_gap(one: pd.DataFrame, other: pd.DataFrame, *, positive: str, resamples: int, seed: int) -> Interval:
    """Return the AUC of ``one`` less that of ``other``, two protocols' predictions of the same cohort.

    Groups (clusters, or subjects) are resampled for both at once, so that what is easy in a resample is easy for both.
    """
    both = pd.concat([one, other])
    whole = Repeats.of(both, positive=positive)
    weights = bootstrap_weights(whole.groups, resamples=resamples, seed=seed)
    drawn = []
    for own in (one, other):
        repeats = Repeats.of(own, positive=positive, recordings=whole.recordings).repeats
        every = np.vstack([np.ones(len(whole.cases)), weights])  # the first row: the cohort as it is
        drawn.append(np.mean([auc_within_folds(part, whole.cases, every)[0] for part in repeats], axis=0))
    gap = drawn[0] - drawn[1]
    return Interval(float(gap[0]), *interval_of(gap[1:]))
