"""Cohort -> FeatureTable: one row a recording, holding only values that no cohort data was fitted to.

This is the boundary of the line: whatever is learned from a cohort is learned later, inside a fold, and the table alone
splits, always keeping a subject (and a cluster, where the manifest has one) on one side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.errors import InputError

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]  # training rows, test rows

TOKENS = "tokens"
SENTENCES = "sentence_log_perplexities"
SENTENCE_WORDS = "sentence_words"
STATES = "states"
GROUP = "group"
INTERVIEWER_TOKENS = "interviewer_tokens"  # read by a baseline alone, never by the estimator
NOT_NUMBERS = (TOKENS, SENTENCES, SENTENCE_WORDS, STATES, GROUP, INTERVIEWER_TOKENS)  # every other column is a feature


@dataclass(frozen=True)
class FeatureTable:
    """``subjects``: recording_id, subject_id, cluster, label and covariates. ``inputs``: what estimators read, with the
    columns ``tokens`` (the n words of the spoken view, in lower case), ``sentence_words`` (how many of them each
    sentence has), ``states`` ((n, 2P) float16, the biLM's top layer at each word), ``sentence_log_perplexities``,
    ``group`` (what folds keep together) and ``family.name`` numbers; beside them ``interviewer_tokens``, the words of
    everybody else. ``sentences``: one row a sentence with its perplexities. Rows of the first two match.
    """

    subjects: pd.DataFrame
    inputs: pd.DataFrame
    sentences: pd.DataFrame
    provenance: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.subjects)

    @property
    def groups(self) -> NDArray[np.str_]:
        """What stays together: a subject's cluster where any of its rows names one, else the subject itself."""
        subjects = [str(subject) for subject in self.subjects["subject_id"]]
        clusters = self.subjects["cluster"].tolist() if self.group_column == "cluster" else [None] * len(subjects)
        of_subject = {s: str(c) for s, c in zip(subjects, clusters, strict=True) if pd.notna(c)}
        return np.array([of_subject.get(subject, f"subject {subject}") for subject in subjects], dtype=np.str_)

    @property
    def group_column(self) -> str:
        """``cluster`` where the cohort names clusters, else ``subject_id``."""
        return "cluster" if "cluster" in self.subjects and self.subjects["cluster"].notna().any() else "subject_id"

    def cases(self, positive: str) -> NDArray[np.int64]:
        """Return 1 for rows with the positive label, else 0."""
        return np.array([label == positive for label in self.subjects["label"]], dtype=np.int64)

    def rows(self, numbers: Sequence[int] | NDArray[np.intp]) -> FeatureTable:
        """Return the table of these rows, in this order."""
        subjects = self.subjects.iloc[list(numbers)].reset_index(drop=True)
        inputs = self.inputs.iloc[list(numbers)].reset_index(drop=True)
        kept = self.sentences["recording_id"].isin(set(subjects["recording_id"]))
        return FeatureTable(subjects, inputs, self.sentences[kept].reset_index(drop=True), self.provenance)

    def folds(self, n_folds: int, *, positive: str, seed: int) -> list[Fold]:
        """Return (training, test) rows of ``n_folds`` folds, stratified by label, that never split a group.

        Raises:
            InputError: a class has fewer groups than folds, or its groups cannot be spread over the folds.
        """
        from sklearn.model_selection import StratifiedGroupKFold

        cases = self.cases(positive)
        self._check_count(self.groups, n_folds, f"{self.group_column} groups", positive=positive)
        splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
        order = self.canonical_order()
        split = splitter.split(np.zeros(len(order)), cases[order], self.groups[order])
        folds = [(order[training], order[test]) for training, test in split]
        if any(len(set(cases[training])) < 2 for training, _ in folds):
            what = f"the {self.group_column} groups of a label fall into one of {n_folds} folds"
            raise InputError(what, where="cohort", remedy="ask for another number of folds")
        return folds

    def random_splits(self, n_splits: int, *, test_share: float, positive: str, seed: int) -> Iterator[Fold]:
        """Yield splits by recording, subjects ignored: the published protocol, which leaks. Only ``paper`` uses it.

        Raises:
            InputError: a class has too few recordings for both sides.
        """
        from sklearn.model_selection import StratifiedShuffleSplit

        order = self.canonical_order()
        least = math.ceil(1 / min(test_share, 1 - test_share))
        self._check_count(np.arange(len(order)), least, "recordings", positive=positive)
        splitter = StratifiedShuffleSplit(n_splits, test_size=test_share, random_state=seed)
        for training, test in splitter.split(np.zeros(len(order)), self.cases(positive)[order]):
            yield order[training], order[test]

    def random_folds(self, n_folds: int, *, positive: str, seed: int) -> list[Fold]:
        """Return folds by recording, subjects ignored: the inner folds of the published protocol.

        Raises:
            InputError: a class has fewer recordings than folds.
        """
        from sklearn.model_selection import StratifiedKFold

        order = self.canonical_order()
        self._check_count(np.arange(len(order)), n_folds, "recordings", positive=positive)
        splitter = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        split = splitter.split(np.zeros(len(order)), self.cases(positive)[order])
        return [(order[training], order[test]) for training, test in split]

    def canonical_order(self) -> NDArray[np.intp]:
        """Return the rows by recording_id: what is split or fitted so does not depend on the manifest's order."""
        return np.argsort(self.subjects["recording_id"].to_numpy(dtype=str), kind="stable")

    def _check_count(self, units: NDArray[Any], least: int, kind: str, *, positive: str) -> None:
        """Raise InputError where a class has fewer than ``least`` units; ``units`` holds one a row."""
        cases = self.cases(positive)
        for value, name in ((1, positive), (0, "the other label")):
            found = len(np.unique(units[cases == value]))
            if found < least:
                raise InputError(
                    f"{found} {kind} of {name}, splitting them needs {least}",
                    where="cohort",
                    remedy="add subjects or ask for fewer folds",
                )
