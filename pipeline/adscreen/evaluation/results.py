"""What an evaluation finds, as plain records: one class a table, one instance a row, one CSV (and JSON list) a class.

Every table of a run folder is made of these, and the report and the audit read nothing else. ``protocol`` is one of
PROTOCOLS; ``method`` is ``adscreen`` or a baseline of METHODS, or ``frozen_model``; ``level`` says what is counted:
``recording``, or ``subject``, where the probability of a subject joins its test recordings of one repeat
(``metrics.visits``).
``low`` and ``high`` bound a 95% jackknife interval over subjects, ``cluster_low`` and ``cluster_high`` one over
clusters (NaN where the cohort has none). A value that cannot be had is NaN, which JSON writes as null.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.stability_rows import CleaningRow, ForecastRow, InstabilityRow, SampleSizeRow
from adscreen.metrics.visits import WHOLLY_SHARED

Protocol = Literal["subject", "paper", "site", "external", "validate"]
Level = Literal["recording", "subject"]
PROTOCOLS: tuple[Protocol, ...] = ("subject", "paper", "site", "external", "validate")
LEVELS: tuple[Level, ...] = ("recording", "subject")

ADSCREEN, TFIDF, MAJORITY, WORD_COUNT = "adscreen", "tfidf_baseline", "majority", "word_count"
DEMOGRAPHICS, TASK, INTERVIEWER = "demographics", "task", "interviewer"
ALL_WORDS = "all_words"  # of permuted labels alone: TF-IDF with the words of a single recording, which tell who speaks
FROZEN = "frozen_model"  # the only method of ``validate``

METHODS: dict[str, str] = {  # in the order in which tables list them
    ADSCREEN: "the estimator that adscreen trains, tuned inside each fold",
    TFIDF: "TF-IDF of the participant's words, logistic regression",
    MAJORITY: "the training side's share of cases, for every recording",
    WORD_COUNT: "the number of words alone, logistic regression",
    DEMOGRAPHICS: "age, sex and education as far as they are known, logistic regression; no speech",
    TASK: "which task was recorded (a picture, a story), logistic regression; no speech",
    INTERVIEWER: "TF-IDF of what everybody but the participant says, logistic regression",
}


@dataclass(frozen=True)
class FoldResult:
    """One fold of one method: training and test rows, probabilities, threshold and settings chosen in training.

    ``apparent`` holds measures on the fold's own training rows; ``families`` the mean absolute contribution of each
    family of features to the log-odds of a test recording. Both are empty where they were not computed.
    ``visit_correlation`` is what recordings of a subject share (``metrics.visits``), ``subject_threshold`` the one of
    their joined probability; None where it is that of recordings. ``inner_auc`` is the AUC of the tuned estimator on
    the inner folds, NaN for methods that are not tuned.
    """

    method: str
    repeat: int
    fold: int
    training: NDArray[np.intp]
    rows: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    threshold: float
    settings: dict[str, Any]
    apparent: dict[str, float] = field(default_factory=dict)
    families: dict[str, float] = field(default_factory=dict)
    visit_correlation: float = WHOLLY_SHARED
    subject_threshold: float | None = None
    inner_auc: float = math.nan

    @property
    def threshold_of_subjects(self) -> float:
        """The threshold of a subject's joined probability."""
        return self.threshold if self.subject_threshold is None else self.subject_threshold


@dataclass(frozen=True, slots=True)
class MethodRow:
    """methods.csv: a method, what it is, and why it did not run (empty where it ran)."""

    method: str
    description: str
    absent: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """metrics.csv: one measure, averaged over repeats. ``sd_over_repeats`` is no part of the interval."""

    protocol: str
    method: str
    level: str
    measure: str
    value: float
    low: float
    high: float
    sd_over_repeats: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """differences.csv: the evaluated method minus ``method`` on the same folds and recordings."""

    protocol: str
    method: str
    level: str
    measure: str
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class ConfusionRow:
    """confusion.csv: the confusion matrix of one repeat, each fold's decisions at its own threshold."""

    protocol: str
    method: str
    level: str
    repeat: int
    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int


@dataclass(frozen=True, slots=True)
class RocRow:
    """roc.csv: sensitivity at a false positive rate; folds' curves averaged by their number of case-control pairs.

    So the area under it is the AUC of metrics.csv (mean over repeats).
    """

    protocol: str
    method: str
    level: str
    false_positive_rate: float
    sensitivity: float


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """calibration.csv: one bin of the calibration curve, by quantiles of the probability over all repeats.

    ``predicted`` is the mean probability, ``observed`` the share of cases; ``count`` is per repeat, on average.
    """

    protocol: str
    method: str
    level: str
    bin: int
    count: float
    predicted: float
    observed: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """decision_curve.csv: net benefit at a threshold probability, beside treating everybody (and nobody, which is 0).

    At the cohort's own share of cases (Vickers & Elkin 2006).
    """

    protocol: str
    method: str
    level: str
    threshold: float
    net_benefit: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float
    treat_all: float


