"""Finished folds -> the AUC at each site, their random-effects mean, and the range in which a new site's AUC lies.

Each site's AUC is pooled on the logit scale, with the standard error that its interval there has, over clusters where
there are any. A site with fewer than ten subjects of a label is not used; fewer than three others are not pooled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.results import SitePoolingRow
from adscreen.evaluation.subgroups import FEWEST
from adscreen.evaluation.summary import Folds
from adscreen.metrics import Interval, Predictions
from adscreen.metrics.discrimination import auc_within_folds
from adscreen.metrics.pooling import FEWEST_SITES, pool_sites

_WIDTH = 2 * 1.959963984540054  # standard errors between the bounds of a 95% interval

Floats = NDArray[np.float64]
Part = Literal["site", "pooled", "new_site"]


@dataclass(frozen=True)
class _Site:
    """A site's row of the table, and its AUC on the logit scale; NaN where it cannot be pooled."""

    row: SitePoolingRow
    value: float = math.nan
    error: float = math.nan


def pool_over_sites(folds: Folds) -> list[SitePoolingRow]:
    """Return every site, the mean over them and a new site; nothing where the cohort has fewer than two sites."""
    if "site" not in folds.table.subjects:
        return []
    column = folds.table.subjects["site"]
    names = sorted({str(name) for name in column.iloc[folds.tested].dropna()})
    if len(names) < 2:
        return []
    repeats = folds.repeats(folds.main, folds.leading)
    there = column.astype(object)
    sites = [_measure(folds, repeats, name, ((there.astype(str) == name) & there.notna()).to_numpy()) for name in names]
    return _pool(folds, sites)


def _measure(folds: Folds, repeats: list[Predictions], name: str, rows: NDArray[np.bool_]) -> _Site:
    own = [one.among(rows) for one in repeats]
    tested = np.unique(np.concatenate([one.rows for one in own]))
    labels, subjects = folds.cases[tested], folds.subjects[tested]
    negative, positive = (len(np.unique(subjects[labels == label])) for label in (0, 1))
    empty = _row(folds, "site", name, negative, positive)
    if min(negative, positive) < FEWEST:
        return _Site(replace(empty, absent=f"fewer than {FEWEST} subjects of a label"))
    found = folds.resample(own, _measured).measured()
    of = found["logit_auc"]
    scale = of.clusters if math.isfinite(of.clusters.low) else of.subjects
    auc, value = found["area"].subjects.value, scale.value
    error = (scale.high - scale.low) / _WIDTH
    if not math.isfinite(auc) or not math.isfinite(value) or not math.isfinite(error) or error <= 0:
        reason = "no pair of labels is in one fold" if not math.isfinite(auc) else "the AUC has no standard error"
        return _Site(replace(empty, auc=auc, absent=reason))
    return _Site(replace(empty, auc=auc, low=_area(scale.low), high=_area(scale.high)), value, error)


def _measured(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    """Return the AUC, and its logit; NaN where that is not finite."""
    area = auc_within_folds(predictions, cases, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        logit = np.log(area / (1 - area))
    return {"area": area, "logit_auc": np.where(np.isfinite(logit), logit, np.nan)}


def _area(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _pool(folds: Folds, sites: list[_Site]) -> list[SitePoolingRow]:
    usable = [site for site in sites if math.isfinite(site.error)]
    counts = [sum(getattr(site.row, f"{side}_subjects") for site in usable) for side in ("negative", "positive")]
    pooled = _row(folds, "pooled", "", *counts)
    perfect = [site.row.site for site in sites if site.row.auc in (0.0, 1.0)]
    if perfect:
        reason = f"at {perfect[0]} the AUC is 0 or 1, without a standard error: leaving that site out would mislead"
        return [*(site.row for site in sites), replace(pooled, absent=reason)]
    if len(usable) < FEWEST_SITES:
        reason = f"fewer than {FEWEST_SITES} sites with {FEWEST} subjects of each label"
        return [*(site.row for site in sites), replace(pooled, absent=reason)]
    found = pool_sites(np.array([site.value for site in usable]), np.array([site.error for site in usable]))
    shares = {site.row.site: float(weight) for site, weight in zip(usable, found.weights, strict=True)}
    rows = [replace(site.row, weight=shares.get(site.row.site, math.nan)) for site in sites]
    new = replace(pooled, part="new_site")
    return [*rows, *(_placed(row, one, found.tau) for row, one in ((pooled, found.mean), (new, found.new_site)))]


def _placed(row: SitePoolingRow, figure: Interval, tau: float) -> SitePoolingRow:
    """Return a row with a figure of the logit scale as an AUC."""
    return replace(row, auc=_area(figure.value), low=_area(figure.low), high=_area(figure.high), tau=tau)


def _row(folds: Folds, part: Part, site: str, negative: int, positive: int) -> SitePoolingRow:
    nan = float("nan")
    none = nan, nan, nan, nan, nan  # weight, auc, low, high, tau
    place = folds.protocol, folds.main, folds.leading
    return SitePoolingRow(*place, part, site, negative, positive, *none, absent="")
