"""The demo: the whole line on a SYNTHETIC cohort, with nothing given."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.estimator.study import read_study
from adscreen.model.trained_model import load_model
from adscreen.progress import Progress
from adscreen.report.recording.pages import page_name
from adscreen.simulate import simulate_cohort
from adscreen.studies.demo import HELD_OUT, STUDY, SUBJECTS, Demo, run_demo, split_manifest

QUIET = Progress(shown=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A finished demo; skips where no biLM ships with this checkout."""
    try:
        bundled(f"{BUNDLED_BILM}/weights.hdf5")
    except InputError:
        pytest.skip(f"needs the bundled biLM, {BUNDLED_BILM}")
    out = tmp_path_factory.mktemp("reports") / "demo"
    return run_demo(out, jobs=2, seed=0, force=False, progress=QUIET)


def test_held_out_subjects_train_nothing(tmp_path: Path) -> None:
    """The last subjects are held out, with all their visits; no recording is lost and paths still hold."""
    manifest = simulate_cohort(tmp_path / "c", subjects=SUBJECTS + HELD_OUT, visits=2, seed=3)
    training, held_out = (read_cohort(path).recordings for path in split_manifest(manifest))
    subjects = [{recording.subject_id for recording in side} for side in (training, held_out)]
    assert (SUBJECTS, HELD_OUT) == (len(subjects[0]), len(subjects[1]))
    assert set() == subjects[0] & subjects[1]
    whole = read_cohort(manifest).recordings
    assert {row.recording_id for row in whole} == {row.recording_id for row in (*training, *held_out)}
    assert all(recording.transcript.is_file() for recording in (*training, *held_out))


def test_the_demos_study_is_read(tmp_path: Path) -> None:
    """The study.toml that the demo writes is one that the commands take."""
    (tmp_path / "study.toml").write_text(STUDY)
    study = read_study(tmp_path / "study.toml")
    assert (4, 1, 11) == (study.folds, study.repeats, sum(len(of_member) for of_member in study.candidates()))


@pytest.mark.slow
def test_the_demo_writes_every_stage(demo: Demo) -> None:
    """Cohort, evaluation, model, scores and reports are there, and run.json says that all is synthetic."""
    folder = demo.scores.parents[1]
    names = {path.name for path in folder.iterdir()}
    assert {"cohort", "evaluation", "model", "scores", "study.toml", "run.json"} == names
    assert json.loads((folder / "run.json").read_text())["settings"]["synthetic"]
    assert [folder] == list(folder.parent.iterdir())
    assert set(load_model(folder / "model").manifest.subjects.values()) == {SUBJECTS // 2}


@pytest.mark.slow
def test_the_demo_scores_every_held_out_recording(demo: Demo) -> None:
    """scores.csv has one row a held-out recording, and each has its page, which says that it is synthetic."""
    held_out = read_cohort(demo.scores.parents[1] / "cohort" / "held_out.csv").recordings
    scores = pd.read_csv(demo.scores, dtype={"visit": str})
    assert [recording.recording_id for recording in held_out] == scores["recording_id"].tolist()
    assert {"screen_positive", "screen_negative"} == set(scores["result"])
    assert not scores["in_training"].any()
    assert demo.index.is_file()
    for recording in held_out:
        page = (demo.index.parent / page_name(recording.recording_id)).read_text(encoding="utf-8")
        assert "synthetic" in page.lower()


@pytest.mark.slow
def test_the_demo_finds_the_simulated_signs(demo: Demo) -> None:
    """The simulated effect is real, so adscreen's AUC lies above chance, and its interval holds it."""
    shown = demo.measures.set_index(["by", "method"]).loc[("subject", "adscreen"), "AUC"]
    value, low, high = map(float, re.findall(r"[\d.]+", shown))
    assert value > 0.6
    assert low <= value <= high


@pytest.mark.slow
def test_a_second_demo_is_refused(demo: Demo) -> None:
    """Without force the first one stays as it is."""
    before = demo.scores.read_bytes()
    with pytest.raises(InputError, match="already holds a run; name a new folder, or add force="):
        run_demo(demo.scores.parents[1], jobs=1, seed=1, force=False, progress=QUIET)
    assert before == demo.scores.read_bytes()
