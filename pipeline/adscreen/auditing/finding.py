"""One thing that an audit found: one line, without transcript text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from adscreen.writing import count as count  # for the sentences of findings

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
NAMED = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """``error``: results would be wrong; ``warning``: they may mislead; ``note``: worth knowing.

    ``where`` names recordings, subjects, a column or a repeat; ``value`` is the number that ``what`` states, if any,
    and ``low`` to ``high`` its interval.
    """

    level: Level
    what: str
    where: str = ""
    remedy: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None


def say_finding(finding: Finding) -> str:
    """Return a finding as one line: what was found, where, and what to do.

    >>> say_finding(Finding("warning", "education is missing for 2 recordings of 9", "education", "fill it in"))
    'education is missing for 2 recordings of 9 (education); fill it in'
    """
    return f"{finding.what}{finding.where and f' ({finding.where})'}{finding.remedy and f'; {finding.remedy}'}"


def count_levels(findings: Iterable[Finding]) -> str:
    """Return how many errors and warnings there are, empty where there is none of either.

    >>> count_levels([Finding("warning", "a"), Finding("error", "b"), Finding("warning", "c"), Finding("note", "d")])
    '1 error and 2 warnings'
    """
    levels = [finding.level for finding in findings]
    return " and ".join(count(levels.count(one), one) for one in LEVELS[:2] if one in levels)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with errors first, then warnings, then notes, else in the order given."""
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))


def name_some(names: Iterable[object]) -> str:
    """Return names in one line, the first few of them and how many more.

    >>> name_some(["S1", "S2"])
    'S1, S2'
    """
    every = [" ".join(str(name).split()) for name in names]
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + more
