"""Permuted labels: what chance gives on the same folds, and the p-values that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from adscreen.estimator import words_classifier
from adscreen.evaluation.chance import judge_chance, p_value, permute_folds
from adscreen.evaluation.results import (
    ADSCREEN,
    ALL_WORDS,
    DEMOGRAPHICS,
    TFIDF,
    WORD_COUNT,
    FoldResult,
    PermutationRow,
    ProtocolEvaluation,
)
from adscreen.evaluation.shortcuts import deal_labels
from adscreen.extract.feature_table import TOKENS, FeatureTable

Draw = Callable[[FeatureTable, Any], ProtocolEvaluation]
EXACT: dict[str, Any] = {"protocol": "subject"}


def test_a_permutation_is_the_baseline_trained_on_permuted_labels(visited: FeatureTable, draw: Draw) -> None:
    """Scikit-learn's AUC of the whole pipeline, trained and tested with the same permuted labels, fold by fold."""
    folds = [fold for fold in draw(visited, "subject").folds if fold.repeat == 0]
    (*_, row) = [r for r in permute_folds(visited, folds, permutations=3, seed=5, **EXACT) if r.method == ALL_WORDS]
    labels = deal_labels(visited, seed=[5, 2])
    pairs = agreed = 0.0
    for fold in folds[::2]:
        fitted = clone(words_classifier(least=1)).fit(visited.inputs[TOKENS].iloc[fold.training], labels[fold.training])
        scores = fitted.predict_proba(visited.inputs[TOKENS].iloc[fold.rows])[:, 1]
        own = labels[fold.rows]
        here = float(own.sum() * (1 - own).sum())
        agreed += here * roc_auc_score(own, scores)
        pairs += here
    assert pytest.approx(agreed / pairs, abs=1e-12) == row.auc


def test_permuted_labels_are_worth_a_half_where_subjects_are_apart(visited: FeatureTable, draw: Draw) -> None:
    """Words that only name speakers predict nothing of other speakers; where speakers are shared they do."""
    means = {}
    for protocol in ("subject", "paper"):
        permuted = draw(visited, protocol).permutations
        means[protocol] = np.mean([row.auc for row in permuted if row.method == ALL_WORDS])
    assert abs(means["subject"] - 0.5) < 0.08
    assert means["paper"] > 0.7


def test_jobs_and_order_change_nothing(visited: FeatureTable, draw: Draw) -> None:
    """Two processes give the very numbers of one; so does a manifest in another order."""
    folds = draw(visited, "subject").folds
    once = permute_folds(visited, folds, permutations=4, seed=1, **EXACT)
    assert once == permute_folds(visited, folds, permutations=4, seed=1, jobs=2, **EXACT)
    order = np.random.default_rng(3).permutation(len(visited))
    place = np.argsort(order)
    moved = [replace(fold, training=place[fold.training], rows=place[fold.rows]) for fold in folds]
    assert once == permute_folds(visited.rows(order), moved, permutations=4, seed=1, **EXACT)


@given(
    st.lists(st.sampled_from([0.25, 0.5, 0.75]), min_size=1, max_size=60),
    st.sampled_from([0.2, 0.25, 0.5, 0.75, 0.9]),
)
def test_a_p_value_counts_the_permutations_that_reach_the_auc(areas: list[float], observed: float) -> None:
    """It is one of 1/(1 + B) ... 1, falls as the AUC rises, and never is 0."""
    found = p_value(observed, np.array(areas))
    assert (1 + sum(area >= observed for area in areas)) / (1 + len(areas)) == found
    assert found >= 1 / (1 + len(areas))
    assert p_value(observed + 0.1, np.array(areas)) <= found


def made_up(method: str, scores: list[float]) -> FoldResult:
    """Return the only fold of a method: four rows trained, four tested."""
    return FoldResult(method, 0, 0, np.arange(4), np.arange(4, 8), np.array(scores), 0.5, {})


