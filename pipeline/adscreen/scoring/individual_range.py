"""Log-odds of one person by the model, and by models that each lack a fold -> the range of its probability.

Grouped jackknife on the log-odds (Quenouille 1956; Efron & Tibshirani 1993, ch. 11). With K models that each lack one
of K folds of the training subjects, their log-odds L_k of the person, and the whole model's own L,

    L +- t(K - 1, 0.975) sqrt( (K - 1)/K  sum over k of (L_k - mean)^2 )

It says how uncertain the answer is because the model was trained on this cohort and not on another of the same size and
kind. It is not the chance of a disease, nor how scores of one person differ from recording to recording. A model whose
members have no weight gives everybody one answer, and nobody a range. Nominally 95%, it holds the true log-odds of
82 to 95% of simulated people (benchmarks/individual_range.py), and is called by that: about 90%.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

NOMINAL = 0.95


def jackknife_range(logit: float, spread: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the range of a log-odds; ``spread`` are those of the K models without a fold each, K >= 2.

    >>> [round(end, 3) for end in jackknife_range(0.0, [-0.1, 0.0, 0.0, 0.0, 0.1])]
    [-0.351, 0.351]
    """
    from scipy.special import stdtrit  # here, because its import takes long

    count = len(spread)
    if count < 2:
        return math.nan, math.nan
    mean = math.fsum(spread) / count
    error = math.sqrt((count - 1) / count * math.fsum((one - mean) ** 2 for one in spread))
    reach = float(stdtrit(count - 1, (1 + NOMINAL) / 2)) * error
    return logit - reach, logit + reach
