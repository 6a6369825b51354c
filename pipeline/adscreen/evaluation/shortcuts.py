"""What could stand in for the screening of speech -> predictions on the same folds, thresholds found the same way.

If word count, demographics, the task or the interviewer's words do as well as the estimator, it may have learned them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from adscreen.errors import InputError
from adscreen.estimator import Fusion, fit_fusion, words_classifier
from adscreen.estimator.tuning import positive_probability, subject_threshold
from adscreen.evaluation.categories import list_levels, read_category
from adscreen.evaluation.results import DEMOGRAPHICS, INTERVIEWER, MAJORITY, TASK, TFIDF, WORD_COUNT
from adscreen.extract.feature_table import INTERVIEWER_TOKENS, TOKENS, FeatureTable, Fold
from adscreen.metrics import (
    WHOLLY_SHARED,
    YOUDEN,
    ThresholdRule,
    logit,
    visit_correlation,
    weigh_by_subject,
)

SHORTCUTS = (TFIDF, MAJORITY, WORD_COUNT, DEMOGRAPHICS, TASK, INTERVIEWER)
NUMBERS, CATEGORIES = ("age", "education"), ("sex",)

LEAST_WEIGHT = 0.01  # of a standard deviation of log-odds: a baseline that ranks the wrong way round keeps its order

Inputs = pd.DataFrame | pd.Series  # numbers, or lists of words


def absent_shortcuts(table: FeatureTable) -> dict[str, str]:
    """Return why a shortcut cannot be tried on this cohort, for those that cannot."""
    absent = {}
    if not demographic_columns(table):
        absent[DEMOGRAPHICS] = "the manifest has no age, sex or education"
    tasks = read_category(table.subjects, TASK)
    if tasks.nunique(dropna=False) < 2:
        known = list_levels(tasks)
        absent[TASK] = f"the task of every recording is {known[0]}" if known else "no task is known of any recording"
    if not any(len(words) for words in table.inputs.get(INTERVIEWER_TOKENS, [])):
        absent[INTERVIEWER] = "no transcript has words of anybody but the participant"
    return absent


def demographic_columns(table: FeatureTable) -> list[str]:
    """Return the demographic columns that have a value."""
    return [name for name in (*NUMBERS, *CATEGORIES) if name in table.subjects and table.subjects[name].notna().any()]


class TableMethod:
    """A classifier over a table that is tuned no further: its inputs, how it is fitted, and its threshold."""

    settings: ClassVar[dict[str, Any]] = {}
    scaled = False  # whether its probabilities are calibrated on inner folds, as adscreen's are

    def __init__(
        self, method: str, table: FeatureTable, inputs: pd.DataFrame | pd.Series, *, rule: ThresholdRule
    ) -> None:
        self.method = method
        self.inputs = inputs
        self.cases = table.cases
        self._subjects = table.subjects["subject_id"].to_numpy(dtype=str)
        self._rule = rule

    def fit(self, rows: NDArray[np.intp]) -> Any:
        """Return a classifier fitted on these rows."""
        raise NotImplementedError

    def predict(self, rows: NDArray[np.intp], fitted: Any) -> NDArray[np.float64]:
        """Return the probability of the positive label (n,) of these rows."""
        return positive_probability(fitted, self.inputs.iloc[rows])

    def judge(self, training: NDArray[np.intp], inner: list[Fold]) -> HeldOutResult:
        """Return what out-of-fold probabilities of the training rows say; ``inner`` counts within them.

        Subjects weigh the same, however many recordings they have.
        """
        probabilities = np.full(len(training), np.nan)
        for inner_training, inner_test in inner:
            fitted = self.fit(training[inner_training])
            probabilities[inner_test] = self.predict(training[inner_test], fitted)
        cases, subjects = self.cases[training], self._subjects[training]
        weights = weigh_by_subject(subjects)
        calibration = None
        if self.scaled:
            calibration = fit_fusion(logit(probabilities)[:, None], cases, weights, least_weight=LEAST_WEIGHT)
        calibrated = calibrate(probabilities, calibration)
        threshold = self._rule.choose(calibrated, cases, weights)
        odds = logit(calibrated)
        correlation = visit_correlation(odds, cases, subjects)
        of_subjects = subject_threshold(
            odds, cases, subjects, correlation=correlation, rule=self._rule, threshold=threshold
        )
        return HeldOutResult(threshold, correlation, of_subjects, calibration)


@dataclass(frozen=True, slots=True)
class HeldOutResult:
    """What a method's out-of-fold probabilities of its training rows give: thresholds, joined visits, calibration."""

    threshold: float
    visit_correlation: float = WHOLLY_SHARED
    subject_threshold: float | None = None
    calibration: Fusion | None = None

    def calibrate(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities (n,), in the same order."""
        return calibrate(probabilities, self.calibration)


def calibrate(probabilities: NDArray[np.float64], calibration: Fusion | None) -> NDArray[np.float64]:
    """Return the probabilities of rescaled log-odds (Platt 1999); as they are without a calibration."""
    if calibration is None:
        return probabilities
    scaled: NDArray[np.float64] = expit(calibration.logits(logit(probabilities)[:, None]))
    return scaled


class Shortcut(TableMethod):
    """One shortcut baseline."""

    settings: ClassVar[dict[str, Any]] = {"C": 1.0}
    scaled = True

    def __init__(self, method: str, table: FeatureTable, *, seed: int, rule: ThresholdRule = YOUDEN) -> None:
        super().__init__(method, table, shortcut_inputs(method, table), rule=rule)

    def fit(self, rows: NDArray[np.intp]) -> Pipeline:
        """Return a classifier fitted on these rows.

        Raises:
            InputError: no word occurs in two of the participants' transcripts.
        """
        inputs, cases = self.inputs.iloc[rows], self.cases[rows]
        try:
            return build_shortcut(self.method, self.inputs).fit(inputs, cases)
        except ValueError as error:  # what scikit-learn refuses here is text without a word in common
            if self.method == INTERVIEWER:
                return _prior().fit(inputs, cases)
            raise InputError(
                "no word occurs in two training transcripts", where="cohort", remedy="add speech"
            ) from error

    def judge(self, training: NDArray[np.intp], inner: list[Fold]) -> HeldOutResult:
        """Return thresholds and calibration; the majority has 0.5, for it says the same of everybody."""
        return HeldOutResult(0.5) if self.method == MAJORITY else super().judge(training, inner)


def shortcut_inputs(method: str, table: FeatureTable) -> Inputs:
    """Return what a shortcut reads of each recording."""
    if method == INTERVIEWER:
        return table.inputs[INTERVIEWER_TOKENS]
    if method == WORD_COUNT:
        return pd.DataFrame({"words": table.inputs[TOKENS].map(len).astype(np.float64)})
    if method == DEMOGRAPHICS:
        return table.subjects[demographic_columns(table)].copy()
    if method == TASK:
        return pd.DataFrame({TASK: read_category(table.subjects, TASK)})
    return table.inputs[TOKENS]


def build_shortcut(method: str, inputs: Inputs) -> Pipeline:
    """Return the unfitted classifier of a shortcut over its inputs; every step but the last ignores the labels."""
    if method == MAJORITY:
        return _prior()
    if method == WORD_COUNT:
        return make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), _classifier())
    if method == DEMOGRAPHICS:
        return demographics_classifier(pd.DataFrame(inputs).columns)
    if method == TASK:
        return make_pipeline(_levels(), _classifier())
    return words_classifier()


def demographics_classifier(names: Iterable[str]) -> Pipeline:
    """Return logistic regression on those of age, education and sex that are named; what is missing is imputed."""
    found = set(names)
    numbers, categories = ([name for name in kind if name in found] for kind in (NUMBERS, CATEGORIES))
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    columns = [("numbers", make_pipeline(median, StandardScaler()), numbers), ("categories", _levels(), categories)]
    return make_pipeline(ColumnTransformer([part for part in columns if part[2]]), _classifier())


def _levels() -> Pipeline:
    """Return one column per level seen in training; what is missing is a level, one that is new at the test is none."""
    return make_pipeline(FunctionTransformer(_known), OneHotEncoder(handle_unknown="ignore", sparse_output=False))


def _known(frame: pd.DataFrame) -> NDArray[np.object_]:
    """Return text levels, what is missing as a level of its own."""
    return np.where(frame.isna(), "", frame.astype(str)).astype(object)


def _classifier() -> LogisticRegression:
    return LogisticRegression(C=1.0, class_weight="balanced", max_iter=5000)


def _prior() -> Pipeline:
    return make_pipeline(DummyClassifier(strategy="prior"))


def deal_labels(table: FeatureTable, *, seed: int | list[int]) -> NDArray[np.int64]:
    """Return labels (n,), 1 a case, permuted: one a subject, whole groups in a random order.

    The subjects' labels, group after group in a random order and within each in a random order, are given to the
    subjects, group after group in the order of their names: as many cases as before, and groups that hold one label go
    on doing so, but at the seams. In a cohort of matched sets, groups give to groups of their own size, so that each
    set has as many cases as some set had. A subject whose label differs between visits passes on all of them, in a
    random order, for their order may be true of others.
    """
    frame = pd.DataFrame(
        {"subject": table.subjects["subject_id"].astype(str), "group": table.groups, "case": table.cases}
    )
    subjects = frame.drop_duplicates("subject").sort_values(["group", "subject"], kind="stable")
    by_group = [own.to_numpy() for _, own in subjects.groupby("group", sort=False)["subject"]]
    random = np.random.default_rng(seed)
    order = random.permutation(len(by_group)).tolist()
    if table.matched_sets:
        by_group.sort(key=len)  # stable, as that of the order: the place of a group's label is in a group of its size
        order.sort(key=lambda number: len(by_group[number]))
    takers = np.concatenate(by_group)
    # the order within a group is drawn as well: of pairs named C1, P1 each would else have its own labels again
    givers = np.concatenate([random.permutation(by_group[number]) for number in order])
    canonical = table.canonical_order()  # so that the manifest's order changes nothing
    ordered = frame["subject"].iloc[canonical].reset_index(drop=True)
    rows_of = {subject: canonical[places] for subject, places in ordered.groupby(ordered).indices.items()}
    labels = table.cases
    dealt = np.empty_like(labels)
    for taker, giver in zip(takers.tolist(), givers.tolist(), strict=True):
        dealt[rows_of[taker]] = _hand_on(labels[rows_of[giver]], len(rows_of[taker]), random)
    return dealt


def _hand_on(labels: NDArray[np.int64], count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return the labels of one subject for ``count`` recordings of another."""
    if len(set(labels.tolist())) == 1:
        return np.full(count, labels[0])
    return np.resize(random.permutation(labels), count)
