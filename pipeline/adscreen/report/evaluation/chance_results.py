"""The tables permutations and chance of one protocol -> what the page says of an AUC that chance alone may give."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from adscreen.report.evaluation.contents import Chance
from adscreen.report.evaluation.wording import name_method


def summarise_chance(permutations: pd.DataFrame, chance: pd.DataFrame, *, main: str) -> Chance | None:
    """Return the permutations of one protocol beside the evaluated method; None where labels were not permuted."""
    rows: dict[str, Any] = {str(row.method): row for row in chance.itertuples(index=False)}
    if main not in rows:
        return None
    own = rows[main]
    tried = sorted((row for row in rows.values() if math.isfinite(row.p_best)), key=lambda row: -row.auc)
    areas = permutations.loc[permutations["method"] == own.reference, "auc"]
    return Chance(
        areas=tuple(float(area) for area in areas),
        auc=float(own.auc),
        mean=float(own.mean),
        sd=float(own.sd),
        p_value=float(own.p_value),
        shortcuts=len(tried),
        best=str(tried[0].method) if tried else "",
        p_best=float(tried[0].p_best) if tried else math.nan,
        sentence=" ".join(_say(own, name_method(main, evaluated=main)[0], areas.max())),
    )


def _say(own: Any, title: str, highest: float) -> Iterator[str]:
    yield (
        f"The labels of whole groups were permuted {own.permutations} times and predicted from the words on the same "
        f"folds: the mean AUC is {own.mean:.3f} (SD {own.sd:.3f}), the highest {highest:.3f}."
    )
    yield (
        f"For {title}, with an AUC of {own.auc:.3f} by recording, p = {own.p_value:.3f}: the share of permutations "
        "with at least its AUC, the true labels counted as one of them."
    )
