"""One judged recording -> its ScoreRow and its RecordingReport: the score, its grounds, and what there is to doubt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from adscreen.cohort import Recording
from adscreen.extract.dictionary import describe_features
from adscreen.extract.feature_table import TOKENS
from adscreen.extract.perplexity import SentencePerplexity
from adscreen.extract.row import Extracted
from adscreen.features import feature_set, missing_reason, prepare_speech
from adscreen.features.norms import known_norms
from adscreen.features.tasks import known_tasks
from adscreen.language import NO_PARSER, language_of
from adscreen.model.reference import ScoreReference, logistic
from adscreen.model.trained_model import TrainedModel
from adscreen.model.training_scope import Unlike
from adscreen.parser import load_parser
from adscreen.records import Transcript, Utterance
from adscreen.scoring.left_out import describe_removed, report_words
from adscreen.scoring.recording_report import (
    Contribution,
    RecordingReport,
    Removed,
    ReportFeature,
    ReportSentence,
    Result,
    Scope,
    ScoreRow,
)
from adscreen.scoring.stated import state_meaning, state_range, state_set
from adscreen.speech import participant_utterances
from adscreen.writing import count

DATES = frozenset(  # columns of a manifest that hold the day of a visit, without spaces and punctuation
    "date visitdate dateofvisit recordingdate dateofrecording testdate dateoftest examdate sessiondate".split()
)

REPAIRED = "the transcript needed repair"  # how the warning on a transcript's diagnostics begins
SUBJECT_KNOWN = "this subject was in the model's training data"
NEAR_COPY = "of its 5-word sequences are those of one training recording"  # in the warning on a near-copy
SPEECH_KNOWN = "these are the words of a recording in the model's training data"


@dataclass(frozen=True, slots=True)
class Scored:
    """What the estimators make of one recording: family terms with the intercept, logits of the spread's estimators,
    and one effect a sentence where they were asked for.
    """

    terms: dict[str, float]
    spread: tuple[float, ...] = ()
    effects: tuple[float, ...] = ()

    @property
    def logit(self) -> float:
        """The log-odds: intercept and families together."""
        return math.fsum(self.terms.values())


@dataclass(frozen=True, slots=True)
class Judged:
    """One recording and what was made of it.

    ``known`` says why the model must be taken to know it from training, and is empty where it need not be;
    ``near_copy`` is the share of its word 5-grams in common with a training recording, 0 where that is no near-copy.
    ``fewest_words`` is what it needs to be scored; ``unlike`` is None where it was not compared with those of training:
    unreadable, or too short. ``scored`` is None where it was not scored.
    """

    row: Extracted
    known: str
    fewest_words: int
    near_copy: float = 0.0
    unlike: tuple[Unlike, ...] | None = None
    scored: Scored | None = None

    @property
    def in_training(self) -> bool:
        """Whether the model learned from this person, or from this speech."""
        return bool(self.known)

    @property
    def far(self) -> list[Unlike]:
        """The reasons to abstain."""
        return [found for found in self.unlike or () if found.far]


def build_report(
    model: TrainedModel, judged: Judged, *, prevalence: float | None = None, confidence: float | None = None
) -> RecordingReport:
    """Return everything on one recording's page, with its score row."""
    manifest, row = model.manifest, judged.row
    transcript = row.transcript
    scored = judged.scored or Scored({"intercept": math.nan})
    warnings = _warnings(judged, manifest.provenance.get("other_language", ""))
    middle, top = manifest.sentence_reference
    asked = {"prevalence": prevalence, "confidence": confidence}
    return RecordingReport(
        score=_score_row(model, judged, warnings="; ".join(warnings), **asked),
        positive_label=manifest.positive_label,
        negative_label=manifest.negative_label,
        sentences=_sentences(model, row) if transcript else (),
        features=_features(model, row) if transcript else (),
        intercept=scored.terms["intercept"],
        contributions=tuple(Contribution(*term) for term in scored.terms.items() if term[0] != "intercept"),
        warnings=warnings,
        model=model_facts(model),
        task=transcript.task if transcript else None,
        source_digest=transcript.source_digest if transcript else "",
        synthetic=is_synthetic(row.recording),
        sentence_effects=scored.effects,
        sentence_reference=(math.exp(middle), math.exp(top)),
        removed=describe_removed(transcript, view=manifest.provenance["view"]) if transcript else Removed(),
        **about_visit(row.recording),
    )


