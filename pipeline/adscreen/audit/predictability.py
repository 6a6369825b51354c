"""Anything that is known of recordings -> how well it alone predicts the label of subjects it has not seen.

Out-of-fold probabilities of five folds that keep subjects and clusters together; AUC within folds; a percentile
bootstrap interval over the same groups. The interval takes the fitted models as given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.audit.finding import Finding
from adscreen.errors import InputError
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import bootstrap_weights, interval_of, weighted_auc

FOLDS, RESAMPLES, SEED = 5, 1000, 0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Area:
    """An AUC and its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"AUC {self.value:.3f} (95% interval {self.low:.3f} to {self.high:.3f})"


def describe_prediction(
    name: str, estimator: Any, inputs: Any, table: FeatureTable, *, positive: str, where: str, remedy: str
) -> Finding:
    """Return a warning where what ``inputs`` hold predicts the label better than chance, else a note.

    ``inputs`` has one row a recording of ``table``, as ``estimator`` (scikit-learn's protocol) reads it.
    """
    area = predict(estimator, inputs, table, positive=positive)
    if area is None:
        what = f"{name}: whether it predicts the label could not be told, with so few subjects or so little of it"
        return Finding("note", what, where)
    figure = (area.value, area.low, area.high)
    if area.low > 0.5:
        return Finding(
            "warning", f"{name}: predicts the label of unseen subjects by itself, {area}", where, remedy, *figure
        )
    matched = "; below chance, as where the classes are matched on it" if area.high < 0.5 else ""
    return Finding("note", f"{name}: no prediction of the label by itself, {area}{matched}", where, "", *figure)


def predict(estimator: Any, inputs: Any, table: FeatureTable, *, positive: str) -> Area | None:
    """Return the out-of-fold AUC; None where the subjects are too few for folds or nothing can be fitted."""
    from sklearn.base import clone

    cases = table.cases(positive)
    try:
        folds = table.folds(FOLDS, positive=positive, seed=SEED)
        scores = [
            clone(estimator).fit(_rows(inputs, training), cases[training]).predict_proba(_rows(inputs, test))[:, 1]
            for training, test in folds
        ]
    except (InputError, ValueError):  # ValueError: what scikit-learn raises where no word or number is left
        return None
    weights = np.vstack([np.ones(len(table)), bootstrap_weights(table.groups, resamples=RESAMPLES, seed=SEED)])
    pairs = np.zeros(len(weights))
    concordant = np.zeros(len(weights))
    for (_, test), own in zip(folds, scores, strict=True):
        labels = cases[test].astype(bool)
        count = weights[:, test[labels]].sum(axis=1) * weights[:, test[~labels]].sum(axis=1)
        concordant += count * np.nan_to_num(weighted_auc(own, labels, weights[:, test]))
        pairs += count
    with np.errstate(invalid="ignore"):
        area: Floats = concordant / pairs
    return Area(float(area[0]), *interval_of(area[1:]))


def _rows(inputs: Any, rows: NDArray[np.intp]) -> Any:
    return inputs.iloc[rows] if isinstance(inputs, pd.DataFrame | pd.Series) else inputs[rows]


def names_classifier() -> Any:
    """Return character n-grams of names and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    letters = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    return make_pipeline(letters, LogisticRegression(class_weight="balanced", max_iter=1000))


def numbers_classifier() -> Any:
    """Return logistic regression on standardised columns; medians for what is missing, and that it is missing."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    filled = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(filled, StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
