"""Predictions by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adscreen.metrics import Predictions


@pytest.fixture(scope="session")
def predictions() -> Callable[..., Predictions]:
    """``predictions(scores, folds, threshold=0.5)`` of the rows in order, of one fold unless told otherwise."""

    def make(scores: list[float], folds: list[int] | None = None, *, threshold: float = 0.5) -> Predictions:
        numbers = np.array(folds or [0] * len(scores))
        return Predictions(
            np.arange(len(scores)), numbers, np.array(scores, dtype=float), np.full(len(scores), threshold)
        )

    return make
