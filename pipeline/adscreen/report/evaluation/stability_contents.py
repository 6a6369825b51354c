"""What the page says of the size of a cohort and of how far its figures depend on its people and their transcripts."""

from __future__ import annotations

from dataclasses import dataclass

from adscreen.metrics import Interval


@dataclass(frozen=True, slots=True)
class Need:
    """The subjects that a criterion asks for under one count of parameters; NaN where it gives no number."""

    counted: str
    parameters: int
    subjects: float
    met: bool


@dataclass(frozen=True, slots=True)
class SizeCriterion:
    """One criterion of sample size: what it asks for, the subjects there are, and what is needed by each count."""

    purpose: str
    criterion: str
    title: str
    aim: str
    available: int
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class SizeJudgement:
    """The criteria, if the AUC is ``auc``; ``reason`` says why they give no number, empty where they do."""

    auc: float
    prevalence: float
    reason: str
    criteria: tuple[SizeCriterion, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """The AUC to expect at ``factor`` times the training groups."""

    factor: float
    groups: float
    auc: Interval


@dataclass(frozen=True, slots=True)
class LearningForecast:
    """A learning curve continued; without points ``refused`` says why not."""

    method: str
    title: str
    limit: float
    points: tuple[ForecastPoint, ...]
    refused: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One recording: its probability by the model of all people, and the range of those by models of other people."""

    original: float
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class PredictionInstability:
    """How far probabilities move between models of bootstrap cohorts.

    ``mean_error`` and ``high_error`` are the mean and the 90th percentile of the recordings' mean absolute differences,
    ``changed`` is the mean share of models that give the other result, ``often`` the share of recordings with more than
    10% of such models.
    """

    models: int
    mean_error: float
    high_error: float
    changed: float
    often: float
    recordings: tuple[Moved, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class CleanedResult:
    """One method under one cleaning; ``difference`` is its AUC less that under the main one, None for that one."""

    cleaning: str
    title: str
    main: bool
    method: str
    words: int
    changed: int
    measures: dict[str, Interval]
    difference: Interval | None
    reason: str


@dataclass(frozen=True, slots=True)
class CleaningSensitivity:
    """The evaluated method and TF-IDF under every cleaning."""

    results: tuple[CleanedResult, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Stability:
    """All of this for one protocol; what was not asked for is None or empty."""

    size: SizeJudgement | None = None
    forecasts: tuple[LearningForecast, ...] = ()
    instability: PredictionInstability | None = None
    cleaning: CleaningSensitivity | None = None
