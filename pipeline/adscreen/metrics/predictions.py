"""Out-of-fold predictions of one repeat, by recording or joined to subjects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.visits import WHOLLY_SHARED, join_logits

Floats = NDArray[np.float64]
LEAST = 1e-12  # probabilities nearer 0 or 1 are taken as this far, so that a logit is finite


@dataclass(frozen=True, slots=True)
class Predictions:
    """Row, fold, score, and the threshold of its fold, of each prediction of one repeat.

    ``rows`` are rows of the cohort; a subject joined from several recordings has the row of its first one.
    """

    rows: NDArray[np.intp]
    folds: NDArray[np.intp]
    scores: Floats
    thresholds: Floats

    @classmethod
    def join(cls, folds: Iterable[tuple[NDArray[np.intp], Floats, float]]) -> Predictions:
        """Join the folds of a repeat, numbered as they come: the rows that each tested, their scores, its threshold."""
        parts = [
            (rows, np.full(len(rows), number, dtype=np.intp), scores, np.full(len(rows), threshold))
            for number, (rows, scores, threshold) in enumerate(folds)
        ]
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    @property
    def decisions(self) -> NDArray[np.bool_]:
        """Positive at or above the threshold."""
        decided: NDArray[np.bool_] = self.scores >= self.thresholds
        return decided

    def among(self, rows: NDArray[np.bool_]) -> Predictions:
        """Return the predictions of those cohort rows that ``rows`` marks."""
        kept = rows[self.rows]
        return Predictions(self.rows[kept], self.folds[kept], self.scores[kept], self.thresholds[kept])


def logit(scores: Floats) -> Floats:
    """Return log(p / (1 - p))."""
    inside = np.clip(scores, LEAST, 1 - LEAST)
    odds: Floats = np.log(inside) - np.log1p(-inside)
    return odds


def by_subject(
    predictions: Predictions,
    subjects: NDArray[np.str_],
    *,
    correlations: Floats | None = None,
    thresholds: Floats | None = None,
) -> Predictions:
    """Join the recordings of a subject in a fold: the probability of their joined log-odds, against a threshold.

    ``subjects`` names the subject of each row of the cohort. ``correlations`` (folds,) is what recordings of a subject
    share in each fold (``visits``; without it, everything: the mean logit is taken), ``thresholds`` (folds,) that of
    each fold for subjects (without it, the one for recordings). A subject that is tested in several folds (recordings
    in folds of their own) has one prediction in each.
    """
    keys = np.stack([predictions.folds, np.unique(subjects, return_inverse=True)[1][predictions.rows]], axis=1)
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    counts = np.bincount(inverse)
    folds = predictions.folds[first]
    shared = WHOLLY_SHARED if correlations is None else correlations[folds]
    sums: Floats = np.bincount(inverse, weights=logit(predictions.scores)).astype(np.float64)
    joined = join_logits(sums, counts.astype(np.float64), shared)
    # one probability, of one recording or of several that share everything, is kept: logit and back would round it
    equal = np.ones(len(counts), dtype=bool)
    np.logical_and.at(equal, inverse, predictions.scores == predictions.scores[first][inverse])
    kept = (counts == 1) | (equal & (np.asarray(shared) == WHOLLY_SHARED))
    scores = np.where(kept, predictions.scores[first], 1 / (1 + np.exp(-joined)))
    cuts = predictions.thresholds[first] if thresholds is None else thresholds[folds]
    return Predictions(predictions.rows[first], folds, scores, cuts)
