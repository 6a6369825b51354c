"""This installation -> what is there, what is missing, and how to mend it. Nothing is asked of the network.

It runs on the standard library alone, so that it can speak where a dependency is broken.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from adscreen.bundled import bundled
from adscreen.checksums import differing, read_sums
from adscreen.errors import InputError
from adscreen.studies.schemas import KINDS
from adscreen.version import __version__

Status = Literal["ok", "missing", "warning"]

OLDEST_PYTHON, FIRST_UNTESTED_PYTHON = (3, 11), (3, 14)
MODELS = ("models/speech-bilm", "models/english-ud")
FOR_DEVELOPERS = ("dev", "test")  # extras that a user does not miss
ALLENNLP_VARIABLE, ALLENNLP_FOLDER = "ADSCREEN_ALLENNLP_PYTHON", ".venv-allennlp"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_MODULES = {"scikit-learn": "sklearn"}  # where it is not the distribution's name
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_LEAST = re.compile(r">=\s*([\d.]+)")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``missing`` stops adscreen from working, ``warning`` limits what it can do."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution, the least version of it (empty: any), and the extra that asks for it (empty: the core)."""

    name: str
    least: str
    extra: str = ""


def examine(folder: Path | None = None) -> list[Check]:
    """Return every check, in a fixed order; runs are written under ``folder``, by default the current one."""
    here = folder or Path.cwd()
    found = requirements()
    return [
        check_package(found),
        check_python(sys.version_info[:2]),
        *(check_requirement(requirement) for requirement in found if not requirement.extra),
        *(check_model(name, _find(name)) for name in MODELS),
        check_schemas(_find("data_schemas")),
        *(check_requirement(requirement) for requirement in found if requirement.extra),
        check_allennlp(here),
        check_threads(),
        check_writable(here),
        check_printing(),
    ]


def requirements() -> list[Requirement]:
    """Return what pyproject.toml (in a checkout) or the installed metadata asks of a user, the core first."""
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if project.is_file():
        table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        lines = list(table["dependencies"])
        for extra, own in table["optional-dependencies"].items():
            lines += [f'{line}; extra == "{extra}"' for line in own]
    else:
        lines = _installed_requirements()
    asked = [requirement for requirement in map(_parse, lines) if requirement.extra not in FOR_DEVELOPERS]
    return sorted(asked, key=lambda requirement: (requirement.extra, requirement.name))


def _parse(line: str) -> Requirement:
    """Read a requirement as adscreen's own project file writes them.

    >>> _parse('torch>=2.13; extra == "torch"')
    Requirement(name='torch', least='2.13', extra='torch')
    """
    wanted, _, marker = line.partition(";")
    name, least, extra = _NAME.match(wanted), _LEAST.search(wanted), _EXTRA.search(marker)
    return Requirement(name.group() if name else wanted, least[1] if least else "", extra[1] if extra else "")


def _installed_requirements() -> list[str]:
    try:
        return requires("adscreen") or []
    except PackageNotFoundError:
        return []


def check_package(found: Sequence[Requirement]) -> Check:
    """Check that it is known what adscreen needs."""
    if not found:
        return Check("adscreen", "missing", "its package metadata is gone", "install adscreen anew")
    return Check("adscreen", "ok", __version__)


def check_python(running: tuple[int, int]) -> Check:
    """Check the version of Python: too old is missing, newer than any tested is a warning."""
    detail, remedy = ".".join(map(str, running)), "use Python 3.11, 3.12 or 3.13"
    if running < OLDEST_PYTHON:
        return Check("Python", "missing", f"{detail} is too old", remedy)
    if running >= FIRST_UNTESTED_PYTHON:
        return Check("Python", "warning", f"{detail} is newer than any that was tested", remedy)
    return Check("Python", "ok", detail)


def check_requirement(requirement: Requirement) -> Check:
    """Check that a distribution is installed, can be found for import, and is not older than the least version."""
    wanted = f"adscreen[{requirement.extra}]" if requirement.extra else "adscreen"
    name = f"{requirement.name} (extra {requirement.extra})" if requirement.extra else requirement.name
    absent: Status = "warning" if requirement.extra else "missing"
    remedy = f"pip install '{wanted}'" if requirement.extra else "install adscreen anew"
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return Check(name, absent, "not installed", remedy)
    if find_spec(_MODULES.get(requirement.name, requirement.name)) is None:
        return Check(name, absent, f"{found} is listed but its files are gone", remedy)
    if _release(found) < _release(requirement.least):
        return Check(name, "warning", f"{found} is older than {requirement.least}", remedy)
    return Check(name, "ok", found)


