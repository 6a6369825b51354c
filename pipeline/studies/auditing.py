"""Manifest or run -> findings."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.manifest import labels, read_manifest
from pipeline.progress import Progress
from pipeline.studies.tables import extract_settings, read_table


def run_audit(
    path: Path,
    *,
    positive: str | None = None,
    where: str | None = None,
    bilm: Path | None = None,
    jobs: int = 1,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Audit a manifest or the folder of an evaluation; return its findings."""
    from pipeline.audit import audit_cohort, audit_run

    if path.is_dir():
        return [asdict(finding) for finding in audit_run(path)]
    cohort = read_manifest(path, where=where)
    _, case = labels(cohort, positive)
    table = read_table(cohort, extract_settings(bilm), jobs=jobs, progress=progress)
    return [asdict(finding) for finding in audit_cohort(table, positive=case)]
