"""FeatureTable: one row per recording, holding only values that no cohort data was fitted to.

This is the boundary of the line: whatever is learned from a cohort is learned later, inside a fold, and the table alone
splits, always keeping a subject (and a cluster and a matched set, where the manifest has one) on one side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.cohort.cohort import choose_labels
from adscreen.cohort.identity import first_spellings
from adscreen.cohort.spreadsheet import cell_text
from adscreen.errors import InputError
from adscreen.extract.own_columns import read_carried, read_joined

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]  # training rows, test rows

TOKENS = "tokens"
SENTENCES = "sentence_log_perplexities"
SENTENCE_WORDS = "sentence_words"
STATES = "states"
GROUP = "group"
INTERVIEWER_TOKENS = "interviewer_tokens"  # read by a baseline alone, never by the estimator
NOT_NUMBERS = (TOKENS, SENTENCES, SENTENCE_WORDS, STATES, GROUP, INTERVIEWER_TOKENS)  # every other column is a feature


@dataclass(frozen=True, repr=False)
class FeatureTable:
    """What is known of each recording of a cohort, before anything is learned from the cohort.

    ``subjects``: recording_id, subject_id, cluster, match, label, covariates. ``inputs``: what estimators read, with
    the columns ``tokens`` (the n words of the spoken view, in lower case), ``sentence_words`` (how many of them each
    sentence has), ``states`` ((n, 2P) float16, the biLM's top layer at each word), ``sentence_log_perplexities``,
    ``group`` (what folds keep together) and ``family.name`` numbers; beside them ``interviewer_tokens``, the words of
    everybody else. ``sentences``: one row per sentence with its perplexities. Rows of the first two match.
    ``labels`` are the negative and the positive label; without them they follow from the column ``label``, and are
    None where that holds no two labels of which one is the case.
    """

    subjects: pd.DataFrame
    inputs: pd.DataFrame
    sentences: pd.DataFrame
    provenance: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Write every id in one way; find the labels, or check those given: every label of a row is one of the two."""
        for name in ("subject_id", "cluster", "match", "site"):
            if name in self.subjects:
                object.__setattr__(self, "subjects", _with_first_spellings(self.subjects, name))
        column = self.subjects.get("label", pd.Series(dtype=object))
        if any(not isinstance(label, str) for label in column.dropna()):
            column = pd.Series([cell_text(label) for label in column], index=column.index, dtype=object)
            object.__setattr__(self, "subjects", self.subjects.assign(label=column))
        if self.labels is not None:
            object.__setattr__(self, "labels", tuple(cell_text(label) for label in self.labels))
            if len(set(self.labels)) != 2 or len(self.labels) != 2:
                raise InputError("are not two", where="labels", remedy="name the negative label, then the positive one")
        found = {str(label) for label in column.dropna()}
        if self.labels is None:
            try:
                object.__setattr__(self, "labels", choose_labels(column.dropna(), where="the table"))
            except InputError:
                return
        elif not found <= set(self.labels):
            unknown = sorted(found - set(self.labels))
            what = f"{unknown[0]!r} is neither {' nor '.join(self.labels)}"
            raise InputError(what, where="labels", remedy="name the two labels of the table, the negative one first")

    def __len__(self) -> int:
        return len(self.subjects)

    def __repr__(self) -> str:
        """Say how large the table is; words of transcripts are never shown."""
        subjects = self.subjects["subject_id"].nunique()
        labels = f", labels {' and '.join(self.labels)}" if self.labels else ""
        return f"<FeatureTable: {len(self)} recordings of {subjects} subjects, {self.X.shape[1]} features{labels}>"

    @property
    def positive(self) -> str:
        """The label of the cases.

        Raises:
            InputError: the table has no two labels.
        """
        return self._labels()[1]

    @property
    def negative(self) -> str:
        """The label of the others.

        Raises:
            InputError: the table has no two labels.
        """
        return self._labels()[0]

    def _labels(self) -> tuple[str, str]:
        if self.labels is None:  # say why
            return choose_labels(self.subjects.get("label", pd.Series(dtype=object)).dropna(), where="the table")
        return self.labels

    @property
    def cases(self) -> NDArray[np.int64]:
        """1 for rows with the positive label, 0 for those with the other, (n,).

        Raises:
            InputError: a row has no label, or the table has no two labels.
        """
        positive = self.positive
        unlabelled = self.subjects["label"].isna()
        if unlabelled.any():
            name = self.subjects.loc[unlabelled, "recording_id"].iloc[0]
            what = f"recording {name!r} has no label ({int(unlabelled.sum())} such rows)"
            raise InputError(what, where="the table", remedy="leave out recordings without a label")
        return np.array([str(label) == positive for label in self.subjects["label"]], dtype=np.int64)

    @property
    def X(self) -> pd.DataFrame:
        """The features as numbers, (n, features), indexed by recording_id; NaN where one cannot be computed."""
        numbers = self.inputs.drop(columns=list(NOT_NUMBERS), errors="ignore")
        return numbers.set_axis(pd.Index(self.subjects["recording_id"], name="recording_id"))

    @property
    def dictionary(self) -> pd.DataFrame:
        """What each column of ``X`` is: one row per feature with name, family, unit, formula, view and source."""
        from adscreen.extract.dictionary import describe_features

        known = {entry["name"]: entry for entry in describe_features(self.provenance)}
        layer, pooling = (self.provenance.get(name, "mean") for name in ("layer", "pooling"))
        rows = []
        for name in self.X:
            family, _, own = str(name).partition(".")
            vector = f"number {own} of the biLM's vector: layer {layer}, pooling {pooling} over words"
            formula = vector if family == "elmo" else f"column {own} of the user's table"
            rows.append(known.get(name, {"name": name, "family": family, "formula": formula}))
        return pd.DataFrame(rows, columns=["name", "family", "unit", "formula", "view", "minimum_words", "source"])

    @property
    def y(self) -> NDArray[np.int64]:
        """The labels as scikit-learn reads them: ``cases``."""
        return self.cases

    @property
    def groups(self) -> NDArray[np.str_]:
        """What stays together, (n,): a subject's cluster where any of its rows names one, else the subject itself.

        A matched set is a cluster too. A subject who is in two clusters joins them, and every cluster that these join.
        """
        joined = self._joined
        subjects = self.subjects["subject_id"].astype(str)
        return np.array([joined.get(subject, f"subject {subject}") for subject in subjects], dtype=np.str_)

    @property
    def clusters(self) -> NDArray[np.str_]:
        """The cluster of each row, (n,), empty where it has none: the manifest's, or what its matched sets make of it.

        Without matched sets it is the cell of the row itself.
        """
        if not self.matched_sets:
            cells = self.subjects["cluster"].tolist() if "cluster" in self.subjects else [np.nan] * len(self)
            return np.array(["" if pd.isna(cell) else str(cell) for cell in cells], dtype=np.str_)
        joined = self._joined
        return np.array([joined.get(str(subject), "") for subject in self.subjects["subject_id"]], dtype=np.str_)

    @property
    def matched_sets(self) -> int:
        """How many matched sets the manifest names."""
        return int(self.subjects["match"].nunique()) if "match" in self.subjects else 0

    @property
    def _joined(self) -> dict[str, str]:
        """The cluster of each subject who is in a cluster or a matched set."""
        subjects = self.subjects["subject_id"].astype(str).tolist()
        pairs: list[tuple[str, str]] = []
        for column, prefix in (("cluster", ""), ("match", "match ")):  # cluster 1 is not matched set 1
            names = self.subjects[column].tolist() if column in self.subjects else []
            pairs += [(s, f"{prefix}{name}") for s, name in zip(subjects, names, strict=False) if pd.notna(name)]
        return _join_clusters(pairs)

    @property
    def group_column(self) -> str:
        """``cluster`` where the cohort names clusters or matched sets, else ``subject_id``."""
        named = any(name in self.subjects and self.subjects[name].notna().any() for name in ("cluster", "match"))
        return "cluster" if named else "subject_id"

    @property
    def synthetic(self) -> bool:
        """Whether the manifest says that the speech was invented."""
        texts = self.subjects.select_dtypes(exclude="number")
        return any(texts[name].astype(str).str.contains("SYNTHETIC").any() for name in texts)

    def to_pandas(self) -> pd.DataFrame:
        """Return what is known of the subjects beside the features, one row per recording; no words of transcripts."""
        return pd.concat([self.subjects.reset_index(drop=True), self.X.reset_index(drop=True)], axis=1)

    @property
    def blocks(self) -> dict[str, list[str]]:
        """The blocks of columns that the user brought, and the columns of each."""
        return dict(self.provenance.get("blocks", {}))

    def with_block(self, name: str, columns: Sequence[str]) -> FeatureTable:
        """Return the table with columns that the manifest carries as a block of features, ``name.column``.

        Raises:
            InputError: the name is taken, no such column is carried, a cell is not a finite number, or a column is
                empty. Single empty cells are NaN, which is imputed inside the fold.
        """
        return self._with(name, columns, read_carried(self.subjects, name, columns, where="the table"))

    def with_blocks(self, blocks: Mapping[str, Sequence[str]]) -> FeatureTable:
        """Return the table with every block of a study: those that it lacks are made of columns that it carries.

        Raises:
            InputError: what ``with_block`` raises, or a block of this name has other columns.
        """
        table = self
        for name, columns in blocks.items():
            if list(columns) != self.blocks.get(name):
                table = table.with_block(name, columns)
        return table

    def join(self, frame: pd.DataFrame, *, block: str, columns: Sequence[str] | None = None) -> FeatureTable:
        """Return the table with columns of another one, joined by recording_id, as a block of features.

        ``frame`` has a column ``recording_id``, or is indexed by it. Without ``columns`` every column is taken, and all
        must be numeric; rows of other recordings are ignored, and empty cells are NaN.

        Raises:
            InputError: the name is taken, a recording comes twice or is missing, there is no such column, a cell is not
                a finite number, or a column is empty.
        """
        numbers = read_joined(frame, self.subjects["recording_id"].tolist(), block, columns)
        return self._with(block, [str(name).partition(".")[2] for name in numbers], numbers)

    def _with(self, name: str, columns: Sequence[str], numbers: pd.DataFrame) -> FeatureTable:
        if name in self.blocks:
            remedy = "give the new block another name"
            raise InputError(f"the table has a block {name!r} already", where="the table", remedy=remedy)
        inputs = pd.concat([self.inputs.reset_index(drop=True), numbers], axis=1)
        provenance = self.provenance | {"blocks": self.blocks | {name: list(columns)}}
        return replace(self, inputs=inputs, provenance=provenance)

    def rows(self, numbers: Sequence[int] | NDArray[np.intp]) -> FeatureTable:
        """Return the table of these rows, in this order."""
        subjects = self.subjects.iloc[list(numbers)].reset_index(drop=True)
        inputs = self.inputs.iloc[list(numbers)].reset_index(drop=True)
        kept = self.sentences["recording_id"].isin(set(subjects["recording_id"]))
        return replace(self, subjects=subjects, inputs=inputs, sentences=self.sentences[kept].reset_index(drop=True))

    def folds(self, n_folds: int = 5, *, seed: int = 0) -> list[Fold]:
        """Return (training, test) row numbers of ``n_folds`` folds, stratified by label, that never split a group.

        Raises:
            InputError: a class has fewer groups than folds, or its groups cannot be spread over the folds.

        They are scikit-learn's ``cv``: ``cross_val_score(classifier, table.X, table.y, cv=table.folds(5))``.
        """
        from sklearn.model_selection import StratifiedGroupKFold

        if not isinstance(n_folds, (int, np.integer)) or isinstance(n_folds, bool) or n_folds < 2:
            what = f"must be a whole number of at least 2, not {n_folds!r}"
            raise InputError(what, where="n_folds", remedy="ask for 2 folds or more")
        cases = self.cases
        self._check_count(self.groups, n_folds, f"{self.group_column} groups")
        splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
        order = self.canonical_order()
        split = splitter.split(np.zeros(len(order)), cases[order], self.groups[order])
        folds = [(order[training], order[test]) for training, test in split]
        if any(len(set(cases[training])) < 2 for training, _ in folds):
            what = f"the {self.group_column} groups of a label fall into one of {n_folds} folds"
            raise InputError(what, where="cohort", remedy="ask for another number of folds")
        return folds

    def random_splits(self, n_splits: int, *, test_share: float, seed: int) -> Iterator[Fold]:
        """Yield splits by recording, subjects ignored: the published protocol, which leaks. Only ``paper`` uses it.

        Raises:
            InputError: a class has too few recordings for both sides.
        """
        from sklearn.model_selection import StratifiedShuffleSplit

        order = self.canonical_order()
        least = math.ceil(1 / min(test_share, 1 - test_share))
        self._check_count(np.arange(len(order)), least, "recordings")
        splitter = StratifiedShuffleSplit(n_splits, test_size=test_share, random_state=seed)
        for training, test in splitter.split(np.zeros(len(order)), self.cases[order]):
            yield order[training], order[test]

    def random_folds(self, n_folds: int, *, seed: int) -> list[Fold]:
        """Return folds by recording, subjects ignored: the inner folds of the published protocol.

        Raises:
            InputError: a class has fewer recordings than folds.
        """
        from sklearn.model_selection import StratifiedKFold

        order = self.canonical_order()
        self._check_count(np.arange(len(order)), n_folds, "recordings")
        splitter = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        split = splitter.split(np.zeros(len(order)), self.cases[order])
        return [(order[training], order[test]) for training, test in split]

    def canonical_order(self) -> NDArray[np.intp]:
        """Return the rows by recording_id: what is split or fitted so does not depend on the manifest's order."""
        return np.argsort(self.subjects["recording_id"].to_numpy(dtype=str), kind="stable")

    def _check_count(self, units: NDArray[Any], least: int, kind: str) -> None:
        """Raise InputError where a class has fewer than ``least`` units; ``units`` holds one per row."""
        cases = self.cases
        for value, name in ((1, self.positive), (0, "the other label")):
            found = len(np.unique(units[cases == value]))
            if found < least:
                raise InputError(
                    f"{found} {kind} of {name}, splitting them needs {least}",
                    where="cohort",
                    remedy="add subjects or ask for fewer folds",
                )


def require_table(value: object, *, where: str = "table=") -> None:
    """Raise InputError where a value is no FeatureTable."""
    if not isinstance(value, FeatureTable):
        what = f"is a {type(value).__name__}, not a FeatureTable"
        raise InputError(what, where=where, remedy="make one with extract_features(cohort)")


def require_words(table: FeatureTable, *, where: str = "the table") -> None:
    """Raise InputError where a recording holds no word of the participant, from which nothing can be learned."""
    silent = table.subjects["recording_id"][[not words for words in table.inputs[TOKENS]]]
    if len(silent):
        what = f"recording {silent.iloc[0]!r}: the participant has no words ({len(silent)} such rows)"
        raise InputError(what, where=where, remedy="leave it out with where=")


def _with_first_spellings(subjects: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the frame with the first spelling of each id, so that what is one under identity_key is equal."""
    others = first_spellings(str(name) for name in subjects[column].dropna().unique())
    if not others:
        return subjects
    return subjects.assign(**{column: [others.get(str(name), name) for name in subjects[column]]})


def _join_clusters(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the group of each subject of (subject, cluster) pairs: the first name of the clusters it joins."""
    parents: dict[str, str] = {}

    def find(cluster: str) -> str:
        while parents.setdefault(cluster, cluster) != cluster:
            cluster = parents[cluster]
        return cluster

    first: dict[str, str] = {}
    for subject, cluster in pairs:
        one, other = sorted((find(first.setdefault(subject, cluster)), find(cluster)))
        parents[other] = one
    return {subject: find(cluster) for subject, cluster in first.items()}
