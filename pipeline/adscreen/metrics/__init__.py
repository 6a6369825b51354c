"""Scores and labels -> measures of discrimination, calibration and use, with jackknife intervals over whole groups.

AUC is the probability that a case scores above a control of the same test fold (ties count half): scores of different
folds come from different models, and pooling them pulls the AUC of worthless scores below 0.5. An interval leaves out
one group (subject, or cluster) after another, never single recordings, and counts what the groups add as they are
trained on (adscreen.metrics.jackknife, adscreen.metrics.training_role).
"""

from __future__ import annotations

from adscreen.metrics.calibration import calibration_curve, recalibrate, recalibration_line, recalibration_shift
from adscreen.metrics.decisions import confusion, net_benefit, predictive_values
from adscreen.metrics.discrimination import auc_within_folds, roc_curve, weighted_auc, weighted_average_precision
from adscreen.metrics.interval import NO_INTERVAL, Interval
from adscreen.metrics.jackknife import Groups, Jackknifed, Measure, jackknife, jackknife_auc, leave_out, measure_auc
from adscreen.metrics.measures import MEASURES, PREVALENCES, measure
from adscreen.metrics.predictions import Predictions, by_subject, logit
from adscreen.metrics.proportions import bound_predictive, exact_interval
from adscreen.metrics.threshold import YOUDEN, ThresholdRule, sensitive_threshold, youden_threshold
from adscreen.metrics.training_role import Training
from adscreen.metrics.visits import WHOLLY_SHARED, join_logits, sum_visits, visit_correlation, weigh_by_subject

__all__ = [
    "MEASURES",
    "NO_INTERVAL",
    "PREVALENCES",
    "WHOLLY_SHARED",
    "YOUDEN",
    "Groups",
    "Interval",
    "Jackknifed",
    "Measure",
    "Predictions",
    "ThresholdRule",
    "Training",
    "auc_within_folds",
    "bound_predictive",
    "by_subject",
    "calibration_curve",
    "confusion",
    "exact_interval",
    "jackknife",
    "jackknife_auc",
    "join_logits",
    "leave_out",
    "logit",
    "measure",
    "measure_auc",
    "net_benefit",
    "predictive_values",
    "recalibrate",
    "recalibration_line",
    "recalibration_shift",
    "roc_curve",
    "sensitive_threshold",
    "sum_visits",
    "visit_correlation",
    "weigh_by_subject",
    "weighted_auc",
    "weighted_average_precision",
    "youden_threshold",
]
