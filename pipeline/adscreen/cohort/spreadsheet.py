"""A CSV, TSV, Parquet or Excel file -> its cells as text, so that ``007`` is not turned into a number.

A delimited or Excel file may be compressed (``cohort.csv.gz``) or lie inside a .zip.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from adscreen.cohort.files import check_members, read_bytes
from adscreen.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_KNOWN = 256  # values of a column that has few
_READABLE = ".csv, .tsv, .parquet or .xlsx"


class Row(NamedTuple):
    """The cells of a data row, None where empty; ``number`` counts data rows from 1."""

    number: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows of as many cells, which are read as they are taken, once.

    Taking a row raises InputError where the file is ragged or damaged there.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]


def read_table(path: Path) -> Table:
    """Open a table; raises InputError where it is missing, damaged or of another kind."""
    suffix = path.with_suffix("").suffix if path.suffix.lower() in (".gz", ".xz") else path.suffix
    suffix = suffix.lower()
    if suffix not in (".csv", ".tsv", ".parquet", ".xlsx"):
        raise InputError(f"a manifest is {_READABLE}, not {suffix or 'without extension'}", where=str(path))
    if suffix == ".parquet":
        return _of_records(_read_parquet(path), file=path.name)
    content = read_bytes(path)
    if suffix == ".xlsx":
        return parse_workbook(content, file=path.name)
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    return _of_records(_records(text, delimiter="\t" if suffix == ".tsv" else ",", file=path.name), file=path.name)


def parse_delimited(text: str, *, delimiter: str, file: str) -> Table:
    """Parse CSV (or TSV) text; raises InputError where it is no table."""
    return _of_records(_records(io.StringIO(text, newline=""), delimiter=delimiter, file=file), file=file)


def _records(text: TextIO, *, delimiter: str, file: str) -> Iterator[list[str | None]]:
    try:
        for record in csv.reader(text, delimiter=delimiter):
            yield [cell.strip() or None for cell in record]
    except UnicodeDecodeError:
        raise InputError("not UTF-8", where=file, remedy="save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"not a table ({error})", where=file) from None


def parse_workbook(content: bytes, *, file: str) -> Table:
    """Parse the first sheet of an Excel workbook; raises InputError where it is damaged or expands too far."""
    import pandas as pd

    if not content.startswith(b"PK"):
        raise InputError("not an Excel workbook", where=file)
    check_members(content, where=file)
    try:
        frame = pd.read_excel(io.BytesIO(content), header=None, dtype=object, keep_default_na=False, engine="openpyxl")
    except Exception:  # openpyxl raises whatever its XML leads it into
        raise InputError("not an Excel workbook", where=file) from None
    return _of_records(_texts(frame.itertuples(index=False, name=None)), file=file)


def _of_records(records: Iterable[Sequence[str | None]], *, file: str) -> Table:
    filled = (record for record in records if any(cell is not None for cell in record))
    header = next(filled, None)
    if header is None:
        raise InputError("the file is empty", where=file)
    return _with_header(header, filled, file=file)


def _read_parquet(path: Path) -> list[list[str | None]]:
    import pandas as pd

    if not path.is_file():
        raise InputError("no such file", where=str(path))
    try:
        frame = pd.read_parquet(path)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or type(error).__name__})", where=str(path)) from None
    except ValueError:
        raise InputError("not a Parquet file", where=path.name) from None
    header: list[str | None] = [str(column).strip() or None for column in frame.columns]
    return [header, *_texts(frame.astype(object).itertuples(index=False, name=None))]


def parse_frame(frame: pd.DataFrame, *, file: str) -> Table:
    """Read the cells of a data frame, its columns as the header; a row without a value counts as any other."""
    if frame.empty:
        raise InputError("no rows", where=file)
    header: list[str | None] = [str(column).strip() or None for column in frame.columns]
    return _with_header(header, _texts(frame.astype(object).itertuples(index=False, name=None)), file=file)


def _texts(records: Iterable[Sequence[object]]) -> list[list[str | None]]:
    return [[cell_text(value) for value in record] for record in records]


def cell_text(value: Any) -> str | None:
    """Return a cell as a person would write it: a whole number stored as a float has no ``.0``; None where empty."""
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _with_header(header: Sequence[str | None], records: Iterable[Sequence[str | None]], *, file: str) -> Table:
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
    return Table(columns, _rows(records, width, file=file))


def _rows(records: Iterable[Sequence[str | None]], width: int, *, file: str) -> Iterator[Row]:
    known: dict[str | None, str | None] = {}  # so that a label or site is one object in all its rows
    for number, record in enumerate(records, start=1):
        if any(cell is not None for cell in record[width:]):
            what = f"row {number} has {len(record)} cells, the header {width}"
            raise InputError(what, where=file, remedy="put quotes around a cell that holds the delimiter")
        cells = (
            known.get(cell, cell) if len(known) == _KNOWN else known.setdefault(cell, cell) for cell in record[:width]
        )
        yield Row(number, (*cells, *[None] * (width - len(record))))
