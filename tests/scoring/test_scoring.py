"""Held-out recordings -> one row and one report each, which depend on the recording and the model alone."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adscreen.bundled import bundled
from adscreen.cohort import Recording, read_cohort
from adscreen.errors import InputError
from adscreen.estimator import Stack
from adscreen.estimator.tuning import on_one_thread
from adscreen.extract import extraction
from adscreen.extract.extraction import Extracted, ExtractSettings, extract_recordings
from adscreen.extract.feature_table import TOKENS
from adscreen.features import FEATURES
from adscreen.model.conformal import conformal_p_values, conformal_set
from adscreen.model.reference import logistic, predictive_values, shift_probability
from adscreen.model.trained_model import TrainedModel, load_model
from adscreen.parser.loading import BUNDLED_PARSER
from adscreen.scoring import scoring
from adscreen.scoring.individual_range import jackknife_range
from adscreen.scoring.judged import model_facts
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.scoring import ScoreOptions, check_bilm, in_training, model_settings, score_recordings

HEADERS = "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tPAR Participant\n@ID:\teng|x|PAR|||||Participant|||\n"
INTERVIEWER_ONLY = "@UTF8\n@Begin\n@Participants:\tPAR Participant, INV Investigator\n*INV:\ttell me more .\n@End\n"
EXCLUDED = "@UTF8\n@Begin\n@Participants:\tPAR Participant\n*PAR:\tcan I stop now ? [+ exc]\n@End\n"
BAD = {
    "empty.cha": b"",
    "binary.cha": b"\x89PNG\x00\x01\x02" * 30,
    "interviewer.cha": INTERVIEWER_ONLY.encode(),
    "missing.cha": None,
}


@pytest.fixture(scope="module")
def model(model_folder: Path) -> TrainedModel:
    """The model trained on the simulated cohort."""
    return load_model(model_folder)


@pytest.fixture(scope="module")
def settings(tiny_bilm: Path) -> ExtractSettings:
    """The extraction settings of training."""
    return ExtractSettings(tiny_bilm)


@pytest.fixture(scope="module")
def recordings(simulated: Path) -> Sequence[Recording]:
    """The recordings of the held-out subjects."""
    return read_cohort(simulated / "held_out.csv").recordings


@pytest.fixture(scope="module")
def extracted(recordings: Sequence[Recording], settings: ExtractSettings) -> list[Extracted]:
    """What is read from each held-out recording."""
    return list(extract_recordings(recordings, settings))


@pytest.fixture(scope="module")
def reports(model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings) -> list[RecordingReport]:
    """The reports of the held-out recordings."""
    return list(score_recordings(model, recordings, settings))


@pytest.fixture
def said(tmp_path: Path) -> Callable[..., Recording]:
    """Write a transcript of the participant's lines and return its recording."""

    def write(*lines: str, subject: str = "new") -> Recording:
        path = tmp_path / f"{subject}.cha"
        spoken = "".join(f"*PAR:\t{line}\n" for line in lines)
        path.write_text(f"{HEADERS}{spoken}@End\n", encoding="utf-8")
        return Recording(1, subject, subject, path)

    return write


def test_every_recording_has_one_row_in_order(
    recordings: Sequence[Recording], reports: list[RecordingReport], model: TrainedModel
) -> None:
    """Each held-out recording is scored, under its own ids, by this model."""
    expected = [(row.recording_id, row.subject_id, row.visit) for row in recordings]
    rows = [report.score for report in reports]
    assert expected == [(row.recording_id, row.subject_id, row.visit) for row in rows]
    assert {"screen_positive", "screen_negative"} >= {row.result for row in rows}
    assert {(model.digest, "", False)} == {(row.model_digest, row.reason, row.in_training) for row in rows}


def test_the_probability_is_the_estimators(
    model: TrainedModel, extracted: list[Extracted], reports: list[RecordingReport]
) -> None:
    """It is predict_proba of the recording's inputs."""
    for row, report in zip(extracted, reports, strict=True):
        inputs = pd.DataFrame([row.inputs])
        score = report.score
        assert on_one_thread(model.estimator.predict_proba, inputs)[0, 1] == pytest.approx(score.probability, abs=1e-9)
        assert (score.result == "screen_positive") == (score.probability >= model.manifest.threshold)


