"""Plain data -> JSON and CSV files (NaN has a place in both, and no cell runs as a formula), and folders made whole.

A number and its noun are written here too, so that no line says "1 folds".
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adscreen.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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
    partial = _folder_beside(out)
    try:
        yield partial
        if out.exists():
            shutil.rmtree(out)
        partial.replace(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


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
    """Write a CSV whose text cells no spreadsheet takes for a formula: a leading = + - @ gets a ' before it."""
    safe = frame.copy()
    for name in safe.columns:
        if not _is_number(safe[name]):
            safe[name] = safe[name].map(defuse)
    safe.to_csv(path, index=False, lineterminator="\n")


def _is_number(column: pd.Series) -> bool:
    return column.dtype.kind in "biufc"


def defuse(cell: Any) -> Any:
    """Return a cell that a spreadsheet reads as text.

    >>> defuse("=1+1")
    "'=1+1"
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
