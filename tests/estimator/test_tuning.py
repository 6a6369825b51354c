"""Training rows -> chosen settings and threshold, by inner folds alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from adscreen.estimator import build_member, doc2vec_of, fit_fusion, member_logits
from adscreen.estimator.study import MemberSettings, SearchSpace, StudySettings
from adscreen.estimator.tuning import Tuned, doc2vec_key, doc2vecs_of, pair_folds, tune, with_vectors
from adscreen.extract.feature_table import TOKENS, FeatureTable, Fold
from adscreen.metrics import join_logits, sum_visits, visit_correlation, youden_threshold

SPACE = SearchSpace(
    C=(0.01, 1.0), doc2vec_size=(4, 8), doc2vec_alpha=(0.05,), elmo_size=(4,), paired_context=(0.0, 0.5)
)
NAMES = ("doc2vec+elmo", "paired", "lexical")
CANDIDATES = [SPACE.candidates(name) for name in NAMES]
LINEAR = CANDIDATES[:1]


@pytest.fixture(scope="module")
def inner(simulated_table: FeatureTable) -> list[Fold]:
    """Three inner folds of the simulated cohort."""
    return simulated_table.folds(3, seed=0)


@pytest.fixture(scope="module")
def tuned(simulated_table: FeatureTable, inner: list[Fold]) -> Tuned:
    """The outcome of tuning three members: of four candidates, of two and of two."""
    return tune(simulated_table, CANDIDATES, inner=inner, seed=0)


def out_of_fold(table: FeatureTable, settings: MemberSettings, inner: list[Fold]) -> np.ndarray:
    """Fit a whole member on each inner fold's training rows; return the log-odds of the rows left out."""
    logits = np.full(len(table), np.nan)
    with threadpool_limits(1):
        for training, test in inner:
            member = build_member(settings).fit(table.inputs.iloc[training], table.cases[training])
            logits[test] = member_logits(member, table.inputs.iloc[test])
    return logits


def test_every_candidate_is_judged_on_the_rows_it_did_not_see(
    simulated_table: FeatureTable, inner: list[Fold], tuned: Tuned
) -> None:
    """inner_auc is the mean over folds of the AUC of a member fitted on that fold's training rows."""
    flat = [settings for of_member in CANDIDATES for settings in of_member]
    assert [settings.name for settings in flat] == tuned.candidates["member"].tolist()
    cases = simulated_table.cases
    for number in (0, 3, 5, 6):
        read = flat[number].read()
        assert read == tuned.candidates.loc[number, list(read)].to_dict()
        logits = out_of_fold(simulated_table, flat[number], inner)
        expected = np.mean([roc_auc_score(cases[test], logits[test]) for _, test in inner])
        assert expected == pytest.approx(tuned.candidates["inner_auc"][number])


def test_the_best_candidate_of_each_member_is_chosen(tuned: Tuned) -> None:
    """The settings are those of the greatest inner AUC, and candidates differ enough for that to mean something."""
    for of_member, chosen in zip(CANDIDATES, tuned.members, strict=True):
        areas = tuned.candidates.loc[tuned.candidates["member"] == chosen.name, "inner_auc"].to_numpy()
        assert len(set(areas)) > 1
        assert of_member[int(areas.argmax())] == chosen


def test_fusion_and_threshold_come_from_rows_that_were_not_seen(
    simulated_table: FeatureTable, inner: list[Fold], tuned: Tuned
) -> None:
    """Members' log-odds are out of fold, probabilities fused by the other folds; Youden's J gives the threshold."""
    cases = simulated_table.cases
    expected = np.column_stack([out_of_fold(simulated_table, settings, inner) for settings in tuned.members])
    assert_allclose(tuned.logits, expected, atol=1e-9)
    again = fit_fusion(tuned.logits, cases)
    assert (again.centres, again.weights) == (
        pytest.approx(tuned.fusion.centres),
        pytest.approx(tuned.fusion.weights, rel=1e-4),
    )
    assert youden_threshold(tuned.probabilities, cases) == tuned.threshold
    assert tuned.inner_auc == pytest.approx(
        np.mean([roc_auc_score(cases[test], tuned.probabilities[test]) for _, test in inner])
    )


