"""TrainedModel + recordings -> one ScoreRow and one RecordingReport for every recording.

Every input row gives one output row: scored, or with the reason why not. A row depends on its recording and the model
alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import Recording
from adscreen.cohort.identity import list_some, show
from adscreen.errors import InputError
from adscreen.estimator.tuning import on_one_thread
from adscreen.extract.cache import Cache, cache_key, open_cache
from adscreen.extract.cohort_language import bilm_vocabulary, hear_recording
from adscreen.extract.copies import THRESHOLD
from adscreen.extract.extraction import ExtractSettings, extract_chunk, extract_provenance, leave_out_each, map_chunks
from adscreen.extract.feature_table import TOKENS
from adscreen.extract.row import Extracted, recording_key
from adscreen.features.norms import known_norms
from adscreen.features.tasks import known_tasks
from adscreen.language import LanguageFile, language_of
from adscreen.model.applicability import find_difference
from adscreen.model.conformal import require_enough
from adscreen.model.trained_model import TrainedModel
from adscreen.model.training_scope import Observed, Unlike, compare_scope, share_of_fillers, share_unknown
from adscreen.parser import BUNDLED
from adscreen.scoring.block_values import add_columns, check_columns, own_numbers
from adscreen.scoring.judged import (
    SPEECH_KNOWN,
    SUBJECT_KNOWN,
    Judged,
    Scored,
    about_visit,
    build_report,
    is_synthetic,
)
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.shares import require_confidence, require_prevalence
from adscreen.scoring.stored_reports import report_from_json, report_to_json
from adscreen.writing import count


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What a user may ask of scoring.

    ``minimum_words`` None is the fewest of a training recording. ``prevalence`` is the share of cases among those who
    are screened, for the meaning of a result. ``confidence`` asks for conformal sets at it. ``sentence_effects``
    re-scores each recording without each sentence.
    ``allow_training_subjects`` scores people and speech that the model was trained on, and marks them.
    ``same_id``: a subject whose id differs from one of training in leading zeros alone is that one.
    """

    minimum_words: int | None = None
    prevalence: float | None = None
    confidence: float | None = None
    sentence_effects: bool = False
    allow_training_subjects: bool = False
    allow_out_of_scope: bool = False
    same_id: bool = False

    def __post_init__(self) -> None:
        require_prevalence(self.prevalence)
        require_confidence(self.confidence)


AS_TRAINED = ScoreOptions()
_OF_TRAINING = "give the biLM of training with bilm=, or train again"
_REMEDIES = {
    "language": "give the language file of training with language=, or leave it out",
    "parser_digest": "give the parser of training with parser=, or train again",
    "norms": "take the settings from the model, or train again",
    "task_files": "take the settings from the model, or train again",
}


