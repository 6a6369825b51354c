"""Golden measures of 120 probabilities by other implementations: writes golden.json here.

AUC, average precision, accuracies, MCC and Brier score by scikit-learn; calibration slope and intercept by statsmodels
(GLM, binomial, the intercept with the logit as an offset); net benefit by dcurves; the variance of the AUC by the
formula of DeLong et al. (1988), of scikit-learn's AUC of each case against the controls and of each control against the
cases; jackknife variances by scikit-learn's measures of the rows without one; Clopper-Pearson by statsmodels; the score
interval of the AUC by SciPy's root finder (brentq) on the variance of Newcombe (2006, method 5). None of these imports
adscreen.

    python tests/metrics/golden/generate.py     # with scikit-learn, statsmodels, dcurves and SciPy
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats
from sklearn import metrics

dcurves, regression = import_module("dcurves"), import_module("statsmodels.api")  # neither is a dependency of adscreen
proportion = import_module("statsmodels.stats.proportion")
HERE = Path(__file__).resolve().parent
N, THRESHOLD, CUTS = 120, 0.45, [0.05, 0.1, 0.2, 0.3, 0.5, 0.7]


def main() -> None:
    """Draw probabilities and labels, measure them, write everything."""
    rng = np.random.default_rng(20251014)
    labels = (rng.random(N) < 0.4).astype(int)
    odds = rng.normal(size=N) * 1.3 + 1.4 * labels - 0.9
    probabilities = np.round(1 / (1 + np.exp(-odds)), 3)  # rounded: some tie
    weights = rng.integers(1, 4, size=N)
    content: dict[str, Any] = {
        "versions": {name: version(name) for name in ("scikit-learn", "statsmodels", "dcurves", "scipy")},
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "weights": weights.tolist(),
        "threshold": THRESHOLD,
        "plain": measure(labels, probabilities),
        "weighted": measure(np.repeat(labels, weights), np.repeat(probabilities, weights)),
        "net_benefit": net_benefit(labels, probabilities),
        "delong": delong(labels, probabilities),
        "jackknife": leave_one_out(labels, probabilities),
        "clopper_pearson": clopper_pearson(),
        "score_intervals": score_intervals(),
    }
    (HERE / "golden.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def measure(labels: Any, probabilities: Any) -> dict[str, float]:
    """Return the measures of scikit-learn and statsmodels."""
    decided = probabilities >= THRESHOLD
    odds = np.log(probabilities / (1 - probabilities))
    binomial = regression.families.Binomial()
    slope = regression.GLM(labels, regression.add_constant(odds), family=binomial).fit(tol=1e-14)
    large = regression.GLM(labels, np.ones(len(odds)), family=binomial, offset=odds).fit(tol=1e-14)
    return {
        "auc": metrics.roc_auc_score(labels, probabilities),
        "average_precision": metrics.average_precision_score(labels, probabilities),
        "accuracy": metrics.accuracy_score(labels, decided),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, decided),
        "sensitivity": metrics.recall_score(labels, decided),
        "specificity": metrics.recall_score(labels, decided, pos_label=0),
        "mcc": metrics.matthews_corrcoef(labels, decided),
        "brier": metrics.brier_score_loss(labels, probabilities),
        "calibration_slope": float(slope.params[1]),
        "calibration_intercept": float(large.params[0]),
    }


def net_benefit(labels: Any, probabilities: Any) -> dict[str, list[float]]:
    """Return the net benefit of the model and of treating all, by threshold."""
    frame = pd.DataFrame({"case": labels, "model": probabilities})
    found = dcurves.dca(data=frame, outcome="case", modelnames=["model"], thresholds=np.array(CUTS))
    return {
        "threshold": CUTS,
        "model": found[found["model"] == "model"].sort_values("threshold")["net_benefit"].tolist(),
        "all": found[found["model"] == "all"].sort_values("threshold")["net_benefit"].tolist(),
    }


def delong(labels: Any, probabilities: Any) -> float:
    """Return the variance of the AUC: that of the cases' placements over m, and that of the controls' over n."""
    cases, controls = probabilities[labels == 1], probabilities[labels == 0]
    of_cases = [metrics.roc_auc_score([1] + [0] * len(controls), [one, *controls]) for one in cases]
    of_controls = [metrics.roc_auc_score([0] + [1] * len(cases), [one, *cases]) for one in controls]
    return float(np.var(of_cases, ddof=1) / len(cases) + np.var(of_controls, ddof=1) / len(controls))


def leave_one_out(labels: Any, probabilities: Any) -> dict[str, float]:
    """Return (n - 1) / n times the sum of squares of a measure without one row after another."""
    measures: dict[str, Any] = {
        "auc": lambda rows: metrics.roc_auc_score(labels[rows], probabilities[rows]),
        "brier": lambda rows: metrics.brier_score_loss(labels[rows], probabilities[rows]),
        "mcc": lambda rows: metrics.matthews_corrcoef(labels[rows], probabilities[rows] >= THRESHOLD),
        "sensitivity": lambda rows: metrics.recall_score(labels[rows], probabilities[rows] >= THRESHOLD),
        "average_precision": lambda rows: metrics.average_precision_score(labels[rows], probabilities[rows]),
    }
    found = {}
    for name, measured in measures.items():
        left = np.array([measured(np.arange(N) != row) for row in range(N)])
        found[name] = float((N - 1) / N * ((left - left.mean()) ** 2).sum())
    return found


def clopper_pearson() -> list[list[float]]:
    """Return successes, trials and the exact bounds."""
    pairs = [(0, 6), (6, 6), (1, 12), (30, 40), (59, 60)]
    return [[right, of, *map(float, proportion.proportion_confint(right, of, method="beta"))] for right, of in pairs]


def score_intervals() -> list[list[float]]:
    """Return AUC, cases, controls and the bounds at which |truth - AUC| is z times the standard error at the truth."""
    found = []
    for area, cases, controls in [(1.0, 6, 6), (1.0, 20, 20), (0.97, 15, 40), (0.99, 50, 50), (0.02, 10, 30)]:

        def gap(truth: float, area: float = area, cases: int = cases, controls: int = controls) -> float:
            size = (cases + controls) / 2 - 1
            spread = 1 + size * (1 - truth) / (2 - truth) + size * truth / (1 + truth)
            error = np.sqrt(truth * (1 - truth) * spread / (cases * controls))
            return float(abs(truth - area) - stats.norm.ppf(0.975) * error)

        low = optimize.brentq(gap, 1e-12, area - 1e-12, xtol=1e-14) if gap(1e-12) > 0 else 0.0
        high = optimize.brentq(gap, area + 1e-12, 1 - 1e-12, xtol=1e-14) if area < 1 and gap(1 - 1e-12) > 0 else 1.0
        found.append([area, cases, controls, float(low), float(high)])
    return found


if __name__ == "__main__":
    main()
