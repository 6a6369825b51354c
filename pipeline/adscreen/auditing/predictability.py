"""Anything that is known of recordings -> how well it alone predicts the label of subjects it has not seen.

Out-of-fold probabilities of five folds that keep subjects and clusters together; AUC within folds; a jackknife
interval over the same groups, who count as tested and as trained on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.auditing.finding import Finding
from adscreen.errors import InputError
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Interval, Predictions, jackknife_auc

FOLDS, SEED = 5, 0


def write_area(area: Interval) -> str:
    """Return an AUC and its 95% interval in words.

    >>> write_area(Interval(0.8684, 0.742, 0.953))
    'AUC 0.868 (95% interval 0.742 to 0.953)'
    """
    return f"AUC {area.value:.3f} (95% interval {area.low:.3f} to {area.high:.3f})"


def describe_prediction(
    name: str, estimator: Any, inputs: Any, table: FeatureTable, *, where: str, remedy: str
) -> Finding:
    """Return a warning where what ``inputs`` hold predicts the label better than chance, else a note.

    ``inputs`` has one row a recording of ``table``, as ``estimator`` (scikit-learn's protocol) reads it.
    """
    area = predict(estimator, inputs, table)
    if area is None:
        what = f"{name}: too few subjects or values to find out whether it predicts the label"
        return Finding("note", what, where)
    written, figure = write_area(area), (area.value, area.low, area.high)
    if area.low > 0.5:
        what = f"{name}: predicts the label of unseen subjects by itself, {written}"
        return Finding("warning", what, where, remedy, *figure)
    matched = "; below chance, as where the classes are matched on it" if area.high < 0.5 else ""
    return Finding("note", f"{name}: does not predict the label by itself, {written}{matched}", where, "", *figure)


def predict(estimator: Any, inputs: Any, table: FeatureTable) -> Interval | None:
    """Return the out-of-fold AUC; None where the subjects are too few for folds or nothing can be fitted."""
    from sklearn.base import clone

    cases = table.cases
    try:
        folds = table.folds(FOLDS, seed=SEED)
        scores = [
            clone(estimator).fit(_rows(inputs, training), cases[training]).predict_proba(_rows(inputs, test))[:, 1]
            for training, test in folds
        ]
    except (InputError, ValueError):  # ValueError: what scikit-learn raises where no word or number is left
        return None
    joined = Predictions.join((test, own, 0.5) for (_, test), own in zip(folds, scores, strict=True))
    return jackknife_auc(joined, cases, table.groups, training="whole")


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
