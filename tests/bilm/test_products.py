"""Rows times a matrix, with bytes that do not depend on how many rows there are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from pipeline.bilm import products
from pipeline.bilm.products import ROWS, agreeing_rows, multiply, padded, rows_for

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
def test_agreeing_rows_are_ordered_and_complete(shape: tuple[int, int]) -> None:
    """ROWS is always among them and last; none is a single row, for which BLAS has another path."""
    counts = agreeing_rows(*shape)
    assert ROWS == counts[-1]
    assert sorted(counts) == list(counts)
    assert 1 not in counts
    assert all(n <= rows_for(n, shape) <= ROWS for n in range(1, ROWS + 1))


def test_rows_that_disagree_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where BLAS gives other bytes for some number of rows, that number is not used."""
    real = products._agrees
    monkeypatch.setattr(products, "_agrees", lambda x, w, whole, rows: rows != 16 and real(x, w, whole, rows))
    assert 16 not in agreeing_rows.__wrapped__(31, 37)
    tampered = np.zeros((ROWS, 5), dtype=np.float32)
    x = np.ones((ROWS, 4), dtype=np.float32)
    assert not real(x, np.ones((4, 5), dtype=np.float32), tampered, 8)


def test_padding_is_zeros_below() -> None:
    """Rows keep their values and their order; a full block is returned as it is."""
    x = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert padded(x, 3) is x
    assert [[0, 1], [2, 3], [4, 5], [0, 0]] == padded(x, 4).tolist()
