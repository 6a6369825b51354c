"""Log-odds of a subject's recordings -> the log-odds of the subject.

Recordings of one person say partly the same. If each pair of them shares rho of what it says, v recordings are worth
v / (1 + (v - 1) rho) independent ones (the design effect of Kish 1965), and the log-odds of the subject are

    logit = sum over recordings of logit_recording / (1 + (v - 1) rho).

With rho = 1 that is the mean of the log-odds, with rho = 0 their sum (naive Bayes); one recording keeps its own. Rho is
found by maximum likelihood over subjects whose recordings were not learned from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WHOLLY_SHARED = 1.0
_TRIED = np.arange(101) / 100


def join_logits(sums: Floats, visits: Floats, correlation: Floats | float) -> Floats:
    """Return the log-odds of subjects (n,) from the sum of log-odds over each subject's recordings, and their number.

    >>> join_logits(np.array([6.0, 2.0]), np.array([3.0, 1.0]), 0.5).tolist()
    [3.0, 2.0]
    """
    joined: Floats = sums / (1 + (visits - 1) * correlation)
    return joined


def visit_correlation(logits: Floats, cases: NDArray[np.int64], subjects: NDArray[np.str_]) -> float:
    """Return rho, to 0.01, from held-out log-odds (n,) of recordings, their labels, and their subjects.

    Subjects whose label differs between recordings are left out, as are recordings without log-odds. 1 where no subject
    has several recordings: nothing can be learned of rho then.
    """
    sums, visits, labels = sum_visits(logits, cases, subjects)
    if not (visits > 1).any():
        return WHOLLY_SHARED
    signs = np.where(labels == 1, 1.0, -1.0)
    losses = [np.logaddexp(0.0, -signs * join_logits(sums, visits, tried)).sum() for tried in _TRIED]
    best = np.flatnonzero(losses <= np.min(losses) + 1e-9)
    return float(_TRIED[best[-1]])


def sum_visits(
    logits: Floats, cases: NDArray[np.int64], subjects: NDArray[np.str_]
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return the summed log-odds, the number of recordings and the label of each subject with one label."""
    known = np.isfinite(logits)
    _, inverse = np.unique(subjects[known], return_inverse=True)
    visits = np.bincount(inverse).astype(np.float64)
    positive = np.bincount(inverse, weights=cases[known])
    one_label = (positive == 0) | (positive == visits)
    sums = np.bincount(inverse, weights=logits[known])
    return sums[one_label], visits[one_label], (positive[one_label] > 0).astype(np.int64)


def weigh_by_subject(subjects: NDArray[np.str_]) -> Floats:
    """Return the weight of each recording (n,): one over the recordings of its subject, so that subjects count alike.

    >>> weigh_by_subject(np.array(["a", "b", "a"])).tolist()
    [0.5, 1.0, 0.5]
    """
    _, inverse, counts = np.unique(subjects, return_inverse=True, return_counts=True)
    weights: Floats = 1 / counts[inverse]
    return weights
