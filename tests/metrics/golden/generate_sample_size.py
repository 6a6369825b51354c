"""Golden sample sizes by other implementations: writes sample_size.json here. None of these imports adscreen.

Development by the authors' package pmsampsize (Ensor, Riley), from R2 of Cox and Snell and from AUC (which it turns
into R2 by a simulation of a million people). Validation by hand formulas with SciPy: the moments of the calibration
slope by adaptive quadrature, the size for an AUC by a root finder on Newcombe's variance, and the variance of Hanley
and McNeil with each of its terms written out.

    python tests/metrics/golden/generate_sample_size.py     # with pmsampsize and SciPy
"""

from __future__ import annotations

import json
import math
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scipy import integrate, optimize, special, stats

HERE = Path(__file__).resolve().parent
BY_R2 = [(0.288, 0.174, 24), (0.1, 0.05, 10), (0.4, 0.5, 5), (0.2, 0.3, 400)]  # R2, prevalence, parameters
BY_AUC = [(0.81, 0.77, 10), (0.85, 0.5, 5), (0.7, 0.2, 20)]  # AUC, prevalence, parameters
WIDTHS = {"oe": 0.2, "slope": 0.2, "auc": 0.1}


def main() -> None:
    """Compute everything and write it."""
    package = import_module("pmsampsize.pmsampsize")
    content: dict[str, Any] = {
        "versions": {"pmsampsize": version("pmsampsize"), "scipy": version("scipy")},
        "by_r2": [develop(package, parameters, prevalence, csrsquared=r2) for r2, prevalence, parameters in BY_R2],
        "by_auc": [develop(package, parameters, prevalence, cstatistic=auc) for auc, prevalence, parameters in BY_AUC],
        "validation": [validate(auc, prevalence) for auc, prevalence, _ in BY_AUC],
        "hanley_mcneil": [hanley_mcneil(auc, *counts) for auc, counts in [(0.85, (20, 30)), (0.7, (5, 60))]],
    }
    (HERE / "sample_size.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def develop(package: Any, parameters: int, prevalence: float, **expected: float) -> dict[str, Any]:
    """Return what pmsampsize asks for under each criterion, and the R2 that it goes by."""
    found = package.pmsampsize(type="b", parameters=parameters, prevalence=prevalence, noprint=True, **expected)
    given = {"parameters": parameters, "prevalence": prevalence, **expected}
    sizes = [int(row[1]) for row in found["results_table"][:3]]
    return given | {"shrinkage": sizes[0], "optimism": sizes[1], "risk": sizes[2], "r2": float(found["rsquared"])}


def validate(auc: float, prevalence: float) -> dict[str, float]:
    """Return the size that gives each interval its width, before it is rounded up."""
    shift = math.sqrt(2) * stats.norm.ppf(auc)
    middle = math.log(prevalence / (1 - prevalence))

    def density(odds: float) -> float:
        case, control = stats.norm(middle + shift**2 / 2, shift), stats.norm(middle - shift**2 / 2, shift)
        return float(prevalence * case.pdf(odds) + (1 - prevalence) * control.pdf(odds))

    def information(power: int) -> float:
        def integrand(odds: float) -> float:
            share = special.expit(odds)
            return float(odds**power * share * (1 - share) * density(odds))

        return float(integrate.quad(integrand, middle - 12 * shift - 5, middle + 12 * shift + 5, limit=500)[0])

    alpha, both, beta = (information(power) for power in (0, 1, 2))
    slope = alpha / ((alpha * beta - both**2) * (WIDTHS["slope"] / 3.92) ** 2)

    def oe_width(size: float) -> float:
        error = math.sqrt((1 - prevalence) / (size * prevalence))
        return math.exp(1.96 * error) - math.exp(-1.96 * error) - WIDTHS["oe"]

    def auc_width(size: float) -> float:
        other = (size / 2 - 1) * ((1 - auc) / (2 - auc) + auc / (1 + auc))
        variance = auc * (1 - auc) * (1 + other) / (size**2 * prevalence * (1 - prevalence))
        return float(3.92 * math.sqrt(variance) - WIDTHS["auc"])

    return {
        "auc": auc,
        "prevalence": prevalence,
        "observed_over_expected": float(optimize.brentq(oe_width, 5, 1e7)),
        "calibration_slope": slope,
        "of_auc": float(optimize.brentq(auc_width, 5, 1e7)),
    }


def hanley_mcneil(auc: float, cases: int, controls: int) -> dict[str, float]:
    """Return the variance of an AUC by the published formula, each term of its own."""
    pairs_of_cases = (cases - 1) * (auc / (2 - auc) - auc**2)
    pairs_of_controls = (controls - 1) * (2 * auc**2 / (1 + auc) - auc**2)
    variance = (auc * (1 - auc) + pairs_of_cases + pairs_of_controls) / (cases * controls)
    return {"auc": auc, "cases": cases, "controls": controls, "variance": variance}


if __name__ == "__main__":
    main()
