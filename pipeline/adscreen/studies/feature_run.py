"""Manifest -> FeatureTable, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.bundled import BUNDLED_BILM, bilm_folder, bundled
from adscreen.cohort import Cohort, make_cohort, read_cohort
from adscreen.errors import InputError
from adscreen.extract.dictionary import describe_features
from adscreen.extract.extraction import POOLINGS, ExtractSettings, bilm_files, extract_usable, layer_weights
from adscreen.extract.feature_table import FeatureTable
from adscreen.extract.own_columns import read_carried
from adscreen.extract.usable import REFUSE, SKIPPED_COLUMNS, Rule, Unusable, count_reasons
from adscreen.features.norms import read_norms
from adscreen.features.tasks import read_tasks
from adscreen.parser import BUNDLED, load_parser
from adscreen.progress import HIDDEN, Progress
from adscreen.records import Transcript
from adscreen.writing import write_csv, write_json

SKIPPED = "skipped.csv"


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
    layer_weights(layer, n_layers=bilm_files(settings.bilm).options.n_layers)
    load_parser(parser)  # last, for it takes longest
    return settings


def extract_features(
    source: Cohort | Sequence[Transcript] | pd.DataFrame | str | Path,
    *,
    bilm: str | Path = "bundled",
    layer: str = "mean",
    pooling: str = "mean",
    parser: str = BUNDLED,
    task_files: str | Path | Sequence[str | Path] = (),
    norms: str | Path | Sequence[str | Path] = (),
    engine: str = NUMPY.name,
    cache: str | Path | None = None,
    jobs: int = 1,
    progress: Progress = HIDDEN,
) -> FeatureTable:
    """Compute the features of every recording: perplexities, biLM vectors, linguistic features.

    Nothing is fitted to the cohort: a row depends on its recording alone, so the table may be split afterwards.

    Args:
        source: a cohort, Transcript records, or what ``read_cohort`` reads (a manifest's path, a data frame).
        bilm: ``bundled``, or a folder in AllenNLP's format with softmax and vocabulary.
        layer: the biLM's layer: ``mean``, a number (0 the token layer), or one weight per layer (``0.2,0.3,0.5``).
        pooling: from words to a recording: ``mean`` or ``mean+max``.
        parser: ``bundled``, an installed spaCy pipeline, or the folder of one.
        task_files: information units of pictures or stories (TOML), before those that ship.
        norms: tables of word norms (``word,value``).
        engine: ``numpy``, ``torch`` or ``allennlp``; they agree but for rounding.
        cache: a folder that keeps what was computed, and words of transcripts with it.
        jobs: processes; changes no result.

    Raises:
        InputError: a transcript cannot be read, or a setting cannot be used.

    >>> cohort = make_cohort(["the boy is falling", "um the girl is reaching"], subjects=["S1", "S2"])
    >>> table = extract_features(cohort)
    >>> table.groups.tolist()
    ['subject S1', 'subject S2']
    >>> bool(table.X.loc["S1", "perplexity.joint_pooled"] > 0)
    True
    """
    cohort = source if isinstance(source, Cohort) else _cohort_of(source)
    settings = extract_settings(
        bilm_folder(str(bilm)),
        layer=layer,
        pooling=pooling,
        parser=parser,
        task_files=_as_paths(task_files),
        norms=_as_paths(norms),
        engine=EngineChoice(engine),
        cache=None if cache is None else Path(cache),
    )
    return read_table(cohort, settings, jobs=jobs, progress=progress)


def _as_paths(paths: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]


def _cohort_of(source: Sequence[Transcript] | pd.DataFrame | str | Path) -> Cohort:
    return read_cohort(source) if isinstance(source, str | Path | pd.DataFrame) else make_cohort(source)


def read_table(
    cohort: Cohort, settings: ExtractSettings, *, jobs: int = 1, progress: Progress = HIDDEN
) -> FeatureTable:
    """Extract a cohort's table with a progress bar; every transcript must be readable."""
    return read_usable(cohort, settings, jobs=jobs, progress=progress)[0]


def read_usable(
    cohort: Cohort, settings: ExtractSettings, rule: Rule = REFUSE, *, jobs: int = 1, progress: Progress = HIDDEN
) -> tuple[FeatureTable, tuple[Unusable, ...]]:
    """Extract what can be used of a cohort with a progress bar; say how much is left out, and why.

    Raises:
        InputError: a recording cannot be used, and the rule does not allow to leave it out.
    """
    advance = progress.task("Reading transcripts", len(cohort.recordings))
    table, unusable = extract_usable(cohort, settings, rule, jobs=jobs, progress=advance)
    progress.notes(
        f"{sum(one.step == step for one in unusable)} recordings of {cohort.path.name} are left out ({step}): {reasons}"
        for step, reasons in count_reasons(unusable).items()
    )
    return table, unusable


def check_columns(cohort: Cohort, blocks: Mapping[str, Sequence[str]]) -> None:
    """Raise InputError where columns of a block cannot be used: before the transcripts are read, which takes long."""
    for name, columns in blocks.items():
        read_carried(cohort.frame(), name, columns, where=str(cohort.path))


def read_training_table(
    cohort: Cohort, settings: ExtractSettings, rule: Rule = REFUSE, *, jobs: int = 1, progress: Progress = HIDDEN
) -> tuple[FeatureTable, tuple[Unusable, ...]]:
    """Extract a table to learn from, and return what is left out as well.

    Raises:
        InputError: a transcript cannot be used, or nothing of it is the participant's speech, and the rule does not
            allow to leave it out.
    """
    return read_usable(cohort, settings, replace(rule, words=True), jobs=jobs, progress=progress)


def write_skipped(unusable: Sequence[Unusable], folder: Path) -> None:
    """Write skipped.csv: one row for each recording that is left out, with its reason; no file where there is none."""
    if unusable:
        write_csv(pd.DataFrame([one.as_row() for one in unusable], columns=list(SKIPPED_COLUMNS)), folder / SKIPPED)


def write_table(table: FeatureTable, folder: Path) -> None:
    """Write features.parquet (no transcript text), sentences.parquet and dictionary.json."""
    table.to_pandas().to_parquet(folder / "features.parquet", index=False)
    table.sentences.to_parquet(folder / "sentences.parquet", index=False)
    write_json(describe_features(table.provenance), folder / "dictionary.json")
