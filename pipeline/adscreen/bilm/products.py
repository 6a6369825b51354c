"""Rows times a matrix, with bytes that do not depend on how many rows are multiplied together, or in which order.

BLAS picks a kernel by the shape, and two kernels may add in another order. Some kernels (OpenBLAS on processors without
AVX-512) also treat the rows of one product differently by their position. No kernel looks at values. So each shape is
tried once, on random numbers: only numbers of rows at which every position gives the same bytes are used, and what lies
between them is padded.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from adscreen.bilm.format import Array

ROWS = 256  # rows multiplied together at most
CANDIDATES = (8, *range(16, ROWS + 1, 16))
TRIED = 512  # sums compared at each position, at least


@lru_cache(maxsize=128)
def agreeing_rows(inner: int, outer: int) -> tuple[int, ...]:
    """Return the numbers of rows, ascending, whose products with an (inner, outer) matrix agree to the byte.

    They agree with each other and at every position. Where no number of rows does, rows are multiplied one by one.
    """
    rng = np.random.default_rng(0)
    weights = rng.random((inner, outer), dtype=np.float32) - np.float32(0.5)
    tried = rng.random((1 + TRIED // outer, 1, inner), dtype=np.float32) - np.float32(0.5)
    found: dict[int, bytes] = {}
    with threadpool_limits(1, user_api="blas"):
        for rows in CANDIDATES:
            products = [np.repeat(row, rows, axis=0) @ weights for row in tried]
            if all((product == product[0]).all() for product in products):
                found[rows] = b"".join(product[0].tobytes() for product in products)
    return tuple(rows for rows, product in found.items() if product == found[max(found)]) or (1,)


def rows_for(n: int, shape: tuple[int, ...]) -> int:
    """Return how many rows to multiply where n are wanted: the fewest that hold them, else the most there are."""
    agreeing = agreeing_rows(*shape)
    return next((rows for rows in agreeing if rows >= n), agreeing[-1])


def multiply(x: Array, weights: Array) -> Array:
    """Return x (N, K) @ weights (K, M); a row has the same bytes whatever N is and wherever it stands."""
    result = np.empty((len(x), weights.shape[1]), dtype=np.float32)
    start = 0
    while start < len(x):
        rows = rows_for(len(x) - start, weights.shape)
        block = x[start : start + rows]
        n = len(block)
        if n == rows:
            np.matmul(block, weights, out=result[start : start + n])
        else:
            result[start : start + n] = (padded(block, rows) @ weights)[:n]
        start += n
    return result


def padded(x: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return x with rows of zeros below, ``rows`` in all."""
    if len(x) == rows:
        return x
    whole = np.zeros((rows, *x.shape[1:]), dtype=x.dtype)
    whole[: len(x)] = x
    return whole
