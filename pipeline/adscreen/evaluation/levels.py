"""Labels of recordings -> the levels at which an evaluation counts: recordings, and subjects with a label.

A subject whose label differs between visits has no label of its own: its recordings count, each under its label, and
results by subject leave it out. Where no subject of a label would be left, there are no results by subject.

Where subjects have several recordings, results by subject lead: each person counts once, however many visits they
made. ``paper`` leads with recordings, as published work did: it separates the visits of a subject on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.evaluation.results import LEVELS, Level


def has_one_label(subjects: NDArray[np.str_], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows (n,) are of subjects who have one label in all of these rows; ``labels`` are 0 and 1.

    >>> has_one_label(np.array(["a", "a", "b", "b"]), np.array([0, 1, 1, 1])).tolist()
    [False, False, True, True]
    """
    _, inverse = np.unique(subjects, return_inverse=True)
    share = np.bincount(inverse, weights=labels) / np.bincount(inverse)
    one: NDArray[np.bool_] = ((share == 0) | (share == 1))[inverse]
    return one


def choose_levels(labels: NDArray[np.int64], counted: NDArray[np.bool_]) -> tuple[Level, ...]:
    """Return the levels of a result; ``counted`` are the rows of subjects with one label."""
    whole = counted.all() or len(set(labels[counted].tolist())) == 2
    return LEVELS if whole else ("recording",)


def leading_level(subjects: NDArray[np.str_], levels: tuple[Level, ...], *, protocol: str) -> Level:
    """Return the level to read first; ``subjects`` are those of the tested recordings (n,), ``levels`` the known ones.

    >>> leading_level(np.array(["a", "a", "b"]), LEVELS, protocol="subject")
    'subject'
    >>> leading_level(np.array(["a", "b"]), LEVELS, protocol="subject")
    'recording'
    """
    several = len(np.unique(subjects)) < len(subjects)
    return "subject" if several and "subject" in levels and protocol != "paper" else "recording"


def changing_subjects(rows: pd.DataFrame) -> list[str]:
    """Return the subjects of a table (``subject_id``, ``label``) whose label differs between its rows, sorted."""
    labels = rows.groupby("subject_id")["label"].nunique()
    return sorted(map(str, labels[labels > 1].index))


def caution_of_changes(rows: pd.DataFrame) -> Iterable[str]:
    """Yield what a reader should know where the label of subjects differs between visits."""
    changing = changing_subjects(rows)
    if changing:
        what = f"{len(changing)} subject{'s have' if len(changing) > 1 else ' has'} a label that differs between visits"
        yield f"{what}: each recording counts under its own label, and results by subject leave these subjects out."
