"""The name of a file that ships -> its path, in an installed wheel and in a checkout alike.

A wheel holds ``models/``, ``data_schemas/`` and, of ``docs/``, the pages that help and errors name inside the package;
in a checkout they lie beside pipeline/.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from adscreen.errors import InputError

FOLDERS = ("models", "data_schemas", "docs")
BUNDLED_BILM = "models/speech-bilm"
_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return the path of a shipped file or folder, named with slashes: ``models/speech-bilm/options.json``.

    Raises InputError when nothing of that name ships with this installation.
    """
    parts = PurePosixPath(name).parts
    root = _PACKAGE if (_PACKAGE / "models").is_dir() else _PACKAGE.parents[1]
    path = root.joinpath(*parts)
    if not parts or parts[0] not in FOLDERS or ".." in parts or not path.exists():
        remedy = "install adscreen anew, or take a complete checkout"
        raise InputError("no such file ships with adscreen", where=name, remedy=remedy)
    return path


def bilm_folder(name: str) -> Path:
    """Return the folder of a biLM that a user named: a path, or ``bundled`` for the one that ships."""
    return bundled(BUNDLED_BILM) if name == "bundled" else Path(name)
