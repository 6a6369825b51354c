"""Shipped files are found in a wheel and in a checkout, and nothing else is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import adscreen
from adscreen.bundled import bundled
from adscreen.errors import InputError

NAME = "models/speech-bilm/options.json"


def _install(site: Path, models: Path) -> None:
    """Lay the package out under ``site``, with one shipped file under ``models``."""
    package = Path(adscreen.__file__).parent
    target = site / "adscreen"
    target.mkdir(parents=True)
    for module in ("__init__", "errors", "records", "version", "bundled"):
        shutil.copy(package / f"{module}.py", target)
    (models / "speech-bilm").mkdir(parents=True)
    (models / "speech-bilm" / "options.json").write_text("{}")


def _bundled_from(site: Path) -> Path:
    """Return what ``bundled`` answers to a fresh interpreter that imports the package from ``site``."""
    imports = "import sys; sys.path.insert(0, sys.argv[1]); from adscreen.bundled import bundled"
    command = [sys.executable, "-I", "-c", f"{imports}; print(bundled({NAME!r}))", str(site)]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def test_a_wheel_holds_the_models_inside_the_package(tmp_path: Path) -> None:
    """In an installed wheel the file is inside the package, even where site-packages has a ``models`` folder too."""
    _install(tmp_path, tmp_path / "adscreen" / "models")
    (tmp_path / "models" / "speech-bilm").mkdir(parents=True)
    (tmp_path / "models" / "speech-bilm" / "options.json").write_text("another package's")
    assert (tmp_path / "adscreen" / NAME).resolve() == _bundled_from(tmp_path)


def test_a_checkout_holds_the_models_beside_the_package(tmp_path: Path) -> None:
    """In a checkout the file is beside the package."""
    _install(tmp_path / "pipeline", tmp_path / "models")
    assert (tmp_path / NAME).resolve() == _bundled_from(tmp_path / "pipeline")


@pytest.mark.parametrize("name", ["models/none-such", "adscreen/errors.py", "models/../pyproject.toml", "/etc", ""])
def test_what_does_not_ship_is_an_input_error(name: str) -> None:
    """A missing file, a folder that does not ship, a way out of one and an empty name are refused in one line."""
    with pytest.raises(InputError, match="no such file ships with adscreen; install adscreen anew") as caught:
        bundled(name)
    assert 1 == len(str(caught.value).splitlines())
