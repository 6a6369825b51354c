"""Manifest -> a run folder with the measures of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from adscreen.cohort import Cohort, read_cohort
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.evaluate import ADSCREEN, TFIDF, Evaluation, Protocol, count_steps, evaluate, join_cohorts
from adscreen.evaluate.description import describe_cohort, describe_flow
from adscreen.evaluate.frames import cohort_frames, evaluation_frames, predictions_frame
from adscreen.evaluate.protocols import check_apart
from adscreen.extract.extraction import ExtractSettings
from adscreen.extract.feature_table import FeatureTable
from adscreen.progress import Progress
from adscreen.studies.feature_run import read_training_table
from adscreen.studies.report_run import report_evaluation
from adscreen.studies.runs import check_free, new_run
from adscreen.writing import write_csv, write_json

SHOWN = ("auc", "balanced_accuracy", "sensitivity", "specificity")


@dataclass(frozen=True)
class _Cohorts:
    """The cohorts of a run, and the table that is evaluated."""

    cohort: Cohort
    table: FeatureTable
    test: Cohort | None = None


def run_evaluation(
    manifest: Path,
    out: Path,
    *,
    protocols: Sequence[Protocol],
    study: StudySettings,
    extract: ExtractSettings,
    test: Path | None = None,
    learning_curve: bool = False,
    positive: str | None = None,
    where: str | None = None,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> tuple[pd.DataFrame, list[str]]:
    """Evaluate a cohort and write every table of the evaluation; return the metrics and notes on them.

    ``test`` is the manifest of another cohort to test on, under the protocol ``external`` alone.
    """
    check_free(out, force=force)
    read = _read(manifest, test, extract, positive=positive, where=where, jobs=jobs, progress=progress)
    settings = study.as_dict() | {"manifest": manifest, "test_manifest": test, "where": where}
    negative, case = read.cohort.labels
    settings |= {"positive": case, "negative": negative, "protocols": list(protocols)}
    settings |= {"learning_curve": learning_curve, "provenance": read.table.provenance}
    with new_run(out, force=force, command="evaluate", settings=settings) as folder:
        evaluations = [
            _evaluate(read, study, protocol, learning_curve=learning_curve, jobs=jobs, progress=progress)
            for protocol in protocols
        ]
        frames = evaluation_frames(evaluations) | _describe(read, where)
        notes = _notes(read.table, evaluations)
        predictions = pd.concat([predictions_frame(read.table, item) for item in evaluations], ignore_index=True)
        for stem, frame in (frames | {"predictions": predictions}).items():
            write_csv(frame, folder / f"{stem}.csv")
        content = {stem: frame.to_dict("records") for stem, frame in frames.items()}
        write_json(content | {"notes": notes}, folder / "metrics.json")
        report_evaluation(read.table, evaluations, frames | {"predictions": predictions}, settings, folder)
    return frames["metrics"], notes


def _read(
    manifest: Path,
    test: Path | None,
    extract: ExtractSettings,
    *,
    positive: str | None,
    where: str | None,
    jobs: int,
    progress: Progress,
) -> _Cohorts:
    cohort = read_cohort(manifest, where=where, positive=positive)
    other = read_cohort(test, where=where, positive=positive) if test else None
    if cohort.labels and other and other.labels != cohort.labels:
        what = f"its labels are {', '.join(other.labels)}, those of {manifest.name} are {', '.join(cohort.labels)}"
        raise InputError(what, where=other.path.name, remedy="use the same two labels in both")
    if other:
        check_apart(cohort.frame(), other.frame())
    table = read_training_table(cohort, extract, jobs=jobs, progress=progress)
    if other:
        table = join_cohorts(table, read_training_table(other, extract, jobs=jobs, progress=progress))
    return _Cohorts(cohort, table, other)


def _evaluate(
    read: _Cohorts, study: StudySettings, protocol: Protocol, *, learning_curve: bool, jobs: int, progress: Progress
) -> Evaluation:
    count = count_steps(read.table, study, protocol=protocol, learning_curve=learning_curve)
    return evaluate(
        read.table,
        study,
        protocol=protocol,
        learning_curve=learning_curve,
        jobs=jobs,
        progress=progress.task(f"Evaluating ({protocol})", count),
    )


def _describe(read: _Cohorts, where: str | None) -> dict[str, pd.DataFrame]:
    """Return Table 1 and the flow, of the test cohort as well."""
    cohorts = [("cohort" if read.test is None else "training", read.cohort)]
    cohorts += [("test", read.test)] if read.test else []
    described, flow, start = [], [], 0
    for name, cohort in cohorts:
        own = read.table.rows(range(start, start + len(cohort.recordings)))
        start += len(cohort.recordings)
        described += describe_cohort(own, name=name)
        flow += describe_flow(cohort, name=name, where=where)
    return cohort_frames(described, flow)


def show_metrics(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return a few measures by recording for people: one row a protocol and method, the AUC with its interval."""
    rows = []
    own = metrics[metrics["level"] == "recording"]
    for (protocol, method), found in own.groupby(["protocol", "method"], sort=False):
        values = found.set_index("measure")
        auc = values.loc["auc"]
        row = {"protocol": protocol, "method": method}
        row["AUC"] = "–" if pd.isna(auc["value"]) else f"{auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})"
        if pd.notna(metrics["cluster_low"]).any():
            row["over clusters"] = f"{auc['cluster_low']:.3f} to {auc['cluster_high']:.3f}"
        rows.append(row | {name.replace("_", " "): values.loc[name, "value"] for name in SHOWN[1:]})
    return pd.DataFrame(rows)


def _notes(table: FeatureTable, evaluations: Sequence[Evaluation]) -> list[str]:
    tested = np.unique(np.concatenate([fold.rows for item in evaluations for fold in item.folds]))
    subjects, groups = table.subjects["subject_id"].iloc[tested].nunique(), len(np.unique(table.groups[tested]))
    notes = [f"low, high: 95% bootstrap interval over {subjects} subjects."]
    if table.group_column == "cluster":
        notes.append(f"cluster_low, cluster_high: the same over {groups} clusters, which folds keep together.")
    for evaluation in evaluations:
        gap = next(
            row for row in evaluation.differences if (row.method, row.level, row.measure) == (TFIDF, "recording", "auc")
        )
        clustered = table.group_column == "cluster"
        low, high = (gap.cluster_low, gap.cluster_high) if clustered else (gap.low, gap.high)
        notes.append(
            f"{evaluation.protocol}: AUC of {ADSCREEN} minus baseline {gap.value:+.3f} "
            f"({low:+.3f} to {high:+.3f}, over {table.group_column} groups); "
            f"{evaluation.shared_subject_share:.0%} of test recordings have a training recording of their speaker."
        )
    notes += [f"{row.method}: not run, {row.absent}." for row in evaluations[0].methods if row.absent]
    return notes
