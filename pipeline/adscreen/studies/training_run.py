"""Manifest -> a model folder."""

from __future__ import annotations

from pathlib import Path

from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.estimator.study import StudySettings
from adscreen.extract.extraction import ExtractSettings
from adscreen.model.trained_model import ModelManifest, save_model, train_model
from adscreen.progress import Progress
from adscreen.studies.feature_run import check_columns, check_language, language_record, read_training_table
from adscreen.studies.runs import check_free, new_run
from adscreen.writing import write_csv


def run_training(
    manifest: Path,
    out: Path,
    *,
    study: StudySettings,
    extract: ExtractSettings,
    allow_other_language: bool = False,
    reading: Reading = AS_WRITTEN,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> ModelManifest:
    """Train on a cohort and write the model folder; return its manifest."""
    check_free(out, force=force)
    cohort = reading.read(manifest)
    progress.notes(cohort.notes)
    check_columns(cohort, study.blocks)
    other = check_language(cohort, extract, allowed=allow_other_language, jobs=jobs, progress=progress)
    table = read_training_table(cohort, extract, other=other, jobs=jobs, progress=progress)
    settings = (
        study.as_dict()
        | {"manifest": manifest}
        | language_record(extract, other)
        | reading.arguments()
        | {"positive": cohort.labels[1]}
    )
    with new_run(out, force=force, command="train", settings=settings) as folder:
        model, tuned = train_model(table, study, jobs=jobs)
        save_model(model, folder)
        write_csv(tuned.candidates, folder / "candidates.csv")
    return model.manifest
