"""Manifest -> FeatureTable, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import Cohort
from adscreen.errors import InputError
from adscreen.extract.extraction import POOLINGS, ExtractSettings, bilm_files, extract_cohort, layer_weights
from adscreen.extract.feature_table import NOT_NUMBERS, FeatureTable
from adscreen.extract.feature_table import require_words as require_words
from adscreen.extract.perplexity import perplexity_dictionary
from adscreen.features import feature_dictionary
from adscreen.features.norms import known_norms, read_norms
from adscreen.features.tasks import read_tasks
from adscreen.parser import BUNDLED, load_parser
from adscreen.progress import HIDDEN, Progress
from adscreen.writing import write_json


def extract_settings(
    bilm: Path | None = None,
    *,
    layer: str = "mean",
    pooling: str = "mean",
    parser: str = BUNDLED,
    task_files: Sequence[Path] = (),
    norms: Sequence[Path] = (),
    engine: EngineChoice = NUMPY,
    cache: Path | None = None,
) -> ExtractSettings:
    """Return extraction settings; ``bilm`` None is the bundled one, and ``task_files`` go before those that ship.

    Raises:
        InputError: the biLM cannot be read or has no such layer, there is no such pooling or parser, a task file is
            none, or a file of word norms cannot be used.
    """
    if pooling not in POOLINGS:
        raise InputError(f"no pooling {pooling!r}", where="pooling=", remedy=f"use {' or '.join(POOLINGS)}")
    folder = bilm or bundled(BUNDLED_BILM)
    settings = ExtractSettings(
        folder,
        layer=layer,
        pooling=pooling,
        parser=parser,
        tasks=read_tasks(task_files),
        norms=read_norms(norms),
        engine=engine,
        cache=cache,
    )
    load_parser(parser)
    layer_weights(layer, n_layers=bilm_files(settings.bilm).options.n_layers)
    return settings


def read_table(
    cohort: Cohort, settings: ExtractSettings, *, jobs: int = 1, progress: Progress = HIDDEN
) -> FeatureTable:
    """Extract a cohort's table with a progress bar."""
    advance = progress.task("Reading transcripts", len(cohort.recordings))
    return extract_cohort(cohort, settings, jobs=jobs, progress=advance)


def read_training_table(
    cohort: Cohort, settings: ExtractSettings, *, jobs: int = 1, progress: Progress = HIDDEN
) -> FeatureTable:
    """Extract a table to learn from.

    Raises:
        InputError: a transcript cannot be used, or nothing of it is the participant's speech.
    """
    table = read_table(cohort, settings, jobs=jobs, progress=progress)
    require_words(table, where=str(cohort.path))
    return table


def write_table(table: FeatureTable, folder: Path) -> None:
    """Write features.parquet (no transcript text), sentences.parquet and dictionary.json."""
    numbers = table.inputs.drop(columns=list(NOT_NUMBERS))
    pd.concat([table.subjects, numbers], axis=1).to_parquet(folder / "features.parquet", index=False)
    table.sentences.to_parquet(folder / "sentences.parquet", index=False)
    view, norms = table.provenance["view"], known_norms(table.provenance["norms"])
    write_json([*perplexity_dictionary(view), *feature_dictionary(norms)], folder / "dictionary.json")
