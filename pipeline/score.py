"""ScreeningModel + recordings -> one ScoreRow and one RecordingReport for every recording.

Every input row gives one output row: scored, or with the reason why not. A row depends on its recording and the model
alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.bilm.engines import NUMPY, EngineChoice
from pipeline.bundled import BUNDLED_BILM, bundled
from pipeline.errors import InputError
from pipeline.estimator import contributions
from pipeline.extract import Extracted, ExtractSettings, extract_provenance, extract_recordings
from pipeline.features import FEATURES, feature_dictionary, missing_reason, prepare_speech
from pipeline.manifest import Recording
from pipeline.model import ScreeningModel
from pipeline.perplexity import SentencePerplexity, perplexity_dictionary
from pipeline.records import Transcript, Utterance
from pipeline.report.contents import (
    Contribution,
    RecordingReport,
    Removed,
    ReportFeature,
    ReportSentence,
    Result,
    ScoreRow,
)
from pipeline.report.removed import describe_removed, report_words
from pipeline.speech import participant_utterances
from pipeline.table import TOKENS


def score_recordings(
    model: ScreeningModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    *,
    minimum_words: int | None = None,
    allow_training_subjects: bool = False,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Iterator[RecordingReport]:
    """Yield one report a recording, in order; ``report.score`` is its row.

    Raises:
        InputError: a subject was in training and that is not allowed, or the biLM is not the model's.
    """
    check_bilm(model, settings)
    known = sorted({recording.subject_id for recording in recordings if in_training(model, recording)})
    if known and not allow_training_subjects:
        raise InputError(
            f"{len(known)} of the subjects were in training, the first is {known[0]}",
            where="cohort",
            remedy="leave them out, or add --allow-training-subjects, which marks their rows",
        )
    least = model.manifest.minimum_words if minimum_words is None else minimum_words
    for row in extract_recordings(recordings, settings, jobs=jobs, progress=progress):
        yield _report(model, row, minimum_words=least)


def in_training(model: ScreeningModel, recording: Recording) -> bool:
    """Return whether the recording's subject was in training.

    A loose file has its name for a subject id (``S012-2``): there the parts before a ``-`` or ``_`` are tried too.
    """
    names = [recording.subject_id]
    if recording.subject_id == recording.transcript.name.partition(".")[0]:
        names += [names[0][: match.start()] for match in re.finditer("[-_]", names[0])]
    return any(model.knows_subject(name) for name in names)


def check_bilm(model: ScreeningModel, settings: ExtractSettings) -> None:
    """Raise InputError where the biLM, its layer or the view are not those of training."""
    now = extract_provenance(settings)
    for name in ("bilm_digest", "layer", "pooling", "view", "feature_set"):
        trained = model.manifest.provenance.get(name)
        if trained != now[name]:
            raise InputError(
                f"{name} is {str(now[name])[:12]}, the model was trained with {str(trained)[:12]}",
                where=str(settings.bilm),
                remedy="give the biLM of training with --bilm, or train again",
            )


def model_settings(model: ScreeningModel, bilm: Path | None, *, engine: EngineChoice = NUMPY) -> ExtractSettings:
    """Return the extraction settings of training, with the bundled biLM unless another is given."""
    provenance = model.manifest.provenance
    return ExtractSettings(
        bilm or bundled(BUNDLED_BILM),
        layer=provenance["layer"],
        view=provenance["view"],
        pooling=provenance["pooling"],
        engine=engine,
    )


def _report(model: ScreeningModel, row: Extracted, *, minimum_words: int) -> RecordingReport:
    manifest = model.manifest
    words = len(row.inputs[TOKENS]) if row.transcript else 0
    scored = row.transcript is not None and words >= max(1, minimum_words)
    terms, logit, spread = _evaluate(model, row) if scored else ({}, math.nan, [])
    return RecordingReport(
        score=_score_row(
            model, row, words=words, scored=scored, logit=logit, spread=spread, minimum_words=minimum_words
        ),
        positive_label=manifest.positive_label,
        negative_label=manifest.negative_label,
        sentences=_sentences(model, row) if row.transcript else (),
        features=_features(model, row) if row.transcript else (),
        intercept=terms.pop("intercept", math.nan),
        contributions=tuple(Contribution(family, value) for family, value in terms.items()),
        warnings=_warnings(model, row),
        model=model_facts(model),
        task=row.transcript.task if row.transcript else None,
        source_digest=row.transcript.source_digest if row.transcript else "",
        synthetic=any("SYNTHETIC" in (value or "") for _, value in row.recording.extra),
        removed=describe_removed(row.transcript, view=manifest.provenance["view"]) if row.transcript else Removed(),
    )


def _evaluate(model: ScreeningModel, row: Extracted) -> tuple[dict[str, float], float, list[float]]:
    """Return family terms with the intercept, the logit, and the spread estimators' logits."""
    inputs = pd.DataFrame([row.inputs])
    (terms,) = contributions(model.estimator, inputs)
    spread = [math.fsum(contributions(estimator, inputs)[0].values()) for estimator in model.spread]
    return terms, math.fsum(terms.values()), spread


