"""An audit reads transcripts and no biLM; what it cannot read is a row with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.auditing import audit_cohort
from adscreen.auditing.reading import read_speech
from adscreen.cohort import read_cohort
from adscreen.extract.feature_table import TOKENS, FeatureTable

Reader = Callable[[Sequence[Mapping[str, Any]]], FeatureTable]


def test_the_words_of_both_sides_are_kept_apart(read: Reader) -> None:
    """The participant's words are what an audit compares; the interviewer's stand beside them. Lower case."""
    inputs = read(
        [{"text": "INV: What happens?\nPAR: The boy falls.\nINV: More?\nPAR: No.\n", "file": "S1.v2.txt"}]
    ).inputs
    row = inputs.iloc[0]
    assert ["the", "boy", "falls", "no"] == row[TOKENS]
    assert ["what", "happens", "more"] == row["interviewer_tokens"]
    assert ("S1.v2", "plain text", "") == (row["file"], row["kind"], row["unreadable"])


def test_what_cannot_be_read_is_an_error_that_names_it(read: Reader) -> None:
    """One missing file ends no audit: it is told, with its recording, and the rest is audited."""
    rows = [{"text": f"The boy takes cookie {n}.", "label": "case" if n % 2 else "control"} for n in range(6)]
    table = read([*rows, {"text": None, "label": "case", "file": "gone.txt"}])
    first = audit_cohort(table)[0]
    assert "error" == first.level
    assert first.what.startswith("1 transcript of 7 cannot be read; the first: gone.txt: no such file")
    assert "S006" == first.where


def test_jobs_change_nothing(shared: Path) -> None:
    """Two processes read the same table as one."""
    cohort = read_cohort(shared / "ami" / "manifest_excerpts.csv", where="site == 'TS'")
    one, two = read_speech(cohort), read_speech(cohort, jobs=2)
    pd.testing.assert_frame_equal(one.inputs, two.inputs)
    assert one.provenance == two.provenance
