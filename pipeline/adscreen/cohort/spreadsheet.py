"""A CSV, TSV, Parquet or Excel file -> its cells as text, so that ``007`` is not turned into a number.

A delimited or Excel file may be compressed (``cohort.csv.gz``) or lie inside a .zip. What separates the cells is
detected, whatever the file's name: commas, semicolons (Excel in many countries, R's write.csv2), tabs or bars, or what
the line ``sep=;`` states, which Excel understands. It is UTF-8, or UTF-16 as Excel's "Unicode Text" is. Row numbers
under an empty heading (R's write.csv, pandas' to_csv) are left out. The apostrophe before a text that a spreadsheet
would take for a formula, which every CSV of adscreen has, is left out too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from adscreen.cohort.files import check_members, read_bytes
from adscreen.cohort.identity import tidy
from adscreen.cohort.sheets import choose_sheet, name_other_sheets, refuse_sheet
from adscreen.errors import InputError
from adscreen.writing import restore_defused

if TYPE_CHECKING:
    import pandas as pd

_KNOWN = 256  # values of a column that has few
_READABLE = ".csv, .tsv, .parquet or .xlsx"
_DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[,;|\t]|\\t)"?,*\s*', re.IGNORECASE)
_HEAD = 65_536  # characters from which the delimiter is found
_HEAD_RECORDS = 50
_ROW_NUMBER = re.compile(r"\d+")
_SAVE_AGAIN = 'save it as "CSV UTF-8"'


class Row(NamedTuple):
    """The cells of a data row, None where empty; ``number`` counts data rows from 1."""

    number: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows of as many cells, which are read as they are taken, once.

    Taking a row raises InputError where the file is ragged or damaged there. ``delimiter`` is what separates cells,
    None where the file is no text. ``sheets`` are the names of a workbook's sheets, ``sheet`` is the one that was read.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Say which sheet of several was read."""
        others = [name for name in self.sheets if name != self.sheet]
        if not others:
            return ()
        listed = ", ".join(map(repr, others))
        return (f"of {len(self.sheets)} sheets {self.sheet!r} was read; sheet= reads another: {listed}",)


def read_table(path: Path, *, sheet: str | None = None) -> Table:
    """Open a table; raises InputError where it is missing, damaged or of another kind.

    ``sheet`` is the name or number of a workbook's sheet; without it, the first one is read.
    """
    suffix = path.with_suffix("").suffix if path.suffix.lower() in (".gz", ".xz") else path.suffix
    suffix = suffix.lower()
    if suffix not in (".csv", ".tsv", ".parquet", ".xlsx"):
        what = f"a manifest is {_READABLE}, not {suffix or 'without extension'}"
        raise InputError(what, where=str(path), remedy="rename it, or save it as one of these")
    if sheet is not None and suffix != ".xlsx":
        raise refuse_sheet(path.name)
    if suffix == ".parquet":
        return _of_records(_read_parquet(path), file=path.name)
    content = read_bytes(path)
    if suffix == ".xlsx":
        return parse_workbook(content, file=path.name, sheet=sheet)
    if content.startswith(b"PK\x03\x04"):
        raise InputError("an Excel workbook or a .zip archive, not text", where=path.name, remedy="rename it to .xlsx")
    text = io.TextIOWrapper(io.BytesIO(content), encoding=_encoding(content), newline="")
    return _parse(text, default="\t" if suffix == ".tsv" else ",", file=path.name)


