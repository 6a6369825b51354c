"""A finished evaluation -> its certificate, report and checklist in the run's folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.evaluate.certificate import certify
from adscreen.evaluate.results import Evaluation
from adscreen.extract.feature_table import FeatureTable
from adscreen.report.evaluation.assemble import assemble_report
from adscreen.report.evaluation.page import write_report


def report_evaluation(
    table: FeatureTable,
    evaluations: Sequence[Evaluation],
    frames: Mapping[str, pd.DataFrame],
    settings: Mapping[str, Any],
    folder: Path,
) -> None:
    """Write report.html, report.json, certificate.json and checklist.csv; ``frames`` are the run's tables by stem."""
    certificate = certify(table, evaluations, seed=int(settings["seed"]))
    write_report(assemble_report(frames, settings, certificate, synthetic=is_synthetic(table)), folder)


def is_synthetic(table: FeatureTable) -> bool:
    """Tell whether the manifest says that its speech was invented."""
    texts = table.subjects.select_dtypes(exclude="number")
    return any(texts[name].astype(str).str.contains("SYNTHETIC").any() for name in texts)
