"""A table as a study keeps it -> one with known column names, decimal points, and empty cells for codes.

A code for a missing value (-99, 999) would be averaged as if it were an age. What is outside the range of a known
column is refused, unless the user says which codes mean that a value is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adscreen.cohort.cohort import NOT_GIVEN, NUMBERS, RANGES, Cohort
from adscreen.cohort.columns import KNOWN, standard_columns
from adscreen.cohort.identity import list_some, tidy
from adscreen.cohort.missing_codes import Missing, choose_codes, describe_codes
from adscreen.cohort.spreadsheet import Row, Table
from adscreen.errors import InputError

_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
_WORDS = (  # NA is no value of theirs
    *("visit", "label", "cluster", "match", "sex", "site", "task", "language", "speaker", "gem"),
    "diagnosis",  # a carried column
)
_PLAIN = re.compile(r"[+-]?\d+(?:[eE][+-]?\d+)?|NA|N/A|n/a|NaN|nan")


@dataclass(frozen=True, slots=True)
class Emptied:
    """The cells of a table that held a code for a missing value: counts by column and code, as they are taken.

    ``not_given`` counts, by column, the cells that said in R's or pandas' words that a value is missing (``NA``);
    ``unused`` are the studies whose codes were asked for, and none of whose columns the table has.
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    not_given: Counter[str] = field(default_factory=Counter)

    def describe(self) -> tuple[str, ...]:
        """Return notes for the user, once every row was taken."""
        notes = describe_codes(self.counts, self.unused)
        if self.not_given:
            listed = ", ".join(f"{column} in {number}" for column, number in sorted(self.not_given.items()))
            notes.append(f"NA, N/A and NaN count as empty cells: {listed}")
        return tuple(notes)


def standardise(table: Table, *, missing: Missing, file: str) -> tuple[Table, Emptied]:
    """Return the table with the known names of its columns, decimal points, and empty cells for codes.

    A decimal comma is read where something else separates cells, in columns that hold nothing but numbers.

    Raises:
        InputError: two columns stand for one, a column of codes does not exist, or a study of codes is not known.
    """
    columns = standard_columns(table.columns, file=file)
    named = replace(table, columns=columns)
    codes, unused = choose_codes(missing, columns)
    emptied = Emptied(unused=unused)
    if codes:
        named = replace(named, rows=_without_codes(named, codes, emptied))
    named = replace(named, rows=_without_missing_words(named, emptied))
    return (_with_points(named) if table.delimiter not in (None, ",") else named), emptied


def _without_codes(table: Table, codes: Mapping[str, set[str]], emptied: Emptied) -> Iterator[Row]:
    places = {table.columns.index(column): own for column, own in codes.items()}
    numbers = {place: {float(code) for code in own if _is_number(code)} for place, own in places.items()}
    for row in table.rows:
        cells = list(row.cells)
        for place, own in places.items():
            cell = cells[place]
            if cell and _is_code(tidy(cell), own, numbers[place]):
                emptied.counts.setdefault(table.columns[place], Counter())[tidy(cell)] += 1
                cells[place] = None
        yield Row(row.number, tuple(cells))


def _without_missing_words(table: Table, emptied: Emptied) -> Iterator[Row]:
    """Empty what R and pandas write for a missing value; else a label NA would be a diagnosis, a site NA a place.

    Ids stay, for NA may be a person's initials.
    """
    places = [place for place, name in enumerate(table.columns) if name.casefold() in _WORDS]
    for row in table.rows:
        found = [place for place in places if row.cells[place] in NOT_GIVEN]
        if found:
            emptied.not_given.update(table.columns[place] for place in found)
            row = Row(row.number, tuple(None if place in found else cell for place, cell in enumerate(row.cells)))
        yield row


def _is_code(cell: str, codes: set[str], numbers: set[float]) -> bool:
    """Return whether a cell is one of the codes, as written or as a number (-99.0 and -99,0 are -99)."""
    pointed = cell.replace(",", ".")
    return cell in codes or (_is_number(pointed) and float(pointed) in numbers)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _with_points(table: Table) -> Table:
    """Write decimal commas as points in the columns that hold numbers alone, some with a comma."""
    rows = list(table.rows)
    places = {
        place
        for place, name in enumerate(table.columns)
        if (name in NUMBERS or name not in KNOWN) and _has_commas([row.cells[place] for row in rows])
    }
    if not places:
        return replace(table, rows=iter(rows))
    changed = (
        Row(row.number, tuple(c.replace(",", ".") if c and n in places else c for n, c in enumerate(row.cells)))
        for row in rows
    )
    return replace(table, rows=changed)


def _has_commas(cells: Sequence[str | None]) -> bool:
    given = [cell for cell in cells if cell is not None]
    commas = [cell for cell in given if _COMMA.fullmatch(cell)]
    return bool(commas) and all(_COMMA.fullmatch(cell) or _PLAIN.fullmatch(cell) for cell in given)


def require_in_range(cohort: Cohort) -> None:
    """Raise InputError that lists the rows whose age, education or MMSE score cannot be a person's."""
    outside: dict[str, list[tuple[int, float]]] = {}
    for recording in cohort.recordings:
        for column, (low, high) in RANGES.items():
            value = getattr(recording, column)
            if value is not None and not low <= value <= high:
                outside.setdefault(column, []).append((recording.row, value))
    if not outside:
        return
    listed = "; ".join(_describe(column, rows) for column, rows in outside.items())
    codes = ", ".join(f"missing= {column}={_values(rows)}" for column, rows in outside.items())
    remedy = f"correct them, leave missing ones empty, or say which codes mean missing: {codes}"
    raise InputError(listed, where=cohort.path.name, remedy=remedy)


def _values(rows: Sequence[tuple[int, float]]) -> str:
    """Return the first few different values."""
    return ",".join([f"{value:g}" for value in dict.fromkeys(value for _, value in rows)][:3])


def _describe(column: str, rows: Sequence[tuple[int, float]]) -> str:
    low, high = RANGES[column]
    listed = list_some(f"row {row}: {value:g}" for row, value in rows)
    return f"{column} is outside {low:g} to {high:g} in {len(rows)} row{'s' * (len(rows) > 1)} ({listed})"