def _release(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version.

    >>> _release("2.13.0+cpu")
    (2, 13, 0)
    """
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, found.group().split("."))) if found else ()


def _find(name: str) -> Path | None:
    try:
        return bundled(name)
    except InputError:
        return None


def check_model(name: str, folder: Path | None) -> Check:
    """Check that every file of a shipped model is in its folder with the SHA-256 of its SHA256SUMS."""
    remedy = "install adscreen anew, or take a complete checkout"
    if folder is None:
        return Check(name, "missing", "does not ship with this installation", remedy)
    sums = read_sums(folder)
    if sums is None:
        return Check(name, "missing", "has no SHA256SUMS, so its files cannot be verified", remedy)
    damaged = differing(folder, sums)
    if damaged or not sums:
        return Check(name, "missing", f"damaged: {', '.join(damaged) or 'SHA256SUMS is empty'}", remedy)
    return Check(name, "ok", f"{len(sums)} files, SHA-256 verified")


def check_schemas(folder: Path | None) -> Check:
    """Check that every JSON Schema ships."""
    absent = [kind.file for kind in KINDS if folder is None or not (folder / kind.file).is_file()]
    if absent:
        remedy = "install adscreen anew; in a checkout: python -m adscreen.studies.schemas data_schemas"
        return Check("data_schemas", "missing", f"not there: {', '.join(absent)}", remedy)
    return Check("data_schemas", "ok", f"{len(KINDS)} schemas")


def check_allennlp(here: Path) -> Check:
    """Check whether an environment for AllenNLP, the reference implementation of ELMo, is named or lies in ``here``."""
    named = os.environ.get(ALLENNLP_VARIABLE)
    python = Path(named) if named else here / ALLENNLP_FOLDER / "bin" / "python"
    if python.is_file():
        return Check("AllenNLP environment", "ok", str(python))
    if named:
        return Check("AllenNLP environment", "warning", f"{ALLENNLP_VARIABLE} names no file", "correct it or unset it")
    remedy = f"optional: set {ALLENNLP_VARIABLE} to the Python (3.10 or older) of an environment with allennlp 2.10"
    return Check("AllenNLP environment", "warning", "none; adscreen's own engine computes ELMo", remedy)


def check_threads() -> Check:
    """Check that linear algebra uses no more threads than there are usable cores."""
    cores = _usable_cores()
    pools = list(_blas_pools())
    if not pools:
        return Check("BLAS", "warning", f"not found; {cores} cores", "install numpy anew")
    detail = ", ".join(f"{name}: {threads} threads" for name, threads in pools) + f"; {cores} cores"
    if max(threads for _, threads in pools) > cores:
        return Check("BLAS", "warning", detail, f"set OMP_NUM_THREADS={cores}")
    return Check("BLAS", "ok", detail)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _blas_pools() -> Iterator[tuple[str, int]]:
    """Yield the name and threads of each BLAS that numpy loads."""
    try:
        import numpy  # noqa: F401  (loading it loads its BLAS)
        from threadpoolctl import threadpool_info
    except ImportError:
        return
    for pool in threadpool_info():
        if pool["user_api"] == "blas":
            yield str(pool["internal_api"]), int(pool["num_threads"])


def check_writable(here: Path) -> Check:
    """Check that a run can be written into a folder."""
    try:
        with tempfile.TemporaryFile(dir=here):
            free = shutil.disk_usage(here).free
    except OSError as error:
        remedy = "change to a folder of your own, or give output folders elsewhere"
        return Check("current folder", "warning", f"cannot be written ({error.strerror})", remedy)
    return Check("current folder", "ok", f"writable, {free / 1e9:.1f} GB free")


def check_printing() -> Check:
    """Check for a program that turns a report into a PDF without a hand on it."""
    found = [name for name in BROWSERS if shutil.which(name)]
    found += ["weasyprint"] if find_spec("weasyprint") else []
    if found:
        return Check("PDF printing", "ok", ", ".join(found))
    remedy = "optional: open a report in any browser and print it, or install chromium"
    return Check("PDF printing", "warning", "neither chromium nor weasyprint", remedy)
