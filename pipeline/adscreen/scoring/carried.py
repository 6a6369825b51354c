"""Recordings of a manifest -> the columns of the manifest that stand beside their scores.

The columns that adscreen knows have their own names and are always there; further columns follow in the manifest's
order. A further column of numbers alone is one of numbers; where its name is one of ours it is written as
``manifest_NAME``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import TYPE_CHECKING, Any

from adscreen.cohort import Recording
from adscreen.cohort.cohort import NUMBERS, cell_number
from adscreen.scoring.recording_report import ScoreRow
from adscreen.scoring.table_schema import as_text

if TYPE_CHECKING:
    import pandas

PREFIX = "manifest_"
_WHOLE = re.compile("-?[0-9]{1,15}")
_ID = re.compile(r"\s*[+-]?(0\d|\d{16,}\s*$)")


@dataclass(frozen=True, slots=True)
class ScoreLine(ScoreRow):
    """One row of scores.csv: the score of a recording, and what the manifest says of it as it says it.

    Further columns of the manifest follow under their own names.
    """

    label: str | None = None
    cluster: str | None = None
    match: str | None = None
    age: float = math.nan
    sex: str | None = None
    education: float = math.nan
    mmse: float = math.nan
    site: str | None = None
    task: str | None = None
    language: str | None = None


KNOWN = tuple(field.name for field in fields(ScoreLine) if field.name not in ScoreRow.__dataclass_fields__)
LINE = tuple(field.name for field in fields(ScoreLine))


@dataclass(frozen=True, slots=True)
class Carried:
    """Further columns of a manifest: the name that each has there, and that which it is written under.

    ``filled`` are those with a value, ``numeric`` those of numbers.
    """

    names: Mapping[str, str]
    filled: frozenset[str]
    numeric: frozenset[str]

    @classmethod
    def of(cls, recordings: Sequence[Recording]) -> Carried:
        """Return the further columns of recordings, which those of one manifest all have."""
        first = next(iter(islice(recordings, 1)), None)
        columns = tuple(column for column, _ in first.extra) if first else ()
        textual: set[str] = set()
        filled: set[str] = set()
        for recording in recordings if columns else ():
            for column, cell in recording.extra:
                if column not in textual and cell is not None:
                    filled.add(column)
                    if not _is_number(cell):
                        textual.add(column)
        return cls(_free_names(columns), frozenset(filled), frozenset(filled - textual))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of scores.csv, in order."""
        return (*LINE, *self.names.values())

    def values(self, row: ScoreRow, recording: Recording | None) -> dict[str, Any]:
        """Return the cells of a row by column; without a recording what the manifest says is missing."""
        cells = {name: getattr(row, name) for name in ScoreRow.__dataclass_fields__}
        known = {name: getattr(recording, name, None) for name in KNOWN}
        known |= {name: math.nan for name in NUMBERS if known[name] is None}
        further = dict(recording.extra) if recording else {}
        own = {name: self._cell(column, further.get(column)) for column, name in self.names.items()}
        return cells | known | own

    def cells(self, recording: Recording) -> dict[str, str]:
        """Return the cells that hold a number which does not say how it was written (``1.50``, ``NA``), by column."""
        further = ((self.names[column], cell) for column, cell in recording.extra if cell is not None)
        return {name: cell for name, cell in further if _is_number(cell) and as_text(_number(cell)) != cell}

    def frame(self, rows: Iterable[Mapping[str, Any]]) -> pandas.DataFrame:
        """Return what ``values`` gave of each row as a table; what is missing is NaN."""
        import pandas as pd

        frame = pd.DataFrame(list(rows), columns=list(self.columns))
        text = [name for name in KNOWN if name not in NUMBERS]
        text += [name for column, name in self.names.items() if column not in self.numeric]
        return frame.astype(dict.fromkeys(text, "str"))

    def _cell(self, column: str, cell: str | None) -> float | str | None:
        return _number(cell) if column in self.numeric else cell


NONE = Carried({}, frozenset(), frozenset())


def _is_number(cell: str) -> bool:
    """Return whether a cell is a finite number or says that it is missing.

    What has leading zeros is an id, and so is a whole number of more digits than a float holds.
    """
    try:
        cell_number(cell)
    except ValueError:
        return False
    return not _ID.match(cell)


def _number(cell: str | None) -> float:
    return int(cell) if cell and _WHOLE.fullmatch(cell) else cell_number(cell)


def _free_names(columns: Sequence[str]) -> dict[str, str]:
    """Return the name that each column is written under: its own, unless that is one of ours, or is one of ours after
    the prefix. So a name depends on no other column, and no two are the same.

    >>> _free_names(["f0_mean", "result", "manifest_result"])
    {'f0_mean': 'f0_mean', 'result': 'manifest_result', 'manifest_result': 'manifest_manifest_result'}
    """
    return {column: PREFIX + column if _without_prefix(column) in LINE else column for column in columns}


def _without_prefix(column: str) -> str:
    while column.startswith(PREFIX):
        column = column.removeprefix(PREFIX)
    return column
