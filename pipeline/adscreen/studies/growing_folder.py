"""A run folder that grows -> its next state, written beside it whole and then put in its place; one writer at a time.

Whoever is killed at any moment leaves the old state or the new one at the folder's place (where the system cannot
exchange two folders, perhaps beside it), and ``growing_folder`` begins by putting that right and removing what a killed
run left. A lock file beside the folder names the process that writes it. The system holds the lock (flock) and lets go
of it when the process ends, however it ends: so a lock file that is merely left over stops nobody.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from adscreen.errors import InputError
from adscreen.scoring.appended import APPENDED
from adscreen.studies.runs import check_free
from adscreen.writing import aside, check_elsewhere, is_vacant, put_in_place

RUN = "run.json"  # written last: a folder without it is not finished


def check_target(out: Path, *, append: bool, force: bool) -> None:
    """Raise InputError where scores may not be written to ``out``, or appended to it."""
    if not append:
        check_free(out, force=force)
    elif force:
        raise InputError("contradicts append=", where="force=", remedy="give one of them")
    else:
        check_growing(out)


def check_growing(out: Path) -> None:
    """Raise InputError where ``out`` holds something else than scores that were appended."""
    if is_vacant(out):
        return
    if not out.is_dir():
        raise InputError("is a file", where=str(out), remedy="name a new folder")
    if not (out / RUN).exists():
        raise InputError("holds files that adscreen did not write", where=str(out), remedy="name a new folder")
    if not (out / APPENDED).exists():
        remedy = "name a new folder: it will hold these recordings too if you name them once more"
        raise InputError("holds a run that was not made with append=", where=str(out), remedy=remedy)


@contextmanager
def growing_folder(out: Path, *, is_own: Callable[[str], bool] | None = None) -> Iterator[Path]:
    """Yield an empty folder; what stands in it when the block ends without an error becomes ``out``.

    While the block runs ``out`` is as it was, and no other process may write it. A block that leaves the folder empty
    leaves ``out`` as it is. ``is_own`` says which names in ``out`` are the run's; what somebody has put beside them is
    copied to the next state; None: all are. Where ``out`` is a link it stays one.

    Raises:
        InputError: another process writes the folder, or it cannot be made.
    """
    check_elsewhere(out)
    out = out.resolve()
    with _locked(out):
        fresh = out.with_name(f".{out.name}.new")
        _recover(out, fresh)
        fresh.mkdir()
        try:
            yield fresh
            if (fresh / RUN).exists():
                if is_own:
                    _take_along(out, fresh, is_own)
                put_in_place(fresh, out)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _take_along(out: Path, fresh: Path, is_own: Callable[[str], bool]) -> None:
    """Copy what somebody has put beside the files of the run to its next state."""
    for path in sorted(out.iterdir()) if out.exists() else ():
        place = fresh / path.name
        if is_own(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, place, symlinks=True)
        else:
            shutil.copy2(path, place, follow_symlinks=False)


def _recover(out: Path, fresh: Path) -> None:
    """Put a finished state in its place where a run was killed between two moves; remove what it left."""
    old = aside(out)
    if not out.exists():
        for candidate in (fresh, old):
            if (candidate / RUN).exists() and not out.exists():
                candidate.replace(out)
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Hold the lock file of a folder.

    Raises:
        InputError: another process holds it, the system has no such locks, or the file cannot be made.
    """
    try:
        import fcntl
    except ImportError:
        what, remedy = "this system cannot lock files", "score into a new folder without append="
        raise InputError(what, where="append=", remedy=remedy) from None
    path = out.with_name(f".{out.name}.lock")
    with _open_lock(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _held(path, _owner(handle)) from None
        if not _is_at(handle, path):  # the owner before us has just finished and removed it
            raise _held(path, {})
        owner = _owner(handle)
        if owner.get("host", socket.gethostname()) != socket.gethostname():
            raise _held(path, owner)  # a disk shared between machines may not share its locks
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode(), 0)
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()


@contextmanager
def _open_lock(path: Path) -> Iterator[int]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise InputError(what, where=str(path), remedy="name a folder that can be made") from error
    try:
        yield handle
    finally:
        os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _owner(handle: int) -> dict[str, object]:
    """Return what a lock file says of the process that wrote it; nothing where it says none."""
    try:
        found = json.loads(os.pread(handle, 4096, 0))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _held(path: Path, owner: dict[str, object]) -> InputError:
    who = f"process {owner['pid']} on {owner['host']}" if {"pid", "host"} <= owner.keys() else "another process"
    what = f"{who} is adding to this folder"
    remedy = "run again when it has finished"
    if owner.get("host", socket.gethostname()) != socket.gethostname():
        remedy = f"run again when it has finished; if it was killed, delete {path.name}"
    return InputError(what, where=str(path.parent / path.name[1:].removesuffix(".lock")), remedy=remedy)
