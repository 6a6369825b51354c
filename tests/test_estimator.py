"""Inputs -> probability: every block is learned by ``fit`` alone, and a row's value is its own."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline

from pipeline.estimator import (
    ControlShare,
    Reduce,
    UnitBlock,
    baseline_estimator,
    build_estimator,
    contributions,
    doc2vec_of,
)
from pipeline.settings import EstimatorSettings
from pipeline.table import SENTENCES, TOKENS, FeatureTable
from pipeline.tuning import with_vectors

SETTINGS = EstimatorSettings(C=1.0, doc2vec_size=8, doc2vec_alpha=0.05, elmo_size=4)
FAMILIES = {"doc2vec", "elmo", "perplexity", "lexical", "fluency"}


@pytest.fixture(scope="module")
def fitted(simulated_table: FeatureTable) -> Pipeline:
    """An estimator fitted on the first 16 rows."""
    return build_estimator(SETTINGS).fit(simulated_table.inputs[:16], simulated_table.cases("case")[:16])


def test_contributions_sum_to_the_logit(fitted: Pipeline, simulated_table: FeatureTable) -> None:
    """For rows seen and unseen, families and intercept add up to the log-odds of predict_proba."""
    together = contributions(fitted, simulated_table.inputs)
    for number in range(len(simulated_table)):
        inputs = simulated_table.inputs[number : number + 1]
        (terms,) = contributions(fitted, inputs)
        assert terms == together[number]  # whatever rows are beside it
        assert FAMILIES | {"intercept"} == terms.keys()
        probability = fitted.predict_proba(inputs)[0, 1]
        assert math.log(probability / (1 - probability)) == pytest.approx(math.fsum(terms.values()), abs=1e-9)


def test_a_contribution_of_zero_is_an_average_training_recording(
    fitted: Pipeline, simulated_table: FeatureTable
) -> None:
    """Over the training rows each family's contributions average to 0, and none is always 0."""
    rows = pd.DataFrame(contributions(fitted, simulated_table.inputs[:16]))
    assert [0.0] * 5 == pytest.approx(rows[sorted(FAMILIES)].mean().tolist(), abs=1e-9)
    assert (rows[sorted(FAMILIES)].std() > 0).all()


def test_every_block_has_a_total_variance_of_one(fitted: Pipeline, simulated_table: FeatureTable) -> None:
    """Over the training rows the variances of a block's columns add up to 1, however many columns it has."""
    columns = fitted.named_steps["columns"]
    represented = columns.transform(simulated_table.inputs[:16])
    for name, place in columns.output_indices_.items():
        if name != "remainder":
            assert 1.0 == pytest.approx(represented[:, place].var(axis=0).sum()), name


def test_a_row_has_the_same_bytes_in_any_batch(fitted: Pipeline, simulated_table: FeatureTable) -> None:
    """A row is represented alike alone, in a batch and in another order."""
    columns, inputs = fitted.named_steps["columns"], simulated_table.inputs
    batch = columns.transform(inputs)
    alone = np.vstack([columns.transform(inputs[number : number + 1]) for number in range(len(inputs))])
    assert batch.tobytes() == alone.tobytes()
    assert batch[::-1].tobytes() == columns.transform(inputs[::-1]).tobytes()


def test_a_known_doc2vec_gives_what_the_estimator_fits_itself(simulated_table: FeatureTable) -> None:
    """Tuning fits Doc2Vec once for many candidates; the probabilities are those of the estimator that fits its own."""
    inputs, cases = simulated_table.inputs, simulated_table.cases("case")
    own = build_estimator(SETTINGS, seed=5).fit(inputs[:16], cases[:16])
    vectors = doc2vec_of(SETTINGS, seed=5).fit(inputs[TOKENS][:16]).transform(inputs[TOKENS])
    given_vectors = with_vectors(inputs, vectors)
    known = build_estimator(SETTINGS, doc2vec_known=True).fit(given_vectors[:16], cases[:16])
    expected = own.predict_proba(inputs[16:])
    assert expected == pytest.approx(known.predict_proba(given_vectors[16:]), abs=1e-12)


