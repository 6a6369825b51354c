"""What the commands run: manifest -> evaluation, model, scores; each written as one run folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from pipeline.bilm.engines import NUMPY, EngineChoice
from pipeline.bundled import BUNDLED_BILM, bilm_folder, bundled
from pipeline.errors import InputError
from pipeline.evaluate import Evaluation, Protocol, evaluate, outer_splits, predictions_frame
from pipeline.extract import (
    POOLINGS,
    ExtractSettings,
    bilm_files,
    extract_cohort,
    layer_weights,
    load_bilm,
)
from pipeline.features import feature_dictionary
from pipeline.ingest import read_transcript
from pipeline.manifest import Cohort, Recording, labels, read_manifest
from pipeline.metrics import Estimate
from pipeline.model import ModelManifest, load_model, save_model, train_model
from pipeline.perplexity import perplexity_dictionary, score_sentences
from pipeline.progress import Progress
from pipeline.records import View
from pipeline.report.contents import RecordingReport, ScoreRow
from pipeline.report.pages import write_reports
from pipeline.runs import check_free, new_run, write_csv, write_json
from pipeline.score import model_facts, model_settings, score_frame, score_recordings
from pipeline.settings import read_study
from pipeline.speech import split_sentences
from pipeline.table import SENTENCES, TOKENS, FeatureTable

MANIFEST_SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx")


def extract_settings(
    bilm: Path | None, *, layer: str = "mean", pooling: str = "mean", engine: EngineChoice = NUMPY
) -> ExtractSettings:
    """Return extraction settings; ``bilm`` None is the bundled one.

    Raises:
        InputError: the biLM cannot be read or has no such layer, or there is no such pooling.
    """
    if pooling not in POOLINGS:
        raise InputError(f"no pooling {pooling!r}", where="--pooling", remedy=f"use {' or '.join(POOLINGS)}")
    settings = ExtractSettings(bilm or bundled(BUNDLED_BILM), layer=layer, pooling=pooling, engine=engine)
    layer_weights(layer, n_layers=bilm_files(settings.bilm).options.n_layers)
    return settings


def read_table(cohort: Cohort, settings: ExtractSettings, *, jobs: int, progress: Progress) -> FeatureTable:
    """Extract a cohort's table with a progress bar."""
    advance = progress.task("Reading transcripts", len(cohort.recordings))
    return extract_cohort(cohort, settings, jobs=jobs, progress=advance)


def read_training_table(cohort: Cohort, settings: ExtractSettings, *, jobs: int, progress: Progress) -> FeatureTable:
    """Extract a table to learn from.

    Raises:
        InputError: a transcript cannot be used, or nothing of it is the participant's speech.
    """
    table = read_table(cohort, settings, jobs=jobs, progress=progress)
    silent = [row for row, words in zip(cohort.recordings, table.inputs[TOKENS], strict=True) if not words]
    if silent:
        raise InputError(
            f"row {silent[0].row}: {silent[0].transcript.name}: no word to learn from ({len(silent)} such rows)",
            where=str(cohort.path),
            remedy="leave it out with --where",
        )
    return table


def write_table(table: FeatureTable, folder: Path) -> None:
    """Write features.parquet (no transcript text), sentences.parquet and dictionary.json."""
    numbers = table.inputs.drop(columns=[TOKENS, SENTENCES])
    pd.concat([table.subjects, numbers], axis=1).to_parquet(folder / "features.parquet", index=False)
    table.sentences.to_parquet(folder / "sentences.parquet", index=False)
    view = table.provenance["view"]
    write_json([*perplexity_dictionary(view), *feature_dictionary()], folder / "dictionary.json")


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


def run_training(
    manifest: Path,
    out: Path,
    *,
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
) -> ModelManifest:
    """Train on a cohort and write the model folder; return its manifest."""
    check_free(out, force=force)
    study = read_study(config, **(overrides or {}))
    cohort = read_manifest(manifest, where=where)
    negative, case = labels(cohort, positive)
    extract = extract_settings(bilm, layer=layer, pooling=pooling, engine=engine)
    table = read_training_table(cohort, extract, jobs=jobs, progress=progress)
    settings = study.as_dict() | {"manifest": manifest, "where": where, "positive": case}
    with new_run(out, force=force, command="train", settings=settings) as folder:
        model, tuned = train_model(table, study, positive=case, negative=negative, jobs=jobs)
        save_model(model, folder)
        write_csv(tuned.candidates, folder / "candidates.csv")
    return model.manifest


