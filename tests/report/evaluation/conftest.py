"""The report of a small evaluation of the simulated cohort, under both protocols."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from adscreen.estimator.study import StudySettings
from adscreen.evaluation import evaluate_protocol
from adscreen.evaluation.certificate import certify
from adscreen.evaluation.description import describe_cohort, describe_flow
from adscreen.evaluation.frames import cohort_frames, evaluation_frames, predictions_frame
from adscreen.evaluation.frozen_certificate import certify_frozen
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Interval
from adscreen.report.evaluation.assemble import assemble_report
from adscreen.report.evaluation.checklist import fill_checklist
from adscreen.report.evaluation.contents import (
    Abstention,
    EvaluationReport,
    FrozenModel,
    NamedPredictiveValue,
    PredictiveValue,
    Recalibration,
)
from adscreen.report.evaluation.frozen_results import conclude_frozen
from adscreen.report.evaluation.lock_contents import LockItem, LockOutcome, PrimaryResult
from adscreen.report.evaluation.probast import fill_probast

NAN = float("nan")
FIGURE = Interval(0.8, 0.7, 0.9)
FROZEN = FrozenModel(
    model="2fcdd98b0044",
    threshold=0.6,
    subject_threshold=0.55,
    recordings=46,
    scored=41,
    not_scored=3,
    in_training=2,
    labels={"HC": "control", "AD": "case"},
    predictive_values=(
        NamedPredictiveValue("subject", "cohort", PredictiveValue(0.512, FIGURE, FIGURE), 21, 20),
        NamedPredictiveValue("subject", "named", PredictiveValue(0.1, Interval(0.21, 0.1, 0.4), FIGURE), 21, 20),
    ),
    abstentions=(
        Abstention("sensitivity", FIGURE, Interval(0.68, 0.5, 0.8)),
        Abstention("specificity", FIGURE, FIGURE),
    ),
    recalibrations=(
        Recalibration("intercept", FIGURE, Interval(1.0, NAN, NAN), (0.2, 0.19), (0.7, 0.6), (0.8, 0.9), 4, ""),
        Recalibration("intercept_and_slope", *[Interval(NAN, NAN, NAN)] * 2, *[(0.2, NAN)] * 3, 0, "no fit is finite"),
    ),
)
LOCK = LockOutcome(
    holds=False,
    summary="The lock of 2026-12-01 (2fcdd98b0044) DOES NOT HOLD. transcripts: 3 transcripts changed.",
    time="2026-12-01T12:37:00+00:00",
    digest="2fcdd98b" * 8,
    labelled=True,
    items=(
        LockItem("model", held=True, note="SHA-256 2fcdd98b0044 ..."),
        LockItem("transcripts", held=False, note="3 transcripts changed"),
        LockItem("reading of the manifest", held=True, note="where mmse >= 20"),
    ),
    primary=PrimaryResult("auc", "subject", FIGURE),
)


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
    certificate = certify(table, evaluations)
    report = assemble_report(frames, settings, certificate, synthetic=True)
    return SimpleNamespace(table=table, evaluations=evaluations, frames=frames, settings=settings, report=report)


@pytest.fixture(scope="session")
def frozen_report(ran: SimpleNamespace) -> EvaluationReport:
    """The report of the small evaluation, as if one frozen model had been tested."""
    first: Any = replace(ran.report.protocols[0], protocol="validate", apparent=(), learning=(), repeats=1)
    methods = tuple(one for one in first.methods if one.kind == "ours")
    measures = methods[0].measures | {"observed_minus_expected": Interval(-0.1, -0.2, -0.01)}
    main = replace(first, methods=(replace(methods[0], title="Frozen model", measures=measures),))
    summary = conclude_frozen(main, FROZEN, positive="case", negative="control")
    certificate = certify_frozen(ran.table, tested=41, left_out=2)
    checklist = tuple(fill_checklist({"subgroups"}, validation=True))
    report = replace(ran.report, protocols=(main,), gaps=(), absent=(), summary=summary, checklist=checklist)
    report = replace(report, certificate=certificate, frozen=FROZEN, lock=LOCK)
    return replace(report, probast=fill_probast(report))
