"""Plain data -> JSON and CSV files (NaN has a place in both, and no cell runs as a formula), and folders made whole.

A number and its noun are written here too, so that no line says "1 folds".
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adscreen.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_HERE, _RENAME_EXCHANGE = -100, 2  # AT_FDCWD of fcntl.h, RENAME_EXCHANGE of linux/fs.h
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-](?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")  # which no program runs


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number and its noun, in the plural where it is not one.

    >>> count(1, "recording"), count(2000, "recording"), count(0, "class", "classes")
    ('1 recording', '2,000 recordings', '0 classes')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def is_vacant(out: Path) -> bool:
    """Return whether nothing stands at ``out``, or only an empty folder."""
    return not out.exists() or (out.is_dir() and not any(out.iterdir()))


def check_elsewhere(out: Path) -> None:
    """Raise InputError where ``out`` is the working directory or holds it: it cannot be replaced."""
    if Path.cwd().is_relative_to(out.absolute().resolve()):
        raise InputError("is the folder you are in", where=str(out), remedy="name a new folder")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``out`` that takes its place when the block ends without an error.

    Raises:
        InputError: ``out`` is the working directory, or cannot be made.
    """
    check_elsewhere(out)
    out = out.resolve()  # a link to a folder stays one
    partial = _folder_beside(out)
    try:
        yield partial
        put_in_place(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def put_in_place(fresh: Path, out: Path) -> None:
    """Move a finished folder to ``out``; what was there lies at ``fresh`` afterwards, or is gone.

    Where the system can exchange two folders (Linux), there is no moment without one at ``out``. Elsewhere the old one
    is moved to ``aside(out)`` first: whoever is ended between the two moves leaves both folders whole.
    """
    if not out.exists():
        fresh.replace(out)
        return
    if exchange(fresh, out):
        return
    old = aside(out)
    shutil.rmtree(old, ignore_errors=True)
    out.replace(old)
    fresh.replace(out)
    shutil.rmtree(old)


def aside(out: Path) -> Path:
    """Return where a folder lies while its successor takes its place."""
    return out.with_name(f".{out.name}.old")


def exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step by renameat2(2) of Linux; return False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    done: int = rename(_HERE, os.fsencode(first.absolute()), _HERE, os.fsencode(second.absolute()), _RENAME_EXCHANGE)
    return done == 0


def _folder_beside(out: Path) -> Path:
    """Make an empty folder next to ``out``, on the same disk."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise InputError(what, where=str(out), remedy="name a folder that can be made") from error
    folder.chmod(0o755)
    return folder


def write_json(content: Any, path: Path) -> None:
    """Write JSON; NaN, which JSON lacks, becomes null."""
    path.write_text(as_json(content) + "\n", encoding="utf-8")


def as_json(content: Any) -> str:
    """Return JSON text; NaN becomes null, paths become text."""
    return json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Path):
        return str(value)
    return _plain(value.item()) if hasattr(value, "item") else str(value)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV whose text cells no spreadsheet takes for a formula: a leading = + - @ gets a ' before it.

    A signed number stays as it is: it is no formula, and must be a number when the file is read again.
    """
    safe = frame.copy()
    for name in safe.columns:
        if not _is_number(safe[name]):
            safe[name] = safe[name].map(defuse)
    safe.to_csv(path, index=False, lineterminator="\n")


def _is_number(column: pd.Series) -> bool:
    return column.dtype.kind in "biufc"


def defuse(cell: Any) -> Any:
    """Return a cell that a spreadsheet reads as text or as a number.

    >>> defuse("=1+1"), defuse("-1.5")
    ("'=1+1", '-1.5')
    """
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_STARTS) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def restore_defused(cell: str) -> str:
    """Return the text that `defuse` was given.

    >>> restore_defused("'=1+1"), restore_defused("'twas")
    ('=1+1', "'twas")
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell
