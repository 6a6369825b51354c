"""Predictions of one repeat -> every measure that is reported, under many sets of row weights at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adscreen.metrics.calibration import observed_minus_expected, recalibrate, squared_errors
from adscreen.metrics.decisions import confusion, predictive_values, rates
from adscreen.metrics.discrimination import auc_within_folds, average_precision_within_folds
from adscreen.metrics.predictions import Floats, Predictions

PREVALENCES = (0.02, 0.05, 0.10, 0.20, 0.50)
BASIC = ("auc", "average_precision", "accuracy", "balanced_accuracy", "sensitivity", "specificity", "mcc")
MEASURES = (
    *BASIC,
    *(f"{value}_at_{100 * prevalence:.0f}" for value in ("ppv", "npv") for prevalence in PREVALENCES),
    *("brier", "observed_minus_expected", "calibration_slope", "calibration_intercept"),
)


def measure(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    """Return each of MEASURES (B,) under B sets of row weights (B, n_rows of the cohort).

    AUC and average precision compare within folds; the others pool folds, each with its own threshold. ``ppv_at_10``
    and its like are predictive values in a population where 10% are cases. NaN where a class has no weight.
    """
    measured = basic_measures(predictions, cases, weights)
    for prevalence in PREVALENCES:
        values = predictive_values(measured["sensitivity"], measured["specificity"], prevalence=prevalence)
        for name, value in zip(("ppv", "npv"), values, strict=True):
            measured[f"{name}_at_{100 * prevalence:.0f}"] = value
    measured["brier"] = squared_errors(predictions, cases, weights)
    measured["observed_minus_expected"] = observed_minus_expected(predictions, cases, weights)
    measured["calibration_slope"], measured["calibration_intercept"] = recalibrate(predictions, cases, weights)
    return {name: measured[name] for name in MEASURES}


def basic_measures(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    """Return each of BASIC, the measures of order and decision."""
    measured = {
        "auc": auc_within_folds(predictions, cases, weights),
        "average_precision": average_precision_within_folds(predictions, cases, weights),
    }
    return measured | rates(confusion(predictions, cases, weights))
