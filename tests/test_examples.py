"""The examples run as a user runs them; the Python scripts beside decoys of the package's old name."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
STUDY = """\
folds = 2
repeats = 1
inner_folds = 2
permutations = 20
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
    assert lines[0].startswith("<Evaluation of random_forest_classifier, subject, by subject: AUC ")
    assert lines[1].startswith("<Evaluation of adscreen, subject, by subject: AUC ")
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
    assert lines[0].startswith("speech <Evaluation of adscreen, subject, by subject: AUC ")
    assert lines[1].startswith("speech and acoustics <Evaluation of adscreen, subject, by subject: AUC ")
    assert lines[2].startswith("Difference ")


@pytest.fixture
def on_path(tmp_path_factory: pytest.TempPathFactory, tiny_bilm: Path) -> dict[str, str]:
    """An environment in which `adscreen` is this adscreen, with a small biLM and study where they are not named."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "study.toml").write_text(STUDY)
    script = f"""#!/bin/bash
options="--bilm {tiny_bilm}"
if [ "$1" != score ]; then options="$options --config {folder}/study.toml"; fi
if [ "$1" = score ]; then options="$options --min-words 1 --allow-out-of-scope"; fi
PYTHONPATH={ROOT / "pipeline"} exec {sys.executable} -m adscreen "$@" $options
"""
    (folder / "adscreen").write_text(script)
    (folder / "adscreen").chmod(0o755)
    return os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files under a folder by their paths."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_the_nightly_script(simulated: Path, model_folder: Path, tmp_path: Path, on_path: dict[str, str]) -> None:
    """Night by night: nothing yet, one file, one more that is empty; and a failure, which alone is told on stderr."""

    def run_night() -> subprocess.CompletedProcess[str]:
        command = ["bash", str(ROOT / "examples" / "nightly.sh"), str(tmp_path)]
        return subprocess.run(command, env=on_path, capture_output=True, text=True, check=False)

    (tmp_path / "incoming").mkdir()
    (tmp_path / "model").symlink_to(model_folder)
    assert (0, "", "") == (lambda done: (done.returncode, done.stdout, done.stderr))(run_night())
    for number, (name, log) in enumerate(
        (
            ("SYN0020-1.cha", "Added:   1 new"),
            ("SYN0021-1.cha", "Some recordings have no score: see scores/scores.csv"),
        ),
        start=1,
    ):
        content = (simulated / "transcripts" / name).read_bytes() if number == 1 else b""
        (tmp_path / "incoming" / name).write_bytes(content)
        done = run_night()
        assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
        assert number == len(pd.read_csv(tmp_path / "scores" / "scores.csv"))
        assert log in (tmp_path / "nightly.log").read_text()
    before = files_of(tmp_path / "scores")
    (tmp_path / "model").unlink()
    failed = run_night()
    assert (2, f"adscreen failed with status 2: see {tmp_path}/nightly.log\n") == (failed.returncode, failed.stderr)
    assert before == files_of(tmp_path / "scores")


def commands_of_rules(snakefile: str, *, threads: int) -> list[str]:
    """Return the shell commands of a Snakefile whose rules have named or single inputs, in the order of the rules."""
    commands = []
    for rule in re.split(r"^rule ", snakefile, flags=re.MULTILINE)[1:]:
        shell = re.search(r"shell:\s+\"(.*)\"", rule)
        if shell:
            names = dict(re.findall(r"^        (\w+)=\"(.*)\",$", rule, flags=re.MULTILINE))
            text = shell[1].replace("{threads}", str(threads))
            for name, file in names.items():
                text = text.replace(f"{{input.{name}}}", file)
            commands.append(text)
    return commands


@pytest.mark.slow
def test_the_snakefile(simulated: Path, tmp_path: Path, on_path: dict[str, str]) -> None:
    """Its rules make what they promise, an unreadable transcript or not; run by Snakemake where it is installed."""
    (tmp_path / "transcripts").symlink_to(simulated / "transcripts")
    (tmp_path / "gone.cha").write_bytes(b"")
    for name in ("training", "held_out"):
        text = (simulated / f"{name}.csv").read_text()
        (tmp_path / f"{name}.csv").write_text(f"{text}BAD,1,gone.cha,case,,,,,,,,\n")
    snakefile = ROOT / "examples" / "Snakefile"
    if importlib.util.find_spec("snakemake"):
        commands = [f"{sys.executable} -m snakemake --cores 2 --snakefile {snakefile}"]
    else:
        commands = commands_of_rules(snakefile.read_text(encoding="utf-8"), threads=2)
        assert ["evaluate", "train", "score"] == [command.split()[1] for command in commands]
    for command in commands:  # as Snakemake runs them
        strict = ["bash", "-euo", "pipefail", "-c", command]
        done = subprocess.run(strict, cwd=tmp_path, env=on_path, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stderr
    promised = ("evaluation/metrics.csv", "model/model.json", "scores/scores.csv")
    assert [] == [path for path in promised if not (tmp_path / path).exists()]
    assert 1 == len(pd.read_csv(tmp_path / "model" / "skipped.csv"))


def test_every_example_has_a_test() -> None:
    """A script that no test runs would rot."""
    source = Path(__file__).read_text(encoding="utf-8")
    names = (path.name for path in (ROOT / "examples").iterdir() if path.is_file())
    assert [] == [name for name in names if f'"{name}"' not in source]