@dataclass(frozen=True, slots=True)
class SubgroupRow:
    """subgroups.csv: the evaluated method's measures among the recordings of one subgroup.

    ``column`` is original_label, sex, age, education, mmse, early_stage, visit, site, task, language, source_format or
    diagnosis; ``subgroup`` its level or band. Under mmse, early_stage and diagnosis the cases of the subgroup stand
    against all controls; a label of the manifest (``original_label``) stands against the whole other side.
    ``suppressed`` is the reason why there is no value.
    """

    protocol: str
    method: str
    column: str
    subgroup: str
    recordings: int
    negative_subjects: int
    positive_subjects: int
    measure: str
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float
    suppressed: str


@dataclass(frozen=True, slots=True)
class LearningRow:
    """learning_curve.csv: a measure when each fold of the first repeat trains on a share of its training groups.

    ``groups`` and ``recordings`` are means over folds. The file holds no row unless the curve was asked for.
    """

    protocol: str
    method: str
    share: float
    groups: float
    recordings: float
    measure: str
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """families.csv: the mean absolute contribution of a family to the log-odds of a test recording, over folds."""

    protocol: str
    family: str
    contribution: float
    sd_over_folds: float


@dataclass(frozen=True, slots=True)
class ApparentRow:
    """apparent.csv: a measure on the training rows of each fold, averaged, beside the cross-validated one."""

    protocol: str
    method: str
    measure: str
    apparent: float
    cross_validated: float
    optimism: float


@dataclass(frozen=True, slots=True)
class PermutationRow:
    """permutations.csv: the AUC by recording of a baseline that was trained and tested with permuted labels.

    It is a mean over repeats. ``permutation`` counts from 0; ``method`` is a baseline that ran, or ``all_words``.
    """

    protocol: str
    method: str
    permutation: int
    auc: float


@dataclass(frozen=True, slots=True)
class ChanceRow:
    """chance.csv: the AUC by recording of a method beside that of permuted labels, whose method is ``reference``.

    ``mean`` and ``sd`` are those of the permutations. ``p_value`` is one-sided, for an AUC above chance; ``p_best`` is
    corrected for choosing the best of the shortcuts that do not read the participant's words, NaN for other methods.
    """

    protocol: str
    method: str
    auc: float
    reference: str
    mean: float
    sd: float
    p_value: float
    p_best: float
    permutations: int
    note: str


@dataclass(frozen=True, slots=True)
class TableOneRow:
    """table1.csv: the cohort by label.

    ``unit`` says what is counted, subjects or recordings. ``summary`` is ``count`` (of ``level``: negative and positive
    are numbers, the spreads shares) or ``mean`` (the spreads are standard deviations). ``standardised_difference`` is
    positive minus negative in pooled standard deviations; above 0.1 in size it is worth a look (Austin 2009).
    """

    cohort: str
    variable: str
    level: str
    unit: str
    summary: Literal["count", "mean"]
    negative: float
    negative_spread: float
    positive: float
    positive_spread: float
    negative_missing: int
    positive_missing: int
    standardised_difference: float


@dataclass(frozen=True, slots=True)
class FlowRow:
    """flow.csv: one step from the manifest's rows to those used. ``cohort`` is ``cohort``, or ``test`` if external.

    ``other_label`` are rows whose label is that of neither cases nor controls, one step per label.
    """

    cohort: str
    step: Literal[
        "read",
        "excluded",
        "other_label",
        "in_training",
        "unreadable",
        "silent",
        "insufficient_speech",
        "out_of_scope",
        "used",
    ]
    recordings: int
    subjects: int
    negative_subjects: int
    positive_subjects: int
    reason: str


@dataclass(frozen=True, slots=True)
class CalibrationCurveRow:
    """calibration_curve.csv: the smooth calibration curve of the evaluated method at one predicted probability.

    ``observed`` is the share of cases that a spline gives there, averaged over repeats (metrics.calibration_spline).
    """

    protocol: str
    method: str
    level: str
    predicted: float
    observed: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class CalibrationErrorRow:
    """calibration_error.csv: how far probabilities are from the smooth curve: ``ici``, ``e50`` or ``e90``.

    ``absent`` is the reason why there is no curve. E50 and E90 have no interval.
    """

    protocol: str
    method: str
    level: str
    measure: Literal["ici", "e50", "e90"]
    knots: int
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float
    absent: str


