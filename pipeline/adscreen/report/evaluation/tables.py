"""The tables of a run -> the rows of one protocol, and their figures with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from adscreen.metrics import Interval

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Tables:
    """The tables of one protocol of a run, by the name of their file."""

    protocol: str
    frames: Frames

    @property
    def main(self) -> str:
        """The method that was evaluated: methods.csv lists it first."""
        return str(self.frames["methods"]["method"].iloc[0])

    def of(self, name: str, **wanted: str) -> pd.DataFrame:
        """Return the rows of this protocol in one table that have the wanted values."""
        frame = self.frames[name]
        kept = frame["protocol"] == self.protocol
        for column, value in wanted.items():
            kept &= frame[column] == value
        return frame[kept]


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a tuple with names."""
    yield from frame.itertuples(index=False)


def interval(row: Any, value: str = "value") -> Interval:
    """Return a row's figure with its interval over clusters, where there is one, else over subjects."""
    clustered = math.isfinite(row.cluster_low)
    low, high = (row.cluster_low, row.cluster_high) if clustered else (row.low, row.high)
    return Interval(float(getattr(row, value)), float(low), float(high))
