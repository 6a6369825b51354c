"""The cohorts of an evaluation -> what to check before its figures are believed: the findings of an audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adscreen.auditing import Finding, audit_cohort, audit_cohorts, read_speech
from adscreen.auditing.finding import count_levels, say_finding
from adscreen.cohort import Cohort
from adscreen.estimator.tuning import on_one_thread
from adscreen.extract.feature_table import FeatureTable
from adscreen.progress import HIDDEN, Progress

_SHOWN = 5


def check_cohorts(cohorts: Sequence[Cohort], *, jobs: int = 1, progress: Progress = HIDDEN) -> tuple[Finding, ...]:
    """Return the findings on a cohort, or on a training and a test cohort; habits of transcription are among them.

    Transcripts are read once more for it, which takes milliseconds each: features do not hold what an audit asks.
    """
    tables = [
        read_speech(cohort, jobs=jobs, progress=progress.task("Checking the cohort", len(cohort.recordings)))
        for cohort in cohorts
    ]
    return check_tables(tables)


def check_tables(tables: Sequence[FeatureTable]) -> tuple[Finding, ...]:
    """Return the findings on the table of a cohort, or on those of a training and a test cohort, errors first."""
    if len(tables) == 1:
        return tuple(on_one_thread(audit_cohort, tables[0]))
    return tuple(on_one_thread(audit_cohorts, *tables))


def list_errors(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a sentence for each error."""
    for finding in findings:
        if finding.level == "error":
            yield f"the checks of the cohort found an error: {say_finding(finding)}"


def lead_with(findings: Sequence[Finding]) -> list[str]:
    """Return the lines that stand before the figures: how many errors and warnings, and the most serious ones."""
    serious = [finding for finding in findings if finding.level != "note"]
    if not serious:
        return ["The checks of the cohort found no error and no warning."]
    lines = [f"  {finding.level}: {say_finding(finding)}" for finding in serious[:_SHOWN]]
    more = [f"  and {len(serious) - _SHOWN} more in findings.csv"] if len(serious) > _SHOWN else []
    return [f"What to check first: {count_levels(serious)}", *lines, *more]
