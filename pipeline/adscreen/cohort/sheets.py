"""The names of a workbook's sheets, and the one that a user names -> the sheet to read, and errors that list them."""

from __future__ import annotations

from collections.abc import Sequence

from adscreen.cohort.identity import tidy
from adscreen.errors import InputError


def choose_sheet(names: Sequence[str], wanted: str | None, *, file: str) -> str:
    """Return the name of the sheet that is wanted, the first unless one is named: a name goes before a number.

    Raises:
        InputError: there is no such sheet.

    >>> choose_sheet(["Read me", "2021"], "2", file="m.xlsx"), choose_sheet(["2", "1"], "2", file="m.xlsx")
    ('2021', '2')
    """
    if wanted is None:
        return names[0]
    same = next((name for name in names if tidy(name).casefold() == tidy(wanted).casefold()), None)
    if same is not None:
        return same
    if wanted.strip().isdecimal() and 0 < int(wanted) <= len(names):
        return names[int(wanted) - 1]
    what = f"{file} has no sheet {wanted!r}; its sheets are {', '.join(map(repr, names))}"
    raise InputError(what, where="sheet=", remedy="give one of these names, or its number from 1")


def refuse_sheet(file: str) -> InputError:
    """Return the error that a table has no sheets to choose from."""
    return InputError(f"{file} is no Excel workbook and has no sheets", where="sheet=", remedy="leave it out")


def name_other_sheets(error: InputError, names: Sequence[str], sheet: str) -> InputError:
    """Return an error of a sheet's content whose remedy lists the other sheets, where there are some."""
    if len(names) < 2:
        return error
    other = f"the sheet {sheet!r} was read of {', '.join(map(repr, names))}: name another with sheet="
    remedy = f"{error.remedy}; {other}" if error.remedy else other
    return InputError(error.what, where=error.where, remedy=remedy)
