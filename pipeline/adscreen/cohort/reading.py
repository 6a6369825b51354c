"""How the manifest of a command is read: the arguments of ``read_cohort`` that every command shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from adscreen.cohort.cohort import Cohort
from adscreen.cohort.manifest import read_cohort
from adscreen.cohort.values import Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What ``read_cohort`` is told of a manifest; each field is the argument of the same name."""

    where: str | None = None
    positive: str | None = None
    missing: Codes = field(default_factory=dict)
    same_id: bool = False
    participant: str | None = None
    task: str | None = None
    gem: str | None = None

    def read(self, manifest: Path) -> Cohort:
        """Read the cohort of a manifest.

        Raises:
            InputError: what ``read_cohort`` raises.
        """
        return read_cohort(manifest, **self.arguments())

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of ``read_cohort``."""
        return asdict(self)

    def given(self) -> Mapping[str, Any]:
        """Return the arguments that were given, by name."""
        return {name: value for name, value in asdict(self).items() if value}


AS_WRITTEN = Reading()
