"""Blocks: each is learned by ``fit`` alone, has a variance of 1, and gives a row a value of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError

from adscreen.estimator.blocks import ControlShare, Reduce, UnitBlock, build_columns, doc2vec_of
from adscreen.estimator.study import BLOCKS, PAIRED, MemberSettings
from adscreen.estimator.tuning import with_vectors
from adscreen.extract.feature_table import TOKENS, FeatureTable

EVERY = tuple(block for block in BLOCKS if block != PAIRED)
SETTINGS = MemberSettings(EVERY, doc2vec_size=8, elmo_size=4)
PARTS = {*EVERY, "bilm_share"}


@pytest.fixture(scope="module")
def fitted(simulated_table: FeatureTable) -> tuple[ColumnTransformer, np.ndarray]:
    """Every block fitted on the first 16 rows, and what represents these."""
    columns = build_columns(SETTINGS)
    return columns, columns.fit_transform(simulated_table.inputs[:16], simulated_table.cases[:16])


def test_every_block_has_a_total_variance_of_one(fitted: tuple[ColumnTransformer, np.ndarray]) -> None:
    """Over the training rows the variances of a block's columns add up to 1, however many, and their means are 0."""
    columns, represented = fitted
    assert PARTS == columns.output_indices_.keys() - {"remainder"}
    for name, place in columns.output_indices_.items():
        if name != "remainder":
            assert 1.0 == pytest.approx(represented[:, place].var(axis=0).sum()), name
            assert 0.0 == pytest.approx(np.abs(represented[:, place].mean(axis=0)).max(), abs=1e-9), name


def test_a_row_has_the_same_bytes_in_any_batch(
    fitted: tuple[ColumnTransformer, np.ndarray], simulated_table: FeatureTable
) -> None:
    """A row is represented alike alone, in a batch and in another order."""
    columns, inputs = fitted[0], simulated_table.inputs
    batch = columns.transform(inputs)
    alone = np.vstack([columns.transform(inputs[number : number + 1]) for number in range(len(inputs))])
    assert batch.tobytes() == alone.tobytes()
    assert batch[::-1].tobytes() == columns.transform(inputs[::-1]).tobytes()


def test_a_known_doc2vec_gives_what_the_block_fits_itself(simulated_table: FeatureTable) -> None:
    """Tuning fits Doc2Vec once for many candidates; rows are represented as by the block that fits its own."""
    inputs, cases = simulated_table.inputs, simulated_table.cases
    settings = MemberSettings(("doc2vec", "elmo"), doc2vec_size=8, elmo_size=4)
    own = build_columns(settings, seed=5).fit(inputs[:16], cases[:16])
    vectors = doc2vec_of(settings, seed=5).fit(inputs[TOKENS][:16]).transform(inputs[TOKENS])
    given_vectors = with_vectors(inputs, vectors)
    known = build_columns(settings, doc2vec_known=True).fit(given_vectors[:16], cases[:16])
    assert own.transform(inputs[16:]) == pytest.approx(known.transform(given_vectors[16:]), abs=1e-12)


@pytest.mark.parametrize(("dm", "same"), [(0, False), (1, True)])
def test_the_settings_reach_doc2vec(dm: int, same: bool) -> None:
    """Size, rate, kind and seed are those of the settings."""
    settings = MemberSettings(("doc2vec",), doc2vec_dm=dm, doc2vec_size=8, doc2vec_alpha=0.1)
    doc2vec = doc2vec_of(settings, seed=3)
    assert (8, 0.1, dm, 3) == (doc2vec.vector_size, doc2vec.alpha, doc2vec.dm, doc2vec.seed)
    assert same == bool(doc2vec.dm)


@pytest.mark.parametrize("name", ["perplexity.joint_slope", "lexical.honore_r", "fluency.pauses"])
def test_what_is_missing_counts_as_the_training_median(
    fitted: tuple[ColumnTransformer, np.ndarray], simulated_table: FeatureTable, name: str
) -> None:
    """A missing value is represented as the training rows' median; a value far off otherwise."""
    columns, row = fitted[0], simulated_table.inputs[16:17]
    values = simulated_table.inputs[name]
    asked = (np.nan, values[:16].median(), values.max() + 100)
    missing, middle, off = (columns.transform(row.assign(**{name: value})) for value in asked)
    assert np.array_equal(missing, middle)
    assert not np.array_equal(missing, off)


def test_a_feature_that_no_training_row_has_says_nothing(simulated_table: FeatureTable) -> None:
    """Where every training row lacks a feature, its later values change nothing."""
    inputs = simulated_table.inputs.assign(**{"fluency.pauses": np.nan})
    columns = build_columns(MemberSettings(("fluency",))).fit(inputs[:16], simulated_table.cases[:16])
    filled = inputs.assign(**{"fluency.pauses": 7.0})
    assert np.array_equal(columns.transform(inputs[16:]), columns.transform(filled[16:]))


def test_blocks_can_be_cloned() -> None:
    """Constructors only store, so scikit-learn can copy unfitted blocks with their settings."""
    copy = clone(build_columns(MemberSettings(("doc2vec", "hybrid"), doc2vec_size=8), seed=4))
    (doc2vec, _), (hybrid, *_) = (part for _, part, _ in copy.transformers)
    assert (8, 0.05, 4, 4) == (doc2vec.vector_size, doc2vec.alpha, doc2vec.seed, hybrid.seed)


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
