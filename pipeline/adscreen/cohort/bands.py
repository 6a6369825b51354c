"""Age, education and MMSE -> the bands in which subgroups are reported."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BANDS: dict[str, tuple[tuple[float, str], ...]] = {  # lower bounds, ascending
    "age": ((-np.inf, "under 60"), (60, "60 to 69"), (70, "70 to 79"), (80, "80 and more")),
    "education": ((-np.inf, "under 12 years"), (12, "12 to 15 years"), (16, "16 years and more")),
    "mmse": ((-np.inf, "under 10"), (10, "10 to 19"), (20, "20 to 26"), (27, "27 and more")),
}


def band_of(values: Sequence[float] | NDArray[np.float64], column: str) -> list[str | None]:
    """Return the band of each value of a column, None for NaN.

    >>> band_of([59.0, 70.0, float("nan")], "age")
    ['under 60', '70 to 79', None]
    """
    numbers = np.asarray(values, dtype=np.float64)
    bands = BANDS[column]
    places = np.searchsorted([low for low, _ in bands], numbers, side="right") - 1
    return [bands[place][1] if np.isfinite(number) else None for place, number in zip(places, numbers, strict=True)]
