"""Visits under another id, and ids that are several people, are found from what a manifest says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from adscreen.auditing.finding import Finding
from adscreen.auditing.identities import contradictions, find_identities, ids_with_visits, without_first_visit
from adscreen.extract.feature_table import FeatureTable


def table_of(rows: Sequence[dict[str, Any]]) -> FeatureTable:
    """Return a table of subjects alone."""
    subjects = pd.DataFrame([{"recording_id": f"R{number}"} | row for number, row in enumerate(rows)])
    return FeatureTable(subjects, pd.DataFrame(index=subjects.index), pd.DataFrame({"recording_id": []}))


def test_visits_in_subject_ids_are_found() -> None:
    """S1-1 and S1-2 with one recording each are perhaps one person; S2-1 alone is not doubted."""
    (found,) = ids_with_visits(table_of([{"subject_id": name} for name in ("S1-1", "S1-2", "S2-1")]))
    assert ("warning", "S1-1, S1-2", 2.0) == (found.level, found.where, found.value)
    assert found.what.endswith("perhaps the visits of 1 person")


@pytest.mark.parametrize(("first", "second"), [("001-0", "001-1"), ("P7v1", "P7v2"), ("12_visit1", "12_visit2")])
def test_ways_to_write_a_visit(first: str, second: str) -> None:
    """Numbers after a hyphen, a v and the word visit are seen."""
    assert 1 == len(list(ids_with_visits(table_of([{"subject_id": first}, {"subject_id": second}]))))


@pytest.mark.parametrize(("first", "second"), [("S001", "S002"), ("sub-01", "sub-02"), ("ES2002-A", "ES2002-B")])
def test_ids_that_hold_no_visit(first: str, second: str) -> None:
    """Running numbers, with a prefix or not, and letters are no visits."""
    assert [] == list(ids_with_visits(table_of([{"subject_id": first}, {"subject_id": second}])))


def test_a_cluster_keeps_them_together_anyway() -> None:
    """Where the manifest's cluster holds both, no fold can part them."""
    rows = [{"subject_id": name, "cluster": "C1"} for name in ("S1-1", "S1-2")]
    assert [] == list(ids_with_visits(table_of([*rows, {"subject_id": "T9", "cluster": "C2"}])))


def test_a_missing_first_visit_is_a_note() -> None:
    """One of three subjects begins with visit 2."""
    rows = [{"subject_id": "A", "visit": "1"}, {"subject_id": "B", "visit": "1"}, {"subject_id": "C", "visit": "2"}]
    (found,) = without_first_visit(table_of(rows))
    assert (
        Finding(
            "note",
            "1 subject of 3 without visit 1",
            "C",
            "see whether that visit was left out or stands under another subject id",
            1.0,
        )
        == found
    )


@pytest.mark.parametrize(
    ("column", "first", "second", "level"),
    [
        ("sex", "f", "m", "warning"),
        ("cluster", "C1", "C2", "warning"),
        ("education", 8.0, 16.0, "warning"),
        ("age", 71.0, 64.0, "warning"),
        ("label", "control", "case", "note"),
    ],
)
def test_a_subject_that_contradicts_itself(column: str, first: Any, second: Any, level: str) -> None:
    """Two sexes, clusters or labels, an education that jumps, an age that falls: each is told, with the subject."""
    rows = [{"subject_id": "A", "visit": "1", column: first}, {"subject_id": "A", "visit": "2", column: second}]
    (found,) = contradictions(table_of(rows))
    assert (level, f"{column}: A") == (found.level, found.where)


def test_growing_older_is_no_contradiction() -> None:
    """An age that rises, an education that is the same and a missing sex say nothing."""
    rows = [
        {"subject_id": "A", "visit": "1", "age": 70.0, "education": 12.0, "sex": "f"},
        {"subject_id": "A", "visit": "2", "age": 72.0, "education": 12.0, "sex": None},
    ]
    assert [] == find_identities(table_of(rows))