def fit_on_the_rest(
    table: FeatureTable, members: tuple[MemberSettings, ...], inner: list[Fold], judged: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of all folds but ``judged``, and their log-odds by members that saw neither fold."""
    rows, logits = [], []
    with threadpool_limits(1):
        for other in set(range(len(inner))) - {judged}:
            rest = [row for row in inner[judged][0].tolist() if row not in set(inner[other][1].tolist())]
            fitted = [build_member(settings).fit(table.inputs.iloc[rest], table.cases[rest]) for settings in members]
            rows.append(inner[other][1])
            inputs = table.inputs.iloc[inner[other][1]]
            logits.append(np.column_stack([member_logits(member, inputs) for member in fitted]))
    return np.concatenate(rows), np.vstack(logits)


def test_a_row_is_judged_by_a_fusion_that_never_saw_it(
    simulated_table: FeatureTable, inner: list[Fold], tuned: Tuned
) -> None:
    """Fold j's fusion and threshold come from the other folds' rows, by members that were not trained on j either."""
    cases = simulated_table.cases
    for number, (_, test) in enumerate(inner):
        rows, logits = fit_on_the_rest(simulated_table, tuned.members, inner, number)
        order = np.argsort(simulated_table.subjects["recording_id"].to_numpy(dtype=str)[rows])
        rows, logits = rows[order], logits[order]
        fusion = fit_fusion(logits, cases[rows])
        assert_allclose(tuned.probabilities[test], expit(fusion.logits(tuned.logits[test])), atol=1e-6)
        expected = youden_threshold(expit(fusion.logits(logits)), cases[rows])
        assert [pytest.approx(expected, abs=1e-6)] * len(test) == tuned.thresholds[test].tolist()


def test_labels_of_a_fold_do_not_reach_what_is_said_of_it(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """With the labels of one fold's rows turned round, its rows' probabilities and thresholds stay the same bytes."""
    _, test = inner[0]
    candidates = [SPACE.candidates("lexical")[:1], SPACE.candidates("paired")[:1]]
    labels = simulated_table.subjects["label"].to_numpy(dtype=object).copy()
    other = {simulated_table.positive: simulated_table.negative, simulated_table.negative: simulated_table.positive}
    labels[test] = [other[label] for label in labels[test]]
    turned = replace(simulated_table, subjects=simulated_table.subjects.assign(label=labels))
    first, second = (tune(table, candidates, inner=inner, seed=0) for table in (simulated_table, turned))
    assert first.probabilities[test].tobytes() == second.probabilities[test].tobytes()
    assert first.thresholds[test].tobytes() == second.thresholds[test].tobytes()
    assert first.probabilities.tobytes() != second.probabilities.tobytes()


def test_with_two_inner_folds_the_other_fold_is_split(simulated_table: FeatureTable) -> None:
    """Each is then judged by members fitted on halves of the other: four fits, each label still on both sides."""
    inner = simulated_table.folds(2, seed=0)
    parts = pair_folds(simulated_table, inner, seed=0)
    groups = simulated_table.groups
    assert 4 == len(parts)
    for part in parts:
        (training, test), ((left_out, used),) = part.fold, part.uses
        assert test.tolist() == used.tolist()
        assert not set(groups[training]) & set(groups[test])
        assert not set(groups[np.concatenate([training, test])]) & set(groups[inner[left_out][1]])
    found = tune(simulated_table, [SPACE.candidates("lexical")[:1]], inner=inner, seed=0)
    assert np.isfinite(found.probabilities).all()


def test_the_threshold_of_subjects_is_of_joined_visits(simulated_table: FeatureTable) -> None:
    """The threshold of subjects is found on probabilities that join their visits, each subject counting once."""
    inner = simulated_table.folds(3, seed=0)
    candidates = [SPACE.candidates("lexical")[:1]]
    found = tune(simulated_table, candidates, inner=inner, seed=0)
    assert 0 <= found.visit_correlation <= 1
    cases, subjects = simulated_table.cases, simulated_table.subjects["subject_id"].to_numpy(dtype=str)
    logits = np.log(found.probabilities) - np.log1p(-found.probabilities)
    assert visit_correlation(logits, cases, subjects) == found.visit_correlation
    sums, visits, labels = sum_visits(logits, cases, subjects)
    joined = expit(join_logits(sums, visits, found.visit_correlation))
    assert youden_threshold(joined, labels) == pytest.approx(found.subject_threshold)


def test_the_settings_name_member_and_weight(tuned: Tuned) -> None:
    """As plain data: what was chosen for each member, beside its weight, that of a standard deviation."""
    expected = tuned.fusion.weights[2] * tuned.logits[:, 2].std()
    assert expected == pytest.approx(tuned.settings["lexical.weight"])
    assert tuned.members[2].C == tuned.settings["lexical.C"]
    assert tuned.members[1].paired_context == tuned.settings["paired.paired_context"]
    assert "lexical.doc2vec_size" not in tuned.settings


def test_the_estimator_is_of_the_chosen_members(tuned: Tuned) -> None:
    """Fusion and settings reach it."""
    built = tuned.build(seed=3)
    assert (list(tuned.fusion.weights), tuned.fusion.intercept) == (built.weights, built.intercept)
    assert tuned.members[1].paired_context == built.members[1].context
    assert 3 == built.members[1].seed


def test_of_equals_the_first_wins(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """Candidates that rank the rows alike tie, and the first is taken, whichever it is."""
    shrunk = [MemberSettings(("elmo",), C, elmo_size=2) for C in (1e-9, 2e-9)]
    for candidates in (shrunk, shrunk[::-1]):
        chosen = tune(simulated_table, [candidates], inner=inner, seed=0)
        assert 1 == chosen.candidates["inner_auc"].round(9).nunique()
        assert (candidates[0],) == chosen.members


def test_a_candidate_fares_the_same_in_any_company(
    simulated_table: FeatureTable, inner: list[Fold], tuned: Tuned
) -> None:
    """What candidates share (Doc2Vec, the representation, the heads) changes none of them."""
    for of_member, number, place in ((0, 1, 1), (0, 2, 2), (1, 1, 5)):
        alone = tune(simulated_table, [[CANDIDATES[of_member][number]]], inner=inner, seed=0)
        assert alone.candidates["inner_auc"][0] == tuned.candidates["inner_auc"][place]
    reverse = tune(simulated_table, [LINEAR[0][::-1]], inner=inner, seed=0)
    assert tuned.candidates["inner_auc"].tolist()[:4] == reverse.candidates["inner_auc"].tolist()[::-1]


def test_a_fold_with_one_label_ranks_nothing(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """Clusters may leave a fold without controls: candidates are ranked by the other folds, not by chance."""
    training, test = inner[2]
    only_cases = test[simulated_table.cases[test] == 1]
    areas = [
        tune(simulated_table, LINEAR, inner=folds, seed=0).candidates["inner_auc"].tolist()
        for folds in (inner[:2], [*inner[:2], (training, only_cases)])
    ]
    assert len(set(areas[0])) > 1
    assert areas[0] == areas[1]


def test_vectors_given_are_not_fitted_again(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """The paper's protocol gives vectors of a Doc2Vec fitted on all recordings: they are used as they are."""
    settings = CANDIDATES[0][0]
    tokens = simulated_table.inputs[TOKENS]
    vectors = {doc2vec_key(settings): doc2vec_of(settings, seed=0).fit(tokens).transform(tokens)}
    told = tune(simulated_table, [[settings]], inner=inner, seed=0, vectors=vectors)
    own = tune(simulated_table, [[settings]], inner=inner, seed=0)
    assert not np.allclose(told.logits, own.logits)
    inputs = with_vectors(simulated_table.inputs, vectors[doc2vec_key(settings)])
    training, test = inner[0]
    cases = simulated_table.cases
    known = build_member(settings, doc2vec_known=True).fit(inputs.iloc[training], cases[training])
    assert_allclose(told.logits[test, 0], member_logits(known, inputs.iloc[test]), atol=1e-9)


def test_settings_that_share_a_doc2vec_share_its_key() -> None:
    """Doc2Vec depends on its kind, size and rate, not on C or the biLM's size."""
    settings = CANDIDATES[0][0]
    assert doc2vec_key(settings) == doc2vec_key(replace(settings, C=9.0, elmo_size=99))
    for other in ({"doc2vec_alpha": 0.1}, {"doc2vec_dm": 1}, {"doc2vec_size": 5}):
        assert doc2vec_key(settings) != doc2vec_key(replace(settings, **other))
    assert {doc2vec_key(CANDIDATES[0][0]), doc2vec_key(CANDIDATES[0][1])} == set(doc2vecs_of(CANDIDATES[0]))
    assert {} == doc2vecs_of(CANDIDATES[1])


@pytest.mark.slow
def test_jobs_change_nothing(simulated_table: FeatureTable, small_study: StudySettings, inner: list[Fold]) -> None:
    """Two processes give what one gives, to the last bit."""
    one, two = (tune(simulated_table, small_study.candidates(), inner=inner, seed=0, jobs=jobs) for jobs in (1, 2))
    assert (one.settings, one.threshold) == (two.settings, two.threshold)
    assert one.probabilities.tobytes() == two.probabilities.tobytes()
    assert one.candidates.equals(two.candidates)


@pytest.fixture(scope="module")
def wide_table(simulated_table: FeatureTable) -> FeatureTable:
    """A table of 480 recordings and a biLM of 256 numbers: enough for BLAS to use threads."""
    rng = np.random.default_rng(0)
    inputs = pd.concat([simulated_table.inputs] * 15, ignore_index=True)
    inputs = inputs.drop(columns=[name for name in inputs if str(name).startswith("elmo.")])
    elmo = pd.DataFrame(rng.normal(size=(len(inputs), 256)), columns=[f"elmo.{number:04d}" for number in range(256)])
    subjects = pd.concat([simulated_table.subjects] * 15, ignore_index=True)
    subjects["recording_id"] = [f"R{number:03d}" for number in range(len(subjects))]
    inputs[TOKENS] = [tokens[:20] for tokens in inputs[TOKENS]]
    return FeatureTable(subjects, pd.concat([inputs, elmo], axis=1), simulated_table.sentences)


def test_processor_threads_change_nothing(wide_table: FeatureTable) -> None:
    """BLAS rounds otherwise with other threads, and jobs share the threads out: here it always has one."""
    settings = [[MemberSettings(("doc2vec", "elmo"), doc2vec_size=4, elmo_size=32)]]
    inner = wide_table.folds(2, seed=0)[:1]
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(tune(wide_table, settings, inner=inner, seed=0).probabilities.tobytes())
    assert found[0] == found[1]
