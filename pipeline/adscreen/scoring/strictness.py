"""Reports as they come -> the same reports, refused at the end where one has no score or needed repair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adscreen.errors import InputError
from adscreen.scoring.judged import REPAIRED
from adscreen.scoring.recording_report import SCORED, RecordingReport


def refuse_incomplete(reports: Iterable[RecordingReport]) -> Iterator[RecordingReport]:
    """Yield reports; after the last one raise InputError where a recording has no score or a diagnostic.

    The error's line counts them and names the first; its ``details`` are one line for each.
    """
    found: list[str] = []
    for report in reports:
        row = report.score
        repaired = [warning for warning in report.warnings if warning.startswith(REPAIRED)]
        if row.result not in SCORED:
            found.append(f"{row.recording_id}: {row.result}: {row.reason}")
        elif repaired:
            found.append(f"{row.recording_id}: {repaired[0]}")
        yield report
    if found:
        counted = (
            found[0] if len(found) == 1 else f"{len(found)} recordings have no score or diagnostics, first {found[0]}"
        )
        remedy = "correct them, or run without strict="
        raise InputError(counted, remedy=remedy, details=tuple(found) if len(found) > 1 else ())
