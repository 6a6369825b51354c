"""How the manifest of a command is read: the arguments of ``read_cohort`` that every command shares."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from adscreen.cohort.cohort import Cohort
from adscreen.cohort.labels import Names
from adscreen.cohort.manifest import read_cohort, read_tested
from adscreen.cohort.missing_codes import Missing


class ReadingArguments(TypedDict, total=False):
    """The fields of Reading as keywords of a function that takes all of them."""

    where: str | None
    positive: Names | None
    negative: Names | None
    label_by_visit: bool
    missing: Missing | None
    sex: Mapping[str, str] | None
    same_id: bool
    participant: str | None
    task: str | None
    sheet: str | None
    gem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What ``read_cohort`` is told of a manifest; each field is the argument of the same name."""

    where: str | None = None
    positive: Names | None = None
    negative: Names | None = None
    label_by_visit: bool = False
    missing: Missing | None = field(default_factory=dict)
    sex: Mapping[str, str] | None = field(default_factory=dict)
    same_id: bool = False
    participant: str | None = None
    task: str | None = None
    sheet: str | None = None
    gem: str | None = None

    def read(self, manifest: Path | Cohort, *, known: Collection[str] | None = None) -> Cohort:
        """Read the cohort of a manifest; a Cohort was read already.

        ``known`` are the labels of the cohort or model that it tests or is tested by (see ``read_tested``).

        Raises:
            InputError: what ``read_cohort`` raises.
        """
        if isinstance(manifest, Cohort):
            return manifest
        arguments = self.arguments()
        return read_cohort(manifest, **arguments) if known is None else read_tested(manifest, known=known, **arguments)

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of ``read_cohort``."""
        return asdict(self)

    def given(self) -> Mapping[str, Any]:
        """Return the arguments that were given, by name."""
        return {name: value for name, value in asdict(self).items() if value}


AS_WRITTEN = Reading()
