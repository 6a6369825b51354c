"""The report of a small evaluation of the simulated cohort, under both protocols."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from adscreen.estimator.study import StudySettings
from adscreen.evaluation import evaluate_protocol
from adscreen.evaluation.certificate import certify
from adscreen.evaluation.description import describe_cohort, describe_flow
from adscreen.evaluation.frames import cohort_frames, evaluation_frames, predictions_frame
from adscreen.extract.feature_table import FeatureTable
from adscreen.report.evaluation.assemble import assemble_report


@pytest.fixture(scope="session")
def ran(simulated: Path, simulated_table: FeatureTable, small_study: StudySettings) -> SimpleNamespace:
    """The ``table``, the ``evaluations``, their ``frames``, the ``settings`` and the ``report`` made of them."""
    table = simulated_table
    evaluations = [evaluate_protocol(table, small_study, protocol=protocol) for protocol in ("subject", "paper")]
    settings = small_study.as_dict() | {
        "manifest": simulated / "training.csv",
        "where": "age > 40",
        "positive": "case",
        "negative": "control",
        "provenance": table.provenance,
    }
    described = describe_cohort(table)
    flow = describe_flow(table, where="age > 40")
    frames = evaluation_frames(evaluations) | cohort_frames(described, flow)
    frames["predictions"] = pd.concat([predictions_frame(table, one) for one in evaluations], ignore_index=True)
    certificate = certify(table, evaluations, seed=0)
    report = assemble_report(frames, settings, certificate, synthetic=True)
    return SimpleNamespace(table=table, evaluations=evaluations, frames=frames, settings=settings, report=report)
