"""Rows of predictions.csv -> the predictions of each repeat of one method, with the labels and groups of recordings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.evaluation.levels import choose_levels, has_one_label
from adscreen.evaluation.results import Level
from adscreen.metrics import Predictions, by_subject


@dataclass(frozen=True, slots=True)
class Joining:
    """How each fold (folds,) of a repeat joins the recordings of a subject, and at which threshold it decides."""

    correlations: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    @classmethod
    def of(cls, part: pd.DataFrame) -> Joining:
        """Take it from the predictions of one repeat; folds are in the order in which they come."""
        first = part.drop_duplicates("fold")
        return cls(first["visit_correlation"].to_numpy(np.float64), first["subject_threshold"].to_numpy(np.float64))


@dataclass(frozen=True)
class OutOfFold:
    """What one method predicted under one protocol; predictions' ``rows`` number the recordings (n,).

    ``groups`` is what folds keep together, a cluster or a subject.
    """

    recordings: tuple[str, ...]
    cases: NDArray[np.int64]
    subjects: NDArray[np.str_]
    groups: NDArray[np.str_]
    by_recording: tuple[Predictions, ...]
    joining: tuple[Joining, ...]

    @classmethod
    def of(cls, predictions: pd.DataFrame, *, positive: str, among: pd.DataFrame | None = None) -> OutOfFold:
        """Take the rows of one method and protocol. Recordings are numbered as ``among``, or they, first name them."""
        first = (predictions if among is None else among).drop_duplicates("recording_id")
        number = pd.Series(np.arange(len(first)), index=first["recording_id"])
        return cls(
            recordings=tuple(first["recording_id"].astype(str)),
            cases=label_cases(first, positive=positive),
            subjects=first["subject_id"].to_numpy(dtype=str),
            groups=first["group"].to_numpy(dtype=str),
            by_recording=tuple(_predictions(part, number) for _, part in predictions.groupby("repeat", sort=False)),
            joining=tuple(Joining.of(part) for _, part in predictions.groupby("repeat", sort=False)),
        )

    @property
    def several_visits(self) -> bool:
        """Whether a subject has more than one recording."""
        return len(np.unique(self.subjects)) < len(self.subjects)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels at which there are results."""
        return choose_levels(self.cases, has_one_label(self.subjects, self.cases))

    def repeats(self, level: Level = "recording") -> list[Predictions]:
        """Return each repeat's predictions, by recording or joined to subjects who have one label."""
        if level == "recording":
            return list(self.by_recording)
        counted = has_one_label(self.subjects, self.cases)
        return [
            by_subject(
                predictions.among(counted), self.subjects, correlations=own.correlations, thresholds=own.thresholds
            )
            for predictions, own in zip(self.by_recording, self.joining, strict=True)
        ]


def label_cases(rows: pd.DataFrame, *, positive: str) -> NDArray[np.int64]:
    """Return 1 for each row of a case, else 0."""
    cases: NDArray[np.int64] = (rows["label"] == positive).to_numpy().astype(np.int64)
    return cases


def _predictions(part: pd.DataFrame, number: pd.Series) -> Predictions:
    return Predictions(
        rows=number[part["recording_id"]].to_numpy(dtype=np.intp),
        folds=np.asarray(pd.factorize(part["fold"])[0], dtype=np.intp),
        scores=part["probability"].to_numpy(dtype=np.float64),
        thresholds=part["threshold"].to_numpy(dtype=np.float64),
    )
