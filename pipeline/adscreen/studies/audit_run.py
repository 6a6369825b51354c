"""A cohort, its manifest, or the folder of an evaluation -> findings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adscreen.auditing import Finding, audit_cohort, audit_run, read_speech
from adscreen.auditing.finding import in_order
from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import Cohort
from adscreen.cohort.labels import Names
from adscreen.cohort.missing_codes import Missing
from adscreen.cohort.reading import Reading
from adscreen.errors import InputError
from adscreen.language import ENGLISH, read_language
from adscreen.progress import HIDDEN, Progress
from adscreen.studies.sources import open_cohort


def audit(
    source: Cohort | str | Path,
    *,
    where: str | None = None,
    positive: Names | None = None,
    negative: Names | None = None,
    label_by_visit: bool = False,
    missing: Missing | None = None,
    sex: Mapping[str, str] | None = None,
    same_id: bool = False,
    participant: str | None = None,
    task: str | None = None,
    sheet: str | None = None,
    gem: str | None = None,
    language: str | Path | None = None,
    jobs: int = 1,
    progress: Progress = HIDDEN,
) -> list[Finding]:
    """Look for leakage, duplicates and shortcuts; return the findings, errors first. None holds transcript text.

    A cohort needs no labels: without two of them, what depends on labels is not examined, and a finding says so.

    Args:
        source: a Cohort, the path of a manifest, or the folder of an evaluation.
        where: audit only the rows of a cohort that meet this condition, such as ``mmse >= 20``.
        positive: the label of the cases, or several, where that is not clear from the labels.
        negative: the label of the controls, or several.
        label_by_visit: allow a subject's label to differ between visits.
        missing: codes that mean a missing value, by column or by study, as ``read_cohort`` takes them.
        sex: what codes of the column ``sex`` mean.
        same_id: take ids that differ in leading zeros alone for one.
        participant: a speaker's label, or ``longest``, where neither the manifest nor the file specifies it.
        task: the task where neither the manifest nor the file specifies it.
        sheet: the sheet of an Excel manifest, by its name or number.
        gem: the gem of CHAT files to read where the manifest names none, or ``all``.
        language: a language file (TOML), for a cohort that is not in English.
        jobs: processes; changes no result.

    Raises:
        InputError: the source cannot be read, a condition or label does not fit it, or the folder is no evaluation.

    >>> import pandas  # doctest: +SKIP
    >>> pandas.DataFrame(audit("manifest.csv"))[["level", "what"]]  # doctest: +SKIP
    """
    reading = Reading(
        where=where,
        positive=positive,
        negative=negative,
        label_by_visit=label_by_visit,
        missing=missing or {},
        sex=sex or {},
        same_id=same_id,
        participant=participant,
        task=task,
        sheet=sheet,
        gem=gem,
    )
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
