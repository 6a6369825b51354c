"""The tables behind the main ones of one protocol -> plain data: calibration, fixed rates, visits, groups, sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from adscreen.evaluation.results import Level
from adscreen.metrics import NO_INTERVAL, Interval, Predictions
from adscreen.report.evaluation.contents import (
    GroupDifference,
    OperatingPoint,
    Retest,
    SitePooling,
    SiteResult,
    SmoothCalibration,
)
from adscreen.report.evaluation.tables import Tables, interval, rows_of

BINS = 20  # of the histogram of probabilities


def summarise_smooth(tables: Tables, repeats: Sequence[Predictions], level: Level) -> SmoothCalibration:
    """Return the smooth calibration curve with its distances, and how probabilities are spread."""
    curve = tables.of("calibration_curve", method=tables.main, level=level)
    errors = tables.of("calibration_error", method=tables.main, level=level)
    counts, _ = np.histogram(np.concatenate([one.scores for one in repeats]), bins=BINS, range=(0.0, 1.0))
    known = errors[errors["absent"] == ""]
    return SmoothCalibration(
        curve=tuple((float(row.predicted), interval(row, "observed")) for row in rows_of(curve)),
        knots=int(errors["knots"].max()) if len(errors) else 0,
        errors={str(row.measure): interval(row) for row in rows_of(known)},
        probabilities=tuple((counts / counts.sum()).tolist()),
        absent=next((str(row.absent) for row in rows_of(errors) if row.absent), ""),
    )


def summarise_operating_points(tables: Tables, level: Level) -> Iterator[OperatingPoint]:
    """Yield the points that could be read."""
    for row in rows_of(tables.of("operating_points", method=tables.main, level=level)):
        yield OperatingPoint(str(row.fixed), float(row.at), str(row.measure), interval(row))


def summarise_retest(tables: Tables) -> Iterator[Retest]:
    """Yield the agreement of visits on each scale, of all subjects and of each label."""
    for (among, scale), rows in tables.of("retest").groupby(["among", "scale"], sort=False):
        first = rows.iloc[0]
        known = rows[rows["absent"] == ""]
        yield Retest(
            among=str(among),
            scale=str(scale),
            subjects=int(first["subjects"]),
            recordings=int(first["recordings"]),
            measures={
                str(row.measure): Interval(float(row.value), float(row.low), float(row.high)) for row in rows_of(known)
            },
            absent=str(first["absent"]),
        )


def summarise_differences(tables: Tables) -> Iterator[GroupDifference]:
    """Yield each group beside the reference of its column."""
    for (column, group), rows in tables.of("fairness").groupby(["column", "group"], sort=False):
        first = rows.iloc[0]
        known = rows[rows["suppressed"] == ""]
        yield GroupDifference(
            column=str(column),
            group=str(group),
            reference=str(first["reference"]),
            negative_subjects=int(first["negative_subjects"]),
            positive_subjects=int(first["positive_subjects"]),
            differences={str(row.measure): interval(row, "difference") for row in rows_of(known)},
            differs=_named(known, "differs"),
            differs_adjusted=_named(known, "differs_adjusted"),
            suppressed=str(first["suppressed"]),
        )


def _named(rows: pd.DataFrame, flag: str) -> tuple[str, ...]:
    return tuple(str(row.measure) for row in rows_of(rows) if getattr(row, flag))


def count_comparisons(tables: Tables) -> int:
    """Return how many differences between groups were looked at."""
    rows = tables.of("fairness")
    return int(rows["comparisons"].max()) if len(rows) else 0


def summarise_sites(tables: Tables) -> SitePooling | None:
    """Return the AUC over sites; None where the cohort has fewer than two."""
    rows = tables.of("site_pooling")
    if not len(rows):
        return None
    parts = {name: rows[rows["part"] == name] for name in ("site", "pooled", "new_site")}
    pooled = next(rows_of(parts["pooled"]))
    return SitePooling(
        sites=tuple(
            SiteResult(
                str(row.site),
                int(row.negative_subjects),
                int(row.positive_subjects),
                float(row.weight),
                Interval(float(row.auc), float(row.low), float(row.high)),
                str(row.absent),
            )
            for row in rows_of(parts["site"])
        ),
        mean=Interval(float(pooled.auc), float(pooled.low), float(pooled.high)),
        new_site=next(
            (Interval(float(row.auc), float(row.low), float(row.high)) for row in rows_of(parts["new_site"])),
            NO_INTERVAL,
        ),
        tau=float(pooled.tau),
        absent=str(pooled.absent),
    )