def test_contributions_add_up_to_the_score(reports: list[RecordingReport]) -> None:
    """Intercept and families sum to the log-odds of the probability."""
    for report in reports:
        assert {"paired", "words", "doc2vec", "elmo", "perplexity", "lexical", "syntactic", "fluency", "semantic"} >= {
            part.family for part in report.contributions
        }
        logit = math.fsum([report.intercept, *(part.logit for part in report.contributions)])
        probability = report.score.probability
        assert math.log(probability / (1 - probability)) == pytest.approx(logit, abs=1e-9)


def test_a_score_at_the_threshold_is_positive(
    model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings, reports: list[RecordingReport]
) -> None:
    """The threshold itself screens positive, a hair above it does not."""
    probability = reports[0].score.probability
    for threshold, expected in ((probability, "screen_positive"), (probability + 1e-12, "screen_negative")):
        other = replace(model, manifest=replace(model.manifest, threshold=threshold))
        (report,) = score_recordings(other, recordings[:1], settings)
        assert expected == report.score.result


def test_a_bad_transcript_is_a_row_with_its_reason(
    model: TrainedModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    reports: list[RecordingReport],
    tmp_path: Path,
) -> None:
    """Empty, binary, missing and interviewer-only files are ``unreadable``; the others are scored as if alone."""
    mixed = list(recordings)
    for place, (name, content) in enumerate(BAD.items()):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        mixed.insert(2 * place, Recording(99, name, name, tmp_path / name))
    found = list(score_recordings(model, mixed, settings))
    assert [recording.recording_id for recording in mixed] == [report.score.recording_id for report in found]
    bad = {report.score.recording_id: report for report in found if report.score.result == "unreadable"}
    assert BAD.keys() == bad.keys()
    for name, report in bad.items():
        assert name in report.score.reason
        assert 1 == len(report.score.reason.splitlines())
        assert str(tmp_path) not in report.score.reason
        assert np.isnan([report.score.probability, report.score.probability_low, report.score.perplexity]).all()
        assert ((), (), (), 0) == (report.sentences, report.features, report.contributions, report.score.words)
    others = [report for report in found if report.score.recording_id not in bad]
    assert list(map(repr, reports)) == list(map(repr, others))  # as text, where NaN equals NaN
    assert "no such file" in bad["missing.cha"].score.reason
    assert "empty" in bad["empty.cha"].score.reason


def test_too_little_speech_is_not_scored(
    model: TrainedModel, settings: ExtractSettings, said: Callable[..., Recording]
) -> None:
    """Fewer words than the shortest training recording: no probability, but the report shows what was said."""
    (report,) = score_recordings(model, [said("the boy is falling .")], settings)
    least = model.manifest.minimum_words
    assert ("insufficient_speech", f"4 words, the model needs {least}") == (report.score.result, report.score.reason)
    assert np.isnan([report.score.probability, report.score.probability_low, report.score.probability_high]).all()
    assert ((), 4, 1) == (report.contributions, report.score.words, report.score.sentences)
    assert ["the", "boy", "is", "falling"] == [word.text for word in report.sentences[0].words]
    reasons = {feature.name: feature.reason for feature in report.features}
    assert ("4 words, needs 25", "") == (reasons["mattr"], reasons["tokens"])


def test_the_fewest_words_can_be_set(
    model: TrainedModel, settings: ExtractSettings, said: Callable[..., Recording]
) -> None:
    """With a lower limit the same recording is scored; with one word more than it has it is not."""
    recording = said("the boy is falling .")
    results = [
        next(score_recordings(model, [recording], settings, ScoreOptions(minimum_words=least))).score.result
        for least in (4, 5)
    ]
    assert results[0] in ("screen_positive", "screen_negative")
    assert "insufficient_speech" == results[1]


