"""Learning curves of known shape -> how often the interval of a forecast holds the AUC that more groups really give.

Each of 400 cohorts a design (a number decided beforehand) has four points of a true curve a - b n^-c, each with an
error of 0.03 on the AUC, independent or with a correlation of 0.7, as points that share their test people have.
Printed: the share of curves that are refused, and of the others the share whose interval holds the truth at 1.5, 2 and
4 times the groups.

    python benchmarks/learning_forecast.py
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from adscreen.evaluation.forecast import forecast_learning
from adscreen.evaluation.results import ADSCREEN, LearningRow

COHORTS, ERROR = 400, 0.03
GROUPS = np.array([20.0, 40.0, 60.0, 80.0])
LIMIT, SMALLEST = 0.9, 0.72  # the true AUC with all groups there are, and with 20
EXPONENTS, CORRELATIONS = (0.0, 0.5, 0.8, 1.2), (0.0, 0.7)
FACTORS = (1.5, 2.0, 4.0)


def true_auc(groups: np.ndarray | float, exponent: float) -> np.ndarray | float:
    """Return the true AUC; an exponent of 0 is a flat curve."""
    return LIMIT - (LIMIT - SMALLEST) * (np.asarray(groups) / GROUPS[0]) ** -exponent


def draw_points(exponent: float, correlation: float, rng: np.random.Generator) -> list[LearningRow]:
    """Return the points of one cohort, each with the interval of its true error."""
    shared, own = rng.standard_normal(), rng.standard_normal(len(GROUPS))
    noise = ERROR * (math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own)
    values = np.clip(true_auc(GROUPS, exponent) + noise, 0, 1)
    return [
        LearningRow("subject", ADSCREEN, n / GROUPS[-1], n, n, "auc", v, v - half, min(v + half, 1.0), *[math.nan] * 2)
        for n, v, half in zip(GROUPS, values, [1.96 * ERROR] * len(GROUPS), strict=True)
    ]


def judge() -> Iterator[dict[str, float]]:
    """Yield one row a design."""
    for exponent in EXPONENTS:
        for correlation in CORRELATIONS:
            rng = np.random.default_rng([int(10 * exponent), int(10 * correlation)])
            found = [forecast_learning(draw_points(exponent, correlation, rng), seed=0) for _ in range(COHORTS)]
            kept = [rows for rows in found if not rows[0].refused]
            row = {"exponent": exponent, "correlation": correlation, "refused": 1 - len(kept) / COHORTS}
            for factor in FACTORS:
                truth = float(true_auc(factor * GROUPS[-1], exponent))
                own = [next(one for one in rows if one.factor == factor) for rows in kept]
                row[f"holds at {factor:g}"] = float(np.mean([one.low <= truth <= one.high for one in own]))
                row[f"width at {factor:g}"] = float(np.mean([one.high - one.low for one in own]))
            yield row


def main() -> None:
    """Judge every design and print the table."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    for row in judge():
        print(pd.DataFrame([row]).round(3).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
