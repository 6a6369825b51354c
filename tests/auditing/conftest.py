"""A cohort of text files to audit, read as an audit reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adscreen.auditing.reading import read_speech
from adscreen.cohort import read_cohort
from adscreen.extract.feature_table import FeatureTable

Row = Mapping[str, Any]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Sequence[Row]], FeatureTable]:
    """Return a function that writes rows (``text``, perhaps ``file``; the rest are columns) and reads their table."""

    def read_rows(rows: Sequence[Row]) -> FeatureTable:
        manifest = []
        for number, row in enumerate(rows):
            name = row.get("file", f"T{number:03d}.txt")
            if row["text"] is not None:
                (tmp_path / name).write_text(row["text"], encoding="utf-8")
            columns = {column: value for column, value in row.items() if column not in ("text", "file")}
            manifest.append({"subject_id": f"S{number:03d}", "transcript": name} | columns)
        pd.DataFrame(manifest).to_csv(tmp_path / "manifest.csv", index=False)
        return read_speech(read_cohort(tmp_path / "manifest.csv"))

    return read_rows


@pytest.fixture
def read_classes(read: Callable[[Sequence[Row]], FeatureTable]) -> Callable[..., FeatureTable]:
    """Return a reader of 40 subjects, cases and controls in turn; each column is a function of number and label."""

    def read_cohort_of(**columns: Callable[[int, str], Any]) -> FeatureTable:
        rows = []
        for number in range(40):
            label = "case" if number % 2 else "control"
            made = {name: make(number, label) for name, make in columns.items()}
            rows.append({"label": label, "text": "The boy takes a cookie.\nThe stool is falling.\n"} | made)
        return read(rows)

    return read_cohort_of
