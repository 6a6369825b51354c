"""Rows times a matrix, with bytes that do not depend on how many rows there are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from adscreen.bilm.products import CANDIDATES, ONE_BY_ONE, ROWS, Matrix, Plan, padded, plan

SHAPES = [(6, 48), (12, 6), (31, 37), (112, 96), (128, 512), (40, 700)]


@given(
    shape=st.sampled_from(SHAPES),
    n=st.integers(1, 300),
    transposed=st.booleans(),
    seed=st.integers(0, 9),
    data=st.data(),
)
def test_a_row_has_its_own_bytes(
    shape: tuple[int, int], n: int, transposed: bool, seed: int, data: st.DataObject
) -> None:
    """A row of a product is the same to the byte alone, among any others, and at any place."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal(shape, dtype=np.float32)
    matrix = Matrix(np.asfortranarray(weights) if transposed else weights)
    x = rng.standard_normal((n, shape[0]), dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        whole = matrix.multiply(x)
        start = data.draw(st.integers(0, n - 1))
        stop = data.draw(st.integers(start + 1, n))
        assert whole[start:stop].tobytes() == matrix.multiply(x[start:stop]).tobytes()
    np.testing.assert_allclose(whole, x.astype(float) @ weights.astype(float), atol=1e-3)


@given(shape=st.sampled_from(SHAPES), n=st.integers(1, ROWS), room=st.integers(0, 9))
def test_a_buffer_is_filled_with_the_same_bytes(shape: tuple[int, int], n: int, room: int) -> None:
    """The first n rows of a buffer become their products, whatever lies below them and however much room there is."""
    rng = np.random.default_rng(n)
    matrix = Matrix(rng.standard_normal(shape, dtype=np.float32))
    x = rng.standard_normal((ROWS + room, shape[0]), dtype=np.float32)
    out = np.empty((ROWS + room, shape[1]), dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        matrix.fill(x, n, out)
        assert matrix.multiply(x[:n]).tobytes() == out[:n].tobytes()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("transposed", [False, True])
def test_a_plan_is_one_of_the_candidates_or_part_of_it(shape: tuple[int, int], transposed: bool) -> None:
    """A plan keeps the largest number of rows of a candidate, so that few products do; else rows go one by one."""
    own = plan(*shape, transposed=transposed)
    assert any(
        own.guarded == candidate.guarded and own.rows[-1] == candidate.rows[-1] and set(own.rows) <= set(candidate.rows)
        for candidate in (*CANDIDATES, ONE_BY_ONE)
    )


def test_the_fewest_rows_that_hold_what_is_wanted() -> None:
    """Rows are padded to the next number; where there is none, the largest is used several times."""
    assert [8, 8, 24, 24, 24] == [Plan((8, 24)).rows_for(n) for n in (1, 8, 9, 24, 100)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_position_of_a_row_changes_nothing(shape: tuple[int, int]) -> None:
    """Every position of a product gives a row the same bytes (not so with every BLAS kernel)."""
    row = np.random.default_rng(1).standard_normal((1, shape[0]), dtype=np.float32)
    matrix = Matrix(np.random.default_rng(2).standard_normal(shape, dtype=np.float32))
    with threadpool_limits(1, user_api="blas"):
        for rows in (1, 7, *matrix.plan.rows, ROWS, ROWS + 1):
            product = matrix.multiply(np.repeat(row, rows, axis=0))
            assert {matrix.multiply(row).tobytes()} == {one.tobytes() for one in product}


def test_padding_is_zeros_below() -> None:
    """Rows keep their values and their order; a full block is returned as it is."""
    x = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert padded(x, 3) is x
    assert [[0, 1], [2, 3], [4, 5], [0, 0]] == padded(x, 4).tolist()
