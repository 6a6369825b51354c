"""Columns of the manifest as a block, from the command line: evaluated, trained, scored and shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adscreen.cli import main
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.extract.feature_table import FeatureTable
from adscreen.model.trained_model import load_model, train_model
from adscreen.report.recording.pages import page_name
from adscreen.scoring.stored_reports import read_reports
from adscreen.studies.evaluation_run import evaluate

pytestmark = pytest.mark.slow  # whole studies

BLOCK = ("--block", "acoustic=f0_mean,jitter", "--members", "adscreen,acoustic")


@pytest.fixture
def run(run: Callable[..., Any]) -> Callable[..., str]:
    """Run a command line in this process: what it printed to stderr, and its status where that is not 0."""

    def call(*arguments: object) -> str:
        status, _, err = run(*arguments)
        return err if status == 0 else f"{status} {err}"

    return call


@pytest.fixture(scope="module")
def cohort(simulated: Path, study_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with study.toml and the manifests of the SYNTHETIC cohort, which carry two numbers made from labels."""
    folder = tmp_path_factory.mktemp("cohort")
    (folder / "study.toml").write_text(study_text)
    rng = np.random.default_rng(3)
    for name in ("training", "held_out"):
        frame = pd.read_csv(simulated / f"{name}.csv", dtype=str, keep_default_na=False)
        case = (frame["label"] != "control").to_numpy()
        frame["f0_mean"] = np.round(rng.normal(180 + 40 * case, 20), 3)
        frame["jitter"] = np.round(rng.normal(0.01, 0.002, len(frame)), 5)
        frame["transcript"] = [str(simulated / path) for path in frame["transcript"]]
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def trained(cohort: Path, tiny_bilm: Path) -> Path:
    """The folder of a model that reads the block, trained from the command line."""
    arguments = [cohort / "training.csv", cohort / "model", "--bilm", tiny_bilm, "--config", cohort / "study.toml"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["adscreen", "train", *map(str, arguments), *BLOCK, "--quiet"])
        with pytest.raises(SystemExit, match="0"):
            main()
    return cohort / "model"


def changed(cohort: Path, path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], name: str = "held_out") -> Path:
    """Write a changed copy of a manifest."""
    change(pd.read_csv(cohort / f"{name}.csv", dtype=str, keep_default_na=False)).to_csv(path, index=False)
    return path


