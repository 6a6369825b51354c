"""The recordings of a study and what is known of each: the records that every run starts from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from adscreen.cohort.controls import is_control
from adscreen.errors import InputError
from adscreen.records import Transcript

if TYPE_CHECKING:
    import pandas

NUMBERS = ("age", "education", "mmse")
RANGES = {  # what a person's value can be; codes for missing (-99, 999) lie outside
    "age": (18.0, 120.0),
    "education": (0.0, 40.0),
    "mmse": (0.0, 30.0),  # the scale of the Mini-Mental State Examination (Folstein et al. 1975)
}
COVARIATES = (
    *("recording_id", "subject_id", "visit", "label", "cluster", "match", "age", "sex", "education", "mmse", "site"),
)
NOT_GIVEN = frozenset({"NA", "N/A", "n/a", "NaN", "nan"})  # as R and pandas write a missing value
_LEADING_ZERO = re.compile(r"[+-]?0\d")


@dataclass(frozen=True, slots=True)
class Recording:
    """One row of a manifest. ``row`` counts the data rows from 1; ``age`` and ``education`` are in years.

    ``transcript`` is an absolute path; ``extra`` holds the carried columns as written. Speech that was given in memory
    is in ``content``: a Transcript, or text as a plain-text file would hold it; ``transcript`` then only names it.
    ``spelling`` is the subject id as this row writes it, where ``subject_id`` is another spelling of it.
    ``match`` names the matched set of a case and its controls. ``gem`` is the part of a CHAT file that is read, or
    ``all``. ``default_speaker``, ``default_task`` and ``default_gem`` hold where neither the manifest nor the file
    specifies them.
    """

    row: int
    recording_id: str
    subject_id: str
    transcript: Path
    visit: str | None = None
    label: str | None = None
    cluster: str | None = None
    match: str | None = None
    age: float | None = None
    sex: str | None = None
    education: float | None = None
    mmse: float | None = None
    site: str | None = None
    task: str | None = None
    language: str | None = None
    speaker: str | None = None
    gem: str | None = None
    extra: tuple[tuple[str, str | None], ...] = field(default=(), repr=False)
    content: Transcript | str | None = field(default=None, repr=False)
    spelling: str | None = field(default=None, repr=False)
    default_speaker: str | None = field(default=None, repr=False)
    default_task: str | None = field(default=None, repr=False)
    default_gem: str | None = field(default=None, repr=False)

    def carries(self, column: str) -> bool:
        """Return whether the manifest has this further column, whatever its cell holds."""
        return any(name == column for name, _ in self.extra)

    def number(self, column: str) -> float:
        """Return the number in a carried column; NaN where there is no such column, no number or an infinite one."""
        try:
            return cell_number(dict(self.extra).get(column))
        except ValueError:
            return math.nan


@dataclass(frozen=True, slots=True)
class Cohort:
    """The recordings of a study in order, and which label is the case.

    ``path`` is the manifest (a name for it where there is no file); ``left_out`` are the recordings that a condition
    left out; ``positive`` is the case's label, None where it follows from the labels themselves (see ``labels``).
    ``label_groups`` holds the manifest's labels behind each of the two where several became one, the negative first;
    ``other_labels`` are the recordings left out because their label is neither. ``sexes`` maps each spelling of a sex
    to the one that it counts as. ``notes`` are sentences on how the manifest was read that its user should know.
    """

    path: Path
    recordings: Sequence[Recording] = field(repr=False)
    left_out: tuple[Recording, ...] = field(default=(), repr=False)
    positive: str | None = None
    notes: tuple[str, ...] = ()
    label_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other_labels: tuple[Recording, ...] = field(default=(), repr=False)
    sexes: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.recordings)

    @property
    def grouped_labels(self) -> tuple[str, ...]:
        """The labels of the manifest that are behind a group of several."""
        return tuple(name for names in self.label_groups.values() for name in names)

    @property
    def labels(self) -> tuple[str, str]:
        """The two labels, the negative first.

        Raises:
            InputError: a row has no label, there are not two labels, or it is not clear which one is the case.
        """
        file = self.path.name
        unlabelled = [recording.row for recording in self.recordings if recording.label is None]
        if unlabelled and len(unlabelled) < len(self.recordings):
            what = f"row {unlabelled[0]} has no label ({len(unlabelled)} such rows)"
            raise InputError(what, where=file, remedy="give it one, or leave it out with where=")
        return choose_labels((recording.label for recording in self.recordings), self.positive, where=file)

    @property
    def known_labels(self) -> tuple[str, str] | None:
        """The two labels, None where there are no two of which one is the case; a ``positive`` that was named must be.

        Raises:
            InputError: ``positive`` was named, and is not one of two labels.
        """
        try:
            return self.labels
        except InputError:
            if self.positive is not None:
                raise
            return None

    def without(self, recordings: Iterable[Recording]) -> Cohort:
        """Return the cohort without these of its recordings."""
        gone = {recording.recording_id for recording in recordings}
        if not gone:
            return self
        return replace(self, recordings=tuple(one for one in self.recordings if one.recording_id not in gone))

    def frame(self, columns: tuple[str, ...] = COVARIATES) -> pandas.DataFrame:
        """Return the ``columns`` of Recording and the carried columns, one row per recording.

        A carried column is numeric where every value in it is a number without leading zeros, or says that one is
        missing (``NA``), else text; what is missing is NaN.
        """
        import pandas as pd

        recordings = tuple(self.recordings)
        values = {column: [getattr(recording, column) for recording in recordings] for column in columns}
        frame = {column: pd.Series(v, dtype="float64" if column in NUMBERS else "str") for column, v in values.items()}
        for position, (column, _) in enumerate(recordings[0].extra if recordings else ()):
            frame[column] = _carried([recording.extra[position][1] for recording in recordings])
        return pd.DataFrame(frame)


def choose_labels(found: Iterable[str | None], positive: str | None = None, *, where: str) -> tuple[str, str]:
    """Return the negative and the positive label of those found; missing ones (None) do not count.

    ``positive`` names the case; without it, the case is the label that is no usual name of controls (``is_control``).

    Raises:
        InputError: there are not two labels, or it is not clear which one is the case.
    """
    labels = [label for label in found if label is not None]
    values = sorted(set(labels))
    if not values:
        raise InputError("no label column", where=where, remedy="add a column `label` with two values")
    listed, counted = ", ".join(values), count_labels(labels)
    if positive is not None and positive not in values:
        raise InputError(f"no label {positive!r}; labels found: {counted}", where=where, remedy="correct positive=")
    if len(values) != 2:
        remedy = "choose rows with where="
        if len(values) > 2:
            remedy = f"name the cases with positive= and the controls with negative=, or {remedy}"
        raise InputError(f"needs two labels, found {len(values)}: {counted}", where=where, remedy=remedy)
    cases = [positive] if positive is not None else [value for value in values if not is_control(value)]
    if len(cases) != 1:
        why = "" if cases else ", both of which are names of controls"
        what = f"it is not clear which label is the case: {listed}{why}"
        raise InputError(what, where=where, remedy="name it with positive=")
    return next(value for value in values if value != cases[0]), cases[0]


def count_labels(labels: Iterable[str | None]) -> str:
    """Return each label with the number of its recordings.

    >>> count_labels(["MCI", "control", "MCI", None])
    'MCI (2), control (1)'
    """
    counts = Counter(label for label in labels if label is not None)
    return ", ".join(f"{label} ({counts[label]})" for label in sorted(counts))


def cell_number(cell: str | None) -> float:
    """Return the number in a cell of a manifest, NaN where it is empty or says that the number is missing.

    Raises:
        ValueError: the cell holds something that is not a finite number.
    """
    if cell is None or not cell.strip() or cell.strip() in NOT_GIVEN:
        return math.nan
    if "_" in cell:
        raise ValueError("1_2 is no number")  # to Python it is 12
    number = float(cell)
    if not math.isfinite(number) or "_" in cell:  # Python reads 101_1 as 1011
        raise ValueError("not a finite number")
    return number


def _carried(values: list[str | None]) -> pandas.Series:
    import pandas as pd

    given = [value for value in values if value is not None]
    try:
        numeric = [cell_number(value) for value in values]
    except ValueError:
        numeric = []
    if given and numeric and not any(_LEADING_ZERO.match(value) or "_" in value for value in given):
        return pd.Series(numeric, dtype="float64")
    return pd.Series(values, dtype="str")