def score_recordings(
    model: TrainedModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    options: ScoreOptions = AS_TRAINED,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Iterator[RecordingReport]:
    """Return one report per recording, in order and as it is taken; ``report.score`` is its row.

    Raises:
        InputError: the biLM is not the model's, no recording has a column that the model needs, or the prevalence or
            the confidence cannot be used.
    """
    check_scoring(model, recordings, settings, options)
    return stream_reports(model, recordings, settings, options, jobs=jobs, progress=progress)


def check_scoring(
    model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings, options: ScoreOptions
) -> None:
    """Raise InputError where ``score_recordings`` must refuse."""
    check_bilm(model, settings)
    check_columns(model.manifest, recordings)
    scores, labels = model.manifest.scores, (model.manifest.negative_label, model.manifest.positive_label)
    for where, asked in (("prevalence=", options.prevalence), ("confidence=", options.confidence)):
        if asked is not None and scores is None:
            what = "the model does not hold the scores of its training recordings"
            raise InputError(what, where=where, remedy="train it again with this version")
    if options.confidence is not None and scores is not None:
        require_enough(scores, options.confidence, labels=labels)


def stream_reports(
    model: TrainedModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    options: ScoreOptions,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Iterator[RecordingReport]:
    """Yield the reports of ``score_recordings``; nothing is checked."""
    if settings.cache:
        open_cache(settings.cache)
    work = partial(score_chunk, model=model, settings=settings, options=options)
    yield from map_chunks(work, recordings, jobs=jobs, progress=progress)


def score_chunk(
    recordings: Sequence[Recording],
    *,
    model: TrainedModel,
    settings: ExtractSettings,
    options: ScoreOptions,
    threads: int = 2,
) -> list[RecordingReport]:
    """Score a few recordings, or take their reports from the cache."""
    if settings.cache is None or not model.digest:
        return _score(recordings, model, settings, options, threads=threads)
    cache, provenance = Cache(settings.cache), extract_provenance(settings)
    keys = [_report_key(recording, model, options, provenance) for recording in recordings]
    stored = [cache.read(key) if key else None for key in keys]
    missing = [recording for recording, content in zip(recordings, stored, strict=True) if content is None]
    scored = iter(_score(missing, model, settings, options, threads=threads) if missing else ())
    reports = []
    for key, content in zip(keys, stored, strict=True):
        reports.append(report_from_json(content["report"]) if content else next(scored))
        if key and not content and reports[-1].score.result != "unreadable":
            cache.write(key, {"report": report_to_json(reports[-1])})
    return reports


def _report_key(
    recording: Recording, model: TrainedModel, options: ScoreOptions, provenance: dict[str, object]
) -> str | None:
    row = recording_key(recording, **provenance)
    about = {"model": model.digest, "options": asdict(options), "synthetic": is_synthetic(recording)}
    about |= about_visit(recording)
    about |= {"columns": own_numbers(model.manifest, recording)}
    return row and cache_key(__name__, row=row, **about)


def may_be_in_training(model: TrainedModel, recordings: Iterable[Recording]) -> list[str]:
    """Return a note on subjects that were in training if ids that differ in leading zeros alone are one."""
    asked = dict.fromkeys(
        recording.subject_id
        for recording in recordings
        if not in_training(model, recording) and in_training(model, recording, same_id=True)
    )
    if not asked:
        return []
    what = f"{count(len(asked), 'subject')} would be in training if leading zeros of ids did not count"
    return [f"{what}: {list_some(map(show, asked))}; if they are the same, add same_id="]


def in_training(model: TrainedModel, recording: Recording, *, same_id: bool = False) -> bool:
    """Return whether the recording's subject was in training, however the id is written.

    A loose file has its name for a subject id (``S012-2``, or ``site/S012-2`` where another has the same name): there
    the name's parts before a ``-``, ``_`` or ``.`` are tried too.
    """
    names = {recording.subject_id}
    name = recording.subject_id.rpartition("/")[2]
    if recording.transcript.name.startswith(f"{name}.") or recording.transcript.name == name:
        names |= {name, *(name[: match.start()] for match in re.finditer("[-_.]", name))}
    return any(map(model.may_know_subject if same_id else model.knows_subject, names))


def check_bilm(model: TrainedModel, settings: ExtractSettings) -> None:
    """Raise InputError where the biLM, its layer, the parser, the view or the word norms are not those of training."""
    difference = find_difference(model, extract_provenance(settings))
    if difference:
        where = settings.parser if difference.name == "parser_digest" else str(settings.bilm)
        raise InputError(str(difference), where=where, remedy=_REMEDIES.get(difference.name, _OF_TRAINING))


def model_settings(
    model: TrainedModel,
    bilm: Path | None,
    *,
    parser: str | None = None,
    file: LanguageFile | None = None,
    engine: EngineChoice = NUMPY,
    cache: Path | None = None,
) -> ExtractSettings:
    """Return the extraction settings of training, with the bundled biLM unless another is given.

    A language file gives the places of the biLM and the parser; its word lists must be those of training.
    """
    provenance = model.manifest.provenance
    language = file.language if file else language_of(provenance)
    bilm = bilm or (file.bilm if file else None)
    parser = parser or (file.parser if file else None)
    return ExtractSettings(
        bilm or bundled(BUNDLED_BILM),
        layer=provenance["layer"],
        view=provenance["view"],
        pooling=provenance["pooling"],
        parser=parser or provenance.get("parser", BUNDLED),
        tasks=known_tasks(tuple(provenance.get("task_files", ())), language=language),
        norms=known_norms(provenance.get("norms", ())),
        language=language,
        engine=engine,
        cache=cache,
    )


def _score(
    recordings: Sequence[Recording],
    model: TrainedModel,
    settings: ExtractSettings,
    options: ScoreOptions,
    *,
    threads: int,
) -> list[RecordingReport]:
    """Extract a few recordings and score together those that can be scored."""
    read = extract_chunk(recordings, settings, threads=threads, keep_readings=options.sentence_effects)
    vocabulary, fewest = model.estimator.vocabulary(), fewest_words(model, options)
    judged = [
        _judge(model, add_columns(model.manifest, row), options, settings, vocabulary=vocabulary, fewest=fewest)
        for row in read
    ]
    within = [item for item in judged if _may_be_scored(item, options)]
    if within:
        scored = iter(on_one_thread(_evaluate, model, [item.row for item in within], settings, options))
        judged = [replace(item, scored=next(scored)) if _may_be_scored(item, options) else item for item in judged]
    asked = {"prevalence": options.prevalence, "confidence": options.confidence}
    return [build_report(model, item, **asked) for item in judged]


def _judge(
    model: TrainedModel,
    row: Extracted,
    options: ScoreOptions,
    settings: ExtractSettings,
    *,
    vocabulary: frozenset[str] | None,
    fewest: int,
) -> Judged:
    """Compare a recording with those of training: its subject, and where it has enough words its speech."""
    known = SUBJECT_KNOWN if in_training(model, row.recording, same_id=options.same_id) else ""
    if row.transcript is None or len(row.inputs[TOKENS]) < fewest:
        return Judged(row, known, fewest)
    words = row.inputs[TOKENS]
    if not known and model.knows_speech(words):
        known = SPEECH_KNOWN
    closest = 0.0 if known else model.closest_speech(words)
    near_copy = closest if closest >= THRESHOLD else 0.0
    return Judged(row, known, fewest, near_copy, _compare(model, row, vocabulary, settings))


def _may_be_scored(judged: Judged, options: ScoreOptions) -> bool:
    if judged.unlike is None or (judged.in_training and not options.allow_training_subjects):
        return False
    return options.allow_out_of_scope or not judged.far


def fewest_words(model: TrainedModel, options: ScoreOptions) -> int:
    """Return the number of words below which a recording is not scored: at least one."""
    asked = options.minimum_words
    return max(1, model.manifest.minimum_words if asked is None else asked)


def _compare(
    model: TrainedModel, row: Extracted, vocabulary: frozenset[str] | None, settings: ExtractSettings
) -> tuple[Unlike, ...]:
    """Return in what a recording that has words is unlike those of training."""
    assert row.transcript is not None
    tokens, language = row.inputs[TOKENS], settings.language
    heard = hear_recording(row.transcript, row.recording, bilm_vocabulary(settings.bilm))
    seen = Observed(
        language=heard.other_name(language) or row.transcript.language,
        task=row.transcript.task,
        source_format=row.transcript.source_format,
        words=len(tokens),
        out_of_vocabulary=row.inputs["perplexity.oov_share"],
        unknown_words=math.nan if vocabulary is None else share_unknown(tokens, vocabulary),
        fillers=share_of_fillers(tokens, language=language),
        languages_of_model=(language.name, *language.codes),
        words_of_other_language=heard.looks_other(language),
    )
    return compare_scope(model.manifest.scope, seen) if model.manifest.scope else ()


def _evaluate(
    model: TrainedModel, rows: Sequence[Extracted], settings: ExtractSettings, options: ScoreOptions
) -> list[Scored]:
    """Return what the estimators make of each row."""
    inputs = pd.DataFrame([row.inputs for row in rows])
    terms = model.estimator.contributions(inputs)
    others = model.spread if any(model.estimator.weights) else ()  # without weights every answer is the same
    spread = [[math.fsum(of.values()) for of in estimator.contributions(inputs)] for estimator in others]
    scored = [Scored(of, tuple(logits[n] for logits in spread)) for n, of in enumerate(terms)]
    if not options.sentence_effects:
        return scored
    return [
        Scored(item.terms, item.spread, sentence_effects(model, row, settings, logit=item.logit))
        for item, row in zip(scored, rows, strict=True)
    ]


def sentence_effects(
    model: TrainedModel, row: Extracted, settings: ExtractSettings, *, logit: float
) -> tuple[float, ...]:
    """Return for each sentence the logit less that of the recording without it.

    The recording is measured and scored anew without the sentence, so an effect is what its removal does, Doc2Vec,
    perplexity over the rest and all. NaN for a sentence without words, and for one that alone holds any.
    """
    effects = [math.nan] * len(row.sentences)
    left_out = list(leave_out_each(row, settings))
    if left_out:
        own = own_numbers(model.manifest, row.recording)
        inputs = pd.DataFrame([of | own for _, of in left_out])
        for (number, _), terms in zip(left_out, model.estimator.contributions(inputs), strict=True):
            effects[number] = logit - math.fsum(terms.values())
    return tuple(effects)