def _score_row(
    model: ScreeningModel,
    row: Extracted,
    *,
    words: int,
    scored: bool,
    logit: float,
    spread: list[float],
    minimum_words: int,
) -> ScoreRow:
    probability = _logistic(logit)
    result: Result
    if row.transcript is None:
        result, reason = "unreadable", row.unreadable
    elif not scored:
        result, reason = "insufficient_speech", f"{words} words, the model needs {max(1, minimum_words)}"
    else:
        result, reason = ("screen_positive" if probability >= model.manifest.threshold else "screen_negative"), ""
    return ScoreRow(
        recording_id=row.recording.recording_id,
        subject_id=row.recording.subject_id,
        visit=row.recording.visit,
        result=result,
        reason=reason,
        probability=probability,
        probability_low=min(map(_logistic, [*spread, logit])),
        probability_high=max(map(_logistic, [*spread, logit])),
        threshold=model.manifest.threshold,
        words=words,
        sentences=sum(score.words > 0 for score in row.sentences),
        perplexity=math.exp(row.inputs["perplexity.joint_pooled"]) if row.transcript else math.nan,
        in_training=in_training(model, row.recording),
        model_digest=model.digest,
    )


def _logistic(logit: float) -> float:
    if logit < 0:
        return math.exp(logit) / (1 + math.exp(logit))
    return 1 / (1 + math.exp(-logit))


def _sentences(model: ScreeningModel, row: Extracted) -> tuple[ReportSentence, ...]:
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


def _features(model: ScreeningModel, row: Extracted) -> tuple[ReportFeature, ...]:
    """Return the perplexity summaries and linguistic features beside the training controls' percentiles."""
    assert row.transcript is not None
    linguistic = {feature.key: feature for feature in FEATURES}
    speech = prepare_speech(row.transcript)
    entries = [*perplexity_dictionary(model.manifest.provenance["view"]), *feature_dictionary()]
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


def _warnings(model: ScreeningModel, row: Extracted) -> tuple[str, ...]:
    if row.transcript is None:
        return ()
    warnings = [_diagnostic_summary(row.transcript)] if row.transcript.diagnostics else []
    share = row.inputs["perplexity.oov_share"]
    usual = model.manifest.reference.get("perplexity.oov_share")
    if usual and share > usual[2]:
        warnings.append(
            f"{share:.0%} of the words are outside the language model's vocabulary (training controls: {usual[2]:.0%})"
        )
    if in_training(model, row.recording):
        warnings.append("this subject was in the model's training data, so the score is too sure of itself")
    return tuple(warnings)


def _diagnostic_summary(transcript: Transcript) -> str:
    count = len(transcript.diagnostics)
    first = transcript.diagnostics[0]
    line = f"line {first.line}: " if first.line else ""
    more = f" (and {count - 1} more)" if count > 1 else ""
    return f"the transcript needed repair: {line}{first.what}{more}"


def model_facts(model: ScreeningModel) -> dict[str, Any]:
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
    }


def score_frame(rows: Sequence[ScoreRow]) -> pd.DataFrame:
    """Return score rows as a table."""
    names = list(ScoreRow.__dataclass_fields__)
    frame = pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)
    floats = ("probability", "probability_low", "probability_high", "threshold", "perplexity")
    return frame.astype(dict.fromkeys(floats, np.float64))
