"""What a call names (a Cohort, paths, Transcript records) -> its recordings, or its Cohort."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from adscreen.cohort import Cohort, make_cohort, read_cohort
from adscreen.cohort.files import names_a_place
from adscreen.cohort.labels import group_labels
from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.cohort.selection import select
from adscreen.errors import InputError
from adscreen.records import Transcript
from adscreen.scoring.inputs import Named, find_recordings

Source = Cohort | pd.DataFrame | str | Path | Sequence[str | Path]


def name_recordings(source: Source | Sequence[Transcript] | Named, reading: Reading = AS_WRITTEN) -> Named:
    """Return the recordings of a Cohort, of a manifest, transcripts or folders, or of Transcript records.

    What is Named was read already.

    Raises:
        InputError: there is none, a source cannot be read, or the reading does not fit it.
    """
    if isinstance(source, Named):
        return source
    if isinstance(source, Cohort):
        cohort = open_cohort(source, reading)
        return Named(cohort.recordings, (cohort.path,), notes=cohort.notes)
    if isinstance(source, pd.DataFrame):
        return name_recordings(read_cohort(source, **reading.arguments()))
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
        return name_recordings(make_cohort(transcripts), reading)
    return find_recordings(paths, reading)


def open_cohort(source: Cohort | str | Path, reading: Reading = AS_WRITTEN) -> Cohort:
    """Return the cohort of a manifest, or a Cohort narrowed to ``where`` and to the labels that are named.

    Raises:
        InputError: the manifest cannot be read, or the reading asks of a Cohort what must be asked of its manifest.
    """
    if not isinstance(source, Cohort):
        return reading.read(Path(source))
    at_once = ("where", "positive", "negative", "same_id")
    late = next((name for name in reading.given() if name not in at_once), None)
    if late is not None:
        what, remedy = "needs a manifest, the cohort was read already", "give it to read_cohort"
        raise InputError(what, where=f"{late}=", remedy=remedy)
    cohort = source if reading.where is None else select(source, reading.where)
    return group_labels(cohort, positive=reading.positive, negative=reading.negative)
