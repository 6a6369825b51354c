"""Rows times a matrix, with bytes that do not depend on how many rows there are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from adscreen.bilm.products import ROWS, agreeing_rows, multiply, padded, rows_for

SHAPES = [(6, 48), (12, 6), (31, 37), (112, 96), (128, 512)]


@given(shape=st.sampled_from(SHAPES), n=st.integers(1, 300), seed=st.integers(0, 9), data=st.data())
def test_a_row_has_its_own_bytes(shape: tuple[int, int], n: int, seed: int, data: st.DataObject) -> None:
    """A row of a product is the same to the byte alone, among any others, and at any place."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal(shape, dtype=np.float32)
    x = rng.standard_normal((n, shape[0]), dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        whole = multiply(x, weights)
        start = data.draw(st.integers(0, n - 1))
        stop = data.draw(st.integers(start + 1, n))
        assert whole[start:stop].tobytes() == multiply(x[start:stop], weights).tobytes()
    np.testing.assert_allclose(whole, x.astype(float) @ weights.astype(float), atol=1e-3)


@pytest.mark.parametrize("shape", SHAPES)
def test_agreeing_rows_are_ordered(shape: tuple[int, int]) -> None:
    """There is always a number of rows to use; what is wanted beyond the largest is multiplied in several products."""
    counts = agreeing_rows(*shape)
    assert sorted(counts) == list(counts)
    assert 1 <= counts[-1] <= ROWS
    assert all(min(n, counts[-1]) <= rows_for(n, shape) <= counts[-1] for n in range(1, ROWS + 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_position_of_a_row_changes_nothing(shape: tuple[int, int]) -> None:
    """Every position of a product of these numbers of rows gives the same bytes (not so with every BLAS kernel)."""
    row = np.random.default_rng(1).standard_normal((1, shape[0]), dtype=np.float32)
    weights = np.random.default_rng(2).standard_normal(shape, dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        for rows in agreeing_rows(*shape):
            product = np.repeat(row, rows, axis=0) @ weights
            assert {product[0].tobytes()} == {one.tobytes() for one in product}


def test_padding_is_zeros_below() -> None:
    """Rows keep their values and their order; a full block is returned as it is."""
    x = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert padded(x, 3) is x
    assert [[0, 1], [2, 3], [4, 5], [0, 0]] == padded(x, 4).tolist()