def _encoding(content: bytes) -> str:
    """Return UTF-8, or UTF-16 where its byte-order mark or the zeros of its first letters say so."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in content[:2]:
        return "utf-16-be" if content[0] == 0 else "utf-16-le"
    return "utf-8-sig"


def _parse(text: TextIO, *, default: str, file: str) -> Table:
    """Read delimited text, after finding what separates its cells."""
    start = 0
    try:
        head = text.read(_HEAD)
        first = head.partition("\n")[0]
        stated = _SEP_LINE.fullmatch(first.strip("\r"))
        if stated:
            delimiter, start = stated["delimiter"].replace("\\t", "\t"), len(first) + 1
        else:
            delimiter = _find_delimiter(head, default=default)
        text.seek(0)
        text.read(start)
    except UnicodeError:
        raise _not_utf8(file) from None
    return _of_records(_records(text, delimiter=delimiter, file=file), file=file, delimiter=delimiter)


def _find_delimiter(head: str, *, default: str) -> str:
    """Return the delimiter under which most records have as many cells as the header; of equal ones, more cells win."""
    best, found = (0, 0, False), default
    for delimiter in _DELIMITERS:
        cells = _count_cells(head, delimiter)
        if not cells or cells[0] < 2:
            continue
        fit = (cells.count(cells[0]), cells[0], delimiter == default)
        if fit > best:
            best, found = fit, delimiter
    return found


def _count_cells(head: str, delimiter: str) -> list[int]:
    """Return the number of cells of the first records that are whole."""
    counts = []
    try:
        for record in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in record):
                counts.append(len(record))
            if len(counts) > _HEAD_RECORDS:
                break
    except csv.Error:
        return []
    return counts[:-1] if len(head) == _HEAD and len(counts) > 1 else counts


def _not_utf8(file: str) -> InputError:
    what = "not UTF-8 (perhaps Windows-1252 or Mac Roman), so that letters cannot be read with certainty"
    return InputError(what, where=file, remedy=_SAVE_AGAIN)


def parse_delimited(text: str, *, delimiter: str, file: str) -> Table:
    """Parse CSV (or TSV) text; raises InputError where it is no table."""
    records = _records(io.StringIO(text, newline=""), delimiter=delimiter, file=file)
    return _of_records(records, file=file, delimiter=delimiter)


def _records(text: TextIO, *, delimiter: str, file: str) -> Iterator[list[str | None]]:
    try:
        for record in csv.reader(text, delimiter=delimiter):
            yield [restore_defused(cell.strip()).strip() or None for cell in record]
    except UnicodeError:
        raise _not_utf8(file) from None
    except csv.Error as error:
        raise InputError(f"not a table ({error})", where=file) from None


def parse_workbook(content: bytes, *, file: str, sheet: str | None = None) -> Table:
    """Parse one sheet of an Excel workbook, the first unless ``sheet`` names another (by its number, or its name).

    Raises:
        InputError: the workbook is damaged or expands too far, has no such sheet, or the sheet is no table.
    """
    import pandas as pd

    if not content.startswith(b"PK"):
        raise InputError("not an Excel workbook", where=file)
    check_members(content, where=file)
    try:
        book = pd.ExcelFile(io.BytesIO(content), engine="openpyxl")
        names = tuple(map(str, book.sheet_names))
    except Exception:  # openpyxl raises whatever its XML leads it into
        raise InputError("not an Excel workbook", where=file) from None
    chosen = choose_sheet(names, sheet, file=file)
    try:
        options: dict[str, Any] = {"header": None, "dtype": object, "keep_default_na": False}
        frame = pd.read_excel(book, sheet_name=names.index(chosen), **options)
    except Exception:
        raise InputError("not an Excel workbook", where=file) from None
    try:
        table = _of_records(_texts(frame.itertuples(index=False, name=None)), file=file)
    except InputError as error:
        raise name_other_sheets(error, names, chosen) from None
    return replace(table, sheets=names, sheet=chosen)


def _of_records(records: Iterable[Sequence[str | None]], *, file: str, delimiter: str | None = None) -> Table:
    filled = (record for record in records if any(cell is not None for cell in record))
    header = next(filled, None)
    if header is None:
        raise InputError("the file is empty", where=file)
    return replace(_with_header(header, filled, file=file), delimiter=delimiter)


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
    """Name the cells of each record; short records are filled up, and nameless columns may only be empty.

    A first column without a name is left out where it holds row numbers.
    """
    names = [tidy(name) or None if name else None for name in header]
    while names and names[-1] is None:
        del names[-1]
    if not names:
        raise InputError("the header names no column", where=file)
    numbered = len(names) > 1 and names[0] is None
    if numbered:
        first, records = _peek(records)
        numbered = bool(first and first[0])
        names = names[numbered:]
        records = _without_numbers(records, file=file) if numbered else records
    for position, name in enumerate(names, start=1 + numbered):
        if not name:
            raise InputError(f"column {position} has no name", where=file)
        if name in names[: position - 1 - numbered]:
            raise InputError(f"two columns are called `{name}`", where=file, remedy="rename or remove one")
    return Table(tuple(name for name in names if name), _rows(records, len(names), file=file))


def _peek(records: Iterable[Sequence[str | None]]) -> tuple[Sequence[str | None], Iterator[Sequence[str | None]]]:
    """Return the first record, empty where there is none, and all of them."""
    following = iter(records)
    first = list(islice(following, 1))
    return (first[0] if first else ()), chain(first, following)


def _without_numbers(records: Iterable[Sequence[str | None]], *, file: str) -> Iterator[Sequence[str | None]]:
    """Leave out the row number that each record begins with."""
    for number, record in enumerate(records, start=1):
        if record[0] is not None and not _ROW_NUMBER.fullmatch(record[0]):
            what = f"column 1 has no name, and what row {number} holds there is no row number"
            raise InputError(what, where=file, remedy="name the column")
        yield record[1:]


def _rows(records: Iterable[Sequence[str | None]], width: int, *, file: str) -> Iterator[Row]:
    known: dict[str | None, str | None] = {}  # so that a label or site is one object in all its rows
    for number, record in enumerate(records, start=1):
        if any(cell is not None for cell in record[width:]):
            raise _ragged(number, record, width, file=file)
        cells = (
            known.get(cell, cell) if len(known) == _KNOWN else known.setdefault(cell, cell) for cell in record[:width]
        )
        yield Row(number, (*cells, *[None] * (width - len(record))))


def _ragged(number: int, record: Sequence[str | None], width: int, *, file: str) -> InputError:
    what = f"row {number} has {len(record)} cells, the header {width}"
    remedy = "put quotes around a cell that holds the delimiter"
    if number == 1 and len(record) == width + 1 and record[0] == "1":
        remedy += "; if R wrote row numbers without a heading, add row.names = FALSE"
    return InputError(what, where=file, remedy=remedy)