def test_speech_that_is_all_excluded_is_insufficient(
    model: TrainedModel, settings: ExtractSettings, tmp_path: Path
) -> None:
    """Nothing is left to score, whatever the limit: a row with a reason, not a failure."""
    (tmp_path / "x.cha").write_text(EXCLUDED)
    (report,) = score_recordings(
        model, [Recording(1, "x", "x", tmp_path / "x.cha")], settings, ScoreOptions(minimum_words=0)
    )
    assert ("insufficient_speech", "0 words, the model needs 1") == (report.score.result, report.score.reason)
    assert math.isnan(report.score.perplexity)


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_order_and_jobs_change_no_byte(
    model: TrainedModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    reports: list[RecordingReport],
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
) -> None:
    """A recording has the same row and report alone, in reverse order, in small chunks and in two processes."""
    monkeypatch.setattr(extraction, "CHUNK", 3)
    reverse = list(score_recordings(model, recordings[::-1], settings, jobs=jobs))
    assert [repr(report) for report in reports] == [repr(report) for report in reverse[::-1]]
    (alone,) = score_recordings(model, recordings[4:5], settings, jobs=jobs)
    assert repr(reports[4]) == repr(alone)


@pytest.mark.parametrize(
    ("file", "subject", "expected"),
    [
        ("SYN0003-1.cha", "SYN0003-1", True),
        ("SYN0003_2_cookie.cha", "SYN0003_2_cookie", True),
        ("SYN00031.cha", "SYN00031", False),
        ("SYN0003-1.cha", "P7", False),
        ("SYN0003.second.cha", "SYN0003.second", True),
        ("SYN0003-1.cha", "control/SYN0003-1", True),
        ("SYN0003-1.cha", "control/SYN0003-1.cha", True),
    ],
)
def test_a_loose_file_of_a_training_subject_is_known_by_its_name(
    model: TrainedModel, file: str, subject: str, expected: bool
) -> None:
    """A file scored without a manifest has its name for an id; with one, the manifest's subject decides."""
    recording = Recording(row=1, recording_id=subject, subject_id=subject, transcript=Path(file))
    assert expected == in_training(model, recording)


def test_training_subjects_have_no_score(model: TrainedModel, simulated: Path, settings: ExtractSettings) -> None:
    """Their result is ``in_training``, with the reason; with leave every one of their rows is marked and warned of."""
    recordings = read_cohort(simulated / "manifest.csv").recordings
    trained = [recording for recording in recordings if recording.subject_id == "SYN0003"]
    held_out = [recording for recording in recordings if recording.subject_id == "SYN0020"]
    rows = [report.score for report in score_recordings(model, [*held_out, *trained], settings)]
    own = rows[len(held_out) :]
    known = ("in_training", "this subject was in the model's training data", True)
    assert [known] * len(trained) == [(row.result, row.reason, row.in_training) for row in own]
    assert all(math.isnan(row.probability) for row in own)
    assert not any(row.in_training for row in rows[: len(held_out)])
    found = list(score_recordings(model, [*held_out, *trained], settings, ScoreOptions(allow_training_subjects=True)))
    expected = [False] * len(held_out) + [True] * len(trained)
    assert expected == [report.score.in_training for report in found]
    warned = [any("training data" in warning for warning in report.warnings) for report in found]
    assert expected == warned


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "1"}, "layer is 1, the model was trained with mean"),
        ({"view": "fluent"}, "view is fluent, the model was trained with spoken"),
        ({"pooling": "mean+max"}, r"pooling is mean\+max, the model was trained with mean"),
    ],
)
def test_other_settings_than_those_of_training_are_refused(
    model: TrainedModel, settings: ExtractSettings, change: dict[str, str], message: str
) -> None:
    """A layer, view or pooling that the model was not trained with gives no score."""
    with pytest.raises(InputError, match=message):
        check_bilm(model, replace(settings, **change))  # type: ignore[arg-type]


def test_another_bilm_is_refused(
    model: TrainedModel, recordings: Sequence[Recording], random_bilm: Callable[..., Path], tmp_path: Path
) -> None:
    """A biLM of the same shape with other weights is told by its digest, before anything is read."""
    other = ExtractSettings(random_bilm(tmp_path / "other", seed=1))
    with pytest.raises(InputError, match=r"bilm_digest is .*; give the biLM of training with bilm="):
        next(score_recordings(model, recordings, other))


