"""Log-odds by models that each lack a fold -> the range of one person's probability."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from adscreen.scoring.individual_range import jackknife_range

LOGITS = st.lists(st.floats(-20, 20), min_size=2, max_size=10)


@given(logit=st.floats(-20, 20), spread=LOGITS)
def test_the_formula_by_scipy_and_numpy(logit: float, spread: list[float]) -> None:
    """L +- t(K - 1, 0.975) times the jackknife error, (K - 1) times the standard error of the mean of the L_k."""
    count = len(spread)
    error = (count - 1) * np.std(spread, ddof=1) / math.sqrt(count)
    reach = t.ppf(0.975, count - 1) * error
    assert (logit - reach, logit + reach) == pytest.approx(jackknife_range(logit, spread), rel=1e-9, abs=1e-6)


@given(logit=st.floats(-5, 5), spread=LOGITS, by=st.floats(-5, 5))
def test_it_moves_with_the_answer_and_not_with_the_others(logit: float, spread: list[float], by: float) -> None:
    """Models that all say more by the same leave the width; the order in which they come does not count."""
    low, high = jackknife_range(logit, spread)
    moved = jackknife_range(logit, [one + by for one in reversed(spread)])
    assert (low, high) == pytest.approx(moved, rel=1e-6, abs=1e-6)
    assert low <= logit <= high


def test_one_model_tells_nothing_of_others() -> None:
    """Without two models there is no range."""
    assert all(math.isnan(end) for spread in ([], [0.3]) for end in jackknife_range(0.3, spread))
