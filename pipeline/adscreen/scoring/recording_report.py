"""What a report says, as plain data: the templates only lay it out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from adscreen.metrics.visits import WHOLLY_SHARED
from adscreen.model.conformal import ConformalSet

Result = Literal[
    "screen_positive", "screen_negative", "insufficient_speech", "out_of_scope", "in_training", "unreadable"
]
SCORED = ("screen_positive", "screen_negative")
Scope = Literal["within", "doubtful", "outside", ""]  # empty: not examined
WordMark = Literal["word", "filler", "fragment", "nonword", "excluded", "repeated", "retraced"]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One output row for one input row. Numbers are NaN, with ``reason`` set, where there is no score.

    ``probability`` is the model's probability of ``positive_label`` and ``logit`` its log-odds. ``probability_low`` and
    ``probability_high`` are the individual range by the method that ``interval`` names: how uncertain the probability
    is because the model was trained on this cohort and not on another of the same size and kind. In simulations such a
    range held the true probability of 82% to 95% of people (docs/method.md). It is not a chance of disease, nor how
    scores of one person differ from recording to recording. ``crosses_threshold``: the range holds the threshold;
    missing where there is no range.

    ``perplexity`` is joint, per target, over the whole recording; ``perplexity_median`` and ``perplexity_max`` are over
    its sentences; ``out_of_vocabulary`` is the share of words that the biLM does not know. ``control_percentile`` and
    ``case_percentile`` say what percentage of the training recordings of either label scored lower when they were held
    out, each subject counting once. ``scope`` says whether the recording is like those of training; ``warnings`` are
    joined by ``; ``.

    At ``prevalence``, NaN where none was named: ``probability_at_prevalence`` is the probability where that share of
    those screened are cases; ``ppv`` and ``npv`` are the shares of true results among screen positives and negatives,
    from held-out sensitivity and specificity, with the ends of their intervals. At ``confidence``, NaN where none was
    named: ``p_control`` and ``p_case`` are conformal p-values, and ``conformal_set`` the labels that they do not rule
    out: ``control``, ``case``, ``control|case`` or ``neither``, of which the last two are no decision.
    ``visit_correlation`` and ``subject_threshold`` are the model's for the joined recordings of a subject.
    """

    recording_id: str
    subject_id: str
    visit: str | None
    result: Result
    reason: str
    probability: float
    probability_low: float
    probability_high: float
    threshold: float
    words: int
    sentences: int
    perplexity: float
    in_training: bool
    model_digest: str
    interval: str = "jackknife, about 90%"
    crosses_threshold: bool | None = None
    logit: float = math.nan
    perplexity_median: float = math.nan
    perplexity_max: float = math.nan
    out_of_vocabulary: float = math.nan
    control_percentile: float = math.nan
    case_percentile: float = math.nan
    scope: Scope = ""
    warnings: str = ""
    prevalence: float = math.nan
    probability_at_prevalence: float = math.nan
    ppv: float = math.nan
    ppv_low: float = math.nan
    ppv_high: float = math.nan
    npv: float = math.nan
    npv_low: float = math.nan
    npv_high: float = math.nan
    confidence: float = math.nan
    conformal_set: ConformalSet = ""
    p_control: float = math.nan
    p_case: float = math.nan
    source_digest: str = ""
    visit_correlation: float = WHOLLY_SHARED
    subject_threshold: float = math.nan


@dataclass(frozen=True, slots=True)
class ReportWord:
    """A word as uttered and how the transcriber marked it; ``target`` is the intended form, if any."""

    text: str
    mark: WordMark
    target: str = ""


@dataclass(frozen=True, slots=True)
class ReportSentence:
    """One participant utterance; ``perplexity`` (joint) is NaN where it holds no word.

    ``shade`` runs from 0 (as likely as the training controls' median sentence, or likelier) to 1 (their 99th percentile
    or above).
    """

    index: int
    words: tuple[ReportWord, ...]
    perplexity: float
    out_of_vocabulary: int
    shade: float
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RemovedUtterance:
    """A participant utterance that no measure reads, and why."""

    words: tuple[ReportWord, ...]
    reason: str
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class OtherSpeaker:
    """How much somebody else says in the recording: heard, but read by no measure."""

    speaker: str
    role: str
    utterances: int
    words: int


@dataclass(frozen=True, slots=True)
class Omission:
    """A kind of thing in the transcript that is not read as words, how many there are, and why it is not read."""

    what: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class Removed:
    """What of a transcript is not read as the participant's words. ``words`` counts those that are."""

    words: int = 0
    utterances: tuple[RemovedUtterance, ...] = ()
    others: tuple[OtherSpeaker, ...] = ()
    omissions: tuple[Omission, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportFeature:
    """A feature beside the training controls' 5th, 50th and 95th percentile; ``reason`` says why it is NaN."""

    name: str
    family: str
    unit: str
    formula: str
    value: float
    low: float
    middle: float
    high: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature family adds to the log-odds; with the intercept they add up to the logit."""

    family: str
    logit: float


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """Everything on one recording's page.

    ``sentence_effects`` has one number a sentence: the logit less the logit without that sentence, so that a positive
    one moved the score towards ``positive_label``; NaN for a sentence without words. ``sentence_reference`` holds the
    perplexities of no and of full shade. ``age``, ``sex`` and ``date`` are the manifest's, where it has them.
    """

    score: ScoreRow
    positive_label: str
    negative_label: str
    sentences: tuple[ReportSentence, ...]
    features: tuple[ReportFeature, ...]
    intercept: float
    contributions: tuple[Contribution, ...]
    warnings: tuple[str, ...]
    model: dict[str, Any]
    task: str | None = None
    source_digest: str = ""
    synthetic: bool = False
    sentence_effects: tuple[float, ...] = ()
    sentence_reference: tuple[float, float] = (math.nan, math.nan)
    removed: Removed = Removed()
    age: float = math.nan
    sex: str = ""
    date: str = ""
