"""The feature table: its rows, and folds that never split a group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.extract.feature_table import FeatureTable, Fold


def table_of(rows: list[tuple[str, str, str | None]]) -> FeatureTable:
    """Return a table of (subject, label, cluster) rows; its one input is the row's number."""
    subjects = pd.DataFrame(rows, columns=["subject_id", "label", "cluster"])
    visit = subjects.groupby("subject_id").cumcount()
    subjects.insert(0, "recording_id", subjects["subject_id"] + "_" + visit.astype(str))
    sentences = pd.DataFrame({"recording_id": np.repeat(subjects["recording_id"], 2), "joint": 1.0})
    return FeatureTable(subjects, pd.DataFrame({"lexical.number": np.arange(len(rows))}), sentences, {"layer": "mean"})


@st.composite
def cohorts(draw: st.DrawFn, *, clusters: bool) -> FeatureTable:
    """Draw cohorts of 4 to 10 subjects a label, 1 to 4 visits each, rows in any order.

    A cluster may mix labels; a subject may have none, or name it in some of its rows.
    """
    rows = []
    for label in ("case", "control"):
        for number in range(draw(st.integers(4, 10))):
            own = f"C{draw(st.integers(0, 9))}" if clusters and draw(st.integers(0, 4)) else None
            named = draw(st.lists(st.sampled_from([own, own, None]), min_size=1, max_size=4))
            rows += [(f"{label}{number}", label, cluster) for cluster in named]
    return table_of(draw(st.permutations(rows)))


def groups_shared(table: FeatureTable, column: str, fold: Fold) -> set[str]:
    """Return the values of a column on both sides of a fold."""
    training, test = (set(table.subjects[column].iloc[rows].dropna()) for rows in fold)
    return training & test


@settings(max_examples=50)
@given(cohorts(clusters=False), st.integers(2, 4), st.integers(0, 50))
def test_folds_keep_subjects_whole(table: FeatureTable, n_folds: int, seed: int) -> None:
    """No subject is on both sides; each row is tested once and trains every other fold; both labels are tested."""
    folds = table.folds(n_folds, seed=seed)
    assert [set()] * n_folds == [groups_shared(table, "subject_id", fold) for fold in folds]
    assert list(range(len(table))) == sorted(np.concatenate([test for _, test in folds]).tolist())
    for training, test in folds:
        assert list(range(len(table))) == sorted([*training, *test])
        assert {"case", "control"} == set(table.subjects["label"].iloc[test])


@settings(max_examples=50)
@given(cohorts(clusters=True), st.integers(2, 4), st.integers(0, 50))
def test_folds_keep_clusters_whole(table: FeatureTable, n_folds: int, seed: int) -> None:
    """Where clusters are named, none and so no subject is on both sides; both labels are trained on."""
    try:
        folds = table.folds(n_folds, seed=seed)
    except InputError:
        reject()  # too few clusters of a label
    for training, test in folds:
        assert set() == set(table.groups[training]) & set(table.groups[test])
        assert set() == groups_shared(table, "subject_id", (training, test))
        assert set() == groups_shared(table, "cluster", (training, test))
        assert {"case", "control"} == set(table.subjects["label"].iloc[training])


@settings(max_examples=50)
@given(cohorts(clusters=False), st.integers(0, 50), st.data())
def test_splits_do_not_depend_on_the_rows_order(table: FeatureTable, seed: int, data: st.DataObject) -> None:
    """Folds and splits of every kind put a recording on the same side wherever its row stands."""
    order = data.draw(st.permutations(range(len(table))))
    other = table.rows(order)

    def sides(of: FeatureTable) -> list[tuple[frozenset[str], ...]]:
        splits = [
            *of.folds(3, seed=seed),
            *of.random_folds(3, seed=seed),
            *of.random_splits(2, test_share=0.3, seed=seed),
        ]
        return [tuple(frozenset(of.subjects["recording_id"].iloc[rows]) for rows in split) for split in splits]

    assert sides(table) == sides(other)


