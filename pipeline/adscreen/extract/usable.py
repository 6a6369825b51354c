"""Extracted recordings -> those that can be used, and the others: left out where that was asked for, or refused.

A refusal lists every recording that cannot be used, so that all of them can be corrected at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from adscreen.cohort import Recording
from adscreen.errors import InputError
from adscreen.extract.feature_table import TOKENS
from adscreen.extract.row import Extracted
from adscreen.ingest.reasons import list_reasons, plain_reason

_SILENT = "the participant has no words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What becomes of recordings that cannot be used.

    They are refused, or with ``skip`` left out. ``words``: a recording in which the participant has no words cannot be
    used either. ``strict`` also refuses a transcript that was read with a diagnostic.

    Raises:
        InputError: both ``skip`` and ``strict`` are asked for.
    """

    skip: bool = False
    strict: bool = False
    words: bool = False

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.skip and self.strict:
            what = "contradicts strict=, which refuses what this leaves out"
            raise InputError(what, where="skip_unreadable=", remedy="give one of them")


REFUSE = Rule()


@dataclass(frozen=True, slots=True)
class Unusable:
    """A recording that cannot be used, and why: as a step of the flow, and as a line that names the file."""

    recording: Recording
    step: Literal["unreadable", "silent", "diagnostics"]
    reason: str

    def __str__(self) -> str:
        """Return the line that says where it stands and what is wrong."""
        return f"row {self.recording.row}: {self.reason}"

    def as_row(self) -> dict[str, Any]:
        """Return it as a row of skipped.csv."""
        recording = self.recording
        about = {"row": recording.row, "recording_id": recording.recording_id, "subject_id": recording.subject_id}
        return about | {"transcript": recording.transcript.name, "step": self.step, "reason": self.reason}


SKIPPED_COLUMNS = ("row", "recording_id", "subject_id", "transcript", "step", "reason")


def find_unusable(rows: Iterable[Extracted], rule: Rule) -> Iterator[Unusable]:
    """Yield what of the extracted recordings cannot be used."""
    for row in rows:
        name = row.recording.transcript.name
        if row.transcript is None:
            yield Unusable(row.recording, "unreadable", row.unreadable)
        elif rule.words and not row.inputs[TOKENS]:
            yield Unusable(row.recording, "silent", f"{name}: {_SILENT}")
        elif rule.strict and row.transcript.diagnostics:
            first = row.transcript.diagnostics[0]
            line = f" line {first.line}" if first.line else ""
            yield Unusable(row.recording, "diagnostics", f"{name}{line}: {first.what}")


def check_usable(unusable: Sequence[Unusable], *, of: int, rule: Rule, where: Path) -> None:
    """Raise InputError where recordings cannot be used and may not be left out, or where that leaves none.

    The error's line counts them and names the first; its ``details`` are one line for each.
    """
    if not unusable or (rule.skip and len(unusable) < of):
        return
    found = str(unusable[0])
    if rule.skip:
        found = f"none of {of} recordings can be used, first {found}"
    elif len(unusable) > 1:
        found = f"{len(unusable)} recordings cannot be used, first {found}"
    remedy = "" if rule.skip or rule.strict else "correct it, or leave such recordings out with skip_unreadable="
    details = tuple(map(str, unusable)) if len(unusable) > 1 else ()
    raise InputError(found, where=str(where), remedy=remedy, details=details)


def count_reasons(unusable: Iterable[Unusable]) -> dict[str, str]:
    """Return, for each step, its reasons with how many recordings have each, the commonest first."""
    counts: dict[str, Counter[str]] = {}
    for one in unusable:
        counts.setdefault(one.step, Counter())[plain_reason(one.reason)] += 1
    return {step: list_reasons(of, most=None) for step, of in counts.items()}
