"""What the report of an evaluation says, as plain data: report.json is this, and the template only lays it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from adscreen.auditing import Finding
from adscreen.evaluation.certificate import Certificate
from adscreen.evaluation.results import FlowRow, TableOneRow
from adscreen.metrics import Interval
from adscreen.report.evaluation.lock_contents import LockOutcome
from adscreen.report.evaluation.stability_contents import Stability

Kind = Literal["ours", "baseline", "shortcut", "check"]
Answer = Literal["run", "partly", "person"]
ProbastAnswer = Literal["yes", "probably yes", "probably no", "no", "no information", "not applicable"]


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method under one protocol: each measure with its interval, and its spread over repeats.

    ``difference`` is the AUC of adscreen less that of this method, paired; None for adscreen itself.
    """

    method: str
    title: str
    description: str
    kind: Kind
    measures: dict[str, Interval]
    spread: dict[str, float]
    difference: Interval | None


@dataclass(frozen=True, slots=True)
class AbsentMethod:
    """A method that could not be tried, and why."""

    method: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class PredictiveValue:
    """What a positive and a negative result are worth where ``prevalence`` of those screened are cases."""

    prevalence: float
    positive: Interval
    negative: Interval


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of one level, a mean over repeats: of cases called cases, and so on."""

    level: str
    true_positive: float
    false_negative: float
    false_positive: float
    true_negative: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of (x, y); ``name`` says of what."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """A bin of predicted probability: how many recordings a repeat, the mean prediction, the share of cases."""

    count: float
    predicted: float
    observed: Interval


@dataclass(frozen=True, slots=True)
class Benefit:
    """Net benefit of screening at a threshold probability, beside referring everybody (nobody is 0)."""

    threshold: float
    screening: Interval
    refer_all: float


@dataclass(frozen=True, slots=True)
class Subgroup:
    """adscreen in one subgroup; where too few subjects are in it, ``measures`` is empty and ``suppressed`` says why."""

    column: str
    name: str
    recordings: int
    negative_subjects: int
    positive_subjects: int
    measures: dict[str, Interval]
    suppressed: str


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """The AUC of a method that trained on ``share`` of the training groups."""

    method: str
    title: str
    share: float
    groups: float
    auc: Interval


@dataclass(frozen=True, slots=True)
class Apparent:
    """A measure on the rows that were learned from, beside the cross-validated one."""

    method: str
    title: str
    measure: str
    apparent: float
    cross_validated: float
    optimism: float


@dataclass(frozen=True, slots=True)
class FoldChoice:
    """What one fold chose on its training side."""

    repeat: int
    fold: int
    training_recordings: int
    test_recordings: int
    threshold: float
    settings: dict[str, str]


@dataclass(frozen=True, slots=True)
class SettingChoice:
    """How many folds chose each value of a setting."""

    name: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FamilyWeight:
    """How far a family of features moves the log-odds of a test recording, on average, and its spread over folds."""

    family: str
    contribution: float
    spread: float


@dataclass(frozen=True, slots=True)
class Chance:
    """The AUCs of permuted labels, predicted from the words on the same folds, beside that of the evaluated method.

    ``best`` is the one of ``shortcuts`` baselines that has the highest AUC, and ``p_best`` corrected for that choice.
    """

    areas: tuple[float, ...]
    auc: float
    mean: float
    sd: float
    p_value: float
    shortcuts: int
    best: str
    p_best: float
    sentence: str


@dataclass(frozen=True, slots=True)
class SmoothCalibration:
    """The smooth calibration curve as (predicted, observed) and its distances; ``absent`` says why there is none.

    ``probabilities`` are the shares of predictions in bins of equal width from 0 to 1.
    """

    curve: tuple[tuple[float, Interval], ...]
    knots: int
    errors: dict[str, Interval]
    probabilities: tuple[float, ...]
    absent: str


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The sensitivity at a specificity that is held ``fixed``, or the other way round."""

    fixed: str
    at: float
    measure: str
    value: Interval


@dataclass(frozen=True, slots=True)
class Retest:
    """How well visits agree, among all subjects or those of a label; ``absent`` says why there is no figure."""

    among: str
    scale: str
    subjects: int
    recordings: int
    measures: dict[str, Interval]
    absent: str


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """A group of people beside the largest group of the same column: each measure's difference.

    ``differs`` and ``differs_adjusted`` name the measures whose interval leaves out 0, at 95% and for all comparisons.
    """

    column: str
    group: str
    reference: str
    negative_subjects: int
    positive_subjects: int
    differences: dict[str, Interval]
    differs: tuple[str, ...]
    differs_adjusted: tuple[str, ...]
    suppressed: str


@dataclass(frozen=True, slots=True)
class SiteResult:
    """The AUC of one site, with its share of the mean."""

    site: str
    negative_subjects: int
    positive_subjects: int
    weight: float
    auc: Interval
    absent: str


