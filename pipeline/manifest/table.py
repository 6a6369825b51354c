"""A CSV, TSV, Parquet or Excel file -> its cells as text, so that ``007`` is not turned into a number."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import InputError

_READABLE = ".csv, .tsv, .parquet or .xlsx"


class Row(NamedTuple):
    """The cells of a data row, None where empty; ``number`` counts data rows from 1."""

    number: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows of as many cells."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """Read a table; raises InputError where it is missing, damaged, ragged or of another kind."""
    readers = {".csv": _read_delimited, ".tsv": _read_delimited, ".parquet": _read_parquet, ".xlsx": _read_excel}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"a manifest is {_READABLE}, not {path.suffix or 'without extension'}", where=str(path))
    if not path.is_file():
        raise InputError("no such file", where=str(path))
    try:
        records = reader(path)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or type(error).__name__})", where=str(path)) from None
    filled = [record for record in records if any(cell is not None for cell in record)]
    if not filled:
        raise InputError("the file is empty", where=path.name)
    return _with_header(filled[0], filled[1:], file=path.name)


def _read_delimited(path: Path) -> list[list[str | None]]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [[cell.strip() or None for cell in record] for record in csv.reader(file, delimiter=delimiter)]
    except UnicodeDecodeError:
        raise InputError("not UTF-8", where=path.name, remedy="save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"not a table ({error})", where=path.name) from None


def _read_parquet(path: Path) -> list[list[str | None]]:
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except ValueError:
        raise InputError("not a Parquet file", where=path.name) from None
    header: list[str | None] = [str(column).strip() or None for column in frame.columns]
    return [header, *_texts(frame.astype(object).itertuples(index=False, name=None))]


def _read_excel(path: Path) -> list[list[str | None]]:
    from zipfile import BadZipFile

    import pandas as pd

    try:
        frame = pd.read_excel(path, header=None, dtype=object, keep_default_na=False, engine="openpyxl")
    except (BadZipFile, ValueError, KeyError):
        raise InputError("not an Excel workbook", where=path.name) from None
    return _texts(frame.itertuples(index=False, name=None))


def _texts(records: Iterable[Sequence[object]]) -> list[list[str | None]]:
    return [[_text(value) for value in record] for record in records]


def _text(value: Any) -> str | None:
    """Write a cell as a person would: a whole number that was stored as a float has no ``.0``."""
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _with_header(header: Sequence[str | None], records: Sequence[Sequence[str | None]], *, file: str) -> Table:
    """Name the cells of each record; short records are filled up, and nameless columns may only be empty."""
    width = len(header)
    while width and header[width - 1] is None:
        width -= 1
    columns = tuple(name or "" for name in header[:width])
    for position, name in enumerate(columns):
        if not name:
            raise InputError(f"column {position + 1} has no name", where=file)
        if name in columns[:position]:
            raise InputError(f"two columns are called `{name}`", where=file, remedy="rename or remove one")
    rows = []
    for number, record in enumerate(records, start=1):
        if any(cell is not None for cell in record[width:]):
            what = f"row {number} has {len(record)} cells, the header {width}"
            raise InputError(what, where=file, remedy="put quotes around a cell that holds the delimiter")
        rows.append(Row(number, (*record[:width], *[None] * (width - len(record)))))
    return Table(columns, tuple(rows))
