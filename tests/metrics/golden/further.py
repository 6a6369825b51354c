"""Golden values of further statistics by other implementations: writes further.json here.

Intraclass correlation by pingouin (one fold, as many visits of each subject), F of subjects within folds by
statsmodels (ANOVA); random-effects pooling by statsmodels.stats.meta_analysis (Paule-Mandel, Hartung-Knapp) with the
prediction interval by SciPy's t; the smooth calibration curve by statsmodels (GLM, binomial) on patsy's natural cubic
spline; rates at a fixed rate by SciPy's quantile (Weibull's position) and scikit-learn's AUC beside it. None of these
imports adscreen.

    python tests/metrics/golden/further.py     # with pingouin, statsmodels, patsy, scikit-learn and SciPy
"""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn import metrics

HERE = Path(__file__).resolve().parent
PACKAGES = ("pingouin", "statsmodels", "patsy", "scikit-learn", "scipy")  # no dependencies of adscreen but the last two


def main() -> None:
    """Draw data, measure them, write everything."""
    rng = np.random.default_rng(20261201)
    content = {
        "versions": {name: version(name) for name in PACKAGES},
        "agreement": [agreement(rng, visits=visits) for visits in (2, 4)],
        "nested": nested(rng),
        "pooling": [pooling(rng, spread=spread) for spread in (0.0, 0.6)],
        "calibration": calibration(rng),
        "operating": operating(rng),
    }
    (HERE / "further.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def agreement(rng: Any, *, visits: int) -> dict[str, Any]:
    """Return values of 25 subjects and pingouin's ICC(1,1), with the SD within subjects of a one-way ANOVA."""
    subjects = np.repeat(np.arange(25), visits)
    values = np.repeat(rng.normal(size=25) * 1.5, visits) + rng.normal(size=25 * visits)
    frame = pd.DataFrame({"subject": subjects, "visit": np.tile(np.arange(visits), 25), "value": values})
    found = import_module("pingouin").intraclass_corr(frame, targets="subject", raters="visit", ratings="value")
    first = found.iloc[0]
    within = frame.groupby("subject")["value"].var(ddof=1).mean() ** 0.5
    interval = pd.Series([within**2 * (25 * (visits - 1))] * 2) / stats.chi2.ppf([0.975, 0.025], 25 * (visits - 1))
    return {
        "subjects": subjects.tolist(),
        "values": values.tolist(),
        "kind": str(first["Type"]),
        "icc": float(first["ICC"]),
        "within": float(within),
        "within_interval": np.sqrt(interval).tolist(),
        "interval": icc_interval(frame, visits),
    }


def icc_interval(frame: pd.DataFrame, visits: int) -> list[float]:
    """Return the interval of McGraw and Wong from SciPy's one-way F; pingouin rounds its own to two decimals."""
    groups = [own.to_numpy() for _, own in frame.groupby("subject")["value"]]
    ratio = stats.f_oneway(*groups).statistic
    degrees = len(groups) - 1, len(groups) * (visits - 1)
    ends = [ratio / stats.f.ppf(chance, *degrees) for chance in (0.975, 0.025)]
    return [float((end - 1) / (end + visits - 1)) for end in ends]


def nested(rng: Any) -> dict[str, Any]:
    """Return values of 20 subjects of 4 folds, three visits each, and statsmodels' F of subjects within folds."""
    subjects = np.repeat(np.arange(20), 3)
    folds = subjects % 4
    values = np.repeat(rng.normal(size=20), 3) + folds * 5.0 + rng.normal(size=60)
    frame = pd.DataFrame({"subject": subjects, "fold": folds, "value": values})
    formula, anova = import_module("statsmodels.formula.api"), import_module("statsmodels.stats.anova")
    models = [formula.ols(f"value ~ C({name})", frame).fit() for name in ("fold", "subject")]
    ratio = float(anova.anova_lm(*models)["F"].iloc[1])
    return {
        "subjects": subjects.tolist(),
        "folds": folds.tolist(),
        "values": values.tolist(),
        "icc": (ratio - 1) / (ratio + 2),
        "within": float(models[1].mse_resid ** 0.5),
    }


def pooling(rng: Any, *, spread: float) -> dict[str, Any]:
    """Return estimates of six sites and statsmodels' pooled mean, with and without its Hartung-Knapp factor."""
    errors = rng.uniform(0.15, 0.5, size=6)
    values = 1.2 + spread * rng.normal(size=6) + errors * rng.normal(size=6)
    combine = import_module("statsmodels.stats.meta_analysis").combine_effects
    found = combine(values, errors**2, method_re="pm", use_t=True, atol=1e-12, maxiter=1000)
    return {
        "values": values.tolist(),
        "errors": errors.tolist(),
        "mean": float(found.mean_effect_re),
        "tau_squared": float(found.tau2),
        "error": float(found.sd_eff_w_re),
        "error_hartung_knapp": float(found.sd_eff_w_re_hksj),
        "weights": (found.weights_re / found.weights_re.sum()).tolist(),
        "t_mean": float(stats.t.ppf(0.975, 5)),
        "t_new": float(stats.t.ppf(0.975, 4)),
    }


def calibration(rng: Any) -> dict[str, Any]:
    """Return probabilities, labels, statsmodels' spline fit on a grid, and the distances of the fit from them."""
    true = rng.normal(size=300) * 1.2
    labels = (rng.random(300) < 1 / (1 + np.exp(-true))).astype(int)
    probabilities = np.round(1 / (1 + np.exp(-(1.6 * true + 0.3))), 6)
    weights = rng.integers(0, 3, size=300)
    odds = np.log(probabilities / (1 - probabilities))
    knots = np.quantile(odds, [0.05, 0.35, 0.65, 0.95])
    grid = [0.05, 0.2, 0.4, 0.6, 0.8, 0.95]
    return {
        "probabilities": probabilities.tolist(),
        "labels": labels.tolist(),
        "weights": weights.tolist(),
        "knots": knots.tolist(),
        "grid": grid,
        "plain": spline(odds, labels, knots, np.array(grid)),
        "weighted": spline(np.repeat(odds, weights), np.repeat(labels, weights), knots, np.array(grid)),
    }


def spline(odds: Any, labels: Any, knots: Any, grid: Any) -> dict[str, Any]:
    """Return the fitted probabilities on the grid, ICI, E50 and E90 of patsy's natural spline with these knots."""
    basis = import_module("patsy").dmatrix
    terms = f"cr(x, knots={list(knots[1:-1])}, lower_bound={knots[0]}, upper_bound={knots[-1]}) - 1"
    families, model = import_module("statsmodels.api").families, import_module("statsmodels.api").GLM

    def design(values: Any) -> Any:
        return np.asarray(basis(terms, {"x": values}))

    fit = model(labels, design(odds), family=families.Binomial()).fit(tol=1e-14)
    at = np.log(grid / (1 - grid))
    away = np.abs(fit.predict(design(odds)) - 1 / (1 + np.exp(-odds)))
    return {
        "curve": fit.predict(design(at)).tolist(),
        "ici": float(away.mean()),
        "e50": float(np.quantile(away, 0.5, method="inverted_cdf")),
        "e90": float(np.quantile(away, 0.9, method="inverted_cdf")),
    }


def operating(rng: Any) -> dict[str, Any]:
    """Return scores, labels, and the rates at fixed rates of 0.8, 0.9 and 0.95."""
    labels = (rng.random(150) < 0.45).astype(int)
    scores = np.round(1 / (1 + np.exp(-(rng.normal(size=150) + 1.5 * labels))), 2)  # rounded: some tie
    return {
        "scores": scores.tolist(),
        "labels": labels.tolist(),
        "sensitivity": [rate(scores[labels == 1], scores[labels == 0], at) for at in (0.8, 0.9, 0.95)],
        "specificity": [rate(-scores[labels == 0], -scores[labels == 1], at) for at in (0.8, 0.9, 0.95)],
    }


def rate(found: Any, others: Any, at: float) -> float:
    """Return the share of ``found`` above SciPy's quantile of the others, ties half: the area of a step at it."""
    (cut,) = stats.mstats.mquantiles(others, [at], alphap=0, betap=0)
    return float(metrics.roc_auc_score([1] * len(found) + [0], [*found, cut]))


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # pandas and statsmodels warn of what is to come; nothing here depends on it
    main()