def test_another_parser_is_refused(
    model: TrainedModel, recordings: list[Recording], settings: ExtractSettings, tmp_path: Path
) -> None:
    """A parser other than that of training is told by its digest; scoring takes the one of training by itself."""
    folder = Path(shutil.copytree(bundled(BUNDLED_PARSER), tmp_path / "parser"))
    card = folder / "meta.json"
    card.write_text(card.read_text(encoding="utf-8").replace("1.0.0", "1.0.1"), encoding="utf-8")
    other = replace(settings, parser=str(folder))
    with pytest.raises(InputError, match=r"parser_digest is .*; give the parser of training with parser="):
        next(score_recordings(model, recordings, other))
    assert "bundled" == model_settings(model, settings.bilm).parser
    assert str(folder) == model_settings(model, settings.bilm, parser=str(folder)).parser


def test_the_settings_of_training_are_those_of_the_model(model: TrainedModel, tiny_bilm: Path) -> None:
    """Scoring takes layer, pooling and view from the model, the biLM from the caller."""
    found = model_settings(model, tiny_bilm)
    check_bilm(model, found)
    provenance = model.manifest.provenance
    other = replace(model, manifest=replace(model.manifest, provenance=provenance | {"layer": "1", "view": "fluent"}))
    assert ExtractSettings(tiny_bilm, layer="1", view="fluent") == model_settings(other, tiny_bilm)


def test_the_report_shows_what_was_said(
    model: TrainedModel, settings: ExtractSettings, said: Callable[..., Recording]
) -> None:
    """Words are marked as the transcriber did, with their targets; an utterance without words has no perplexity."""
    recording = said(
        "<the water> [//] the sink is &-um running [/] running over .", "goed [: went] &+flo home .", "xxx ."
    )
    (report,) = score_recordings(model, [recording], settings, ScoreOptions(minimum_words=1))
    marks = [[(word.text, word.mark) for word in sentence.words] for sentence in report.sentences]
    assert [("the", "retraced"), ("water", "retraced"), ("the", "word"), ("sink", "word"), ("is", "word")] == (
        marks[0][:5]
    )
    assert [("um", "filler"), ("running", "repeated"), ("running", "word"), ("over", "word")] == marks[0][5:]
    assert [("goed", "word"), ("flo", "fragment"), ("home", "word")] == marks[1]
    assert "went" == report.sentences[1].words[0].target
    assert ((), 0.0) == (report.sentences[2].words, report.sentences[2].shade)
    assert [False, False, True] == [math.isnan(sentence.perplexity) for sentence in report.sentences]


ORDINARY = ("the boy is on the stool .",) * 16  # 96 words, as many as a training recording


def test_ordinary_speech_is_within_scope(
    model: TrainedModel, settings: ExtractSettings, said: Callable[..., Recording]
) -> None:
    """Nothing is warned of; held-out recordings of the training's kind are scored."""
    (report,) = score_recordings(model, [said(*ORDINARY)], settings)
    assert ((), "within", "") == (report.warnings, report.score.scope, report.score.warnings)


@pytest.mark.parametrize(
    ("lines", "change", "reason"),
    [
        (("xyzzy blorf quux zzyzx plugh corge .",) * 16, {}, "100.0% of the words are new to the model (Doc2Vec)"),
        (ORDINARY, {"task": "cat rescue"}, "the task is cat rescue, training was on cookie"),
        (ORDINARY * 10, {}, "960 words, training recordings had"),
    ],
)
def test_what_is_out_of_scope_is_not_scored_unless_allowed(
    model: TrainedModel,
    settings: ExtractSettings,
    said: Callable[..., Recording],
    lines: tuple[str, ...],
    change: dict[str, str],
    reason: str,
) -> None:
    """The model abstains and says why; with leave it scores, and the row is marked and warned of."""
    recording = replace(said(*lines), **change)  # type: ignore[arg-type]
    (report,) = score_recordings(model, [recording], settings)
    assert ("out_of_scope", "outside") == (report.score.result, report.score.scope)
    assert reason in report.score.reason
    assert math.isnan(report.score.probability)
    assert ((), False) == (report.contributions, report.sentences == ())
    (allowed,) = score_recordings(model, [recording], settings, ScoreOptions(allow_out_of_scope=True))
    assert allowed.score.result in ("screen_positive", "screen_negative")
    assert ("outside", "") == (allowed.score.scope, allowed.score.reason)
    assert f"out of scope: {reason}" in allowed.score.warnings
    assert 0 < allowed.score.probability < 1