def test_the_seed_reaches_doc2vec(simulated_table: FeatureTable) -> None:
    """Another seed gives other document vectors and so other probabilities; the same seed the same."""
    inputs, cases = simulated_table.inputs, simulated_table.cases("case")
    zero, again, other = (build_estimator(SETTINGS, seed=s).fit(inputs, cases).predict_proba(inputs) for s in (0, 0, 1))
    assert np.array_equal(zero, again)
    assert not np.array_equal(zero, other)


@pytest.mark.parametrize("name", ["perplexity.joint_slope", "lexical.honore_r", "fluency.pauses"])
def test_what_is_missing_counts_as_the_training_median(simulated_table: FeatureTable, name: str) -> None:
    """A missing value scores as the training rows' median does; a value far off scores otherwise."""
    inputs, cases = simulated_table.inputs, simulated_table.cases("case")
    estimator = build_estimator(SETTINGS).fit(inputs[:16], cases[:16])
    row = inputs[16:17]
    median, far = inputs[name][:16].median(), inputs[name].max() + 100
    missing, middle, off = (estimator.predict_proba(row.assign(**{name: value})) for value in (np.nan, median, far))
    assert np.array_equal(missing, middle)
    assert not np.array_equal(missing, off)


def test_a_feature_that_no_training_row_has_says_nothing(simulated_table: FeatureTable) -> None:
    """Where every training row lacks a feature, its later values change no score."""
    inputs = simulated_table.inputs.assign(**{"fluency.pauses": np.nan})
    estimator = build_estimator(SETTINGS).fit(inputs[:16], simulated_table.cases("case")[:16])
    filled = inputs.assign(**{"fluency.pauses": 7.0})
    assert np.array_equal(estimator.predict_proba(inputs[16:]), estimator.predict_proba(filled[16:]))


def test_the_classes_weigh_the_same(simulated_table: FeatureTable) -> None:
    """With controls three times over, what is left without any feature's help is 1/2, not the share of cases."""
    cases = simulated_table.cases("case")
    rows = np.concatenate([np.arange(len(cases)), *[np.flatnonzero(cases == 0)] * 2])
    shrunk = EstimatorSettings(C=1e-6, doc2vec_size=8, elmo_size=4)
    skewed = build_estimator(shrunk).fit(simulated_table.inputs.iloc[rows], cases[rows])
    assert 0.5 == pytest.approx(skewed.predict_proba(simulated_table.inputs)[:, 1].mean(), abs=0.01)


def test_an_estimator_can_be_cloned() -> None:
    """Constructors only store, so scikit-learn can copy an unfitted estimator with its settings."""
    copy = clone(build_estimator(SETTINGS, seed=4))
    (doc2vec, _), *_ = (part for _, part, _ in copy.named_steps["columns"].transformers)
    assert (8, 0.05, 4) == (doc2vec.vector_size, doc2vec.alpha, doc2vec.seed)


@pytest.mark.parametrize("part", [Reduce(2), ControlShare(), UnitBlock()])
def test_a_part_must_be_fitted_first(part: Reduce | ControlShare | UnitBlock) -> None:
    """Transforming before fitting is an error, not a guess."""
    with pytest.raises(NotFittedError):
        part.transform(np.ones((2, 2)))


BLOCKS = arrays(float, st.tuples(st.integers(2, 12), st.integers(1, 6)), elements=st.integers(-50, 50).map(float))


@given(BLOCKS)
def test_an_equal_block_shares_variance_between_its_columns(block: np.ndarray) -> None:
    """k columns that vary have a variance of 1 / k each; constant ones become 0."""
    scaled = UnitBlock().fit(block).transform(block)
    varying = np.ptp(block, axis=0) > 0
    expected = np.where(varying, 1 / max(varying.sum(), 1), 0.0)
    assert expected == pytest.approx(scaled.var(axis=0), abs=1e-9)
    assert np.zeros(block.shape[1]) == pytest.approx(scaled.mean(axis=0), abs=1e-9)


