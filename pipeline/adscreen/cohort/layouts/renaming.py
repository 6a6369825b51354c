"""A table and NAME=COLUMN -> the table with the columns that the user names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from adscreen.cohort.columns import standard_columns, standard_name
from adscreen.cohort.identity import tidy
from adscreen.cohort.spreadsheet import Table, read_table
from adscreen.errors import InputError


def rename_columns(table: Table, renames: Mapping[str, str], *, file: str) -> Table:
    """Return the table with some columns renamed and the others under their known names.

    Names are those of the header; letter case and hidden characters matter only where two columns differ in them.

    Raises:
        InputError: there is no such column, or two columns would have one name.
    """
    names = {find_column(table, old): standard_name(new.strip()) for old, new in renames.items()}
    missing = next((old for old in renames if find_column(table, old) is None), None)
    if missing is not None:
        what = f"{file} has no column {missing!r}; columns found: {', '.join(table.columns)}"
        raise InputError(what, where="rename=", remedy="write NAME=COLUMN with a name of the header")
    columns = tuple(names.get(column, column) for column in table.columns)
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        remedy = f"give the column that was called so another name too, such as {twice}={twice}_2"
        raise InputError(f"{file} would have two columns `{twice}`", where="rename=", remedy=remedy)
    return replace(table, columns=standard_columns(columns, file=file))


def find_column(table: Table, name: str) -> str | None:
    """Return the column of a table that a user means by a name: the one written so, else the one that looks like it."""
    if name in table.columns:
        return name
    alike = [column for column in table.columns if tidy(column).casefold() == tidy(name).casefold()]
    return alike[0] if len(alike) == 1 else None


def share_renames(renames: Mapping[str, str], *places: tuple[Path, str | None]) -> tuple[dict[str, str], ...]:
    """Return the renames that each of several tables has the columns for; a place is a table and its sheet.

    Raises:
        InputError: none of the tables has a column.
    """
    tables = [read_table(path, sheet=sheet) for path, sheet in places]
    shares = tuple({old: new for old, new in renames.items() if find_column(one, old)} for one in tables)
    missing = next((old for old in renames if not any(old in share for share in shares)), None)
    if missing is not None:
        listed = "; ".join(
            f"{path.name}: {', '.join(one.columns)}" for one, (path, _) in zip(tables, places, strict=True)
        )
        what = f"no column {missing!r}; columns found: {listed}"
        raise InputError(what, where="rename=", remedy="write NAME=COLUMN with a name of a header")
    return shares