def run_scoring(
    model_dir: Path,
    inputs: Sequence[Path],
    out: Path,
    *,
    where: str | None = None,
    bilm: Path | None = None,
    engine: EngineChoice = NUMPY,
    minimum_words: int | None = None,
    allow_training_subjects: bool = False,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> pd.DataFrame:
    """Score a manifest or loose transcripts; write scores and reports; return the count of each result."""
    check_free(out, force=force)
    model = load_model(model_dir)
    recordings = _recordings(inputs, where=where)
    extract = model_settings(model, bilm, engine=engine)
    settings = {"model": model_dir, "model_digest": model.digest, "inputs": list(inputs), "where": where}
    settings |= {"minimum_words": minimum_words, "allow_training_subjects": allow_training_subjects}
    with new_run(out, force=force, command="score", settings=settings) as folder:
        reports = score_recordings(
            model,
            recordings,
            extract,
            minimum_words=minimum_words,
            allow_training_subjects=allow_training_subjects,
            jobs=jobs,
            progress=progress.task("Scoring", len(recordings)),
        )
        rows: list[ScoreRow] = []
        write_reports(
            _collecting(reports, rows),
            folder / "report",
            model=model_facts(model),
            positive_label=model.manifest.positive_label,
            negative_label=model.manifest.negative_label,
        )
        frame = score_frame(rows)
        write_csv(frame, folder / "scores.csv")
        frame.to_parquet(folder / "scores.parquet", index=False)
    counts = frame["result"].value_counts().sort_index()
    return pd.DataFrame({"result": counts.index, "recordings": counts.to_numpy()})


def _collecting(reports: Iterator[RecordingReport], rows: list[ScoreRow]) -> Iterator[RecordingReport]:
    for report in reports:
        rows.append(report.score)
        yield report


def _recordings(inputs: Sequence[Path], *, where: str | None) -> tuple[Recording, ...]:
    if len(inputs) == 1 and inputs[0].suffix.lower() in MANIFEST_SUFFIXES:
        return read_manifest(inputs[0], where=where).recordings
    if where is not None:
        raise InputError("needs a manifest", where="--where", remedy="score a manifest, or leave --where out")
    names = [path.stem for path in inputs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two files are named {twice[0]}", where="score", remedy="use a manifest with a recording_id")
    return tuple(
        Recording(row=number, recording_id=path.stem, subject_id=path.stem, transcript=path.resolve())
        for number, path in enumerate(inputs, start=1)
    )


def run_audit(
    path: Path,
    *,
    positive: str | None = None,
    where: str | None = None,
    bilm: Path | None = None,
    jobs: int = 1,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Audit a manifest or the folder of an evaluation; return its findings."""
    from pipeline.audit import audit_cohort, audit_run

    if path.is_dir():
        return [asdict(finding) for finding in audit_run(path)]
    cohort = read_manifest(path, where=where)
    _, case = labels(cohort, positive)
    table = read_table(cohort, extract_settings(bilm), jobs=jobs, progress=progress)
    return [asdict(finding) for finding in audit_cohort(table, positive=case)]


def perplexity_table(
    model: str | Literal["bundled"], files: Sequence[Path], *, view: View, engine: EngineChoice = NUMPY
) -> pd.DataFrame:
    """Return one row a participant sentence of each file."""
    bilm = load_bilm(bilm_folder(model), engine)
    rows = []
    for path in files:
        transcript = read_transcript(path, recording_id=path.stem, subject_id=path.stem)
        rows += [asdict(score) for score in score_sentences(split_sentences(transcript, view=view), bilm)]
    names = ["recording_id", "index", "words", "out_of_vocabulary", "forward", "backward", "joint"]
    return pd.DataFrame(rows, columns=names).rename(columns={"index": "sentence", "words": "tokens"})
