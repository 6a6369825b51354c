"""A cohort's table -> recordings that are copies of each other, and subject ids that may be one person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np

from adscreen.auditing.finding import Finding, count, name_some
from adscreen.evaluation.overlap import fingerprints, overlapping_pairs
from adscreen.extract.copies import GRAM
from adscreen.extract.feature_table import TOKENS, FeatureTable

_RUN = re.compile(r"\d+|[^\W\d_]+")


def find_duplicates(table: FeatureTable) -> list[Finding]:
    """Return identical transcripts, near-duplicates between subjects and subject ids that look alike."""
    copies = list(identical_transcripts(table))
    near = list(near_duplicates(table))
    if not copies and not near:
        what = f"no two of {count(len(table), 'recording')} hold the same or nearly the same speech"
        copies = [Finding("note", what, where="transcripts")]
    return [*copies, *near, *similar_subject_ids(table)]


def identical_transcripts(table: FeatureTable) -> Iterator[Finding]:
    """Yield groups of recordings with the same file, or with the same words (5 or more) in different files.

    Between subjects that is an error: no grouped split can keep such recordings on one side.
    """
    digests = _digests(table)
    for rows in _groups(digests):
        yield _copies(table, rows, "are the same file")
    for rows in _groups(fingerprints(table)):
        own = {digests[row] for row in rows}
        if len(own) > 1 or own == {None}:
            yield _copies(table, rows, "have the same words")


def _copies(table: FeatureTable, rows: Sequence[int], verb: str) -> Finding:
    of_group = table.subjects.iloc[list(rows)]
    subjects = of_group["subject_id"].nunique()
    labels = " with different labels" if _label_count(table, rows) > 1 else ""
    return Finding(
        "error" if subjects > 1 else "warning",
        f"{len(rows)} recordings of {count(subjects, 'subject')}{labels} {verb}",
        where=name_some(of_group["recording_id"]),
        remedy="keep one, or correct the manifest",
        value=float(len(rows)),
    )


def near_duplicates(table: FeatureTable) -> Iterator[Finding]:
    """Yield groups of recordings of different subjects that share half of their word 5-grams or more.

    Recordings with identical words are left to ``identical_transcripts``.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    subjects = table.subjects["subject_id"].to_numpy(dtype=str)
    marks = np.array([mark or "" for mark in fingerprints(table)])
    first, second, index = overlapping_pairs(table.inputs[TOKENS].tolist())
    kept = (subjects[first] != subjects[second]) & (marks[first] != marks[second])
    first, second, index = first[kept], second[kept], index[kept]
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(len(table), len(table)))
    _, part = connected_components(graph, directed=False)
    for rows in _groups(part.tolist()):
        greatest = float(index[part[first] == part[rows[0]]].max())
        yield Finding(
            "warning",
            f"{len(rows)} recordings of {count(len(set(subjects[rows])), 'subject')} share up to {greatest:.0%} "
            f"of their {GRAM}-word sequences",
            where=name_some(table.subjects["recording_id"].iloc[rows]),
            remedy="see whether they are one person, or whether interviewer speech or a read text was transcribed",
            value=greatest,
        )


def similar_subject_ids(table: FeatureTable) -> Iterator[Finding]:
    """Yield subject ids that differ only in leading zeros or punctuation; what identity_key folds is one id already."""
    ids = sorted(set(table.subjects["subject_id"].astype(str)))
    for rows in _groups([id_key(subject) or None for subject in ids]):
        yield Finding(
            "warning",
            f"{len(rows)} subject ids may be one person written differently",
            where=name_some(repr(ids[row]) for row in rows),
            remedy="if so, write them alike: folds keep them apart as they are",
            value=float(len(rows)),
        )


def id_key(subject_id: str) -> str:
    """Return what is left of an id without case, leading zeros, spaces and punctuation.

    >>> id_key("S-001") == id_key("s1"), id_key("S1-1") == id_key("S11")
    (True, False)
    """
    key = ""
    for run in _RUN.findall(unicodedata.normalize("NFKC", subject_id).casefold()):
        number = run[0].isdecimal()
        between = "-" if number and key[-1:].isdecimal() else ""  # 1-1 is not 11
        key += between + ((run.lstrip("0") or "0") if number else run)
    return key


def _digests(table: FeatureTable) -> list[str | None]:
    known = table.provenance.get("transcripts", {})
    return [known.get(recording) or None for recording in table.subjects["recording_id"]]


def _groups(keys: Iterable[Hashable]) -> list[list[int]]:
    """Return the positions of each key that comes twice or more, in order of their first; None is no key."""
    positions: dict[Hashable, list[int]] = {}
    for position, key in enumerate(keys):
        if key is not None:
            positions.setdefault(key, []).append(position)
    return [group for group in positions.values() if len(group) > 1]


def _label_count(table: FeatureTable, rows: Sequence[int]) -> int:
    return int(table.subjects["label"].iloc[list(rows)].nunique()) if "label" in table.subjects else 0