def test_another_language_is_out_of_scope(model: TrainedModel, settings: ExtractSettings, tmp_path: Path) -> None:
    """What the file says of itself counts."""
    spoken = "".join(f"*PAR:\t{line}\n" for line in ORDINARY)
    (tmp_path / "x.cha").write_text(f"{HEADERS.replace('eng', 'deu')}{spoken}@End\n", encoding="utf-8")
    (report,) = score_recordings(model, [Recording(1, "x", "x", tmp_path / "x.cha")], settings)
    assert "the language is deu, training was in eng" == report.score.reason


def test_doubts_are_warned_of(model: TrainedModel, settings: ExtractSettings, said: Callable[..., Recording]) -> None:
    """Repairs of the transcript, a length a little beyond and a lack of fillers are warnings of a scored recording."""
    (report,) = score_recordings(model, [said("the boy [/ the stool .", *ORDINARY * 2)], settings)
    length, fillers, repair = report.warnings
    assert length.startswith("196 words, training recordings had ")
    assert fillers.startswith("no filler (um, uh) in 196 words, in training half had more than ")
    assert repair.startswith("the transcript needed repair: line 6: ")
    assert ("doubtful", "; ".join(report.warnings)) == (report.score.scope, report.score.warnings)
    assert 0 < report.score.probability < 1


def test_a_model_without_a_scope_claims_nothing(
    model: TrainedModel, settings: ExtractSettings, said: Callable[..., Recording]
) -> None:
    """A model of before scopes scores whatever is long enough, and names no percentile."""
    old = replace(model, manifest=replace(model.manifest, scope=None, scores=None))
    (report,) = score_recordings(old, [said(*ORDINARY * 10)], settings)
    assert ("", ()) == (report.score.scope, report.warnings)
    assert math.isnan(report.score.control_percentile)
    assert 0 < report.score.probability < 1
    with pytest.raises(InputError, match="prevalence: the model does not hold the scores"):
        next(score_recordings(old, [said(*ORDINARY)], settings, ScoreOptions(prevalence=0.1)))


def test_scores_are_placed_among_those_of_training(model: TrainedModel, reports: list[RecordingReport]) -> None:
    """The percentiles are those of held-out training scores; higher scores have no lower percentile."""
    assert model.manifest.scores
    for report in reports:
        score = report.score
        assert score.control_percentile == model.manifest.scores.controls.percent_below(score.probability)
        assert score.case_percentile == model.manifest.scores.cases.percent_below(score.probability)
    ordered = sorted((report.score for report in reports), key=lambda score: score.probability)
    percentiles = [score.control_percentile for score in ordered]
    assert percentiles == sorted(percentiles)


def test_the_prevalence_gives_a_result_its_meaning(
    model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings, reports: list[RecordingReport]
) -> None:
    """Predictive values are on every row where a prevalence is named; scores are as they were."""
    assert model.manifest.scores
    positive, negative = predictive_values(model.manifest.scores, 0.08)
    for before, report in zip(
        reports[:3], score_recordings(model, recordings[:3], settings, ScoreOptions(prevalence=0.08)), strict=True
    ):
        assert math.isnan(before.score.ppv)
        found = report.score
        assert (0.08, before.score.probability) == (found.prevalence, found.probability)
        assert (positive.value, positive.low, positive.high) == (found.ppv, found.ppv_low, found.ppv_high)
        assert (negative.value, negative.low, negative.high) == (found.npv, found.npv_low, found.npv_high)
        share = model.manifest.scores.case_share
        moved = shift_probability(found.logit, case_share=share, prevalence=0.08)
        assert moved == found.probability_at_prevalence


def test_the_range_is_the_jackknife_of_the_models_without_a_fold(
    model: TrainedModel, extracted: list[Extracted], reports: list[RecordingReport]
) -> None:
    """Its ends and the mark follow from the log-odds of the model's own spread."""
    inputs = pd.DataFrame([row.inputs for row in extracted])
    spread = np.array([one.decision_function(inputs) for one in model.spread])
    for report, of in zip(reports, spread.T.tolist(), strict=True):
        score = report.score
        low, high = (logistic(end) for end in jackknife_range(score.logit, of))
        assert (low, high) == pytest.approx((score.probability_low, score.probability_high))
        assert score.crosses_threshold == (score.probability_low < score.threshold <= score.probability_high)
    assert {"jackknife, about 90%"} == {report.score.interval for report in reports}


