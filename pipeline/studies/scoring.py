"""Model + manifest or files -> a run folder with scores and reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from pipeline.bilm.engines import NUMPY, EngineChoice
from pipeline.errors import InputError
from pipeline.manifest import Recording, read_manifest
from pipeline.model import load_model
from pipeline.progress import Progress
from pipeline.report.contents import RecordingReport, ScoreRow
from pipeline.report.pages import write_reports
from pipeline.runs import check_free, new_run, write_csv
from pipeline.score import model_facts, model_settings, score_frame, score_recordings

MANIFEST_SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx")


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
