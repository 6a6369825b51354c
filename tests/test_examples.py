"""The scripts under examples/ run as a user runs them, beside decoys of the package's old name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STUDY = """\
folds = 2
repeats = 1
inner_folds = 2
bootstrap = 100
[search]
C = [1.0]
doc2vec_size = [8]
doc2vec_alpha = [0.05]
elmo_size = [4]
paired_context = [0.5]
"""


def run_example(name: str, folder: Path, *arguments: object) -> str:
    """Run a script in a folder that holds decoys; return what it prints."""
    (folder / "pipeline.py").write_text("raise SystemExit('the decoy was imported')\n")
    (folder / "study.toml").write_text(STUDY)
    command = [sys.executable, str(ROOT / "examples" / name), *map(str, arguments), "study.toml"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "pipeline"), str(folder)])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_classifier_of_ones_own(simulated: Path, tmp_path: Path) -> None:
    """A random forest and the default are printed with intervals, and their paired difference."""
    lines = run_example("own_classifier.py", tmp_path, simulated / "training.csv").splitlines()
    assert lines[0].startswith("<Evaluation of random_forest_classifier, subject: AUC ")
    assert lines[1].startswith("<Evaluation of adscreen, subject: AUC ")
    assert lines[2].startswith("Difference ")


@pytest.mark.slow
def test_two_feature_sets(simulated: Path, tmp_path: Path) -> None:
    """Three measures of both feature sets and their paired difference."""
    shown = run_example("two_feature_sets.py", tmp_path, simulated / "training.csv")
    assert ["auc", "sensitivity", "specificity"] == [line.split()[0] for line in shown.splitlines()[1:]]


@pytest.mark.slow
def test_acoustic_columns(simulated: Path, tmp_path: Path) -> None:
    """A table of acoustic measures is joined by recording; both evaluations and their difference are printed."""
    names = [f"SYN{number:04d}_{visit}" for number in range(1, 23) for visit in (1, 2, 3)]
    rows = [f"{name},{100 + number % 7},{number % 5 / 10}" for number, name in enumerate(names)]
    (tmp_path / "acoustic.csv").write_text("\n".join(["recording_id,f0_mean,jitter", *rows]) + "\n")
    lines = run_example("acoustic_columns.py", tmp_path, simulated / "training.csv", "acoustic.csv").splitlines()
    assert lines[0].startswith("speech <Evaluation of adscreen, subject: AUC ")
    assert lines[1].startswith("speech and acoustics <Evaluation of adscreen, subject: AUC ")
    assert lines[2].startswith("Difference ")


def test_every_example_has_a_test() -> None:
    """A script that no test runs would rot."""
    source = Path(__file__).read_text(encoding="utf-8")
    assert [] == [path.name for path in (ROOT / "examples").glob("*.py") if f'"{path.name}"' not in source]
