"""A run's output folder: written beside its place, then moved there whole, with run.json saying how it was made."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adscreen.errors import InputError
from adscreen.version import __version__, installed_versions
from adscreen.writing import check_elsewhere, is_vacant, whole_folder, write_json

RECORDED_VERSIONS = ("numpy", "scipy", "pandas", "scikit-learn", "gensim", "h5py")


@contextmanager
def new_run(out: Path, *, force: bool, command: str, settings: Mapping[str, Any]) -> Iterator[Path]:
    """Yield a temporary folder beside ``out`` that becomes ``out`` when the block ends without an error.

    Raises:
        InputError: ``out`` exists and ``force`` is not given, is no folder that adscreen wrote, or cannot be made.
    """
    check_free(out, force=force)
    with whole_folder(out) as partial:
        yield partial
        write_json(describe_run(command, settings), partial / "run.json")


def describe_run(command: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what run.json says: the command, its settings, versions and the time."""
    return {
        "adscreen": __version__,
        "command": command,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": dict(settings),
        "python": platform.python_version(),
        "versions": installed_versions(RECORDED_VERSIONS),
    }


def check_free(out: Path, *, force: bool) -> None:
    """Raise InputError where a run may not be written to ``out``."""
    check_elsewhere(out)
    if is_vacant(out):
        return
    if not out.is_dir():
        raise InputError("is a file", where=str(out), remedy="name a new folder")
    if not (out / "run.json").exists():
        raise InputError("holds files that adscreen did not write", where=str(out), remedy="name a new folder")
    if not force:
        raise InputError("already holds a run", where=str(out), remedy="name a new folder, or add force= to replace it")
