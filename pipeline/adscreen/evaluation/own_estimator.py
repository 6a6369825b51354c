"""A user's scikit-learn classifier over ``table.X`` -> predictions on the same folds as everything else."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adscreen.errors import InputError
from adscreen.evaluation.results import METHODS
from adscreen.evaluation.shortcuts import TableMethod
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import ThresholdRule


class OwnEstimator(TableMethod):
    """A user's classifier: a fresh clone is fitted on the training rows of every fold, inner and outer.

    A parameter ``random_state`` that is None gets the seed of the fold's repeat, so that a run can be repeated.
    """

    def __init__(self, estimator: Any, table: FeatureTable, *, seed: int, rule: ThresholdRule) -> None:
        super().__init__(name_estimator(estimator), table, table.X, rule=rule)
        self._estimator, self._seed = estimator, seed

    def fit(self, rows: NDArray[np.intp]) -> Any:
        """Return a clone of the estimator fitted on these rows.

        Raises:
            InputError: it cannot be fitted; the line says what scikit-learn said.
        """
        from sklearn.base import clone

        try:
            fresh = _seed(clone(self._estimator), self._seed)
            return fresh.fit(self.inputs.iloc[rows], self.cases[rows])
        except Exception as error:  # whatever a user's estimator raises
            raise _refusal(self._estimator, "be fitted", error) from error

    def predict(self, rows: NDArray[np.intp], fitted: Any) -> NDArray[np.float64]:
        """Return the probability of the positive label (n,) of these rows.

        Raises:
            InputError: the estimator cannot read them.
        """
        try:
            found = np.asarray(fitted.predict_proba(self.inputs.iloc[rows]), dtype=np.float64)
            classes = [int(name) for name in fitted.classes_]
        except Exception as error:
            raise _refusal(fitted, "predict", error) from error
        if 1 not in classes or found.shape != (len(rows), len(classes)):
            raise _refusal(fitted, "predict", ValueError(f"its probabilities are {found.shape} for two classes"))
        probabilities: NDArray[np.float64] = found[:, classes.index(1)]
        if not ((probabilities >= 0) & (probabilities <= 1)).all():  # NaN is neither
            raise _refusal(fitted, "predict", ValueError("it gave values that are not probabilities"))
        return probabilities


def _seed(estimator: Any, seed: int) -> Any:
    """Give the seed to every ``random_state`` that is None, those of splitters among the parameters included."""
    parameters = estimator.get_params(deep=True)
    names = [name for name, value in parameters.items() if name.rpartition("__")[2] == "random_state" and value is None]
    for value in parameters.values():
        if not hasattr(value, "get_params") and getattr(value, "random_state", seed) is None:
            value.random_state = seed
    return estimator.set_params(**dict.fromkeys(names, seed))


def _refusal(estimator: Any, what: str, error: Exception) -> InputError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = lines[0].rstrip(".") if lines else type(error).__name__
    remedy = "change its settings, or the columns it reads"
    if "NaN" in reason:
        remedy = "features that cannot be computed are NaN: impute inside, make_pipeline(SimpleImputer(), ...)"
    return InputError(f"{type(estimator).__name__} cannot {what}: {reason}", where="estimator=", remedy=remedy)


def check_estimator(estimator: Any) -> Any:
    """Return the estimator.

    Raises:
        InputError: it is no classifier with probabilities.
    """
    from sklearn.base import is_classifier

    if isinstance(estimator, type) or not hasattr(estimator, "get_params") or not is_classifier(estimator):
        what = f"{getattr(estimator, '__name__', type(estimator).__name__)} is no scikit-learn classifier"
        raise InputError(what, where="estimator=", remedy="give an unfitted one, such as RandomForestClassifier()")
    if not hasattr(estimator, "predict_proba"):
        what = f"{type(estimator).__name__} gives no probabilities"
        raise InputError(what, where="estimator=", remedy="wrap it in CalibratedClassifierCV")
    return estimator


def name_estimator(estimator: Any) -> str:
    """Return the name under which tables list an estimator: that of its class, or of a pipeline's last step.

    >>> from sklearn.ensemble import RandomForestClassifier
    >>> name_estimator(RandomForestClassifier())
    'random_forest_classifier'
    """
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(last).__name__).lower()
    return f"own_{name}" if name in METHODS else name


def describe_estimator(estimator: Any) -> str:
    """Return an estimator as its constructor writes it, on one line and without addresses of memory."""
    return re.sub(r" at 0x[0-9A-Fa-f]+", "", " ".join(repr(estimator).split()))