def test_models_without_a_fold_have_a_fusion_of_their_own(model: TrainedModel) -> None:
    """What a fold taught the fusion is not in the model that lacks it."""
    assert len({(one.intercept, *one.weights) for one in (model.estimator, *model.spread)}) == 1 + len(model.spread)


def test_a_model_without_weights_gives_no_range(
    model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings
) -> None:
    """Everybody has one answer then: a range without width would be taken for certainty."""
    silent = Stack(model.estimator.members, model.estimator.centres, [0.0] * len(model.estimator.weights), 0.2)
    silent.fit(pd.DataFrame(), [0, 1])
    (report,) = score_recordings(replace(model, estimator=silent), recordings[:1], settings)
    assert logistic(0.2) == report.score.probability
    assert math.isnan(report.score.probability_low)
    assert report.score.crosses_threshold is None


def test_conformal_sets_are_on_rows_where_a_confidence_is_named(
    model: TrainedModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    reports: list[RecordingReport],
    said: Callable[..., Recording],
) -> None:
    """Results and probabilities are as they were; a recording without a score has no set, and no p-value."""
    assert model.manifest.scores
    asked = score_recordings(model, [*recordings[:4], said("well .")], settings, ScoreOptions(confidence=0.8))
    *scored, short = (report.score for report in asked)
    for before, found in zip(reports, scored, strict=False):
        p_values = conformal_p_values(model.manifest.scores, found.probability)
        assert p_values == (found.p_control, found.p_case)
        assert (0.8, conformal_set(*p_values, confidence=0.8)) == (found.confidence, found.conformal_set)
        assert (before.score.result, before.score.probability) == (found.result, found.probability)
        assert "" == before.score.conformal_set
    assert ("insufficient_speech", 0.8, "") == (short.result, short.confidence, short.conformal_set)
    assert math.isnan(short.p_case)
    with pytest.raises(InputError, match=r"confidence: 0\.99 needs 99 training subjects of each label, 'control' has"):
        next(score_recordings(model, recordings, settings, ScoreOptions(confidence=0.99)))


@pytest.mark.parametrize("confidence", [0.0, 0.1, 1.0, 90.0, math.nan])
def test_a_confidence_is_a_share_of_half_or_more(confidence: float) -> None:
    """Percent, certainty and what must be meant as a risk of error are refused in one line."""
    with pytest.raises(InputError, match=r"is no confidence; give a share from 0\.5 to below 1, such as 0\.9"):
        ScoreOptions(confidence=confidence)


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, 8.0, math.nan])
def test_a_prevalence_is_a_share(
    model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings, prevalence: float
) -> None:
    """Percent, nothing and everything are refused in one line."""
    with pytest.raises(InputError, match=r"is no prevalence; give a share, such as 0\.08"):
        next(score_recordings(model, recordings, settings, ScoreOptions(prevalence=prevalence)))


def test_a_sentences_effect_is_a_real_score_without_it(
    model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings, tmp_path: Path
) -> None:
    """Leaving one sentence out changes the logit as scoring a transcript in which it was never said does."""
    options = ScoreOptions(sentence_effects=True)
    (report,) = score_recordings(model, recordings[:1], settings, options)
    (alone,) = score_recordings(model, recordings[:1], settings)
    assert alone.score == report.score or repr(alone.score) == repr(report.score)
    assert len(report.sentences) == len(report.sentence_effects)
    lines = recordings[0].transcript.read_text(encoding="utf-8").splitlines(keepends=True)
    spoken = [number for number, line in enumerate(lines) if line.startswith("*PAR:")]
    assert len(spoken) == len(report.sentences)
    for number, effect in zip(spoken, report.sentence_effects, strict=True):
        path = tmp_path / recordings[0].transcript.name
        path.write_text("".join([*lines[:number], *lines[number + 1 :]]), encoding="utf-8")
        without = [replace(recordings[0], transcript=path)]
        (other,) = score_recordings(model, without, settings, ScoreOptions(minimum_words=1, allow_out_of_scope=True))
        assert report.score.logit - other.score.logit == pytest.approx(effect, abs=1e-9)
    assert any(abs(effect) > 1e-3 for effect in report.sentence_effects)


