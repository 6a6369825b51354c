"""A cohort, its manifest, or the folder of an evaluation -> findings."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from adscreen.auditing import Finding, audit_cohort, audit_run, read_speech
from adscreen.auditing.finding import in_order
from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import Cohort
from adscreen.cohort.reading import Reading, ReadingArguments
from adscreen.errors import InputError
from adscreen.language import ENGLISH, read_language
from adscreen.progress import HIDDEN, Progress
from adscreen.studies.sources import open_cohort


def audit(
    source: Cohort | str | Path,
    *,
    language: str | Path | None = None,
    jobs: int = 1,
    progress: Progress = HIDDEN,
    **arguments: Unpack[ReadingArguments],
) -> list[Finding]:
    """Look for leakage, duplicates and shortcuts; return the findings, errors first. None holds transcript text.

    A cohort needs no labels: without two of them, what depends on labels is not examined, and a finding says so.

    Args:
        source: a Cohort, the path of a manifest, or the folder of an evaluation.
        language: a language file (TOML), for a cohort that is not in English.
        jobs: processes; changes no result.
        arguments: how a manifest is read, as ``read_cohort`` takes it: ``where``, ``positive``, ``missing`` ...

    Raises:
        InputError: the source cannot be read, a condition or label does not fit it, or the folder is no evaluation.

    >>> import pandas  # doctest: +SKIP
    >>> pandas.DataFrame(audit("manifest.csv"))[["level", "what"]]  # doctest: +SKIP
    """
    reading = Reading(**arguments)
    if not isinstance(source, Cohort) and Path(source).is_dir():
        given = next(iter(reading.given()), None if language is None else "language")
        if given:
            raise InputError("needs a cohort", where=f"{given}=", remedy="leave it out for the folder of an evaluation")
        return audit_run(Path(source))
    cohort = open_cohort(source, reading)
    advance = progress.task("Reading transcripts", len(cohort.recordings))
    file = read_language(Path(language)) if language else None
    spoken = file.language if file else ENGLISH
    bilm = file.bilm if file else bundled(BUNDLED_BILM)
    found = audit_cohort(read_speech(cohort, language=spoken, bilm=bilm, jobs=jobs, progress=advance))
    return in_order([*(Finding("note", note, where=cohort.path.name) for note in cohort.notes), *found])
