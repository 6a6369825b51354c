"""Scoring from a script: a model and any source give scores that are computed as they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adscreen.cohort import make_cohort, read_cohort
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.extract import extraction
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import FeatureTable
from adscreen.ingest import read_transcript
from adscreen.model.screening_model import ScreeningModel
from adscreen.model.trained_model import load_model
from adscreen.records import Transcript
from adscreen.scoring.recording_report import ScoreRow
from adscreen.scoring.stored_reports import read_reports
from adscreen.speech import participant_utterances
from adscreen.studies.scores import Scores, score
from adscreen.studies.scoring_run import run_scoring

pytestmark = pytest.mark.slow  # whole studies

TEXT = "the boy is falling off the stool .\num the mother is washing dishes and the water is on the floor .\n" * 6


@pytest.fixture(scope="module")
def held_out(simulated: Path) -> Path:
    """The manifest of people whom the model has not seen."""
    return simulated / "held_out.csv"


@pytest.fixture(scope="module")
def of_folder(model_folder: Path, held_out: Path, tiny_bilm: Path) -> pd.DataFrame:
    """The scores of the held-out cohort, from the model's folder."""
    return score(model_folder, held_out, bilm=tiny_bilm).to_pandas()


def test_save_writes_what_the_command_writes(
    model_folder: Path, held_out: Path, tiny_bilm: Path, tmp_path: Path, simulated_table: FeatureTable
) -> None:
    """A model in memory and its folder, and a Cohort and its manifest, give the command's scores, reports and pages."""
    run_scoring(model_folder, [held_out], tmp_path / "command", bilm=tiny_bilm)
    model = ScreeningModel.load(model_folder)
    scores = score(model, read_cohort(held_out), bilm=str(tiny_bilm))
    assert tmp_path / "library" == scores.save(tmp_path / "library")
    written = {path.relative_to(tmp_path / "command"): path for path in (tmp_path / "command").rglob("*.*")}
    assert len(scores) + 7 == len(written)
    for name, path in written.items():
        if name.name != "run.json":
            assert path.read_bytes() == (tmp_path / "library" / name).read_bytes(), name
    with pytest.raises(InputError, match="already holds a run"):
        scores.save(tmp_path / "library", pages=False)
    scores.save(str(tmp_path / "library"), pages=False, force=True)
    assert not (tmp_path / "library" / "report").exists()


def test_the_table_is_scores_csv(
    model_folder: Path, held_out: Path, tiny_bilm: Path, tmp_path: Path, of_folder: pd.DataFrame
) -> None:
    """``to_pandas`` has the rows, columns and values of the files; a number that is not defined is NaN."""
    out = score(model_folder, held_out, bilm=tiny_bilm).save(tmp_path / "out", pages=False)
    pd.testing.assert_frame_equal(pd.read_parquet(out / "scores.parquet"), of_folder, check_dtype=False)
    assert pd.read_csv(out / "scores.csv").columns.tolist() == of_folder.columns.tolist()
    assert of_folder["ppv"].isna().all()


def test_a_model_in_memory_scores_as_its_folder(
    model_folder: Path,
    held_out: Path,
    tiny_bilm: Path,
    simulated_table: FeatureTable,
    small_study: StudySettings,
    of_folder: pd.DataFrame,
) -> None:
    """Fresh from ``fit``, and as a TrainedModel, it gives every value of the scores, its digest included."""
    fitted = ScreeningModel(study=small_study).fit(simulated_table)
    for model in (fitted, load_model(model_folder)):
        pd.testing.assert_frame_equal(of_folder, score(model, held_out, bilm=tiny_bilm).to_pandas(), check_exact=True)


def test_every_source_gives_the_same_scores(
    model_folder: Path, held_out: Path, tiny_bilm: Path, of_folder: pd.DataFrame
) -> None:
    """A manifest's path, text of it, a Cohort, its files, and Transcript records are scored alike."""
    cohort = read_cohort(held_out)
    records = [
        read_transcript(one.transcript, recording_id=one.recording_id, subject_id=one.subject_id, visit=one.visit)
        for one in cohort.recordings
    ]
    sources: list[Any] = [str(held_out), [held_out], cohort]
    for source in sources:
        found = score(model_folder, source, bilm=tiny_bilm).to_pandas()
        pd.testing.assert_frame_equal(of_folder, found, check_exact=True)
    of_records = score(model_folder, records, bilm=tiny_bilm).to_pandas()
    ours = list(ScoreRow.__dataclass_fields__)  # records know nothing of the manifest
    pd.testing.assert_frame_equal(of_folder[ours], of_records[ours], check_exact=True)
    files = score(model_folder, [str(one.transcript) for one in cohort.recordings], bilm=tiny_bilm).to_pandas()
    assert of_folder["probability"].tolist() == files["probability"].tolist()


def test_a_condition_chooses_rows_of_any_cohort(
    model_folder: Path, held_out: Path, tiny_bilm: Path, of_folder: pd.DataFrame
) -> None:
    """``where`` holds for a manifest and for a Cohort; loose files know no columns."""
    expected = of_folder[of_folder["visit"] == "1"].reset_index(drop=True)
    sources: list[Any] = [held_out, read_cohort(held_out)]
    for source in sources:
        found = score(model_folder, source, where="visit == '1'", bilm=tiny_bilm)
        assert len(expected) == len(found)
        pd.testing.assert_frame_equal(expected, found.to_pandas(), check_exact=True)
    with pytest.raises(InputError, match="where: needs a manifest"):
        score(model_folder, held_out.parent / "transcripts", where="visit == '1'", bilm=tiny_bilm)


