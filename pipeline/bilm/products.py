"""Rows times a matrix, with bytes that do not depend on how many rows are multiplied together.

BLAS picks a kernel by the shape, and two kernels may add in another order. It does not look at values. So it is tried
out once a shape, on random numbers, which numbers of rows give every row the same bytes as ROWS rows do; only those are
used, and what lies between them is padded.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.bilm.files import Array

ROWS = 256  # rows multiplied together at most
CANDIDATES = (8, *range(16, ROWS, 16))  # no matrix-vector path among them


@lru_cache(maxsize=128)
def agreeing_rows(inner: int, outer: int) -> tuple[int, ...]:
    """Return the numbers of rows, ROWS last, whose products with an (inner, outer) matrix agree to the byte."""
    rng = np.random.default_rng(0)
    weights = rng.random((inner, outer), dtype=np.float32) - np.float32(0.5)
    x = rng.random((ROWS, inner), dtype=np.float32) - np.float32(0.5)
    with threadpool_limits(1, user_api="blas"):
        whole = x @ weights
        return (*(rows for rows in CANDIDATES if _agrees(x, weights, whole, rows)), ROWS)


def _agrees(x: Array, weights: Array, whole: Array, rows: int) -> bool:
    return np.array_equal(x[:rows] @ weights, whole[:rows])


def rows_for(n: int, shape: tuple[int, ...]) -> int:
    """Return how many rows to multiply where n (at most ROWS) are wanted."""
    return next(rows for rows in agreeing_rows(*shape) if rows >= n)


def multiply(x: Array, weights: Array) -> Array:
    """Return x (N, K) @ weights (K, M); a row has the same bytes whatever N is and wherever it stands."""
    result = np.empty((len(x), weights.shape[1]), dtype=np.float32)
    for start in range(0, len(x), ROWS):
        block = x[start : start + ROWS]
        n, rows = len(block), rows_for(len(block), weights.shape)
        if n == rows:
            np.matmul(block, weights, out=result[start : start + n])
        else:
            result[start : start + n] = (padded(block, rows) @ weights)[:n]
    return result


def padded(x: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return x with rows of zeros below, ``rows`` in all."""
    if len(x) == rows:
        return x
    whole = np.zeros((rows, *x.shape[1:]), dtype=x.dtype)
    whole[: len(x)] = x
    return whole
