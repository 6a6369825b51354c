"""A module of the package -> the SHA-256 of the code and data that run when it does: a part of every cache key.

Counted are the module, every module that it imports (at once, inside a function, or through another), a script that
one of them starts, and the data files of their folders. So a changed help text, page or study leaves stored rows valid,
and a changed line of a reader or a feature does not. Imports are read from the source: nothing is run to find them.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_FROM = re.compile(r"from (adscreen[\w.]*) import (\([^)]*\)|.*)")
_IMPORT = re.compile(r"import (adscreen[\w.]*)")
_COMMENT = re.compile("#.*")
_SCRIPT = re.compile(r'with_name\("(\w+)\.py"\)')
_SHIPPED = frozenset({"models", "data_schemas", "docs"})  # of an installed wheel: models have digests of their own


@lru_cache(maxsize=8)
def code_digest(module: str, *, package: Path = _PACKAGE) -> str:
    """Return the SHA-256 of the names and contents of ``code_files``: some 10 ms, once a process."""
    total = hashlib.sha256()
    for name, content in code_files(module, package=package).items():
        total.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()


@lru_cache(maxsize=2)
def package_digest(*, package: Path = _PACKAGE) -> str:
    """Return the SHA-256 of the names and contents of every file of the package, models and compiled files left out."""
    total = hashlib.sha256()
    for name in sorted(name for name in _files(package) if not name.endswith(".pyc")):
        total.update(name.encode() + b"\0" + hashlib.sha256((package / name).read_bytes()).digest())
    return total.hexdigest()


def code_files(module: str, *, package: Path = _PACKAGE) -> dict[str, bytes]:
    """Return the files that decide what a module (``adscreen.extract.extraction``) computes: name -> content, sorted.

    The package's own ``__init__`` is left out: it only names what others define.
    """
    files = _files(package)
    found: dict[str, bytes] = {}
    seen = waiting = {module}
    while waiting:
        run = {name for dotted in waiting for name in _modules_run(dotted)} & files - found.keys()
        found |= {name: (package / name).read_bytes() for name in run}
        waiting = {dotted for name in run for dotted in _names(name, found[name].decode())} - seen
        seen = seen | waiting
    rooms = {name.partition("/")[0] for name in found if "/" in name}
    data = {name for name in files if name.partition("/")[0] in rooms and not name.endswith((".py", ".pyc"))}
    found |= {name: (package / name).read_bytes() for name in data}
    return dict(sorted(found.items()))


def imported_names(source: str) -> list[str]:
    """Return the dotted names that a module's source imports from the package; some may name no module.

    >>> imported_names("from adscreen.ingest import chat, elan as tiers")
    ['adscreen.ingest.chat', 'adscreen.ingest.elan']
    """
    names: list[str] = _IMPORT.findall(source)
    for base, listed in _FROM.findall(source):
        words = (part.split() for part in _COMMENT.sub("", listed).strip("()").split(","))
        names.extend(f"{base}.{word[0]}" for word in words if word)
    return names


def _names(module: str, source: str) -> list[str]:
    """Return what a module imports, and the scripts beside it that it starts, as dotted names."""
    folder = module.rpartition("/")[0].replace("/", ".")
    return imported_names(source) + [f"adscreen.{folder}.{script}" for script in _SCRIPT.findall(source)]


def _modules_run(dotted: str) -> list[str]:
    """Return the files that an import of a dotted name would run: modules, and ``__init__`` of folders."""
    places = accumulate(dotted.split(".")[1:], "{}/{}".format)
    return [f"{place}{end}" for place in places for end in (".py", "/__init__.py")]


def _files(package: Path) -> set[str]:
    """Return the files of the package, relative to it and with slashes, what ships beside the code left out."""
    found: set[str] = set()
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if name not in _SHIPPED and name != "__pycache__"]
        place = Path(folder).relative_to(package).as_posix()
        found.update(names if place == "." else (f"{place}/{name}" for name in names))
    return found