def test_reports_come_from_the_cache(
    model: TrainedModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    reports: list[RecordingReport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second time nothing is read or scored and the reports are the same; other options or models are scored."""
    kept = replace(settings, cache=tmp_path / "cache")
    mixed = [*recordings[:4], Recording(9, "none", "none", tmp_path / "none.cha")]
    expected = [repr(report) for report in reports[:4]]
    for _ in range(2):
        found = list(score_recordings(model, mixed, kept))
        assert expected == [repr(report) for report in found[:4]]
        assert "unreadable" == found[4].score.result
    counts: list[int] = []
    evaluate = scoring._evaluate

    def count(model: TrainedModel, rows: list[Extracted], *arguments: Any) -> Any:
        counts.append(len(rows))
        return evaluate(model, rows, *arguments)

    monkeypatch.setattr(scoring, "_evaluate", count)
    list(score_recordings(model, recordings[:4], kept))
    assert [] == counts
    list(score_recordings(model, recordings[:5], kept))
    list(score_recordings(replace(model, digest="other"), recordings[:4], kept))
    list(score_recordings(model, recordings[:4], kept, ScoreOptions(prevalence=0.1)))
    list(score_recordings(model, [replace(recordings[0], visit="9")], kept))
    assert [1, 4, 4, 1] == counts


def test_the_shade_follows_perplexity(reports: list[RecordingReport], model: TrainedModel) -> None:
    """0 at the training controls' median sentence and below, 1 at their 99th percentile and above, linear between."""
    middle, top = model.manifest.sentence_reference
    sentences = [sentence for report in reports for sentence in report.sentences if not math.isnan(sentence.perplexity)]
    expected = [min(1.0, max(0.0, (math.log(sentence.perplexity) - middle) / (top - middle))) for sentence in sentences]
    assert expected == pytest.approx([sentence.shade for sentence in sentences])
    assert {0.0} < set(expected)


def test_features_stand_beside_the_training_controls(
    model: TrainedModel, extracted: list[Extracted], reports: list[RecordingReport]
) -> None:
    """Each feature has its own value and the controls' percentiles; what is missing has a reason."""
    for row, report in zip(extracted, reports, strict=True):
        shown = {f"{feature.family}.{feature.name}": feature for feature in report.features}
        assert {feature.key for feature in FEATURES} <= shown.keys()
        for key, feature in shown.items():
            assert row.inputs[key] == pytest.approx(feature.value, nan_ok=True)
            assert bool(feature.reason) == math.isnan(feature.value)
            expected = model.manifest.reference.get(key, [math.nan] * 3)
            assert expected == pytest.approx([feature.low, feature.middle, feature.high], nan_ok=True)


def test_synthetic_recordings_are_marked(
    model: TrainedModel,
    settings: ExtractSettings,
    reports: list[RecordingReport],
    said: Callable[..., Recording],
) -> None:
    """A simulated cohort's reports say so, others do not."""
    assert all(report.synthetic for report in reports)
    (real,) = score_recordings(model, [said("the boy is falling .")], settings)
    assert not real.synthetic


def test_counts_on_the_row(extracted: list[Extracted], reports: list[RecordingReport]) -> None:
    """Words are those of the view, sentences those with words; perplexity is the recording's own."""
    for row, report in zip(extracted, reports, strict=True):
        score = report.score
        joint = [one.joint for one in row.sentences if one.words]
        assert (np.median(joint), max(joint)) == pytest.approx((score.perplexity_median, score.perplexity_max), rel=0.2)
        assert len(row.inputs[TOKENS]) == score.words
        assert sum(sentence.words > 0 for sentence in row.sentences) == score.sentences
        assert row.inputs["perplexity.joint_pooled"] == pytest.approx(math.log(score.perplexity))


def test_progress_counts_recordings(
    model: TrainedModel, recordings: Sequence[Recording], settings: ExtractSettings
) -> None:
    """The steps add up to the recordings."""
    steps: list[int] = []
    list(score_recordings(model, recordings[:3], settings, progress=steps.append))
    assert 3 == sum(steps)


def test_the_facts_of_a_model_are_on_the_page(model: TrainedModel) -> None:
    """A report names its model: digest, biLM, version and size of training."""
    facts = model_facts(model)
    assert (model.digest, "tiny", {"control": 8, "case": 8}) == (facts["digest"], facts["bilm"], facts["subjects"])
