"""FeatureTable -> a trained screening model with scikit-learn's verbs: fit, predict, predict_proba.

TrainedModel is the frozen record of what was learned; ScreeningModel is how a script trains one, applies it to a table
and keeps it. Both refuse what would mislead: rows that were measured otherwise than those of training, and people that
the model learned from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings, choose_study
from adscreen.estimator.tuning import on_one_thread
from adscreen.extract.feature_table import FeatureTable, require_table, require_words
from adscreen.model.applicability import find_difference, refuse_training_subjects
from adscreen.model.reference import logistic
from adscreen.model.trained_model import ModelManifest, TrainedModel, load_model, save_model, train_model
from adscreen.writing import is_vacant, whole_folder


class ScreeningModel(BaseEstimator):  # type: ignore[misc]
    """A screening model that is trained on a FeatureTable and applied to others.

    The constructor only stores. ``members`` is a preset (``"adscreen"``, ``"paper"``) or a list of members, each some
    blocks joined by ``+``, as in study.toml; ``study`` is a StudySettings or the path of a study.toml. ``seed``,
    ``threshold`` (a probability) and ``min_sensitivity`` are settings of the study by themselves. What is given here
    wins over the study; what neither gives has the defaults of ``StudySettings``. Members may read the blocks of the
    table (``with_block``, ``join``); whatever it is applied to needs the same columns, carried or as a block.

    After ``fit`` or ``load``: ``trained`` (TrainedModel), ``manifest`` (ModelManifest), ``classes_`` (the negative and
    the positive label) and ``threshold_``, the probability from which on a recording is screened positive. It was
    chosen on inner out-of-fold predictions, unless it was given.

    >>> model = ScreeningModel(["doc2vec", "lexical+fluency"], seed=1)
    >>> model.fit(training)  # doctest: +SKIP
    >>> model.predict_proba(held_out)[:, 1]  # doctest: +SKIP
    array([0.81, 0.12])
    """

    def __init__(
        self,
        members: str | Sequence[str] | None = None,
        *,
        study: StudySettings | str | Path | None = None,
        seed: int | None = None,
        threshold: float | None = None,
        min_sensitivity: float | None = None,
    ) -> None:
        self.members = members
        self.study = study
        self.seed = seed
        self.threshold = threshold
        self.min_sensitivity = min_sensitivity

    def fit(self, table: FeatureTable, *, jobs: int = 1) -> Self:
        """Tune on inner folds, choose the threshold there, and train on every row; ``jobs`` changes no result.

        Raises:
            InputError: a row has no label or no words, the table has no two labels, a label has fewer groups than
                folds, or a setting cannot be used.
        """
        require_table(table)
        given = {name: getattr(self, name) for name in ("members", "seed", "threshold", "min_sensitivity")}
        study = choose_study(self.study, table_blocks=table.blocks, **given)
        require_words(table)
        self.trained_, _ = train_model(table, study, jobs=jobs)
        return self

    @property
    def trained(self) -> TrainedModel:
        """What was learned.

        Raises:
            NotFittedError: nothing was, so far.
        """
        if not hasattr(self, "trained_"):
            raise NotFittedError("this ScreeningModel is not fitted; call fit(table), or ScreeningModel.load(folder)")
        return self.trained_

    @property
    def manifest(self) -> ModelManifest:
        """Everything about the model that is not an array."""
        return self.trained.manifest

    @property
    def classes_(self) -> NDArray[np.str_]:
        """The negative and the positive label (2,)."""
        return np.array([self.manifest.negative_label, self.manifest.positive_label])

    @property
    def threshold_(self) -> float:
        """The probability of the positive label from which on ``predict`` returns it."""
        return self.manifest.threshold

    def contributions(self, table: FeatureTable, *, allow_training_subjects: bool = False) -> pd.DataFrame:
        """Return what each family of features adds to the log-odds, one row per recording (n, 1 + families).

        The columns are ``intercept`` and the families; a row adds up to the log-odds of the positive label (natural
        logarithm). The index is ``recording_id``.

        Raises:
            NotFittedError: the model is not fitted.
            InputError: the rows were measured otherwise than those of training, a row has no words, a column of a block
                is missing, or a subject was in training and that is not allowed.
        """
        terms = self._terms(table, allow_training_subjects=allow_training_subjects)
        return pd.DataFrame(terms, index=pd.Index(table.subjects["recording_id"], name="recording_id"))

    def predict_proba(self, table: FeatureTable, *, allow_training_subjects: bool = False) -> NDArray[np.float64]:
        """Return the probabilities of ``classes_`` for each row (n, 2), as ``score`` computes them.

        Every row gets a number: unlike ``score``, this does not abstain from short or unusual recordings.

        Raises: as ``contributions`` does.
        """
        terms = self._terms(table, allow_training_subjects=allow_training_subjects)
        positive = np.array([logistic(math.fsum(of.values())) for of in terms])
        return np.column_stack([1 - positive, positive])

    def predict(self, table: FeatureTable, *, allow_training_subjects: bool = False) -> NDArray[np.str_]:
        """Return the label of each row (n,): the positive one from ``threshold_`` on, which is rarely 0.5.

        Raises: as ``contributions`` does.
        """
        probabilities = self.predict_proba(table, allow_training_subjects=allow_training_subjects)
        labels: NDArray[np.str_] = self.classes_[(probabilities[:, 1] >= self.threshold_).astype(int)]
        return labels

    def _terms(self, table: FeatureTable, *, allow_training_subjects: bool) -> list[dict[str, float]]:
        require_table(table)
        trained = self.trained
        difference = find_difference(trained, table.provenance)
        if difference:
            remedy = "extract the table with the settings of training, or train again"
            raise InputError(str(difference), where="the table", remedy=remedy)
        if not allow_training_subjects:
            subjects = table.subjects["subject_id"].astype(str).unique()
            known = filter(trained.knows_subject, subjects)
            refuse_training_subjects(
                known, where="the table", remedy="leave them out, or allow it with allow_training_subjects="
            )
        require_words(table)
        table = table.with_blocks(trained.manifest.blocks)
        terms: list[dict[str, float]] = on_one_thread(trained.estimator.contributions, table.inputs)
        return terms

    def save(self, folder: str | Path) -> Path:
        """Write the model's folder, whole or not at all, and return it; the same model gives the same bytes.

        Raises:
            NotFittedError: the model is not fitted.
            InputError: the folder exists and is not empty, or cannot be written.
        """
        trained, out = self.trained, Path(folder)
        if not is_vacant(out):
            raise InputError("already exists", where=str(folder), remedy="name a new folder")
        with whole_folder(out) as partial:
            save_model(trained, partial)
        return out

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return the model of a folder that ``save`` or `adscreen train` wrote.

        It predicts as it did. What it was trained with is in ``manifest``; its constructor's arguments are the
        defaults, so ``fit`` would train another model.

        Raises:
            InputError: it is not a model folder, or it is damaged.
        """
        model = cls()
        model.trained_ = load_model(Path(folder))
        return model
