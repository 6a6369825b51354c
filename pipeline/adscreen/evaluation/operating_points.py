"""Finished folds -> the evaluated method's sensitivity at fixed specificities, and the other way round."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.intervals import Measured
from adscreen.evaluation.results import OperatingPointRow
from adscreen.evaluation.summary import Folds
from adscreen.metrics import Interval, Predictions
from adscreen.metrics.operating_points import sensitivity_at, specificity_at

FIXED = (0.80, 0.90, 0.95)

Floats = NDArray[np.float64]
Rate = Literal["sensitivity", "specificity"]
_PAIRS: tuple[tuple[Rate, Rate], ...] = (("specificity", "sensitivity"), ("sensitivity", "specificity"))  # fixed, found


def find_operating_points(folds: Folds) -> list[OperatingPointRow]:
    """Return each point at every level."""
    return [
        OperatingPointRow(folds.protocol, folds.main, level, fixed, at, name, *_bounded(found[f"{name} {at}"]).figures)
        for level in folds.levels
        for found in [folds.resample(folds.repeats(folds.main, level), _measure).measured()]
        for fixed, name in _PAIRS
        for at in FIXED
    ]


def _measure(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    found = {f"sensitivity {at}": sensitivity_at(predictions, cases, weights, specificity=at) for at in FIXED}
    return found | {f"specificity {at}": specificity_at(predictions, cases, weights, sensitivity=at) for at in FIXED}


def _bounded(found: Measured) -> Measured:
    """Return a rate whose intervals stay between 0 and 1."""

    def bounded(one: Interval) -> Interval:
        return Interval(one.value, *np.clip([one.low, one.high], 0.0, 1.0).tolist())

    return Measured(bounded(found.subjects), bounded(found.clusters))
