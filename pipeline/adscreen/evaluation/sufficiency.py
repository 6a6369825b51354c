"""Finished folds -> which criteria of sample size the cohort meets, if the AUC is that of its interval's lower end.

The criteria are those of ``adscreen.metrics.sample_size``. Each subject counts once, however many visits it has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.estimator.parameters import count_columns
from adscreen.evaluation.results import ADSCREEN, MetricRow
from adscreen.evaluation.stability_rows import SampleSizeRow
from adscreen.evaluation.summary import Folds
from adscreen.metrics.sample_size import DEVELOPMENT, VALIDATION, Requirement, assume, develop, validate

MEMBERS, COLUMNS = "members", "columns"
TOO_LOW = "the lower end of the interval of the AUC is not above 0.5"
_NO_AUC = "the AUC has no interval"
_PLACEHOLDER = 0.75  # what names the criteria where no number follows
_MOST = 0.999  # an AUC of 1 would explain everything


def judge_size(folds: Folds, metrics: Sequence[MetricRow]) -> list[SampleSizeRow]:
    """Return each criterion under each count of parameters; none under ``paper``, where training is no cohort apart.

    Where the AUC has no lower end above 0.5 the criteria are listed without a number.
    """
    if folds.protocol == "paper":
        return []
    (area,) = [row for row in metrics if (row.method, row.level, row.measure) == (folds.main, "recording", "auc")]
    auc = area.cluster_low if math.isfinite(area.cluster_low) else area.low
    reason = _NO_AUC if math.isnan(auc) else TOO_LOW if auc <= 0.5 else ""
    return [
        SampleSizeRow(
            protocol=folds.protocol,
            method=folds.main,
            counted=counted,
            parameters=parameters,
            auc=auc,
            prevalence=prevalence,
            purpose=one.purpose,
            criterion=one.criterion,
            aim=one.aim,
            needed=math.nan if reason else one.subjects,
            available=available,
            met=not reason and one.subjects <= available,
            reason=reason,
        )
        for counted, parameters in _count_parameters(folds).items()
        for prevalence, available, one in _criteria(folds, _PLACEHOLDER if reason else min(auc, _MOST), parameters)
    ]


def _count_parameters(folds: Folds) -> dict[str, int]:
    """Return the number of parameters by what is counted; of a user's estimator the columns alone are known."""
    if folds.main != ADSCREEN:
        return {COLUMNS: folds.table.X.shape[1]}
    return {MEMBERS: len(folds.study.members), COLUMNS: count_columns(folds.table, folds.study)}


def _criteria(folds: Folds, auc: float, parameters: int) -> Iterator[tuple[float, int, Requirement]]:
    """Yield the prevalence and the number of subjects of each side, and what one criterion asks of it."""
    training = np.unique(np.concatenate([fold.training for fold in folds.results]))
    sides = {DEVELOPMENT: (training, develop)}
    if folds.protocol == "external":
        sides[VALIDATION] = (folds.tested, validate)
    for rows, require in sides.values():
        share, subjects = _describe(folds, rows)
        assumed = assume(auc=auc, prevalence=share, parameters=parameters)
        for one in require(assumed):
            yield share, subjects, one


def _describe(folds: Folds, rows: NDArray[np.intp]) -> tuple[float, int]:
    """Return the share of cases among the subjects of these rows, and their number."""
    shares = pd.Series(folds.cases[rows]).groupby(folds.subjects[rows]).mean()
    return float(shares.mean()), len(shares)
