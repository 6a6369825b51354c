"""The recordings of a study and what is known of each: the records that every run starts from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adscreen.errors import InputError

if TYPE_CHECKING:
    import pandas

NUMBERS = ("age", "education", "mmse")
COVARIATES = ("recording_id", "subject_id", "visit", "label", "cluster", "age", "sex", "education", "mmse", "site")
_LEADING_ZERO = re.compile(r"[+-]?0\d")


@dataclass(frozen=True, slots=True)
class Recording:
    """One row of a manifest. ``row`` counts the data rows from 1; ``age`` and ``education`` are in years.

    ``transcript`` is an absolute path; ``extra`` holds the carried columns as written.
    """

    row: int
    recording_id: str
    subject_id: str
    transcript: Path
    visit: str | None = None
    label: str | None = None
    cluster: str | None = None
    age: float | None = None
    sex: str | None = None
    education: float | None = None
    mmse: float | None = None
    site: str | None = None
    task: str | None = None
    language: str | None = None
    speaker: str | None = None
    extra: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Cohort:
    """The recordings of one manifest, in its order; ``left_out`` are those that a condition left out."""

    path: Path
    recordings: Sequence[Recording]
    left_out: tuple[Recording, ...] = ()

    def frame(self, columns: tuple[str, ...] = COVARIATES) -> pandas.DataFrame:
        """Return the ``columns`` of Recording and the carried columns, one row a recording.

        A carried column is numeric where every value in it is a number without leading zeros, else text; what is
        missing is NaN.
        """
        import pandas as pd

        recordings = tuple(self.recordings)
        values = {column: [getattr(recording, column) for recording in recordings] for column in columns}
        frame = {column: pd.Series(v, dtype="float64" if column in NUMBERS else "str") for column, v in values.items()}
        for position, (column, _) in enumerate(recordings[0].extra if recordings else ()):
            frame[column] = _carried([recording.extra[position][1] for recording in recordings])
        return pd.DataFrame(frame)


def labels(cohort: Cohort, positive: str | None = None) -> tuple[str, str]:
    """Return the two labels of a cohort, the negative first.

    ``positive`` names the case; without it, it is the label that is not ``control`` (in any case of letters).

    Raises InputError where a row has no label, where there are not two labels, and where the case cannot be told.
    """
    file = cohort.path.name
    unlabelled = [recording.row for recording in cohort.recordings if recording.label is None]
    if len(unlabelled) == len(cohort.recordings):
        raise InputError("no label column", where=file, remedy="add a column `label` with two values")
    if unlabelled:
        what = f"row {unlabelled[0]} has no label ({len(unlabelled)} such rows)"
        raise InputError(what, where=file, remedy="give it one, or leave it out with --where")
    values = sorted({recording.label for recording in cohort.recordings if recording.label is not None})
    found = ", ".join(values)
    if len(values) != 2:
        raise InputError(
            f"needs two labels, found {len(values)}: {found}", where=file, remedy="choose rows with --where"
        )
    if positive is not None and positive not in values:
        raise InputError(f"no label {positive!r}; labels found: {found}", where=file, remedy="correct --positive")
    cases = [positive] if positive is not None else [value for value in values if value.casefold() != "control"]
    if len(cases) != 1:
        what = f"which label is the case cannot be told from {found}"
        raise InputError(what, where=file, remedy="name it with --positive")
    return next(value for value in values if value != cases[0]), cases[0]


def _carried(values: list[str | None]) -> pandas.Series:
    import pandas as pd

    given = [value for value in values if value is not None]
    try:
        numeric = [float("nan") if value is None else float(value) for value in values]
    except ValueError:
        numeric = []
    if given and numeric and not any(_LEADING_ZERO.match(value) for value in given):
        return pd.Series(numeric, dtype="float64")
    return pd.Series(values, dtype="str")