def test_scores_are_computed_as_they_are_taken(
    model_folder: Path, held_out: Path, tiny_bilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``score`` itself reads no transcript, and a report is there before later chunks are read."""
    read: list[int] = []
    measure = extraction.measure_chunk

    def watched(recordings: Sequence[Any], *arguments: Any, **options: Any) -> Any:
        read.append(len(recordings))
        return measure(recordings, *arguments, **options)

    monkeypatch.setattr(extraction, "CHUNK", 2)
    monkeypatch.setattr(extraction, "AHEAD", 1)
    monkeypatch.setattr(extraction, "measure_chunk", watched)
    scores = score(model_folder, held_out, bilm=tiny_bilm)
    assert f"<Scores of {len(scores)} recordings, threshold {scores.model.manifest.threshold:.3f}>" == repr(scores)
    assert [] == read
    first = next(iter(scores))
    assert [2] == read
    assert scores.recordings[0].recording_id == first.score.recording_id


def test_what_can_be_refused_is_refused_at_once(model_folder: Path, simulated: Path, tiny_bilm: Path) -> None:
    """An impossible prevalence, mixed and empty sources give one line before anything is read."""
    with pytest.raises(InputError, match=r"prevalence: 1\.5 is no prevalence"):
        score(model_folder, simulated / "held_out.csv", bilm=tiny_bilm, prevalence=1.5)
    transcript = read_transcript(simulated / "transcripts" / "SYN0020-1.cha")
    with pytest.raises(InputError, match="source: holds paths and Transcript records; give one kind"):
        score(model_folder, [transcript, "a.txt"], bilm=tiny_bilm)  # type: ignore[list-item]
    with pytest.raises(InputError, match="source: names no recording"):
        score(model_folder, [], bilm=tiny_bilm)
    marked = score(model_folder, simulated / "training.csv", bilm=tiny_bilm, allow_training_subjects=True)
    assert next(iter(marked)).score.in_training


def _said(transcript: Transcript) -> str:
    """Return the participant's speech as a plain-text file would hold it."""
    lines = [" ".join(word.text for word in one.words) for one in participant_utterances(transcript)]
    return "".join(f"{line} .\n" for line in lines)


def test_speech_in_memory_goes_the_whole_way(simulated: Path, tiny_bilm: Path, small_study: StudySettings) -> None:
    """Texts become a cohort, its features a model, and further texts one scored row each; no file is needed."""
    training, held_out = (read_cohort(simulated / f"{name}.csv").recordings for name in ("training", "held_out"))
    texts = [_said(read_transcript(one.transcript)) for one in training]
    subjects, labels = [one.subject_id for one in training], [str(one.label) for one in training]
    visits = [one.visit for one in training]
    cohort = make_cohort(texts, subjects=subjects, labels=labels, visit=visits)
    model = ScreeningModel(study=small_study).fit(extract_cohort(cohort, ExtractSettings(tiny_bilm)))
    said = [_said(read_transcript(one.transcript)) for one in held_out[::2]]
    names = [f"new {number}" for number in range(len(said))]
    new = make_cohort(said, subjects=names)
    scores = score(model, new, bilm=tiny_bilm).to_pandas()
    assert names == scores["recording_id"].tolist() == scores["subject_id"].tolist()
    assert {"screen_positive", "screen_negative"} >= set(scores["result"])
    assert scores["probability"].between(0, 1, inclusive="neither").all()
    table = extract_cohort(new, ExtractSettings(tiny_bilm))
    assert scores["probability"].tolist() == model.predict_proba(table)[:, 1].tolist()
    (known,) = score(model, make_cohort(texts[:1], subjects=["somebody else"]), bilm=tiny_bilm)
    reason = "these are the words of a recording in the model's training data"
    assert ("in_training", reason) == (known.score.result, known.score.reason)


def test_a_text_in_memory_scores_as_the_same_text_in_a_file(
    model_folder: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Scores, reports and pages are the same bytes, whichever way the text comes."""
    (tmp_path / "P1.txt").write_text(TEXT, encoding="utf-8")
    of_file = score(model_folder, tmp_path / "P1.txt", bilm=tiny_bilm)
    in_memory = score(model_folder, make_cohort([TEXT], subjects=["P1"]), bilm=tiny_bilm)
    folders = [scores.save(tmp_path / name) for name, scores in (("file", of_file), ("memory", in_memory))]
    for name in ("scores.csv", "scores.json", "reports.jsonl.gz", "report/index.html"):
        first, second = ((folder / name).read_bytes() for folder in folders)
        assert first == second, name
    (report,) = read_reports(folders[1] / "reports.jsonl.gz")
    assert report.score.result in ("screen_positive", "screen_negative")


def test_a_text_without_words_is_one_row_too(model_folder: Path, tiny_bilm: Path) -> None:
    """It is unreadable, with a reason; the other rows are scored as they are alone."""
    mixed = score(model_folder, make_cohort(["", TEXT], subjects=["E", "P1"]), bilm=tiny_bilm).to_pandas()
    alone = score(model_folder, make_cohort([TEXT], subjects=["P1"]), bilm=tiny_bilm).to_pandas()
    assert "unreadable" == mixed["result"][0]
    assert mixed["reason"][0]
    pd.testing.assert_frame_equal(alone, mixed.iloc[[1]].reset_index(drop=True), check_exact=True, check_dtype=False)


def test_a_cache_gives_the_same_scores(
    model_folder: Path, held_out: Path, tiny_bilm: Path, tmp_path: Path, of_folder: pd.DataFrame
) -> None:
    """The first pass fills it, a second one takes from it; the values are those of no cache."""
    scores: Scores = score(model_folder, held_out, bilm=tiny_bilm, cache=str(tmp_path / "cache"), jobs=2)
    for _ in range(2):
        pd.testing.assert_frame_equal(of_folder, scores.to_pandas(), check_exact=True)