@given(BLOCKS)
def test_an_unequal_block_keeps_ratios(block: np.ndarray) -> None:
    """Columns keep the ratio of their variances, which add up to 1 (or 0 where none varies)."""
    scaled = UnitBlock(equal=False).fit(block).transform(block)
    variances = block.var(axis=0)
    expected = variances / variances.sum() if variances.sum() else variances
    assert expected == pytest.approx(scaled.var(axis=0), abs=1e-9)


@given(BLOCKS, st.floats(0.1, 2.0))
def test_a_weighted_block_is_the_block_times_its_weight(block: np.ndarray, weight: float) -> None:
    """The weight scales every column alike."""
    expected = weight * UnitBlock().fit(block).transform(block)
    assert expected == pytest.approx(UnitBlock(weight=weight).fit(block).transform(block), abs=1e-9)


def test_a_column_that_was_constant_in_training_stays_zero() -> None:
    """Even where it varies later, and even where rounding made it vary by a hair."""
    training = np.array([[3.0, 1.0], [3.0, 2.0], [np.nextafter(3.0, 4.0), 3.0]])
    later = UnitBlock().fit(training).transform(np.array([[900.0, 2.0]]))
    assert [0.0, 0.0] == later[0].tolist()


def test_reduced_rows_are_principal_components() -> None:
    """The components are those of scikit-learn's PCA, as many as asked for."""
    rows = np.random.default_rng(0).normal(size=(20, 7))
    expected = PCA(3, svd_solver="full").fit(rows).transform(rows)
    assert expected == pytest.approx(Reduce(3).fit(rows).transform(rows), abs=1e-12)


@pytest.mark.parametrize(("shape", "size"), [((5, 9), 4), ((30, 3), 3)])
def test_components_are_no_more_than_the_rows_allow(shape: tuple[int, int], size: int) -> None:
    """n centred rows span n - 1 dimensions, d columns d."""
    rows = np.random.default_rng(0).normal(size=shape)
    reduce = Reduce(32).fit(rows)
    assert (shape[0], size) == reduce.transform(rows).shape
    assert size == len(reduce.get_feature_names_out())


def test_the_share_above_controls_by_hand() -> None:
    """Controls' sentences 0..10 have their 90th percentile at 9; a case's sentences do not move it."""
    sentences = pd.Series([[float(n) for n in range(6)], [float(n) for n in range(6, 11)], [100.0, 200.0]])
    share = ControlShare().fit(sentences, np.array([0, 0, 1]))
    assert 9.0 == share.limit_
    later = pd.Series([[9.0, 9.5, 20.0, 1.0], [], [3.0]])
    assert [0.5, pytest.approx(np.nan, nan_ok=True), 0.0] == share.transform(later)[:, 0].tolist()


def test_the_baseline_reads_words_alone(simulated_table: FeatureTable) -> None:
    """TF-IDF scores depend on the words said, not on any number, and not on their order."""
    inputs, cases = simulated_table.inputs, simulated_table.cases("case")
    baseline = baseline_estimator().fit(inputs, cases)
    numbers = {name: 0.0 for name in inputs if name not in (TOKENS, SENTENCES)}
    changed = inputs.assign(**numbers, **{TOKENS: [tokens[::-1] for tokens in inputs[TOKENS]]})
    assert baseline.predict_proba(inputs)[:, 1] == pytest.approx(baseline.predict_proba(changed)[:, 1], abs=1e-12)
    silent = inputs.assign(**{TOKENS: [["unheard"]] * len(inputs)})
    assert 1 == len(np.unique(baseline.predict_proba(silent)[:, 1]))
