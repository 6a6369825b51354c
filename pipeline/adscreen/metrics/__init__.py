"""Scores and labels -> measures of discrimination, calibration and use, with bootstrap intervals over whole groups.

AUC is the probability that a case scores above a control of the same test fold (ties count half): scores of different
folds come from different models, and pooling them pulls the AUC of worthless scores below 0.5. An interval resamples
groups (subjects, or clusters) with replacement, never single recordings, and takes the 2.5th and 97.5th percentiles
(Efron & Tibshirani 1993). Where every resample gives the same value the interval is exact, or there is none
(adscreen.metrics.proportions).
"""

from __future__ import annotations

from adscreen.metrics.bootstrap import (
    Resampled,
    auc_interval,
    bootstrap_weights,
    interval_of,
    resample,
)
from adscreen.metrics.calibration import calibration_curve, recalibrate, recalibration_line, recalibration_shift
from adscreen.metrics.decisions import confusion, net_benefit, predictive_values
from adscreen.metrics.discrimination import auc_within_folds, roc_curve, weighted_auc, weighted_average_precision
from adscreen.metrics.measures import MEASURES, PREVALENCES, measure
from adscreen.metrics.predictions import Predictions, by_subject, logit
from adscreen.metrics.proportions import NO_INTERVAL, Interval, bound_predictive, exact_interval
from adscreen.metrics.threshold import YOUDEN, ThresholdRule, sensitive_threshold, youden_threshold
from adscreen.metrics.visits import WHOLLY_SHARED, join_logits, sum_visits, visit_correlation, weigh_by_subject

__all__ = [
    "MEASURES",
    "NO_INTERVAL",
    "PREVALENCES",
    "WHOLLY_SHARED",
    "YOUDEN",
    "Interval",
    "Predictions",
    "Resampled",
    "ThresholdRule",
    "auc_interval",
    "auc_within_folds",
    "bootstrap_weights",
    "bound_predictive",
    "by_subject",
    "calibration_curve",
    "confusion",
    "exact_interval",
    "interval_of",
    "join_logits",
    "logit",
    "measure",
    "net_benefit",
    "predictive_values",
    "recalibrate",
    "recalibration_line",
    "recalibration_shift",
    "resample",
    "roc_curve",
    "sensitive_threshold",
    "sum_visits",
    "visit_correlation",
    "weigh_by_subject",
    "weighted_auc",
    "weighted_average_precision",
    "youden_threshold",
]
