"""Members' out-of-fold log-odds -> the weight of each, and a calibrated sum (stacking: Wolpert 1992, Breiman 1996).

    logit = intercept + sum over members of weight_m (log-odds_m - centre_m) / scale_m

Weights are at least 0 (Breiman), so that no member counts against its own sense; they are found by logistic regression
with a small ridge penalty. Labels are not weighed: the probability is that of a cohort with training's share of cases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from adscreen.extract.feature_table import Fold

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


def fit_fusion(of_members: Floats, cases: NDArray[np.int64]) -> Fusion:
    """Return the fusion of members' log-odds (n, m) that were found on rows they had not learned from."""
    centres, scales = of_members.mean(axis=0), of_members.std(axis=0)
    standard = np.divide(of_members - centres, scales, out=np.zeros_like(of_members), where=scales > 1e-12)
    signs = np.where(cases > 0, 1.0, -1.0)
    start = np.zeros(standard.shape[1] + 1)
    start[0] = np.log(max(cases.sum(), 0.5) / max(len(cases) - cases.sum(), 0.5))
    bounds = [(None, None), *[(0.0, None)] * standard.shape[1]]
    found = minimize(
        _loss, start, args=(standard, signs), jac=True, bounds=bounds, method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )  # fmt: skip
    intercept, weights = found.x[0], found.x[1:]
    weights = np.divide(weights, scales, out=np.zeros_like(weights), where=scales > 1e-12)
    return Fusion(tuple(centres.tolist()), tuple(weights.tolist()), float(intercept))


def _loss(parameters: Floats, standard: Floats, signs: Floats) -> tuple[float, Floats]:
    """Return the penalised log-loss and its gradient."""
    intercept, weights = parameters[0], parameters[1:]
    margins = signs * (standard @ weights + intercept)
    pulls = -signs * expit(-margins)
    loss = np.logaddexp(0.0, -margins).sum() + PENALTY / 2 * weights @ weights
    return float(loss), np.concatenate([[pulls.sum()], standard.T @ pulls + PENALTY * weights])


def cross_fuse(of_members: Floats, cases: NDArray[np.int64], folds: list[Fold]) -> Floats:
    """Return the log-odds (n,) of each fold's test rows under the fusion that the other folds' test rows give."""
    fused = np.full(len(cases), np.nan)
    for _, test in folds:
        others = np.setdiff1d(np.concatenate([other for _, other in folds]), test)
        both = len(set(cases[others].tolist())) == 2
        fused[test] = fit_fusion(of_members[others], cases[others]).logits(of_members[test]) if both else 0.0
    return fused