def about_visit(recording: Recording) -> dict[str, Any]:
    """Return age, sex and date of a visit, as the manifest has them."""
    dates = [value for name, value in recording.extra if value and _plain(name) in DATES]
    age = math.nan if recording.age is None else recording.age
    return {"age": age, "sex": recording.sex or "", "date": dates[0] if dates else ""}


def _plain(name: str) -> str:
    return "".join(filter(str.isalpha, name.casefold()))


def _warnings(judged: Judged, other_language: str = "") -> tuple[str, ...]:
    if judged.row.transcript is None:
        return ()
    warnings = [("out of scope: " if found.far else "") + found.what for found in judged.unlike or ()]
    if other_language:
        warnings.append(f"in training, {other_language}")
    if judged.row.transcript.diagnostics:
        warnings.append(_summarise_diagnostics(judged.row.transcript))
    if judged.in_training and judged.scored:
        warnings.append(f"{judged.known}, so a score is optimistically biased")
    if judged.near_copy:
        what = f"about {judged.near_copy:.0%} {NEAR_COPY}"
        warnings.append(f"{what}: if it is a copy of that, the score is optimistically biased")
    return tuple(warnings)


def _score_row(
    model: TrainedModel, judged: Judged, *, warnings: str, prevalence: float | None, confidence: float | None
) -> ScoreRow:
    manifest, row, nan = model.manifest, judged.row, math.nan
    result, reason = _result(model, judged)
    scored = judged.scored or Scored({"intercept": nan})
    inputs = row.inputs if row.transcript else {}
    return ScoreRow(
        recording_id=row.recording.recording_id,
        subject_id=row.recording.subject_id,
        visit=row.recording.visit,
        result=result,
        reason=reason,
        probability=logistic(scored.logit),
        threshold=manifest.threshold,
        words=len(inputs.get(TOKENS, ())),
        sentences=sum(score.words > 0 for score in row.sentences),
        perplexity=math.exp(inputs.get("perplexity.joint_pooled", nan)),
        in_training=judged.in_training,
        model_digest=model.digest,
        logit=scored.logit,
        perplexity_median=math.exp(inputs.get("perplexity.joint_median", nan)),
        perplexity_max=math.exp(inputs.get("perplexity.joint_max", nan)),
        out_of_vocabulary=inputs.get("perplexity.oov_share", nan),
        scope=_scope(model, judged),
        warnings=warnings,
        source_digest=row.transcript.source_digest if row.transcript else "",
        visit_correlation=manifest.visit_correlation,
        subject_threshold=manifest.subject_threshold,
        **state_range(scored.logit, scored.spread, threshold=manifest.threshold),
        **(_beside_training(manifest.scores, scored.logit, prevalence, confidence) if manifest.scores else {}),
    )


def _beside_training(
    scores: ScoreReference, logit: float, prevalence: float | None, confidence: float | None
) -> dict[str, Any]:
    """Return what follows from how the training recordings scored when held out, as values by column."""
    return {
        "control_percentile": scores.controls.percent_below(logistic(logit)),
        "case_percentile": scores.cases.percent_below(logistic(logit)),
        **state_set(scores, logit, confidence),
        **state_meaning(scores, logit, prevalence),
    }


def _result(model: TrainedModel, judged: Judged) -> tuple[Result, str]:
    """Return the result and, where there is no score, the reason."""
    if judged.row.transcript is None:
        return "unreadable", judged.row.unreadable
    if judged.in_training and judged.scored is None:
        return "in_training", judged.known
    if judged.unlike is None:
        words = len(judged.row.inputs[TOKENS])
        return "insufficient_speech", f"{count(words, 'word')}, the model needs {judged.fewest_words}"
    if judged.scored is None:
        return "out_of_scope", "; ".join(found.what for found in judged.far)
    positive = logistic(judged.scored.logit) >= model.manifest.threshold
    return ("screen_positive" if positive else "screen_negative"), ""


