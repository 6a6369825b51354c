"""Golden measures of 120 probabilities by other implementations: writes golden.json here.

AUC, average precision, accuracies, MCC and Brier score by scikit-learn; calibration slope and intercept by statsmodels
(GLM, binomial, the intercept with the logit as an offset); net benefit by dcurves; the bootstrap interval by SciPy, of
20,000 resamples of scikit-learn's AUC. None of these imports adscreen.

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
from scipy import stats
from sklearn import metrics

dcurves, regression = import_module("dcurves"), import_module("statsmodels.api")  # neither is a dependency of adscreen
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
        "auc_interval": interval(labels, probabilities),
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


def interval(labels: Any, probabilities: Any) -> list[float]:
    """Return the percentile interval of the AUC over resampled rows."""
    found = stats.bootstrap(
        (labels, probabilities),
        metrics.roc_auc_score,
        paired=True,
        vectorized=False,
        n_resamples=20_000,
        method="percentile",
        rng=np.random.default_rng(1),
    )
    return [float(found.confidence_interval.low), float(found.confidence_interval.high)]


if __name__ == "__main__":
    main()