@dataclass(frozen=True, slots=True)
class SitePooling:
    """The AUC over sites: the mean, the range of a new site, and the SD between sites on the logit scale."""

    sites: tuple[SiteResult, ...]
    mean: Interval
    new_site: Interval
    tau: float
    absent: str

    @property
    def areas(self) -> tuple[Interval, ...]:
        """Every AUC that is drawn."""
        return (*(one.auc for one in self.sites), self.mean, self.new_site)


@dataclass(frozen=True, slots=True)
class ProtocolResult:
    """Everything of one protocol.

    ``level`` is what is counted first, ``recording`` or ``subject``: that of ``methods`` (best first), curves and
    predictive values. ``other_level`` is the evaluated method at the other one, where subjects have several visits.
    ``chance`` is None where labels were not permuted, as in a validation.
    """

    protocol: str
    title: str
    explanation: str
    folds: int
    repeats: int
    level: str
    methods: tuple[MethodResult, ...]
    other_level: MethodResult | None
    predictive_values: tuple[PredictiveValue, ...]
    confusion: tuple[Confusion, ...]
    roc: tuple[Curve, ...]
    roc_mean: Curve
    calibration: tuple[CalibrationBin, ...]
    decisions: tuple[Benefit, ...]
    subgroups: tuple[Subgroup, ...]
    learning: tuple[LearningPoint, ...]
    apparent: tuple[Apparent, ...]
    choices: tuple[SettingChoice, ...]
    fold_choices: tuple[FoldChoice, ...]
    families: tuple[FamilyWeight, ...]
    smooth: SmoothCalibration
    operating_points: tuple[OperatingPoint, ...]
    retest: tuple[Retest, ...]
    group_differences: tuple[GroupDifference, ...]
    comparisons: int
    sites: SitePooling | None
    chance: Chance | None
    stability: Stability = field(default_factory=Stability)

    @property
    def ours(self) -> MethodResult:
        """The evaluated method's result at ``level``."""
        return next(result for result in self.methods if result.kind == "ours")


@dataclass(frozen=True, slots=True)
class NamedPredictiveValue:
    """Predictive values at a prevalence, of the ``cohort`` or ``named``, and the number of results of each kind."""

    level: str
    source: str
    value: PredictiveValue
    positives: int
    negatives: int


@dataclass(frozen=True, slots=True)
class Abstention:
    """A measure of the scored recordings, and of all if a recording without a score counts as a wrong result."""

    measure: str
    scored: Interval
    everybody: Interval


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A recalibration that was fitted on this cohort, and what it would change; ``absent`` says why there is none."""

    kind: str
    intercept: Interval
    slope: Interval
    brier: tuple[float, float]
    sensitivity: tuple[float, float]
    specificity: tuple[float, float]
    changed: int
    absent: str


@dataclass(frozen=True, slots=True)
class FrozenModel:
    """What a validation has beside the figures of its protocol."""

    model: str
    threshold: float
    subject_threshold: float
    recordings: int
    scored: int
    not_scored: int
    in_training: int
    labels: dict[str, str]
    predictive_values: tuple[NamedPredictiveValue, ...]
    abstentions: tuple[Abstention, ...]
    recalibrations: tuple[Recalibration, ...]


@dataclass(frozen=True, slots=True)
class ProtocolGap:
    """The AUC of one protocol less that of another, paired over the same groups."""

    protocol: str
    other: str
    difference: Interval


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """checklist.csv: an item of TRIPOD+AI, who answers it, where on the page, and what is left to say."""

    item: str
    section: str
    topic: str
    answered: Answer
    anchor: str
    note: str


@dataclass(frozen=True, slots=True)
class ProbastItem:
    """probast.csv: a signalling question of PROBAST+AI for ``part`` (development or evaluation) of the model.

    ``evidence`` is what the answer stands on, or what the run can add; ``anchor`` and ``table`` are where it is on the
    page and in the run; ``left`` is what a person has to say.
    """

    part: str
    item: str
    domain: str
    topic: str
    answer: ProbastAnswer
    evidence: str
    anchor: str
    table: str
    left: str


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Everything on an evaluation's page. ``over`` is what intervals are over: subjects or clusters.

    ``frozen`` is None unless a frozen model was validated, ``lock`` unless that was locked before.
    ``findings`` are those of the checks of the cohort, errors first; None where it was not checked.
    """

    positive: str
    negative: str
    manifest: str
    test_manifest: str
    condition: str
    recordings: int
    subjects: int
    over: str
    groups: int
    synthetic: bool
    findings: tuple[Finding, ...] | None
    summary: tuple[str, ...]
    cautions: tuple[str, ...]
    flow: tuple[FlowRow, ...]
    characteristics: tuple[TableOneRow, ...]
    protocols: tuple[ProtocolResult, ...]
    absent: tuple[AbsentMethod, ...]
    gaps: tuple[ProtocolGap, ...]
    certificate: Certificate
    checklist: tuple[ChecklistItem, ...]
    provenance: dict[str, str]
    citation: str
    frozen: FrozenModel | None = None
    lock: LockOutcome | None = None
    probast: tuple[ProbastItem, ...] = ()
