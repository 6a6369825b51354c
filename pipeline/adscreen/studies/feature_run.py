"""Manifest -> FeatureTable, and its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.bundled import BUNDLED_BILM, bilm_folder, bundled
from adscreen.cohort import Cohort, make_cohort, read_cohort
from adscreen.errors import InputError
from adscreen.extract.cohort_language import OtherLanguage, require_language, watch_rows
from adscreen.extract.dictionary import describe_features
from adscreen.extract.extraction import POOLINGS, ExtractSettings, bilm_files, extract_usable, layer_weights
from adscreen.extract.feature_table import FeatureTable
from adscreen.extract.own_columns import read_carried
from adscreen.extract.row import Extracted
from adscreen.extract.usable import REFUSE, SKIPPED_COLUMNS, Rule, Unusable, count_reasons
from adscreen.features.norms import read_norms
from adscreen.features.tasks import read_tasks
from adscreen.language import ENGLISH, LanguageFile, read_language
from adscreen.parser import BUNDLED, load_parser
from adscreen.progress import HIDDEN, Progress
from adscreen.records import Transcript
from adscreen.writing import write_csv, write_json

SKIPPED = "skipped.csv"


def extract_settings(
    bilm: Path | None = None,
    *,
    language: Path | None = None,
    layer: str = "mean",
    pooling: str = "mean",
    parser: str | None = None,
    task_files: Sequence[Path] = (),
    norms: Sequence[Path] = (),
    engine: EngineChoice = NUMPY,
    cache: Path | None = None,
) -> ExtractSettings:
    """Return extraction settings; ``task_files`` go before those that ship.

    ``bilm`` and ``parser`` None are those of the language file, without one the bundled ones.

    Raises:
        InputError: the biLM cannot be read or has no such layer, there is no such pooling or parser, a task file is
            none, or a file of word norms or a language file cannot be used.
    """
    if pooling not in POOLINGS:
        raise InputError(f"no pooling {pooling!r}", where="pooling=", remedy=f"use {' or '.join(POOLINGS)}")
    file = read_language(language) if language else None
    spoken = file.language if file else ENGLISH
    settings = ExtractSettings(
        bilm or choose_bilm(file, language),
        layer=layer,
        pooling=pooling,
        parser=parser or (file.parser if file else BUNDLED),
        tasks=read_tasks([*task_files, *(file.task_files if file else ())], language=spoken),
        norms=read_norms([*norms, *(file.norms if file else ())]),
        language=spoken,
        engine=engine,
        cache=cache,
    )
    layer_weights(layer, n_layers=bilm_files(settings.bilm).options.n_layers)
    load_parser(settings.parser, language=spoken)  # last, for it takes longest
    return settings


def choose_bilm(file: LanguageFile | None, path: Path | None) -> Path:
    """Return the biLM's folder of a language file; the bundled one without a file.

    Raises:
        InputError: the file names none.
    """
    if file is None:
        return bundled(BUNDLED_BILM)
    if file.bilm is None:
        remedy = "add bilm to it, or give one with bilm="
        raise InputError(f"names no biLM for {file.language.name}", where=str(path), remedy=remedy)
    return file.bilm


def extract_features(
    source: Cohort | Sequence[Transcript] | pd.DataFrame | str | Path,
    *,
    bilm: str | Path | None = None,
    language: str | Path | None = None,
    allow_other_language: bool = False,
    layer: str = "mean",
    pooling: str = "mean",
    parser: str | None = None,
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
        bilm: a folder in AllenNLP's format with softmax and vocabulary; None is that of the language, or the bundled
            one.
        language: a language file (TOML), for a cohort that is not in English.
        allow_other_language: measure a cohort in another language than the biLM's all the same; the table says so.
        layer: the biLM's layer: ``mean``, a number (0 the token layer), or one weight per layer (``0.2,0.3,0.5``).
        pooling: from words to a recording: ``mean`` or ``mean+max``.
        parser: ``bundled``, an installed spaCy pipeline, or the folder of one; None is that of the language.
        task_files: information units of pictures or stories (TOML), before those that ship.
        norms: tables of word norms (``word,value``).
        engine: ``numpy``, ``torch`` or ``allennlp``; they agree but for rounding.
        cache: a folder that keeps what was computed, and words of transcripts with it.
        jobs: processes; changes no result.

    Raises:
        InputError: a transcript cannot be read, recordings are in another language, or a setting cannot be used.

    >>> cohort = make_cohort(["the boy is falling", "um the girl is reaching"], subjects=["S1", "S2"])
    >>> table = extract_features(cohort)
    >>> table.groups.tolist()
    ['subject S1', 'subject S2']
    >>> bool(table.X.loc["S1", "perplexity.joint_pooled"] > 0)
    True
    """
    cohort = source if isinstance(source, Cohort) else _cohort_of(source)
    settings = extract_settings(
        None if bilm is None else bilm_folder(str(bilm)),
        language=None if language is None else Path(language),
        layer=layer,
        pooling=pooling,
        parser=parser,
        task_files=_as_paths(task_files),
        norms=_as_paths(norms),
        engine=EngineChoice(engine),
        cache=None if cache is None else Path(cache),
    )
    other = check_language(cohort, settings, allowed=allow_other_language, jobs=jobs, progress=progress)
    return read_table(cohort, settings, other=other, jobs=jobs, progress=progress)


