"""The codes for missing values of two studies, by column, as their documentation lists them.

NACC: Uniform Data Set, Researcher's Data Dictionary, version 3.0 (March 2015; last modified 30 August 2019), the
allowable codes of each variable. SEX, NACCAGE, CDRGLOB and CDRSUM have no code for a missing value there.
ADNI: Clinical Data FAQ of the study (LONI, revision 1.13), question 2, and "ADNI Data Training, part 2" of its
Biostatistics Core: in all tables -4 is passively missing or not applicable, -1 is confirmed missing at data entry.

A column is known under the study's own name, in any letter case, and under adscreen's. Both studies have further
columns; only those that a study of speech is likely to carry, and whose values cannot be such a number, are here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adscreen.cohort.columns import standard_name
from adscreen.errors import InputError

Codes = Mapping[str, Sequence[object]]  # column -> the codes that mean a missing value there
Missing = str | Codes | Sequence[str | Codes]  # the name of a study, codes by column, or several of these

_NOT_AVAILABLE = "-4"
_NOT_TESTED = ("95", "96", "97", "98")  # physical, cognitive or behavioural, other problem; verbal refusal
_TESTS = ("ANIMALS", "BOSTON", "LOGIMEM", "MEMUNITS", "MINTTOTS")
_ADNI_COLUMNS = (
    *("age", "sex", "PTGENDER", "education", "PTEDUCAT", "mmse", "MMSCORE"),
    *("CDGLOBAL", "CDRSB", "MOCA", "FAQTOTAL", "LIMMTOTAL", "LDELTOTAL"),
)


@dataclass(frozen=True, slots=True)
class StudyCodes:
    """What a study calls missing: its codes by column."""

    name: str
    source: str
    codes: Mapping[str, tuple[str, ...]]


NACC = StudyCodes(
    "nacc",
    "NACC UDS Researcher's Data Dictionary, version 3.0 (30 August 2019)",
    {
        "education": ("99",),
        "EDUC": ("99",),
        "mmse": ("88", *_NOT_TESTED, _NOT_AVAILABLE),
        "NACCMMSE": ("88", *_NOT_TESTED, _NOT_AVAILABLE),
        "NACCMOCA": ("88", "99", _NOT_AVAILABLE),
        "MOCATOTS": ("88", _NOT_AVAILABLE),
        "NACCGDS": ("88", _NOT_AVAILABLE),
        "HANDED": ("9",),
        **dict.fromkeys(_TESTS, (*_NOT_TESTED, _NOT_AVAILABLE)),
    },
)
ADNI = StudyCodes("adni", "ADNI Clinical Data FAQ, revision 1.13", dict.fromkeys(_ADNI_COLUMNS, ("-1", "-4")))
STUDIES: Mapping[str, StudyCodes] = {study.name: study for study in (ADNI, NACC)}


def choose_codes(missing: Missing, columns: Sequence[str]) -> tuple[dict[str, set[str]], tuple[str, ...]]:
    """Return the codes of each column of a table, and the studies none of whose columns the table has.

    Raises:
        InputError: a study is not known, or a column whose codes are given does not exist.
    """
    codes: dict[str, set[str]] = {}
    unused = []
    for one in [missing] if isinstance(missing, str | Mapping) else missing:
        if isinstance(one, str):
            own = _codes_of_study(one, columns)
            unused += [] if own else [one]
        else:
            own = {standard_name(column): {str(code).strip() for code in given} for column, given in one.items()}
            _require(own, columns)
        for column, values in own.items():
            codes.setdefault(column, set()).update(values)
    return codes, tuple(unused)


def _codes_of_study(name: str, columns: Sequence[str]) -> dict[str, set[str]]:
    study = STUDIES.get(name.strip().casefold())
    if study is None:
        remedy = f"use {' or '.join(STUDIES)}, or codes by column: age=-99,999"
        raise InputError(f"no study {name!r} whose codes are known", where="missing=", remedy=remedy)
    known = {column.casefold(): set(codes) for column, codes in study.codes.items()}
    return {column: known[column.casefold()] for column in columns if column.casefold() in known}


def _require(codes: Mapping[str, object], columns: Sequence[str]) -> None:
    unknown = next((column for column in codes if column not in columns), None)
    if unknown is not None:
        what = f"no column {unknown!r}; columns found: {', '.join(columns)}"
        raise InputError(what, where="missing=", remedy="correct the name")


def describe_codes(counts: Mapping[str, Mapping[str, int]], unused: Sequence[str]) -> list[str]:
    """Return the notes on cells that held a code (column -> code -> cells) and on studies that named no column."""
    notes = []
    if counts:
        listed = "; ".join(
            f"{column}: " + ", ".join(f"{code} in {count}" for code, count in sorted(own.items()))
            for column, own in counts.items()
        )
        notes.append(f"codes for missing values count as empty cells: {listed}")
    for name in unused:
        covered = ", ".join(STUDIES[name.strip().casefold()].codes)
        notes.append(f"the codes of missing= {name} change nothing: the manifest has none of their columns ({covered})")
    return notes
