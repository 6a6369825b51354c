"""Manifest -> a model folder."""

from __future__ import annotations

from pathlib import Path

from adscreen.cohort import Cohort
from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.estimator.study import StudySettings
from adscreen.extract.extraction import ExtractSettings
from adscreen.model.trained_model import ModelManifest, save_model, train_model
from adscreen.progress import Progress
from adscreen.studies.feature_run import check_columns, read_training_table
from adscreen.studies.runs import check_free, new_run
from adscreen.writing import write_csv


def run_training(
    manifest: Path | Cohort,
    out: Path,
    *,
    study: StudySettings,
    extract: ExtractSettings,
    reading: Reading = AS_WRITTEN,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> ModelManifest:
    """Train on a cohort and write the model folder; return its manifest.

    A Cohort is what ``reading`` read of its manifest already.
    """
    check_free(out, force=force)
    cohort = reading.read(manifest)
    progress.notes(cohort.notes)
    negative, positive = cohort.labels  # before the work
    check_columns(cohort, study.blocks)
    table = read_training_table(cohort, extract, jobs=jobs, progress=progress)
    settings = study.as_dict() | {"manifest": cohort.path} | reading.arguments()
    settings |= {"negative": negative, "positive": positive, "label_groups": cohort.label_groups}
    with new_run(out, force=force, command="train", settings=settings) as folder:
        model, tuned = train_model(table, study, jobs=jobs)
        save_model(model, folder)
        write_csv(tuned.candidates, folder / "candidates.csv")
    return model.manifest
