"""Conformal sets of recordings with known labels -> conformal_sets.csv: do they hold the label as often as they should?

Each subject counts once. The share of people whose set holds their own label should be the confidence, by label; exact
intervals are over subjects (clusters where the manifest has them).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.metrics import exact_interval, weigh_by_subject


@dataclass(frozen=True, slots=True)
class ConformalRow:
    """conformal_sets.csv: of one label's scored recordings, the share whose set holds it, is decided, and is wrong.

    ``held`` is the share whose set holds their label, with its exact interval; ``decided`` the share whose set is one
    label; ``decided_wrongly`` that whose set is the other label alone. Each subject counts once.
    """

    label: str
    confidence: float
    recordings: int
    subjects: int
    held: float
    held_low: float
    held_high: float
    decided: float
    decided_wrongly: float


def judge_sets(
    scores: pd.DataFrame, *, cases: NDArray[np.int64], groups: NDArray[np.str_], labels: tuple[str, str]
) -> Iterator[ConformalRow]:
    """Yield a row for the negative and the positive label.

    ``scores`` has a row per recording with ``subject_id``, ``confidence`` and ``conformal_set``, all with a set;
    ``cases`` (n,) is 1 for the positive label and ``groups`` (n,) is what stays together.
    """
    for number, (own, label) in enumerate(zip(("control", "case"), labels, strict=True)):
        rows = scores[cases == number]
        sets, weights = rows["conformal_set"], weigh_by_subject(rows["subject_id"].to_numpy(dtype=str))
        held = _share(weights, sets.isin([own, "control|case"]))
        low, high = exact_interval(held, len(np.unique(groups[cases == number])))
        yield ConformalRow(
            label=label,
            confidence=float(scores["confidence"].iloc[0]),
            recordings=len(rows),
            subjects=rows["subject_id"].nunique(),
            held=held,
            held_low=low,
            held_high=high,
            decided=_share(weights, sets.isin(["control", "case"])),
            decided_wrongly=_share(weights, sets.isin({"control", "case"} - {own})),
        )


def _share(weights: NDArray[np.float64], right: pd.Series) -> float:
    return math.fsum(weights[right.to_numpy()]) / math.fsum(weights)