def test_folds_follow_the_seed() -> None:
    """The same seed gives the same folds, another seed others."""
    table = table_of([(f"{label}{n}", label, None) for label in ("case", "control") for n in range(12)])
    tests = [[test.tolist() for _, test in table.folds(3, seed=seed)] for seed in (0, 0, 1)]
    assert tests[0] == tests[1]
    assert tests[0] != tests[2]


def test_clusters_named_for_some_rows_hold_for_all_visits_of_their_subjects() -> None:
    """A subject belongs to the cluster that any of its rows names; one that names none is a group of its own."""
    table = table_of([("S1", "case", "a"), ("S1", "case", None), ("S2", "control", "a"), ("S3", "control", None)])
    assert "cluster" == table.group_column
    assert ["a", "a", "a", "subject S3"] == table.groups.tolist()


@given(st.lists(st.tuples(st.sampled_from("abcd1"), st.sampled_from("1234")), min_size=1, max_size=12))
def test_clusters_and_matched_sets_join(pairs: list[tuple[str, str]]) -> None:
    """Subjects are together if and only if a chain of shared clusters and matched sets joins them; 1 is not 1."""
    rows = [(f"S{number}", "case", cluster) for number, (cluster, _) in enumerate(pairs)]
    table = table_of(rows)
    matched = FeatureTable(
        table.subjects.assign(match=[match for _, match in pairs]), table.inputs, table.sentences, labels=("a", "case")
    )
    components: list[set[int]] = []
    for number, (cluster, match) in enumerate(pairs):
        near = [
            one for one in components if any(pairs[other][0] == cluster or pairs[other][1] == match for other in one)
        ]
        components = [one for one in components if one not in near] + [{number}.union(*near)]
    found: dict[str, set[int]] = {}
    for number, group in enumerate(matched.groups.tolist()):
        found.setdefault(group, set()).add(number)
    assert sorted(map(sorted, components)) == sorted(map(sorted, found.values()))
    assert len({match for _, match in pairs}) == matched.matched_sets
    assert matched.groups.tolist() == matched.clusters.tolist()


def test_matched_sets_alone_are_clusters() -> None:
    """Without a column ``cluster`` pairs stay together, whatever the form of their id; who is in none is alone."""
    rows = [("C1", "control", None), ("P1", "case", None), ("C2", "control", None)]
    table = table_of(rows)
    bare = table.subjects.drop(columns="cluster").assign(match=["Pair 1", "pair1", None])
    matched = FeatureTable(bare, table.inputs, table.sentences)
    assert "cluster" == matched.group_column
    assert ["match Pair 1", "match Pair 1", "subject C2"] == matched.groups.tolist()
    assert ["match Pair 1", "match Pair 1", ""] == matched.clusters.tolist()


def test_a_cohort_without_a_cluster_column_groups_by_subject() -> None:
    """A table whose subjects have no column ``cluster`` groups by subject."""
    table = table_of([("S1", "case", None), ("S2", "control", None)])
    bare = FeatureTable(table.subjects.drop(columns="cluster"), table.inputs, table.sentences)
    assert "subject_id" == bare.group_column


@pytest.mark.parametrize("label", ["case", "control"])
def test_too_few_groups_of_a_label_are_refused(label: str) -> None:
    """Many recordings of two subjects are two groups: three folds cannot be made of them."""
    rows = [(f"{name}{n}", name, None) for name in ("case", "control") for n in range(2 if name == label else 6)]
    table = table_of(rows * 5)
    named = "case" if label == "case" else "the other label"
    with pytest.raises(InputError, match=f"2 subject_id groups of {named}, splitting them needs 3"):
        table.folds(3, seed=0)


def test_clusters_that_leave_a_side_with_one_label_are_refused() -> None:
    """Both controls fall into one fold, since a cluster mixes labels: the other side would lack them."""
    rows = [("S1", "control", "a"), ("S2", "control", "b"), ("S3", "case", "b"), ("S4", "case", "c")]
    with pytest.raises(InputError, match="the cluster groups of a label fall into one of 2 folds"):
        table_of(rows).folds(2, seed=0)


