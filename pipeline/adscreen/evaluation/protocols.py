"""FeatureTable -> the outer folds of a protocol.

``subject``: repeated stratified folds that never part a subject or a cluster. ``paper``: repeated random splits by
recording, as published work had them; it leaks. ``site``: one fold a site, trained on all others. ``external``: trained
on one cohort, tested on another.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from adscreen.cohort.identity import describe_zeros, differ_in_zeros, identity_key, loose_key, show
from adscreen.cohort.sex import check_same_coding
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.evaluation.results import Protocol
from adscreen.extract.feature_table import FeatureTable, Fold

Split = tuple[tuple[int, int], Fold]  # (repeat, fold), (training rows, test rows)
TEST = "test"  # value of the column COHORT of a joined table's subjects
COHORT = "evaluated_as"
_OF_ONE_COHORT = (
    *(("subject_id", "subjects"), ("cluster", "clusters"), ("match", "matched sets"), ("recording_id", "recordings")),
)


def outer_splits(table: FeatureTable, study: StudySettings, *, protocol: Protocol) -> list[Split]:
    """Return ((repeat, fold), (training, test)) of every outer fold. ``external`` needs a table of ``join_cohorts``.

    Raises:
        InputError: the cohort cannot be split so.
    """
    if protocol == "paper":
        splits = table.random_splits(study.splits, test_share=study.test_share, seed=study.seed)
        return [((number, 0), split) for number, split in enumerate(splits)]
    if protocol == "site":
        return [((0, number), split) for number, split in enumerate(_site_folds(table))]
    if protocol == "external":
        order = table.canonical_order()
        tested = (table.subjects[COHORT] == TEST).to_numpy()[order]
        return [((0, 0), (order[~tested], order[tested]))]
    return [
        ((repeat, fold), split)
        for repeat in range(study.repeats)
        for fold, split in enumerate(table.folds(study.folds, seed=study.seed + repeat))
    ]


def _site_folds(table: FeatureTable) -> list[Fold]:
    """Return one fold a site: its recordings against those of all groups that were never recorded there."""
    site = table.subjects["site"] if "site" in table.subjects else pd.Series(np.nan, index=table.subjects.index)
    names = sorted({str(name) for name in site.dropna()})
    if len(names) < 2:
        what = f"{len(names)} sites, leaving one out needs 2"
        raise InputError(what, where="column `site`", remedy="name the sites in the manifest, or use another protocol")
    if site.isna().any():
        first = table.subjects.loc[site.isna(), "recording_id"].iloc[0]
        what = f"recording {first!r} has no site ({int(site.isna().sum())} such rows)"
        raise InputError(what, where="column `site`", remedy="give it one, or leave it out with where=")
    order, cases, groups = table.canonical_order(), table.cases, table.groups
    folds = []
    for name in names:
        there = (site.astype(str) == name).to_numpy()
        elsewhere = ~np.isin(groups, groups[there])
        training = order[elsewhere[order]]
        if len(set(cases[training].tolist())) < 2:
            what = f"without site {name!r} there are not two labels to train on"
            raise InputError(what, where="column `site`", remedy="use another protocol: the sites hold one label each")
        folds.append((training, order[there[order]]))
    return folds


def check_apart(training: pd.DataFrame, test: pd.DataFrame, *, same_id: bool = False) -> None:
    """Raise InputError where a subject, a cluster, a matched set or a recording is in both, however its id is written.

    With ``same_id`` ids that differ in leading zeros are one.
    """
    for column, noun in _OF_ONE_COHORT:
        key = loose_key if same_id and column != "recording_id" else identity_key
        first, second = ({key(name): name for name in _names(subjects, column)} for subjects in (training, test))
        both = sorted(first.keys() & second.keys())
        if both:
            name, other = second[both[0]], first[both[0]]
            told = repr(name) if name == other else f"{show(name)}, there {show(other)}"
            what = f"{len(both)} {noun} are in the training cohort as well, the first is {told}"
            raise InputError(what, where="test=", remedy="leave them out of one of the cohorts")


def check_sexes(training: pd.DataFrame, test: pd.DataFrame) -> None:
    """Raise InputError where the cohorts write sex in words and in numbers, or in other numbers."""
    check_same_coding(_names(training, "sex"), _names(test, "sex"), where="test=")


def compare_ids(training: pd.DataFrame, test: pd.DataFrame) -> list[str]:
    """Return notes on ids of the two cohorts that differ in leading zeros alone."""
    notes = []
    for column, noun in (("subject_id", "subject"), ("cluster", "cluster"), ("match", "matched set")):
        own = [differ_in_zeros(_names(subjects, column)) for subjects in (training, test)]
        known = {frozenset(map(identity_key, group)) for groups in own for group in groups}
        groups = differ_in_zeros([*_names(training, column), *_names(test, column)])
        across = [group for group in groups if frozenset(map(identity_key, group)) not in known]
        if across:
            notes.append(describe_zeros(across, noun=noun))
    return notes


def _names(subjects: pd.DataFrame, column: str) -> list[str]:
    """Return the ids of a column, each once."""
    return [str(name) for name in subjects.get(column, pd.Series(dtype=object)).dropna().unique()]


def join_cohorts(training: FeatureTable, test: FeatureTable) -> FeatureTable:
    """Return one table of both cohorts, in which the protocol ``external`` tells them apart.

    Raises:
        InputError: a subject, a cluster, a matched set or a recording is in both, or the two have other blocks or
            another coding of sex.
    """
    check_apart(training.subjects, test.subjects)
    check_sexes(training.subjects, test.subjects)
    if training.blocks != test.blocks:
        remedy = "give both tables the same blocks, with the same columns"
        raise InputError("the blocks of the two cohorts differ", where="test=", remedy=remedy)
    parts = [table.subjects.assign(**{COHORT: name}) for table, name in ((training, "training"), (test, TEST))]
    transcripts = training.provenance.get("transcripts", {}) | test.provenance.get("transcripts", {})
    sides = {"training": training, "test": test}
    named = {side: table.provenance.get("other_language") for side, table in sides.items()}
    other = "; ".join(f"{side}: {found}" for side, found in named.items() if found)
    return replace(
        training,
        subjects=pd.concat(parts, ignore_index=True),
        inputs=pd.concat([training.inputs, test.inputs], ignore_index=True),
        sentences=pd.concat([training.sentences, test.sentences], ignore_index=True),
        provenance=training.provenance | {"transcripts": transcripts} | ({"other_language": other} if other else {}),
    )
