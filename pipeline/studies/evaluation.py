"""Manifest -> a run folder with the measures of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.bilm.engines import NUMPY, EngineChoice
from pipeline.evaluate import Evaluation, Protocol, evaluate, outer_splits, predictions_frame
from pipeline.manifest import labels, read_manifest
from pipeline.metrics import Estimate
from pipeline.progress import Progress
from pipeline.runs import check_free, new_run, write_csv, write_json
from pipeline.settings import read_study
from pipeline.studies.tables import extract_settings, read_training_table
from pipeline.table import FeatureTable


def run_evaluation(
    manifest: Path,
    out: Path,
    *,
    protocols: Sequence[Protocol],
    config: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    positive: str | None = None,
    where: str | None = None,
    bilm: Path | None = None,
    layer: str = "mean",
    pooling: str = "mean",
    engine: EngineChoice = NUMPY,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> tuple[pd.DataFrame, list[str]]:
    """Evaluate a cohort and write metrics, predictions and chosen settings; return the metrics and notes on them."""
    check_free(out, force=force)
    study = read_study(config, **(overrides or {}))
    cohort = read_manifest(manifest, where=where)
    negative, case = labels(cohort, positive)
    extract = extract_settings(bilm, layer=layer, pooling=pooling, engine=engine)
    table = read_training_table(cohort, extract, jobs=jobs, progress=progress)
    settings = study.as_dict() | {"manifest": manifest, "where": where, "positive": case, "negative": negative}
    settings |= {"protocols": list(protocols), "provenance": table.provenance}
    evaluations = []
    with new_run(out, force=force, command="evaluate", settings=settings) as folder:
        for protocol in protocols:
            count = len(outer_splits(table, study, positive=case, protocol=protocol))
            advance = progress.task(f"Evaluating ({protocol})", count)
            evaluations.append(evaluate(table, study, positive=case, protocol=protocol, jobs=jobs, progress=advance))
        metrics = metrics_frame(evaluations)
        write_csv(metrics, folder / "metrics.csv")
        write_csv(pd.concat([predictions_frame(table, item) for item in evaluations]), folder / "predictions.csv")
        write_csv(_chosen(evaluations), folder / "settings.csv")
        notes = _notes(table, evaluations)
        write_json({"metrics": metrics.to_dict("records"), "notes": notes}, folder / "metrics.json")
    return metrics, notes


def metrics_frame(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    """Return one row a protocol, method and measure; ``low`` and ``high`` bound a 95% interval over subjects."""
    rows = []
    for evaluation in evaluations:
        for method, estimates in evaluation.estimates.items():
            clusters = evaluation.cluster_estimates.get(method, {})
            for measure, item in estimates.items():
                row = {"protocol": evaluation.protocol, "method": method, "measure": measure} | asdict(item)
                if clusters:
                    row |= {"cluster_low": clusters[measure].low, "cluster_high": clusters[measure].high}
                rows.append(row)
    return pd.DataFrame(rows)


def _chosen(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "protocol": evaluation.protocol,
                "method": fold.method,
                "repeat": fold.repeat,
                "fold": fold.fold,
                "threshold": fold.threshold,
                **fold.settings,
            }
            for evaluation in evaluations
            for fold in evaluation.folds
        ]
    )


def _notes(table: FeatureTable, evaluations: Sequence[Evaluation]) -> list[str]:
    subjects = table.subjects["subject_id"].nunique()
    notes = [f"low, high: 95% bootstrap interval over {subjects} subjects."]
    if table.group_column == "cluster":
        notes.append(
            f"cluster_low, cluster_high: the same over {len(set(table.groups))} clusters, which folds keep together."
        )
    for evaluation in evaluations:
        gap: Estimate = evaluation.difference
        notes.append(
            f"{evaluation.protocol}: AUC of adscreen minus baseline {gap.value:+.3f} "
            f"({gap.low:+.3f} to {gap.high:+.3f}, over {table.group_column} groups); "
            f"{evaluation.shared_subject_share:.0%} of test recordings have a training recording of their speaker."
        )
    return notes