@pytest.mark.parametrize("count", [2, 4])
def test_too_few_recordings_of_a_label_are_refused(count: int) -> None:
    """A fifth of four recordings is none; three folds of two recordings leave one without."""
    table = table_of([(f"case{n}", "case", None) for n in range(count)] + [("S", "control", None)] * 20)
    with pytest.raises(InputError, match=f"{count} recordings of case, splitting them needs 5"):
        list(table.random_splits(2, test_share=0.2, seed=0))
    with pytest.raises(InputError, match=f"{count} recordings of case, splitting them needs 5"):
        table.random_folds(5, seed=0)


def test_random_splits_part_the_visits_of_a_subject() -> None:
    """The published protocol splits recordings, so with three visits each nearly every subject is on both sides."""
    table = table_of([(f"{label}{n}", label, None) for label in ("case", "control") for n in range(10)] * 3)
    splits = list(table.random_splits(5, test_share=0.2, seed=0))
    folds = table.random_folds(4, seed=0)
    assert [12] * 5 == [len(test) for _, test in splits]
    assert all(len(groups_shared(table, "subject_id", split)) > 5 for split in [*splits, *folds])
    assert [6] * 5 == [int(table.cases[test].sum()) for _, test in splits]


def test_cases_are_the_rows_of_the_positive_label() -> None:
    """1 for the positive label, 0 for the other."""
    table = table_of([("S1", "AD", None), ("S2", "MCI", None)])
    assert [1, 0] == replace(table, labels=("MCI", "AD")).cases.tolist()
    assert [0, 1] == replace(table, labels=("AD", "MCI")).cases.tolist()
    with pytest.raises(InputError, match="it is not clear which label is the case: AD, MCI"):
        _ = table.cases


def test_an_unknown_label_is_refused() -> None:
    """A label that no row has is no case: all zeros would look like a cohort of controls."""
    table = table_of([("S1", "case", None), ("S2", "control", None)])
    with pytest.raises(InputError, match="'case' is neither control nor dementia"):
        replace(table, labels=("control", "dementia"))
    table.subjects.loc[0, "label"] = None
    with pytest.raises(InputError, match="has no label"):
        _ = table.cases


def test_a_table_does_not_show_words() -> None:
    """What a notebook prints says how large the table is, and no word of a transcript."""
    table = table_of([("S1", "case", None), ("S2", "control", None)])
    table = replace(table, inputs=table.inputs.assign(tokens=[["secret"], ["secret"]]))
    assert "<FeatureTable: 2 recordings of 2 subjects, 1 features, labels control and case>" == repr(table)
    assert "secret" not in str(table.X) + str(table.to_pandas())


def test_a_subject_in_two_clusters_joins_them() -> None:
    """Clusters that share a subject, directly or through others, are one group: none of them is on both sides."""
    pairs = [("S1", "C1"), ("S1", "C2"), ("S2", "C2"), ("S2", "C3"), ("S3", "C3"), ("S4", "C4"), ("S5", None)]
    table = table_of([(subject, "case", cluster) for subject, cluster in pairs])
    assert ["C1"] * 5 + ["C4", "subject S5"] == table.groups.tolist()


def test_rows_are_taken_in_the_order_given() -> None:
    """Subjects and inputs follow the order; the sentences are those of the recordings taken; provenance stays."""
    table = table_of([(f"S{number}", "case", None) for number in range(4)]).rows([3, 1])
    assert ["S3_0", "S1_0"] == table.subjects["recording_id"].tolist()
    assert [3, 1] == table.inputs["lexical.number"].tolist()
    assert ["S1_0", "S1_0", "S3_0", "S3_0"] == table.sentences["recording_id"].tolist()
    assert (2, {"layer": "mean"}) == (len(table), table.provenance)


def test_whole_numbers_with_a_missing_one_are_labels() -> None:
    """The labels 0 and 1 of a nullable column are the manifest's "0" and "1", and the missing one is missing."""
    table = table_of([("S1", None, None), ("S2", None, None), ("S3", None, None)])
    column = pd.array([1, 0, None], dtype="Int64")
    numbered = replace(table, subjects=table.subjects.assign(label=column), labels=(0, 1))
    assert ("0", "1") == numbered.labels
    assert ["1", "0", None] == numbered.subjects["label"].tolist()