def permuted_areas(**areas: list[float]) -> list[PermutationRow]:
    """Return the permutations of these methods."""
    return [
        PermutationRow("subject", method, number, area)
        for method, own in areas.items()
        for number, area in enumerate(own)
    ]


def test_the_best_shortcut_is_judged_by_the_highest_of_each_permutation() -> None:
    """Worked by hand: AUC 1 and 0.75 of two shortcuts; the highest of each permutation is 0.6, 1, 0.8 and 0.5."""
    cases = np.array([0, 1, 0, 1, 0, 0, 1, 1])
    folds = [
        made_up(ADSCREEN, [0.1, 0.2, 0.8, 0.9]),
        made_up(TFIDF, [0.2, 0.1, 0.9, 0.8]),
        made_up(WORD_COUNT, [0.1, 0.2, 0.8, 0.9]),
        made_up(DEMOGRAPHICS, [0.1, 0.5, 0.3, 0.9]),
    ]
    permuted = permuted_areas(
        all_words=[0.5, 0.4, 0.6, 0.5],
        tfidf_baseline=[0.5, 1.0, 1.0, 1.0],
        word_count=[0.6, 0.4, 0.3, 0.2],
        demographics=[0.5, 1.0, 0.8, 0.5],
    )
    rows = {row.method: row for row in judge_chance(folds, permuted, cases, **EXACT)}
    assert [1.0, 1.0, 1.0, 0.75] == [row.auc for row in rows.values()]
    assert [1 / 5, 4 / 5, 1 / 5, 3 / 5] == [row.p_value for row in rows.values()]
    assert {WORD_COUNT: 2 / 5, DEMOGRAPHICS: 3 / 5} == {m: rows[m].p_best for m in (WORD_COUNT, DEMOGRAPHICS)}
    assert all(np.isnan(rows[method].p_best) for method in (ADSCREEN, TFIDF))
    assert [ALL_WORDS, TFIDF] == [rows[method].reference for method in (ADSCREEN, TFIDF)]
    assert "was not tuned again for each permutation" in " ".join(rows[ADSCREEN].note.split())
    assert rows[DEMOGRAPHICS].note.endswith("for the best of 2 shortcuts")


def paired_table(pairs: int, *, unmatched: int = 0) -> FeatureTable:
    """Return a table of pairs C01 and P01 and some controls and cases in no pair; the label shows in the id."""
    rows = [
        {"subject_id": f"{kind}{number:02d}", "label": label, "match": f"{number}" if number < pairs else None}
        for number in range(pairs + unmatched)
        for kind, label in (("C", "control"), ("P", "case"))
    ]
    subjects = pd.DataFrame(rows).assign(recording_id=lambda frame: frame["subject_id"])
    words = pd.Series([["word"]] * len(rows), dtype=object)
    return FeatureTable(subjects, pd.DataFrame({TOKENS: words}), pd.DataFrame({"recording_id": []}))


def test_the_labels_of_pairs_are_permuted_within_the_pairs() -> None:
    """Each pair goes on having one case, be it first or second, as often the one as the other."""
    table = paired_table(20, unmatched=5)
    paired = table.subjects["match"].notna().to_numpy()
    shares = []
    for seed in range(40):
        dealt = deal_labels(table, seed=seed)
        assert [1] * 20 == pd.Series(dealt[paired]).groupby(table.groups[paired]).sum().tolist()
        assert 25 == dealt.sum()
        shares.append((dealt == table.cases)[paired].mean())
    assert 0.5 == pytest.approx(np.mean(shares), abs=0.07)


def test_couples_in_a_cluster_do_not_keep_their_labels() -> None:
    """Where the case of every couple is the second by name, permuting whole couples in their order would do nothing."""
    table = paired_table(12)
    couples = replace(table, subjects=table.subjects.rename(columns={"match": "cluster"}))
    assert any((deal_labels(couples, seed=seed) != table.cases).any() for seed in range(3))