def _scope(model: TrainedModel, judged: Judged) -> Scope:
    if judged.unlike is None or model.manifest.scope is None:
        return ""
    return "outside" if judged.far else "doubtful" if judged.unlike else "within"


def is_synthetic(recording: Recording) -> bool:
    """Return whether the manifest marks the recording as SYNTHETIC."""
    return any("SYNTHETIC" in (value or "") for _, value in recording.extra)


def _sentences(model: TrainedModel, row: Extracted) -> tuple[ReportSentence, ...]:
    """Return the participant's utterances, each shaded by its perplexity beside the training controls'."""
    assert row.transcript is not None
    scores = {score.index: score for score in row.sentences}
    return tuple(
        _sentence(index, utterance, scores[index], model.manifest.sentence_reference)
        for index, utterance in enumerate(participant_utterances(row.transcript))
    )


def _sentence(index: int, utterance: Utterance, score: SentencePerplexity, reference: list[float]) -> ReportSentence:
    middle, top = reference
    shade = (math.log(score.joint) - middle) / (top - middle) if score.words and top > middle else 0.0
    return ReportSentence(
        index=index,
        words=report_words(utterance.words),
        perplexity=score.joint,
        out_of_vocabulary=score.out_of_vocabulary,
        shade=min(1.0, max(0.0, shade)),
        start_ms=utterance.start_ms,
        end_ms=utterance.end_ms,
    )


def _features(model: TrainedModel, row: Extracted) -> tuple[ReportFeature, ...]:
    """Return the perplexity summaries and linguistic features beside the training controls' percentiles."""
    assert row.transcript is not None
    provenance = model.manifest.provenance
    norms = known_norms(provenance.get("norms", ()))
    linguistic = {feature.key: feature for feature in feature_set(norms)}
    language = language_of(provenance)
    speech = prepare_speech(
        row.transcript,
        load_parser(NO_PARSER) if provenance.get("parser") == NO_PARSER else None,
        tasks=known_tasks(tuple(provenance.get("task_files", ())), language=language),
        language=language,
    )
    entries = [*describe_features(provenance), *_own_entries(model)]
    features = []
    for entry in entries:
        name, value = entry["name"], row.inputs[entry["name"]]
        low, middle, high = model.manifest.reference.get(name, [math.nan] * 3)
        reason = ""
        if math.isnan(value):
            known = linguistic.get(name)
            reason = missing_reason(known, value, speech) if known else "too few sentences"
        features.append(
            ReportFeature(
                name=name.partition(".")[2],
                family=entry["family"],
                unit=entry["unit"],
                formula=entry["formula"],
                value=value,
                low=low,
                middle=middle,
                high=high,
                reason=reason,
            )
        )
    return tuple(features)


def _own_entries(model: TrainedModel) -> list[dict[str, str]]:
    """Return what a page says of the user's own columns, in the form of the feature dictionary."""
    return [
        {"name": f"{block}.{column}", "family": block, "unit": "", "formula": f"column {column} of the manifest"}
        for block, columns in model.manifest.blocks.items()
        for column in columns
    ]


def _summarise_diagnostics(transcript: Transcript) -> str:
    """Return one line on the repairs that a transcript needed, an empty one where it needed none."""
    if not transcript.diagnostics:
        return ""
    count = len(transcript.diagnostics)
    first = transcript.diagnostics[0]
    line = f"line {first.line}: " if first.line else ""
    more = f" (and {count - 1} more)" if count > 1 else ""
    return f"{REPAIRED}: {line}{first.what}{more}"


def model_facts(model: TrainedModel) -> dict[str, Any]:
    """Return what a page says of a model."""
    manifest = model.manifest
    return {
        "digest": model.digest,
        "bilm": manifest.provenance["bilm"],
        "bilm_digest": manifest.provenance["bilm_digest"],
        "adscreen": manifest.provenance["adscreen"],
        "settings": manifest.settings,
        "subjects": manifest.subjects,
        "recordings": manifest.recordings,
        "inner_auc": manifest.inner_auc,
        "sensitivity": manifest.scores.sensitivity.value if manifest.scores else math.nan,
        "specificity": manifest.scores.specificity.value if manifest.scores else math.nan,
    }
