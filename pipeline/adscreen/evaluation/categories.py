"""A cohort's subjects table -> what sorts its recordings besides the label: task, diagnosis, language, kind of file.

Values that are one under identity_key (case, spaces, Unicode form) are one level, under the first spelling in
alphabetical order, so that the order of a manifest changes nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from adscreen.cohort.identity import first_spellings

TASK, LANGUAGE, FORMAT = "task", "language", "source_format"
DIAGNOSIS = "diagnosis"  # a carried column
OF_RECORDINGS = (TASK, LANGUAGE, FORMAT)


def read_category(subjects: pd.DataFrame, name: str) -> pd.Series:
    """Return the levels of a category (n,) as text, NaN where it is not known; a header may be in another case."""
    column = next((one for one in subjects if str(one).casefold() == name), None)
    values = pd.Series(np.nan, index=subjects.index) if column is None else subjects[column]
    text = values.map(_as_text, na_action="ignore").astype(object).where(values.notna(), np.nan)
    others = first_spellings(sorted(text.dropna().unique()))
    return text.map(lambda level: others.get(level, level), na_action="ignore")


def list_levels(values: pd.Series) -> list[str]:
    """Return the known levels in alphabetical order."""
    return sorted(values.dropna().unique())


def _as_text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
