"""What a call names (a Cohort, paths, Transcript records) -> its recordings, or its Cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from adscreen.cohort import Cohort, choose_labels, make_cohort, read_cohort
from adscreen.cohort.files import names_a_place
from adscreen.cohort.selection import select
from adscreen.cohort.values import Codes
from adscreen.errors import InputError
from adscreen.records import Transcript
from adscreen.scoring.inputs import Named, find_recordings

Source = Cohort | pd.DataFrame | str | Path | Sequence[str | Path]


def name_recordings(
    source: Source | Sequence[Transcript],
    *,
    where: str | None = None,
    missing: Codes | None = None,
    same_id: bool = False,
) -> Named:
    """Return the recordings of a Cohort, of a manifest, transcripts or folders, or of Transcript records.

    Raises:
        InputError: there is none, a source cannot be read, or ``where`` or ``missing`` cannot be used.
    """
    if isinstance(source, Cohort):
        _refuse_codes(missing)
        cohort = select(source, where) if where is not None else source
        return Named(cohort.recordings, (cohort.path,), notes=cohort.notes)
    if isinstance(source, pd.DataFrame):
        return name_recordings(read_cohort(source, missing=missing, same_id=same_id), where=where)
    given: object = source
    if not isinstance(given, str | Path | Sequence):
        what = f"is a {type(given).__name__}"
        raise InputError(what, where="source=", remedy="give a cohort (make_cohort for texts), paths or transcripts")
    sources = [source] if isinstance(source, str | Path) else list(source)
    if not sources:
        raise InputError("names no recording", where="source=", remedy="give a cohort, paths or transcripts")
    transcripts = [one for one in sources if isinstance(one, Transcript)]
    texts = sum(
        isinstance(one, str) and any(mark.isspace() for mark in one) and not names_a_place(one) for one in sources
    )
    if texts:
        what = f"{texts} of {len(sources)} are neither files nor folders"
        raise InputError(what, where="source=", remedy="correct the paths; for texts in memory use make_cohort")
    paths = tuple(Path(one) for one in sources if not isinstance(one, Transcript))
    if transcripts and paths:
        raise InputError("holds paths and Transcript records", where="source=", remedy="give one kind")
    if transcripts:
        return name_recordings(make_cohort(transcripts), where=where, missing=missing)
    return find_recordings(paths, where=where, missing=missing, same_id=same_id)


def _refuse_codes(missing: Codes | None) -> None:
    """Raise InputError where codes are named for a cohort that was read already."""
    if missing:
        remedy = "name the codes to read_cohort"
        raise InputError("needs a manifest, the cohort was read already", where="missing=", remedy=remedy)


def open_cohort(
    source: Cohort | str | Path,
    *,
    where: str | None = None,
    positive: str | None = None,
    missing: Codes | None = None,
    same_id: bool = False,
) -> Cohort:
    """Return a Cohort, or that of a manifest, with only the rows that meet ``where``; ``positive`` names the case.

    Raises:
        InputError: the manifest cannot be read, or ``where``, ``positive`` or ``missing`` cannot be used.
    """
    if not isinstance(source, Cohort):
        return read_cohort(source, where=where, positive=positive, missing=missing, same_id=same_id)
    _refuse_codes(missing)
    cohort = source if where is None else select(source, where)
    if positive is None:
        return cohort
    choose_labels((recording.label for recording in cohort.recordings), positive, where=cohort.path.name)
    return replace(cohort, positive=positive)
