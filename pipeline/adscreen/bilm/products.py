"""Rows times a matrix, with bytes that do not depend on how many rows are multiplied together, or in which order.

BLAS picks a kernel by the shape, and two kernels may add in another order; some also treat the rows of one product
differently by their position. No kernel looks at values. So each shape is tried once, on random numbers: only a way at
which every number of rows and every position gives the same bytes is used, and what lies between them is padded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from adscreen.bilm.format import Array

ROWS = 256  # rows multiplied together at most
TRIED = 512  # sums compared at each position, at least

# OpenBLAS with AVX2 but not AVX-512 adds in another order in the outer 8 columns of each 320, for half of each 12 rows.
# So the columns are cut, and each piece gets columns of zeros on both sides whose products are thrown away.
GUARD = 8
PIECE = 320 - 2 * GUARD


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbers of rows, ascending, that agree to the byte at every position, and whether columns are guarded."""

    rows: tuple[int, ...]
    guarded: bool = False

    def rows_for(self, n: int) -> int:
        """Return how many rows to multiply where n are wanted: the fewest that hold them, else the most there are."""
        return next((rows for rows in self.rows if rows >= n), self.rows[-1])


CANDIDATES = (
    Plan((8, *range(16, ROWS + 1, 16))),
    Plan((12, *range(24, ROWS, 24)), guarded=True),
    Plan((8,)),
)
ONE_BY_ONE = Plan((1,))


class Matrix:
    """A matrix (K, M) that rows (N, K) are multiplied with."""

    def __init__(self, values: Array) -> None:
        self.shape: tuple[int, int] = values.shape
        self.plan = plan(*values.shape, transposed=not values.flags.c_contiguous)
        self.pieces = _pieces(values, guarded=self.plan.guarded)

    def multiply(self, x: Array) -> Array:
        """Return x (N, K) times the matrix (N, M); a row has the same bytes whatever N is and wherever it stands."""
        out = np.empty((max(len(x), self.plan.rows_for(len(x))), self.shape[1]), dtype=np.float32)
        self.fill(x, len(x), out)
        return out[: len(x)]

    def fill(self, x: Array, n: int, out: Array) -> None:
        """Put the products of the first n rows of x into out (n or more, at least ``plan.rows_for(n)``, M).

        Rows of x beyond n may be multiplied too, so those of out hold anything afterwards.
        """
        start = 0
        while start < n:
            rows = self.plan.rows_for(n - start)
            start = min(start, len(out) - rows)  # some rows twice, where there is no room below; to the same bytes
            _product(padded(x[start : start + rows], rows), self.pieces, out[start : start + rows], self.plan.guarded)
            start += rows


@lru_cache(maxsize=128)
def plan(inner: int, outer: int, *, transposed: bool = False) -> Plan:
    """Return how to multiply with an (inner, outer) matrix; ``transposed`` where it lies in memory by columns."""
    rng = np.random.default_rng(0)
    values = (rng.random((outer, inner), dtype=np.float32) - np.float32(0.5)).T
    values = values if transposed else np.ascontiguousarray(values)
    tried = rng.random((1 + TRIED // outer, 1, inner), dtype=np.float32) - np.float32(0.5)
    with threadpool_limits(1, user_api="blas"):
        found = (_agreeing(candidate, values, tried) for candidate in CANDIDATES)
        return next((own for own in found if own is not None), ONE_BY_ONE)


def _agreeing(candidate: Plan, values: Array, tried: Array) -> Plan | None:
    """Return the plan with those of its numbers of rows that agree with the largest, or None if that one does not."""
    pieces = _pieces(values, guarded=candidate.guarded)
    found: dict[int, bytes] = {}
    for rows in reversed(candidate.rows):
        products = np.empty((len(tried), rows, values.shape[1]), dtype=np.float32)
        for row, product in zip(tried, products, strict=True):
            _product(np.repeat(row, rows, axis=0), pieces, product, candidate.guarded)
        if (products == products[:, :1]).all():
            found[rows] = products[:, 0].tobytes()
        elif not found:
            return None
    own = found[candidate.rows[-1]]
    return Plan(tuple(rows for rows in candidate.rows if found.get(rows) == own), candidate.guarded)


def _pieces(values: Array, *, guarded: bool) -> list[Array]:
    """Return the matrix whole, or its columns cut and guarded, in the same layout."""
    if not guarded:
        return [values]
    pieces = []
    for first in range(0, values.shape[1], PIECE):
        own = values[:, first : first + PIECE]
        piece = np.zeros_like(values, shape=(len(own), own.shape[1] + 2 * GUARD))
        piece[:, GUARD:-GUARD] = own
        pieces.append(piece)
    return pieces


def _product(x: Array, pieces: list[Array], out: Array, guarded: bool) -> None:
    if not guarded:
        np.matmul(x, pieces[0], out=out)
        return
    first = 0
    for piece in pieces:
        last = first + piece.shape[1] - 2 * GUARD
        out[:, first:last] = (x @ piece)[:, GUARD:-GUARD]
        first = last


def padded(x: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return x with rows of zeros below, ``rows`` in all."""
    if len(x) == rows:
        return x
    whole = np.zeros((rows, *x.shape[1:]), dtype=x.dtype)
    whole[: len(x)] = x
    return whole
