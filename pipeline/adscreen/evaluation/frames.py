"""Evaluations -> data frames, one a file of the run folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd

from adscreen.evaluation import results, stability_rows
from adscreen.evaluation.results import FlowRow, ProtocolEvaluation, TableOneRow
from adscreen.extract.feature_table import FeatureTable

TABLES: dict[str, tuple[str, type[Any]]] = {  # file stem -> field of ProtocolEvaluation, class of its rows
    "metrics": ("metrics", results.MetricRow),
    "differences": ("differences", results.DifferenceRow),
    "confusion": ("confusion", results.ConfusionRow),
    "roc": ("roc", results.RocRow),
    "calibration": ("calibration", results.CalibrationRow),
    "decision_curve": ("decisions", results.DecisionRow),
    "calibration_curve": ("calibration_curve", results.CalibrationCurveRow),
    "calibration_error": ("calibration_errors", results.CalibrationErrorRow),
    "operating_points": ("operating_points", results.OperatingPointRow),
    "retest": ("retest", results.RetestRow),
    "fairness": ("fairness", results.FairnessRow),
    "site_pooling": ("site_pooling", results.SitePoolingRow),
    "subgroups": ("subgroups", results.SubgroupRow),
    "learning_curve": ("learning", results.LearningRow),
    "families": ("families", results.FamilyRow),
    "apparent": ("apparent", results.ApparentRow),
    "sample_size": ("sample_size", stability_rows.SampleSizeRow),
    "learning_forecast": ("forecast", stability_rows.ForecastRow),
    "instability": ("instability", stability_rows.InstabilityRow),
    "cleaning": ("cleaning", stability_rows.CleaningRow),
    "permutations": ("permutations", results.PermutationRow),
    "chance": ("chance", results.ChanceRow),
}


def evaluation_frames(evaluations: Sequence[ProtocolEvaluation]) -> dict[str, pd.DataFrame]:
    """Return file stem -> table, every protocol below the other; ``methods`` and ``settings`` among them."""
    frames = {
        stem: as_frame([row for evaluation in evaluations for row in getattr(evaluation, name)], kind)
        for stem, (name, kind) in TABLES.items()
    }
    frames["methods"] = as_frame(evaluations[0].methods, results.MethodRow)
    frames["settings"] = settings_frame(evaluations)
    return frames


def cohort_frames(described: Sequence[TableOneRow], flow: Sequence[FlowRow]) -> dict[str, pd.DataFrame]:
    """Return table1 and flow."""
    return {"table1": as_frame(described, TableOneRow), "flow": as_frame(flow, FlowRow)}


def as_frame(rows: Sequence[Any], kind: type[Any]) -> pd.DataFrame:
    """Return records as a frame, with its columns even where there is no record."""
    return pd.DataFrame([asdict(row) for row in rows], columns=[field.name for field in fields(kind)])


def settings_frame(evaluations: Sequence[ProtocolEvaluation]) -> pd.DataFrame:
    """Return the threshold and settings that each fold of each method chose on its training side."""
    return pd.DataFrame(
        [
            {
                "protocol": evaluation.protocol,
                "method": fold.method,
                "repeat": fold.repeat,
                "fold": fold.fold,
                "training_recordings": len(fold.training),
                "test_recordings": len(fold.rows),
                "threshold": fold.threshold,
                "visit_correlation": fold.visit_correlation,
                "subject_threshold": fold.threshold_of_subjects,
                **fold.settings,
            }
            for evaluation in evaluations
            for fold in evaluation.folds
        ]
    )


def predictions_frame(table: FeatureTable, evaluation: ProtocolEvaluation) -> pd.DataFrame:
    """Return every out-of-fold prediction: one row a method, repeat and recording.

    ``group`` is what folds keep together: the cluster, or the subject where it has none (see FeatureTable.groups). The
    training rows of a fold are the cohort's other recordings; under ``external`` those of the training cohort, which
    have no prediction.
    """
    subjects = table.subjects
    cluster = pd.Series(table.clusters, dtype=object).replace("", np.nan)
    groups = table.groups
    frames = [
        pd.DataFrame(
            {
                "protocol": evaluation.protocol,
                "method": fold.method,
                "repeat": fold.repeat,
                "fold": fold.fold,
                "recording_id": subjects["recording_id"].iloc[fold.rows].to_numpy(),
                "subject_id": subjects["subject_id"].iloc[fold.rows].to_numpy(),
                "cluster": cluster.iloc[fold.rows].to_numpy(),
                "group": groups[fold.rows],
                "label": subjects["label"].iloc[fold.rows].to_numpy(),
                "probability": fold.probabilities,
                "threshold": fold.threshold,
                "visit_correlation": fold.visit_correlation,
                "subject_threshold": fold.threshold_of_subjects,
            }
        )
        for fold in evaluation.folds
    ]
    return pd.concat(frames, ignore_index=True)
