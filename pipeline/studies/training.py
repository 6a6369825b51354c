"""Manifest -> a model folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.bilm.engines import NUMPY, EngineChoice
from pipeline.manifest import labels, read_manifest
from pipeline.model import ModelManifest, save_model, train_model
from pipeline.parser import BUNDLED
from pipeline.progress import Progress
from pipeline.runs import check_free, new_run, write_csv
from pipeline.settings import read_study
from pipeline.studies.tables import extract_settings, read_training_table


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
    parser: str = BUNDLED,
    task_files: Sequence[Path] = (),
    engine: EngineChoice = NUMPY,
    cache: Path | None = None,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> ModelManifest:
    """Train on a cohort and write the model folder; return its manifest."""
    check_free(out, force=force)
    study = read_study(config, **(overrides or {}))
    cohort = read_manifest(manifest, where=where)
    negative, case = labels(cohort, positive)
    extract = extract_settings(
        bilm, layer=layer, pooling=pooling, parser=parser, task_files=task_files, engine=engine, cache=cache
    )
    table = read_training_table(cohort, extract, jobs=jobs, progress=progress)
    settings = study.as_dict() | {"manifest": manifest, "where": where, "positive": case}
    with new_run(out, force=force, command="train", settings=settings) as folder:
        model, tuned = train_model(table, study, positive=case, negative=negative, jobs=jobs)
        save_model(model, folder)
        write_csv(tuned.candidates, folder / "candidates.csv")
    return model.manifest
