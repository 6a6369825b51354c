"""Tables as programs write them -> the same cells."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort.spreadsheet import Table, parse_frame, read_table
from adscreen.errors import InputError

CELLS = [["subject_id", "transcript", "note"], ["1", "a.cha", "x, y; z"], ["2", "b.cha", None], ["3", "c.cha", "w"]]


def written(folder: Path, content: bytes, name: str = "m.csv") -> Table:
    """Write a file and open it as a table."""
    path = folder / name
    path.write_bytes(content)
    return read_table(path)


def cells(table: Table) -> list[list[str | None]]:
    """Return the header and the rows."""
    return [list(table.columns), *(list(row.cells) for row in table.rows)]


def delimited(rows: list[list[str | None]], delimiter: str) -> str:
    """Write rows as Excel does, with quotes where they are needed."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("name", ["m.csv", "m.tsv"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_delimiter_and_encoding(tmp_path: Path, name: str, delimiter: str, encoding: str) -> None:
    """The delimiter is detected whatever the name; UTF-16 has a byte-order mark or not."""
    table = written(tmp_path, delimited(CELLS, delimiter).encode(encoding), name)
    assert delimiter == table.delimiter
    assert CELLS == cells(table)


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_sep(tmp_path: Path, line: str, encoding: str) -> None:
    """Excel's own line states the delimiter and is no row."""
    assert CELLS == cells(written(tmp_path, f"{line}\n{delimited(CELLS, ';')}".encode(encoding)))


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    """Without any delimiter there is one column."""
    assert [["text"], ["a boy"]] == cells(written(tmp_path, b"text\na boy\n"))


@pytest.mark.parametrize("numbers", [["1", "2", "3"], ["0", "1", "2"], ["7", "12", "3"]])
def test_row_numbers_without_heading_are_left_out(tmp_path: Path, numbers: list[str]) -> None:
    """R counts from 1, pandas from 0, and a selection has gaps."""
    numbered = [["", *CELLS[0]], *([number, *row] for number, row in zip(numbers, CELLS[1:], strict=True))]
    assert CELLS == cells(written(tmp_path, delimited(numbered, ",").encode()))


def test_row_numbers_of_a_workbook(tmp_path: Path) -> None:
    """pandas' to_excel writes them too."""
    import pandas as pd

    pd.DataFrame({"subject_id": ["01", "02"], "transcript": ["a", "b"]}).to_excel(tmp_path / "m.xlsx")
    assert [["subject_id", "transcript"], ["01", "a"], ["02", "b"]] == cells(read_table(tmp_path / "m.xlsx"))


def test_names_without_heading_are_no_row_numbers(tmp_path: Path) -> None:
    """Text in a column without a name is refused with the row."""
    with pytest.raises(InputError, match="column 1 has no name, and what row 2 holds there is no row number"):
        cells(written(tmp_path, b",subject_id\n1,a\nx,b\n"))


def test_row_names_without_a_cell_in_the_header(tmp_path: Path) -> None:
    """R's write.table has one cell more in each row: the line names the argument that leaves them out."""
    with pytest.raises(InputError, match=r"row 1 has 3 cells, the header 2; .*row.names = FALSE"):
        cells(written(tmp_path, b'"subject_id","transcript"\n"1","a","a.cha"\n"2","b","b.cha"\n'))


def test_hidden_characters_in_a_heading(tmp_path: Path) -> None:
    """A zero-width space, a second byte-order mark and a no-break space are no part of a name."""
    content = "\ufeff\ufeffsubject_id,\u200btranscript,\u00a0my  note\u00a0\na,b,c\n".encode()
    assert ["subject_id", "transcript", "my note"] == cells(written(tmp_path, content))[0]


def test_a_workbook_named_csv(tmp_path: Path) -> None:
    """A renamed workbook is told by what it is."""
    with pytest.raises(InputError, match=r"an Excel workbook or a .zip archive, not text; rename it to .xlsx"):
        written(tmp_path, b"PK\x03\x04rest")


def test_another_code_page(tmp_path: Path) -> None:
    """A byte that is no UTF-8, near the start or far from it, is refused by name."""
    for rows in (1, 20_000):
        content = b"subject_id,transcript\n" + b"a,b\n" * rows + "é,c\n".encode("cp1252")
        with pytest.raises(InputError, match=r"not UTF-8 \(perhaps Windows-1252"):
            cells(written(tmp_path, content))


def test_a_frame_keeps_its_index_to_itself() -> None:
    """The index of a data frame is no column."""
    import pandas as pd

    assert [["a"], ["1"]] == cells(parse_frame(pd.DataFrame({"a": [1.0]}, index=[7]), file="DataFrame"))


@given(st.binary(max_size=80))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Nothing but an input error comes of any content."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with suppress(InputError):
        assert cells(read_table(path))[0]


PLAIN = st.text("abcé1 ,;\t|\"'", min_size=1, max_size=6).map(str.strip).filter(bool)
PLAIN = PLAIN.filter(lambda cell: cell[0] != "'")  # which may be the mark that a cell is no formula


@given(st.sampled_from(",;\t|"), st.integers(2, 4), st.data())
def test_no_cell_is_lost(
    tmp_path_factory: pytest.TempPathFactory, delimiter: str, width: int, data: st.DataObject
) -> None:
    """Quoted cells may hold any delimiter: they come back as they were written, under plain headings."""
    rows = data.draw(st.lists(st.lists(PLAIN, min_size=width, max_size=width), min_size=1, max_size=4))
    header = [f"column{number}" for number in range(width)]
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_text(delimited([header, *rows], delimiter), encoding="utf-8", newline="")
    assert [header, *rows] == cells(read_table(path))