def _as_paths(paths: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]


def _cohort_of(source: Sequence[Transcript] | pd.DataFrame | str | Path) -> Cohort:
    return read_cohort(source) if isinstance(source, str | Path | pd.DataFrame) else make_cohort(source)


def check_language(
    cohort: Cohort, settings: ExtractSettings, *, allowed: bool = False, jobs: int = 1, progress: Progress = HIDDEN
) -> OtherLanguage | None:
    """Return which recordings are in another language than the settings are for; None where there is none.

    Raises:
        InputError: there is one, and it is not ``allowed``.
    """
    advance = progress.task("Checking the language", len(cohort.recordings))
    options = {"allowed": allowed, "jobs": jobs, "progress": advance}
    other = require_language(cohort, settings.language, settings.bilm, **options)  # type: ignore[arg-type]
    if other is not None:
        progress.notes([str(other)])
    return other


def read_table(
    cohort: Cohort,
    settings: ExtractSettings,
    *,
    other: OtherLanguage | None = None,
    jobs: int = 1,
    progress: Progress = HIDDEN,
) -> FeatureTable:
    """Extract a cohort's table with a progress bar; every transcript must be readable."""
    return read_usable(cohort, settings, other=other, jobs=jobs, progress=progress)[0]


def read_usable(
    cohort: Cohort,
    settings: ExtractSettings,
    rule: Rule = REFUSE,
    *,
    other: OtherLanguage | None = None,
    jobs: int = 1,
    progress: Progress = HIDDEN,
) -> tuple[FeatureTable, tuple[Unusable, ...]]:
    """Extract what can be used of a cohort with a progress bar; say how much is left out, and why.

    ``other`` (of ``check_language``) goes into the table's provenance.

    Raises:
        InputError: a recording cannot be used, and the rule does not allow to leave it out; or ``other`` is None, and
            recordings are in another language.
    """
    advance = progress.task("Reading transcripts", len(cohort.recordings))

    def watch(rows: Iterator[Extracted]) -> Iterator[Extracted]:
        return rows if other else watch_rows(cohort, rows, settings.language, settings.bilm)

    table, unusable = extract_usable(cohort, settings, rule, watch=watch, jobs=jobs, progress=advance)
    if other is not None:  # allowed, and told
        table = replace(table, provenance=table.provenance | {"other_language": str(other)})
    progress.notes(
        f"{sum(one.step == step for one in unusable)} recordings of {cohort.path.name} are left out ({step}): {reasons}"
        for step, reasons in count_reasons(unusable).items()
    )
    return table, unusable


def language_record(settings: ExtractSettings, other: OtherLanguage | None = None) -> dict[str, str]:
    """Return what run.json says of the language: nothing where all is in English."""
    named = {} if settings.language.is_english else {"language": settings.language.name}
    digest = {} if settings.language.is_english else {"language_digest": settings.language.digest}
    return named | digest | ({"other_language": str(other)} if other else {})


def check_columns(cohort: Cohort, blocks: Mapping[str, Sequence[str]]) -> None:
    """Raise InputError where columns of a block cannot be used: before the transcripts are read, which takes long."""
    for name, columns in blocks.items():
        read_carried(cohort.frame(), name, columns, where=str(cohort.path))


def read_training_table(
    cohort: Cohort,
    settings: ExtractSettings,
    rule: Rule = REFUSE,
    *,
    other: OtherLanguage | None = None,
    jobs: int = 1,
    progress: Progress = HIDDEN,
) -> tuple[FeatureTable, tuple[Unusable, ...]]:
    """Extract a table to learn from, and return what is left out as well.

    Raises:
        InputError: a transcript cannot be used, or nothing of it is the participant's speech, and the rule does not
            allow to leave it out.
    """
    return read_usable(cohort, settings, replace(rule, words=True), other=other, jobs=jobs, progress=progress)


def write_skipped(unusable: Sequence[Unusable], folder: Path) -> None:
    """Write skipped.csv: one row for each recording that is left out, with its reason; no file where there is none."""
    if unusable:
        write_csv(pd.DataFrame([one.as_row() for one in unusable], columns=list(SKIPPED_COLUMNS)), folder / SKIPPED)


def write_table(table: FeatureTable, folder: Path) -> None:
    """Write features.parquet (no transcript text), sentences.parquet and dictionary.json."""
    table.to_pandas().to_parquet(folder / "features.parquet", index=False)
    table.sentences.to_parquet(folder / "sentences.parquet", index=False)
    write_json(describe_features(table.provenance), folder / "dictionary.json")
