"""A run's output folder: written beside its place, then moved there whole, with run.json saying how it was made."""

from __future__ import annotations

import json
import math
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import __version__
from pipeline.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

RECORDED_VERSIONS = ("numpy", "scipy", "pandas", "scikit-learn", "gensim", "h5py")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def new_run(out: Path, *, force: bool, command: str, settings: Mapping[str, Any]) -> Iterator[Path]:
    """Yield a temporary folder beside ``out`` that becomes ``out`` when the block ends without an error.

    Raises:
        InputError: ``out`` exists and ``force`` is not given, is no folder that adscreen wrote, or cannot be made.
    """
    check_free(out, force=force)
    partial = _folder_beside(out)
    try:
        yield partial
        record = {
            "adscreen": __version__,
            "command": command,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "settings": dict(settings),
            "python": platform.python_version(),
            "versions": installed_versions(RECORDED_VERSIONS),
        }
        write_json(record, partial / "run.json")
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
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(out), remedy="name a folder that can be made"
        ) from error
    folder.chmod(0o755)
    return folder


def check_free(out: Path, *, force: bool) -> None:
    """Raise InputError where a run may not be written to ``out``."""
    if Path.cwd().is_relative_to(out.absolute().resolve()):
        raise InputError("is the folder you are in", where=str(out), remedy="name a new folder")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not out.is_dir():
        raise InputError("is a file", where=str(out), remedy="name a new folder")
    if not (out / "run.json").exists():
        raise InputError("holds files that adscreen did not write", where=str(out), remedy="name a new folder")
    if not force:
        raise InputError(
            "already holds a run", where=str(out), remedy="name a new folder, or add --force to replace it"
        )


def installed_versions(names: tuple[str, ...]) -> dict[str, str | None]:
    """Return the installed version of each distribution, None where there is none."""
    found: dict[str, str | None] = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


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
