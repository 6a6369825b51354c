"""Finished folds -> the tables behind the main ones, as fields of a ProtocolEvaluation."""

from __future__ import annotations

from typing import Any

from adscreen.evaluation.fairness import compare_groups
from adscreen.evaluation.operating_points import find_operating_points
from adscreen.evaluation.retest import measure_retest
from adscreen.evaluation.site_pooling import pool_over_sites
from adscreen.evaluation.smooth_calibration import smooth_curves
from adscreen.evaluation.summary import Folds


def measure_further(folds: Folds) -> dict[str, Any]:
    """Return the level that leads, and the tables of the evaluated method that few readers need first."""
    curve, errors = smooth_curves(folds)
    return {
        "leading": folds.leading,
        "calibration_curve": curve,
        "calibration_errors": errors,
        "operating_points": find_operating_points(folds),
        "retest": measure_retest(folds),
        "fairness": compare_groups(folds),
        "site_pooling": pool_over_sites(folds),
    }
