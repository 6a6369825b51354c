"""The estimator: members, each fitted on the training rows, and a fusion of their log-odds that is given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from adscreen.estimator.fusion import Fusion
from adscreen.estimator.labels import case_labels
from adscreen.estimator.member import CONSTANT, Member, build_member, member_logits, member_terms, member_vocabulary
from adscreen.estimator.study import PAIRED, MemberSettings


class Stack(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Members and the fusion of their log-odds. ``fit`` fits the members; the fusion is what tuning found.

    ``centres`` and ``weights`` have a number a member (see ``fusion``). A member without weight is not fitted.
    """

    def __init__(
        self, members: Sequence[Member], centres: Sequence[float], weights: Sequence[float], intercept: float
    ) -> None:
        self.members = members
        self.centres = centres
        self.weights = weights
        self.intercept = intercept

    def fit(self, inputs: pd.DataFrame, y: ArrayLike) -> Self:
        """Fit every member that counts on rows of a table's inputs; y is 1 for a case, 0 for a control.

        Raises:
            InputError: y holds another label.
        """
        cases = case_labels(y)
        self.classes_ = np.array([0, 1])
        self.fitted_ = [
            member.fit(inputs, cases) if w else None for member, w in zip(self.members, self.weights, strict=True)
        ]
        return self

    def decision_function(self, inputs: pd.DataFrame) -> NDArray[np.float64]:
        """Return the log-odds of each row (n,)."""
        check_is_fitted(self)
        fusion = Fusion(tuple(self.centres), tuple(self.weights), self.intercept)
        logits = [np.zeros(len(inputs)) if member is None else member_logits(member, inputs) for member in self.fitted_]
        return fusion.logits(np.column_stack(logits))

    def predict_proba(self, inputs: pd.DataFrame) -> NDArray[np.float64]:
        """Return the probability of control and case of each row (n, 2)."""
        positive = expit(self.decision_function(inputs))
        return np.column_stack([1 - positive, positive])

    def predict(self, inputs: pd.DataFrame) -> NDArray[np.int64]:
        """Return 1 where a case is likelier than not."""
        return (self.decision_function(inputs) >= 0).astype(np.int64)

    def contributions(self, inputs: pd.DataFrame) -> list[dict[str, float]]:
        """Return what each family adds to the log-odds of each row, and the intercept; they add up to the log-odds.

        Blocks are centred on the training rows, and members on their out-of-fold log-odds: 0 is near an average
        training recording. The sums are exact, so a row's values do not depend on the rows beside it.
        """
        check_is_fitted(self)
        rows: list[dict[str, list[float]]] = [{CONSTANT: [float(self.intercept)]} for _ in range(len(inputs))]
        for member, centre, weight in zip(self.fitted_, self.centres, self.weights, strict=True):
            if member is None:
                continue
            for row, terms in zip(rows, member_terms(member, inputs), strict=True):
                own = PAIRED if PAIRED in terms else CONSTANT  # what a member is centred by is not a family's doing
                row.setdefault(own, []).append(-weight * centre)
                for family, value in terms.items():
                    row.setdefault(family, []).append(weight * value)
        return [{family: math.fsum(values) for family, values in row.items()} for row in rows]

    def vocabulary(self) -> frozenset[str] | None:
        """Return the words that the first member that reads words knows, None where none does."""
        check_is_fitted(self)
        known = (member_vocabulary(member) for member in self.fitted_ if member is not None)
        return next((words for words in known if words is not None), None)


def build_estimator(
    members: Sequence[MemberSettings], fusion: Fusion, *, seed: int = 0, doc2vec_known: bool = False
) -> Stack:
    """Return the unfitted estimator of these members (``doc2vec_known``: see ``build_columns``)."""
    built = [build_member(settings, seed=seed, doc2vec_known=doc2vec_known) for settings in members]
    return Stack(built, list(fusion.centres), list(fusion.weights), fusion.intercept)