def test_a_block_is_evaluated(run: Callable[..., str], cohort: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """The block is one more family beside ours, in the tables, the page and the record, whatever the jobs."""
    arguments = ("--bilm", tiny_bilm, "--config", cohort / "study.toml", *BLOCK, "--quiet")
    for jobs in (1, 2):
        assert "" == run("evaluate", cohort / "training.csv", tmp_path / str(jobs), *arguments, "--jobs", jobs)
    families = pd.read_csv(tmp_path / "1" / "families.csv")
    assert {"acoustic", "lexical", "doc2vec", "paired"} <= set(families["family"])
    assert families.set_index("family").loc["acoustic", "contribution"] > 0
    one, other = ((tmp_path / jobs / "predictions.csv").read_bytes() for jobs in "12")
    assert one == other
    settings = json.loads((tmp_path / "1" / "run.json").read_text())["settings"]
    assert {"acoustic": ["f0_mean", "jitter"]} == settings["blocks"] == settings["provenance"]["blocks"]
    page = (tmp_path / "1" / "report.html").read_text()
    assert "Acoustic" in page
    assert "acoustic: f0_mean, jitter" in page


def test_another_cohort_is_tested_with_its_own_columns(
    run: Callable[..., str], cohort: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """With --test both manifests give the block; one without the columns is refused by name before the work."""
    arguments = ("--bilm", tiny_bilm, "--config", cohort / "study.toml", "--quiet")
    block = ("--block", "acoustic=f0_mean", "--members", "acoustic")
    own = ("evaluate", cohort / "training.csv", tmp_path / "out", "--test", cohort / "held_out.csv")
    assert "" == run(*own, *arguments, *block)
    auc = pd.read_csv(tmp_path / "out" / "metrics.csv").query("measure == 'auc' and method == 'adscreen'")["value"]
    assert auc.min() > 0.7
    without = changed(cohort, tmp_path / "without.csv", lambda frame: frame.drop(columns="f0_mean"))
    refused = run("evaluate", cohort / "training.csv", tmp_path / "no", "--test", without, *arguments, *block)
    assert refused.startswith(f"2 adscreen: {without}: no column 'f0_mean' to put into block 'acoustic'; use")
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--block", "acoustic"), "--block: 'acoustic' names no columns; write each block once"),
        (("--block", "a=x", "--block", "a=y"), "--block: block 'a' comes twice; write each block once"),
        (
            ("--block", "acoustic=f0_mean"),
            "no member reads block 'acoustic'; add it, such as members = adscreen,acoustic",
        ),
        (("--members", "adscreen,acoustic"), "members: no block 'acoustic'; name adscreen or paper"),
        (("--block", "acoustic=f0", "--members", "acoustic"), "no column 'f0' to put into block 'acoustic'; use the"),
        (("--block", "acoustic=f0_mean,", "--members", "acoustic"), "block 'acoustic' needs a list of columns"),
    ],
)
def test_a_wrong_block_is_refused(
    run: Callable[..., str], cohort: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    """In one line, before any work, and nothing is left."""
    for command in ("evaluate", "train"):
        refused = run(command, cohort / "training.csv", tmp_path / "out", *options)
        assert message in refused
        assert (True, 1) == (refused.startswith("2 adscreen: "), len(refused.splitlines()))
    assert [] == list(tmp_path.iterdir())


def test_a_cell_that_is_not_a_number_is_refused(run: Callable[..., str], cohort: Path, tmp_path: Path) -> None:
    """Training and evaluation name the recording; a missing cell is not refused."""
    manifest = changed(
        cohort, tmp_path / "m.csv", lambda frame: frame.assign(f0_mean=["", "high", *frame["f0_mean"][2:]]), "training"
    )
    for command in ("evaluate", "train"):
        refused = run(command, manifest, tmp_path / "out", *BLOCK)
        assert (
            f"2 adscreen: {manifest}: recording 'SYN0001_2': f0_mean is not a number (1 such rows); correct" in refused
        )


def test_the_model_knows_its_block(trained: Path) -> None:
    """model.json names the columns and the training controls' percentiles of each."""
    manifest = load_model(trained).manifest
    assert {"acoustic": ["f0_mean", "jitter"]} == manifest.blocks
    low, middle, high = manifest.reference["acoustic.f0_mean"]
    assert 100 < low < middle < high < 260


def test_a_scored_recording_shows_its_block(
    run: Callable[..., str], cohort: Path, trained: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """The numbers count, stand on the page beside the controls' range, and are in the stored report."""
    assert "" == run("score", trained, cohort / "held_out.csv", tmp_path / "out", "--bilm", tiny_bilm, "--quiet")
    given = pd.read_csv(cohort / "held_out.csv")
    reports = list(read_reports(tmp_path / "out" / "reports.jsonl.gz"))
    assert given["f0_mean"].tolist() == [
        feature.value for report in reports for feature in report.features if feature.name == "f0_mean"
    ]
    own = [feature for feature in reports[0].features if feature.family == "acoustic"]
    assert ["f0_mean", "jitter"] == [feature.name for feature in own]
    assert "column f0_mean of the manifest" == own[0].formula
    assert load_model(trained).manifest.reference["acoustic.f0_mean"] == [own[0].low, own[0].middle, own[0].high]
    assert all("acoustic" in {part.family for part in report.contributions} for report in reports)
    page = (tmp_path / "out" / "report" / page_name(reports[0].score.recording_id)).read_text()
    assert "Acoustic" in page
    assert "f0_mean" in page
    assert "column f0_mean of the manifest" in page


def test_without_the_column_nothing_is_scored(
    run: Callable[..., str], cohort: Path, trained: Path, tiny_bilm: Path, simulated: Path, tmp_path: Path
) -> None:
    """A manifest, or loose transcripts, without the column are refused in one line."""
    manifest = changed(cohort, tmp_path / "m.csv", lambda frame: frame.drop(columns="jitter"))
    loose = next((simulated / "transcripts").glob("SYN0020*"))
    for inputs, column in ((manifest, "jitter"), (loose, "f0_mean")):
        refused = run("score", trained, inputs, tmp_path / "out", "--bilm", tiny_bilm, "--quiet")
        what = f"no column '{column}', which the model needs (block acoustic); score a manifest that has it"
        assert refused.startswith(f"2 adscreen: cohort: {what}")
        assert 1 == len(refused.splitlines())
    assert not (tmp_path / "out").exists()


def test_a_recording_without_a_number_is_unreadable(
    run: Callable[..., str], cohort: Path, trained: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """An empty cell and one that is not a number give a row with the reason; the other rows are as they were."""
    manifest = changed(
        cohort, tmp_path / "m.csv", lambda frame: frame.assign(f0_mean=["", "high", "inf", *frame["f0_mean"][3:]])
    )
    for name, of, ended in (("all", cohort / "held_out.csv", ""), ("some", manifest, "3 ")):
        assert ended == run("score", trained, of, tmp_path / name, "--bilm", tiny_bilm, "--quiet")
    complete, found = (pd.read_csv(tmp_path / name / "scores.csv", dtype=str) for name in ("all", "some"))
    assert ["unreadable"] * 3 == found["result"][:3].tolist()
    assert {"no number in column f0_mean, which the model needs"} == set(found["reason"][:3])
    assert complete[3:].to_csv() == found[3:].to_csv()
    page = (tmp_path / "some" / "report" / page_name(found["recording_id"][0])).read_text()
    assert "no number in column f0_mean, which the model needs" in page


def test_a_cached_report_is_of_the_same_numbers(
    run: Callable[..., str], cohort: Path, trained: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """With a cache, other numbers in the block give other scores, and the same ones the same."""
    other = changed(cohort, tmp_path / "m.csv", lambda frame: frame.assign(f0_mean=frame["f0_mean"] + "9"))
    options = ("--bilm", tiny_bilm, "--cache", tmp_path / "cache", "--quiet")
    for name, of in (("one", cohort / "held_out.csv"), ("other", other), ("again", cohort / "held_out.csv")):
        assert "" == run("score", trained, of, tmp_path / name, *options)
    assert "" == run("score", trained, other, tmp_path / "fresh", "--bilm", tiny_bilm, "--quiet")
    one, changed_, again, fresh = (
        (tmp_path / name / "scores.csv").read_bytes() for name in ("one", "other", "again", "fresh")
    )
    assert one == again
    assert one != changed_ == fresh


def test_sentence_effects_keep_the_block(
    run: Callable[..., str], cohort: Path, trained: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """A recording without one of its sentences has the same numbers in the block."""
    first = changed(cohort, tmp_path / "m.csv", lambda frame: frame[:1])
    options = ("--bilm", tiny_bilm, "--sentence-effects", "--quiet")
    assert "" == run("score", trained, first, tmp_path / "out", *options)
    (report,) = read_reports(tmp_path / "out" / "reports.jsonl.gz")
    assert any(np.isfinite(report.sentence_effects))


def test_a_joined_block_is_evaluated_and_trained(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """In Python a block may come from any table; members may then read it, and a model keeps what they read alone."""
    numbers = np.random.default_rng(5).normal(simulated_table.cases, 0.5)
    frame = pd.DataFrame({"f0": numbers, "idle": 1.0}, index=simulated_table.subjects["recording_id"])
    table = simulated_table.join(frame, block="acoustic", columns=["f0"]).join(frame, block="other", columns=["idle"])
    found = evaluate(table, study=small_study, members="acoustic")
    assert {"acoustic"} == set(found.frames["families"]["family"])
    assert {"acoustic": ("f0",)} == found.study.blocks
    model, _ = train_model(table, found.study)
    assert {"acoustic": ["f0"]} == model.manifest.blocks
    with pytest.raises(InputError, match="no block 'gait'"):
        evaluate(table, study=small_study, members="gait")
    with pytest.raises(InputError, match="members: the table has no block 'acoustic'; add its columns"):
        train_model(simulated_table, StudySettings(small_study.search, inner_folds=2, members=("acoustic",)))
