"""Nothing -> the whole line on a SYNTHETIC cohort: simulate, evaluate, train, score a held-out cohort, report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from adscreen.estimator.study import read_study
from adscreen.progress import Progress
from adscreen.simulate import simulate_cohort
from adscreen.studies.evaluation_run import run_evaluation
from adscreen.studies.feature_run import extract_settings
from adscreen.studies.runs import check_free, new_run
from adscreen.studies.scoring_run import run_scoring
from adscreen.studies.training_run import run_training
from adscreen.writing import write_csv

SUBJECTS, HELD_OUT, VISITS = 48, 12, 2
STUDY = """\
# A small study, so that the demo is quick: one repeat, few candidates.
folds = 4
repeats = 1

[search]
C = [0.1, 1.0]
doc2vec_size = [50]
doc2vec_alpha = [0.05]
elmo_size = [32]
paired_context = [0.5]
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made: a few of the evaluation's measures, and where scores and reports lie."""

    measures: pd.DataFrame
    scores: Path
    index: Path


def run_demo(out: Path, *, jobs: int, seed: int, force: bool, progress: Progress) -> Demo:
    """Run every stage on a simulated cohort into ``out``/{cohort,evaluation,model,scores}.

    Raises:
        InputError: ``out`` is taken.
    """
    check_free(out, force=force)
    with new_run(out, force=force, command="demo", settings={"seed": seed, "synthetic": True}) as folder:
        cohort, config = folder / "cohort", folder / "study.toml"
        config.write_text(STUDY, encoding="utf-8")
        manifest = simulate_cohort(cohort, subjects=SUBJECTS + HELD_OUT, visits=VISITS, seed=seed)
        training, held_out = split_manifest(manifest)
        study, extract = read_study(config, seed=seed), extract_settings()
        found = run_evaluation(
            training,
            folder / "evaluation",
            study=study,
            extract=extract,
            jobs=jobs,
            progress=progress,
        )
        run_training(training, folder / "model", study=study, extract=extract, jobs=jobs, progress=progress)
        run_scoring(folder / "model", [held_out], folder / "scores", jobs=jobs, progress=progress)
    return Demo(found.show(), out / "scores" / "scores.csv", out / "scores" / "report" / "index.html")


def split_manifest(manifest: Path) -> tuple[Path, Path]:
    """Write training.csv and held_out.csv beside a manifest, the last HELD_OUT subjects held out."""
    frame = pd.read_csv(manifest, dtype=str, keep_default_na=False)
    subjects = sorted(frame["subject_id"].unique())
    held_out = frame["subject_id"].isin(subjects[-HELD_OUT:])
    paths = manifest.with_name("training.csv"), manifest.with_name("held_out.csv")
    for path, rows in zip(paths, (frame[~held_out], frame[held_out]), strict=True):
        write_csv(rows, path)
    return paths
