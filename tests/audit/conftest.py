"""A cohort of text files to audit, read as an audit reads it; and finished evaluations, on disk as `evaluate` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adscreen.audit.reading import read_cohort
from adscreen.cohort import read_manifest
from adscreen.estimator.study import StudySettings
from adscreen.evaluate.certificate import certify
from adscreen.evaluate.frames import as_frame, predictions_frame
from adscreen.evaluate.protocols import outer_splits
from adscreen.evaluate.results import ADSCREEN, TFIDF, Evaluation, FoldResult, MetricRow
from adscreen.evaluate.summary import Folds, shared_subjects, summarise_methods
from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.studies.runs import new_run
from adscreen.writing import write_csv, write_json

Row = Mapping[str, Any]
STUDY = StudySettings(folds=3, repeats=2, splits=40, bootstrap=100)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Sequence[Row]], FeatureTable]:
    """Return a function that writes rows (``text``, perhaps ``file``; the rest are columns) and reads their table."""

    def read_rows(rows: Sequence[Row]) -> FeatureTable:
        manifest = []
        for number, row in enumerate(rows):
            name = row.get("file", f"T{number:03d}.txt")
            if row["text"] is not None:
                (tmp_path / name).write_text(row["text"], encoding="utf-8")
            columns = {column: value for column, value in row.items() if column not in ("text", "file")}
            manifest.append({"subject_id": f"S{number:03d}", "transcript": name} | columns)
        pd.DataFrame(manifest).to_csv(tmp_path / "manifest.csv", index=False)
        return read_cohort(read_manifest(tmp_path / "manifest.csv"))

    return read_rows


@pytest.fixture
def read_classes(read: Callable[[Sequence[Row]], FeatureTable]) -> Callable[..., FeatureTable]:
    """Return a reader of 40 subjects, cases and controls in turn; each column is a function of number and label."""

    def read_cohort_of(**columns: Callable[[int, str], Any]) -> FeatureTable:
        rows = []
        for number in range(40):
            label = "case" if number % 2 else "control"
            made = {name: make(number, label) for name, make in columns.items()}
            rows.append({"label": label, "text": "The boy takes a cookie.\nThe stool is falling.\n"} | made)
        return read(rows)

    return read_cohort_of


def draw_evaluation(table: FeatureTable, protocol: Any) -> Evaluation:
    """Return an evaluation on the real splits, with probabilities and thresholds that are drawn and not learned."""
    rng = np.random.default_rng(0)
    folds = [
        FoldResult(method, *number, training, test, rng.uniform(size=len(test)), rng.uniform(0.3, 0.7), {})
        for number, (training, test) in outer_splits(table, STUDY, positive="case", protocol=protocol)
        for method in (ADSCREEN, TFIDF)
    ]
    found = Folds(protocol, folds, table, STUDY, "case")
    metrics, differences = summarise_methods(found)
    return Evaluation(
        protocol,
        folds,
        methods=[],
        metrics=metrics,
        differences=differences,
        confusion=[],
        roc=[],
        calibration=[],
        decisions=[],
        subgroups=[],
        learning=[],
        families=[],
        apparent=[],
        shared_subject_share=shared_subjects(found),
    )


def write_evaluation(
    out: Path,
    table: FeatureTable,
    evaluations: Sequence[Evaluation],
    *,
    predictions: pd.DataFrame | None = None,
    command: str = "evaluate",
) -> Path:
    """Write a run folder as `evaluate` does; ``predictions`` stand in for the true ones."""
    settings = {"provenance": table.provenance, "positive": "case"}
    made = pd.concat([predictions_frame(table, one) for one in evaluations], ignore_index=True)
    with new_run(out, force=False, command=command, settings=settings) as folder:
        write_csv(made if predictions is None else predictions, folder / "predictions.csv")
        write_csv(as_frame([row for one in evaluations for row in one.metrics], MetricRow), folder / "metrics.csv")
        certificate = certify(table, evaluations, positive="case", seed=0)
        write_json(asdict(certificate), folder / "certificate.json")
    return out


@pytest.fixture(scope="session")
def draw() -> Callable[[FeatureTable, Any], Evaluation]:
    """``draw_evaluation``."""
    return draw_evaluation


@pytest.fixture(scope="session")
def write_run() -> Callable[..., Path]:
    """``write_evaluation``."""
    return write_evaluation


@pytest.fixture
def visited() -> FeatureTable:
    """24 subjects with two recordings each, whose words are their own; an id begins as a formula does."""
    rows = [
        {"subject_id": "=S0" if n == 0 else f"S{n:02d}", "label": "case" if n % 2 else "control", "visit": str(visit)}
        for n in range(24)
        for visit in range(2)
    ]
    subjects = pd.DataFrame(rows)
    subjects.insert(0, "recording_id", subjects["subject_id"] + "_" + subjects["visit"])
    own = [[f"w{number // 2}_{word}" for word in range(8)] for number in range(48)]
    extra = [[f"r{number}_{word}" for word in range(22)] for number in range(48)]
    words = pd.Series([one + other for one, other in zip(own, extra, strict=True)], dtype=object)
    digests = {name: f"digest of {name}" for name in subjects["recording_id"]}
    return FeatureTable(
        subjects, pd.DataFrame({TOKENS: words}), pd.DataFrame({"recording_id": []}), {"transcripts": digests}
    )