@dataclass(frozen=True, slots=True)
class OperatingPointRow:
    """operating_points.csv: the sensitivity at a fixed specificity, or the specificity at a fixed sensitivity.

    The threshold is found on the tested rows themselves, within each fold: a description of the scores, not of a
    threshold that was chosen beforehand.
    """

    protocol: str
    method: str
    level: str
    fixed: Literal["specificity", "sensitivity"]
    at: float
    measure: Literal["sensitivity", "specificity"]
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True, slots=True)
class RetestRow:
    """retest.csv: how well the visits of a subject agree in the evaluated method's out-of-fold results.

    ``measure`` is ``icc`` (one-way, ICC(1,1)), ``within_sd`` or ``minimal_detectable_change``, on a ``scale`` of
    log-odds or of probabilities, over subjects with several visits in one fold: all, or those of one label
    (``among``). Intervals are over subjects. ``absent`` is the reason why there is no value.
    """

    protocol: str
    method: str
    among: str
    scale: Literal["log_odds", "probability"]
    measure: Literal["icc", "within_sd", "minimal_detectable_change"]
    subjects: int
    recordings: int
    value: float
    low: float
    high: float
    absent: str


@dataclass(frozen=True, slots=True)
class FairnessRow:
    """fairness.csv: a measure in one group of people minus that in the largest group of the same column.

    ``column`` is sex, age, education or site; ``own`` and ``of_reference`` are the two values. ``comparisons`` counts
    the differences of the protocol; ``differs`` says whether the 95% interval leaves out 0, over clusters where there
    are any, and ``differs_adjusted`` whether it still does at 1 - 0.05 / comparisons (Bonferroni). ``suppressed`` is
    the reason why there is no value.
    """

    protocol: str
    method: str
    level: str
    column: str
    group: str
    reference: str
    negative_subjects: int
    positive_subjects: int
    measure: str
    own: float
    of_reference: float
    difference: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float
    comparisons: int
    differs: bool
    differs_adjusted: bool
    suppressed: str


@dataclass(frozen=True, slots=True)
class SitePoolingRow:
    """site_pooling.csv: the AUC at one site (``site``), the random-effects mean (``pooled``), or a ``new_site``.

    Sites are pooled on the logit scale, by ``weight``; ``tau`` is the standard deviation between sites there. The
    bounds of ``new_site`` are a 95% prediction interval of the AUC at a site like these. ``absent`` is the reason why
    there is no value.
    """

    protocol: str
    method: str
    level: str
    part: Literal["site", "pooled", "new_site"]
    site: str
    negative_subjects: int
    positive_subjects: int
    weight: float
    auc: float
    low: float
    high: float
    tau: float
    absent: str


@dataclass(frozen=True)
class ProtocolEvaluation:
    """The outcome of one protocol."""

    protocol: Protocol
    folds: list[FoldResult]
    methods: list[MethodRow]
    metrics: list[MetricRow]
    differences: list[DifferenceRow]
    confusion: list[ConfusionRow]
    roc: list[RocRow]
    calibration: list[CalibrationRow]
    decisions: list[DecisionRow]
    subgroups: list[SubgroupRow]
    learning: list[LearningRow]
    families: list[FamilyRow]
    apparent: list[ApparentRow]
    permutations: list[PermutationRow]
    chance: list[ChanceRow]
    shared_subject_share: float
    sample_size: list[SampleSizeRow] = field(default_factory=list)
    forecast: list[ForecastRow] = field(default_factory=list)
    instability: list[InstabilityRow] = field(default_factory=list)
    cleaning: list[CleaningRow] = field(default_factory=list)
    leading: Level = "recording"
    calibration_curve: list[CalibrationCurveRow] = field(default_factory=list)
    calibration_errors: list[CalibrationErrorRow] = field(default_factory=list)
    operating_points: list[OperatingPointRow] = field(default_factory=list)
    retest: list[RetestRow] = field(default_factory=list)
    fairness: list[FairnessRow] = field(default_factory=list)
    site_pooling: list[SitePoolingRow] = field(default_factory=list)

    @property
    def main(self) -> str:
        """The method that was evaluated: adscreen, or a user's estimator."""
        return self.folds[0].method

    def metric(self, measure: str, *, method: str | None = None, level: Level = "recording") -> MetricRow:
        """Return one row of ``metrics``.

        Raises:
            KeyError: it was not computed.
        """
        for row in self.metrics:
            if (row.method, row.level, row.measure) == (method or self.main, level, measure):
                return row
        raise KeyError((method, level, measure))
