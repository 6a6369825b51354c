"""Training rows -> chosen settings and threshold, by inner folds alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from pipeline.estimator import build_estimator, doc2vec_of
from pipeline.metrics import youden_threshold
from pipeline.settings import EstimatorSettings, SearchSpace, StudySettings
from pipeline.table import TOKENS, FeatureTable, Fold
from pipeline.tuning import Tuned, doc2vec_key, positive_probability, tune, with_vectors

CANDIDATES = SearchSpace(C=(0.01, 1.0), doc2vec_size=(4, 8), doc2vec_alpha=(0.05,), elmo_size=(4,)).candidates()


@pytest.fixture(scope="module")
def inner(simulated_table: FeatureTable) -> list[Fold]:
    """Two inner folds of the simulated cohort."""
    return simulated_table.folds(2, positive="case", seed=0)


@pytest.fixture(scope="module")
def tuned(simulated_table: FeatureTable, inner: list[Fold]) -> Tuned:
    """The outcome of tuning over four candidates."""
    return tune(simulated_table, CANDIDATES, positive="case", inner=inner, seed=0)


def out_of_fold(table: FeatureTable, settings: EstimatorSettings, inner: list[Fold]) -> np.ndarray:
    """Fit a whole estimator on each inner fold's training rows; return the probabilities of the rows left out."""
    probabilities = np.full(len(table), np.nan)
    for training, test in inner:
        estimator = build_estimator(settings).fit(table.inputs.iloc[training], table.cases("case")[training])
        probabilities[test] = positive_probability(estimator, table.inputs.iloc[test])
    return probabilities


def test_every_candidate_is_judged_on_the_rows_it_did_not_see(
    simulated_table: FeatureTable, inner: list[Fold], tuned: Tuned
) -> None:
    """inner_auc is the mean over folds of the AUC of an estimator fitted on that fold's training rows."""
    listed = tuned.candidates.drop(columns="inner_auc").to_dict("records")
    assert CANDIDATES == [EstimatorSettings(**row) for row in listed]
    cases = simulated_table.cases("case")
    for number in (0, 3):
        probabilities = out_of_fold(simulated_table, CANDIDATES[number], inner)
        expected = np.mean([roc_auc_score(cases[test], probabilities[test]) for _, test in inner])
        assert expected == pytest.approx(tuned.candidates["inner_auc"][number])


def test_the_best_candidate_is_chosen(tuned: Tuned) -> None:
    """The settings are those of the greatest inner AUC, and candidates differ enough for that to mean something."""
    areas = tuned.candidates["inner_auc"]
    assert areas.nunique() > 1
    assert CANDIDATES[int(areas.argmax())] == tuned.settings


def test_the_threshold_comes_from_the_chosen_candidates_own_probabilities(
    simulated_table: FeatureTable, inner: list[Fold], tuned: Tuned
) -> None:
    """Each row's probability is by an estimator that did not see it; the threshold maximises Youden's J on them."""
    assert_allclose(tuned.probabilities, out_of_fold(simulated_table, tuned.settings, inner), atol=1e-12)
    assert youden_threshold(tuned.probabilities, simulated_table.cases("case")) == tuned.threshold


def test_of_equals_the_first_wins(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """Candidates that rank the rows alike tie, and the first is taken, whichever it is."""
    shrunk = [EstimatorSettings(C, 4, 0.05, 2) for C in (1e-9, 2e-9)]
    for candidates in (shrunk, shrunk[::-1]):
        chosen = tune(simulated_table, candidates, positive="case", inner=inner, seed=0)
        assert 1 == chosen.candidates["inner_auc"].round(9).nunique()
        assert candidates[0] == chosen.settings


def test_a_candidate_fares_the_same_in_any_company(
    simulated_table: FeatureTable, inner: list[Fold], tuned: Tuned
) -> None:
    """What candidates share (Doc2Vec, the representation) changes none of them."""
    for number in (1, 2):
        alone = tune(simulated_table, [CANDIDATES[number]], positive="case", inner=inner, seed=0)
        assert alone.candidates["inner_auc"][0] == tuned.candidates["inner_auc"][number]
    reverse = tune(simulated_table, CANDIDATES[::-1], positive="case", inner=inner, seed=0)
    assert tuned.candidates["inner_auc"].tolist() == reverse.candidates["inner_auc"].tolist()[::-1]


def test_a_fold_with_one_label_ranks_nothing(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """Clusters may leave a fold without controls: candidates are ranked by the other folds, not by chance."""
    training, test = inner[1]
    only_cases = test[simulated_table.cases("case")[test] == 1]
    areas = [
        tune(simulated_table, CANDIDATES, positive="case", inner=folds, seed=0).candidates["inner_auc"].tolist()
        for folds in (inner[:1], [inner[0], (training, only_cases)])
    ]
    assert len(set(areas[0])) > 1
    assert areas[0] == areas[1]


def test_vectors_given_are_not_fitted_again(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """The paper's protocol gives vectors of a Doc2Vec fitted on all recordings: they are used as they are."""
    settings = CANDIDATES[0]
    tokens = simulated_table.inputs[TOKENS]
    vectors = {doc2vec_key(settings): doc2vec_of(settings, seed=0).fit(tokens).transform(tokens)}
    told = tune(simulated_table, [settings], positive="case", inner=inner, seed=0, vectors=vectors)
    own = tune(simulated_table, [settings], positive="case", inner=inner, seed=0)
    assert not np.allclose(told.probabilities, own.probabilities)
    inputs = with_vectors(simulated_table.inputs, vectors[doc2vec_key(settings)])
    cases = simulated_table.cases("case")
    training, test = inner[0]
    known = build_estimator(settings, doc2vec_known=True).fit(inputs.iloc[training], cases[training])
    assert_allclose(told.probabilities[test], positive_probability(known, inputs.iloc[test]), atol=1e-12)


def test_settings_that_share_a_doc2vec_share_its_key() -> None:
    """Doc2Vec depends on its size and rate, not on C or the biLM's size."""
    settings = CANDIDATES[0]
    assert doc2vec_key(settings) == doc2vec_key(replace(settings, C=9.0, elmo_size=99))
    assert doc2vec_key(settings) != doc2vec_key(replace(settings, doc2vec_alpha=0.1))


@pytest.mark.slow
def test_jobs_change_nothing(simulated_table: FeatureTable, small_study: StudySettings, inner: list[Fold]) -> None:
    """Two processes give what one gives, to the last bit."""
    one, two = (
        tune(simulated_table, small_study.search.candidates(), positive="case", inner=inner, seed=0, jobs=jobs)
        for jobs in (1, 2)
    )
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
    settings = [EstimatorSettings(1.0, 4, 0.05, 32)]
    inner = wide_table.folds(2, positive="case", seed=0)[:1]
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(tune(wide_table, settings, positive="case", inner=inner, seed=0).probabilities.tobytes())
    assert found[0] == found[1]
