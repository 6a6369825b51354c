"""Cohorts whose transcripts are read again under each cleaning -> how far an evaluation depends on the cleaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adscreen.cohort import Cohort
from adscreen.estimator.study import StudySettings
from adscreen.evaluation import ProtocolEvaluation, join_cohorts
from adscreen.evaluation.cleaning import absent_cleaning, compare_cleaning, describe_main, first_repeat
from adscreen.evaluation.evaluation import run_first_repeat
from adscreen.evaluation.stability_rows import CleaningRow
from adscreen.evaluation.summary import Folds
from adscreen.extract.cleanings import CleanedWords, count_cleanings
from adscreen.extract.cohort_language import OtherLanguage
from adscreen.extract.extraction import ExtractSettings
from adscreen.extract.feature_table import FeatureTable
from adscreen.extract.usable import Rule
from adscreen.progress import HIDDEN, Progress
from adscreen.studies.feature_run import read_training_table
from adscreen.writing import count

UNCHANGED = "no recording has other words under it"


def evaluate_cleanings(
    cohorts: Sequence[Cohort],
    evaluation: ProtocolEvaluation,
    *,
    table: FeatureTable,
    study: StudySettings,
    extract: ExtractSettings,
    foreign: Sequence[OtherLanguage | None],
    jobs: int = 1,
    progress: Progress = HIDDEN,
) -> list[CleaningRow]:
    """Return the headline of one protocol under every cleaning, the main one first.

    ``cohorts`` hold the recordings that were evaluated, in the order of the ``table`` that was read from them (training
    before test). Each other cleaning is read, and evaluated on the folds of the first repeat, once.
    """
    advance = progress.task("Counting words under each cleaning", sum(len(cohort.recordings) for cohort in cohorts))
    counts = [count_cleanings(cohort, extract, jobs=jobs, progress=advance) for cohort in cohorts]
    main = first_repeat(Folds(evaluation.protocol, evaluation.folds, table, study))
    names = list(counts[0])
    rows = describe_main(names[0], _add([found[names[0]] for found in counts]), main)
    for name in names[1:]:
        counted = _add([found[name] for found in counts])
        reason = _reason(counted)
        if reason:
            rows.append(absent_cleaning(name, counted, main, reason))
            continue
        settings = replace(extract, view=name)
        own = _read(cohorts, settings, study, foreign, jobs=jobs, progress=progress)
        folds = len({fold.fold for fold in main.results})
        options: dict[str, Any] = {"jobs": jobs, "progress": progress.task(f"Evaluating ({_in_words(name)})", folds)}
        results = run_first_repeat(own, study, protocol=evaluation.protocol, **options)
        rows += compare_cleaning(name, counted, main, results=results, table=own)
    return rows


def _add(counts: Sequence[CleanedWords]) -> CleanedWords:
    return CleanedWords(*(sum(getattr(one, name) for one in counts) for name in ("words", "changed", "silent")))


def _reason(counted: CleanedWords) -> str:
    """Return why a cleaning is not evaluated; empty where it is."""
    if counted.silent:
        return f"{count(counted.silent, 'recording')} would have no words"
    return "" if counted.changed else UNCHANGED


def _in_words(name: str) -> str:
    return name.replace("_", " ")


def _read(
    cohorts: Sequence[Cohort],
    settings: ExtractSettings,
    study: StudySettings,
    foreign: Sequence[OtherLanguage | None],
    *,
    jobs: int,
    progress: Progress,
) -> FeatureTable:
    """Return the table of all cohorts under one cleaning, as ``evaluate`` joins them."""
    tables = []
    for cohort, other in zip(cohorts, foreign, strict=True):
        read, _ = read_training_table(cohort, settings, Rule(), other=other, jobs=jobs, progress=progress)
        tables.append(read.with_blocks(study.blocks))
    return tables[0] if len(tables) == 1 else join_cohorts(*tables)
