"""The version of adscreen, and of the libraries that a result depends on."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__version__ = "0.1.0"


def installed_versions(names: tuple[str, ...]) -> dict[str, str | None]:
    """Return the installed version of each distribution, None where there is none."""
    found: dict[str, str | None] = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
