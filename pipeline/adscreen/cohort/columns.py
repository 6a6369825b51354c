"""The header of a table -> the column names that adscreen knows, however they are written.

``Subject_ID``, ``Subject ID``, ``subject-id`` and R's ``subject.id`` are ``subject_id``. Other names stay as they are.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from adscreen.cohort.identity import show
from adscreen.errors import InputError

KNOWN = (
    *("subject_id", "transcript", "recording_id", "visit", "label", "cluster", "match", "age", "sex", "education"),
    *("mmse", "site", "task", "language", "speaker", "gem"),
)
_BETWEEN_WORDS = re.compile(r"[\s_.-]+")
_STANDARD = {name.replace("_", ""): name for name in KNOWN}
_LIKELY = {
    "subject_id": re.compile(r"(subject|participant|patient|person|speaker|record|case)?(id|number|nr|no|code)?"),
    "transcript": re.compile(r"(transcript|transcription|recording|audio|chat|cha)?(file|filename|path|name)?"),
}


def standard_name(name: str) -> str:
    """Return the known column that a name stands for, else the name itself.

    >>> [standard_name(name) for name in ("Subject ID", "subject.id", "MMSE", "MoCA")]
    ['subject_id', 'subject_id', 'mmse', 'MoCA']
    """
    return _STANDARD.get(_BETWEEN_WORDS.sub("", name.casefold()), name)


def standard_columns(columns: Sequence[str], *, file: str) -> tuple[str, ...]:
    """Return the columns under their known names; one written exactly so goes before one that is written otherwise.

    Raises:
        InputError: two columns stand for the same known one.
    """
    found: dict[str, str] = {}
    named = []
    for column in columns:
        name = standard_name(column)
        if name != column and name in columns:
            name = column
        if found.setdefault(name, column) != column:
            what = f"the columns {found[name]!r} and {column!r} are both `{name}`"
            raise InputError(what, where=file, remedy="rename or remove one")
        named.append(name)
    return tuple(named)


def require_columns(columns: Sequence[str], required: Sequence[str], *, file: str) -> None:
    """Raise InputError where a required column is missing; the line names what may be it."""
    for wanted in required:
        if wanted in columns:
            continue
        found = ", ".join(name if name == ascii(name)[1:-1] else show(name) for name in columns)
        raise InputError(
            f"no column `{wanted}`; columns found: {found}", where=file, remedy=_remedy(wanted, columns, file=file)
        )


def _remedy(wanted: str, columns: Sequence[str], *, file: str) -> str:
    if len(columns) == 1 and not columns[0].isidentifier():
        return "separate the columns with commas, semicolons or tabs, or rename or add it"
    folded = {name: _BETWEEN_WORDS.sub("", name.casefold()) for name in columns if name not in KNOWN}
    likely = next((name for name, own in folded.items() if own and _LIKELY[wanted].fullmatch(own)), None)
    if likely is not None:
        return f"if it is `{likely}`, rename that{_how_to_rename(likely, wanted, file=file)}; else add it"
    return "rename or add it"


def _how_to_rename(name: str, wanted: str, *, file: str) -> str:
    """Say which command renames a column of a file; a data frame has no ending, and needs none."""
    if "." not in file:
        return ""
    pair = shlex.quote(f"{name}={wanted}")
    return f": adscreen manifest {shlex.quote(file)} layout= table rename= {pair} does so"
