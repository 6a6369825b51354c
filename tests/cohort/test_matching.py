"""Matched sets: one rule for their ids, and notes on what is unusual in them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from adscreen.cohort import Cohort, read_cohort


def read(rows: list[tuple[str, str | None, str | None]], **columns: Any) -> Cohort:
    """Return the cohort of (subject, label, matched set)."""
    frame = pd.DataFrame(rows, columns=["subject_id", "label", "match"]).assign(text="a boy on a stool", **columns)
    return read_cohort(frame)


PAIRS: list[tuple[str, str | None, str | None]] = [
    (f"{kind}{n}", label, f"m{n}") for n in range(3) for kind, label in (("C", "control"), ("P", "case"))
]


def test_sets_are_counted_by_size() -> None:
    """One sentence says that folds keep the sets together, and how large they are; pairs alone need no other."""
    assert ("3 matched sets (column `match`; by number of subjects: 3 of 2): folds keep each set together",) == (
        read(PAIRS).notes
    )
    (note,) = read([*PAIRS, ("C9", "control", "m2")]).notes
    assert "by number of subjects: 1 of 3, 2 of 2" in note


def test_what_matches_nobody_is_named() -> None:
    """A set of one subject, a set of one label, and subjects without a set each have a sentence."""
    others = [("C7", "control", "m7"), ("C8", "control", "m8"), ("C9", "control", "m8"), ("C6", "control", None)]
    notes = read([*PAIRS, *others]).notes
    assert "1 matched set of one subject, who is matched to nobody: 'm7'" == notes[1]
    assert "1 matched set of one label, so no case in it is matched to a control: 'm8'" == notes[2]
    assert "1 subject in no matched set; folds keep the recordings of each together" == notes[3]


def test_spellings_of_a_set_are_one() -> None:
    """Case, spaces and invisible characters make no other set, and a note says so; leading zeros ask."""
    cohort = read(
        [("C1", "control", "Pair 1"), ("P1", "case", "pair\u200b1"), ("C2", "control", "2"), ("P2", "case", "02")]
    )
    assert ["Pair 1", "Pair 1", "2", "02"] == [recording.match for recording in cohort.recordings]
    assert cohort.notes[0].startswith("one matched set is written in more than one way")
    assert cohort.notes[1].startswith("matched set ids that differ only in leading zeros are taken for different")


@pytest.mark.parametrize("empty", [None, "", " ", "NA", "\u200b"])
def test_an_empty_cell_is_no_set(empty: str | None) -> None:
    """Subjects without a set are not matched to each other."""
    cohort = read([*PAIRS, ("C8", "control", empty), ("P8", "case", empty)])
    assert [None, None] == [recording.match for recording in cohort.recordings][-2:]


def test_without_labels_or_sets_there_is_no_note() -> None:
    """A cohort to score has no labels, and nothing is kept together in it."""
    assert () == read([(subject, None, name) for subject, _, name in PAIRS]).notes
    assert () == read([(subject, label, None) for subject, label, _ in PAIRS]).notes
