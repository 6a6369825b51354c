"""Members' out-of-fold log-odds -> the weight of each, and a calibrated sum (stacking: Wolpert 1992, Breiman 1996).

    logit = intercept + sum over members of weight_m (log-odds_m - centre_m) / scale_m

Weights are at least 0 (Breiman), so that no member counts against its own sense; they are found by logistic regression
with a small ridge penalty. Labels are not weighed: the probability is that of a cohort with training's share of cases.
Recordings are: those of one subject count together as much as those of another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

PENALTY = 1.0  # half of it times the sum of squared weights is added to the summed log-loss

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fusion:
    """How members' log-odds (n, m) become one: what is taken off each, its weight (scale included), the intercept."""

    centres: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def logits(self, of_members: Floats) -> Floats:
        """Return the fused log-odds (n,); member after member, so that a row's value is its own."""
        fused = np.full(len(of_members), self.intercept)
        for number, (centre, weight) in enumerate(zip(self.centres, self.weights, strict=True)):
            fused = fused + weight * (of_members[:, number] - centre)
        return fused


def fit_fusion(
    of_members: Floats, cases: NDArray[np.int64], weights: Floats | None = None, *, least_weight: float = 0.0
) -> Fusion:
    """Return the fusion of members' log-odds (n, m) that were found on rows they had not learned from.

    ``weights`` (n,) are what the rows count, in proportion: their sum is taken as n. ``least_weight`` is the least that
    a standard deviation of a member may add to the log-odds; 0 lets a member count for nothing.
    """
    counts = np.ones(len(cases)) if weights is None else weights * (len(cases) / weights.sum())
    centres, scales = _moments(of_members, counts)
    standard = np.divide(of_members - centres, scales, out=np.zeros_like(of_members), where=scales > 1e-12)
    signs = np.where(cases > 0, 1.0, -1.0)
    start = np.full(standard.shape[1] + 1, least_weight)
    positive = float(counts @ (cases > 0))
    start[0] = np.log(max(positive, 0.5) / max(len(cases) - positive, 0.5))
    bounds = [(None, None), *[(least_weight, None)] * standard.shape[1]]
    found = minimize(
        _loss, start, args=(standard, signs, counts), jac=True, bounds=bounds, method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )  # fmt: skip
    intercept, slopes = found.x[0], found.x[1:]
    slopes = np.divide(slopes, scales, out=np.zeros_like(slopes), where=scales > 1e-12)
    return Fusion(tuple(centres.tolist()), tuple(slopes.tolist()), float(intercept))


def _moments(of_members: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return the mean and the standard deviation of each member (m,) each, under the rows' counts."""
    if (counts == 1).all():
        return of_members.mean(axis=0), of_members.std(axis=0)
    centres = np.average(of_members, axis=0, weights=counts)
    return centres, np.sqrt(np.average((of_members - centres) ** 2, axis=0, weights=counts))


def _loss(parameters: Floats, standard: Floats, signs: Floats, counts: Floats) -> tuple[float, Floats]:
    """Return the penalised log-loss and its gradient."""
    intercept, weights = parameters[0], parameters[1:]
    margins = signs * (standard @ weights + intercept)
    pulls = -counts * signs * expit(-margins)
    loss = counts @ np.logaddexp(0.0, -margins) + PENALTY / 2 * weights @ weights
    return float(loss), np.concatenate([[pulls.sum()], standard.T @ pulls + PENALTY * weights])
