"""Manifest -> a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from adscreen.cohort import Cohort
from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.estimator.study import StudySettings
from adscreen.extract.extraction import ExtractSettings
from adscreen.extract.usable import REFUSE, Rule, Unusable
from adscreen.model.trained_model import ModelManifest, save_model, train_model
from adscreen.progress import Progress
from adscreen.studies.feature_run import (
    check_columns,
    check_language,
    language_record,
    read_training_table,
    write_skipped,
)
from adscreen.studies.runs import check_free, new_run
from adscreen.writing import write_csv


class Trained(NamedTuple):
    """The manifest of a model, and the recordings that were left out of its training."""

    manifest: ModelManifest
    skipped: tuple[Unusable, ...]


def run_training(
    manifest: Path | Cohort,
    out: Path,
    *,
    study: StudySettings,
    extract: ExtractSettings,
    allow_other_language: bool = False,
    reading: Reading = AS_WRITTEN,
    rule: Rule = REFUSE,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> Trained:
    """Train on a cohort and write the model folder; return its manifest, and what was left out.

    A Cohort is what ``reading`` read of its manifest already. skipped.csv lists what the rule allows to leave out.
    """
    check_free(out, force=force)
    cohort = reading.read(manifest)
    progress.notes(cohort.notes)
    negative, positive = cohort.labels  # before the work
    check_columns(cohort, study.blocks)
    other = check_language(cohort, extract, allowed=allow_other_language, jobs=jobs, progress=progress)
    table, skipped = read_training_table(cohort, extract, rule, other=other, jobs=jobs, progress=progress)
    settings = study.as_dict() | {"manifest": cohort.path} | language_record(extract, other) | reading.arguments()
    settings |= {"negative": negative, "positive": positive, "label_groups": cohort.label_groups}
    settings |= {"skip_unreadable": rule.skip, "strict": rule.strict, "skipped": len(skipped)}
    with new_run(out, force=force, command="train", settings=settings) as folder:
        model, tuned = train_model(table, study, jobs=jobs)
        save_model(model, folder)
        write_csv(tuned.candidates, folder / "candidates.csv")
        write_skipped(skipped, folder)
    return Trained(model.manifest, skipped)
