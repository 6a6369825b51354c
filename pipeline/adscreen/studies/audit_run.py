"""Manifest or run -> findings."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from adscreen.cohort import read_cohort
from adscreen.progress import Progress


def run_audit(
    path: Path,
    *,
    positive: str | None = None,
    where: str | None = None,
    jobs: int = 1,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Audit a manifest or the folder of an evaluation; return its findings."""
    from adscreen.auditing import audit_cohort, audit_run, read_speech

    if path.is_dir():
        return [asdict(finding) for finding in audit_run(path)]
    cohort = read_cohort(path, where=where, positive=positive)
    table = read_speech(cohort, jobs=jobs, progress=progress.task("Reading transcripts", len(cohort.recordings)))
    return [asdict(finding) for finding in audit_cohort(table)]
