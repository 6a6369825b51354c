"""`adscreen validate`: one call, the figures on screen, one line for bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Run = Callable[..., Any]


def relabelled(manifest: Path, out: Path, names: dict[str, str]) -> Path:
    """Write the manifest with other labels, its transcripts where they are."""
    frame = pd.read_csv(manifest, dtype=str, keep_default_na=False)
    frame["transcript"] = [str(manifest.parent / name) for name in frame["transcript"]]
    frame.assign(label=frame["label"].map(names)).to_csv(out, index=False)
    return out


def test_a_model_is_validated(run: Run, model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """Other labels are matched with --positive, and said; the figures are on screen, the page in the folder."""
    manifest = relabelled(simulated / "held_out.csv", tmp_path / "m.csv", {"control": "HC", "case": "AD"})
    arguments = [model_folder, manifest, tmp_path / "out", "--bilm", tiny_bilm, "--positive", "AD", "--prevalence", 0.1]
    status, out, err = run("validate", *arguments, "--confidence", 0.8)
    assert 0 == status
    assert "label 'AD' is taken for 'case' of the model" in err
    assert "calibration slope" in out
    assert "recalibration.json says what a recalibration on this cohort would change; it is not applied." in out
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert {"HC": "control", "AD": "case"} == report["frozen"]["labels"]
    assert {"cohort", "named"} == {one["source"] for one in report["frozen"]["predictive_values"]}
    assert {"AD", "HC"} == set(pd.read_csv(tmp_path / "out" / "scores.csv")["label"])
    sets = pd.read_csv(tmp_path / "out" / "conformal_sets.csv").set_index("label")
    assert ["control", "case"] == sets.index.tolist()
    assert f"case, at 80% confidence: the set holds the label of a share of {sets['held']['case']:.3f}" in out
    status, out, err = run("audit", tmp_path / "out")
    assert (0, "") == (status, err)
    assert "computed anew from the predictions, as stated" in " ".join(out.split())


def test_a_recording_without_a_score_is_said(
    run: Run, model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """As with `score`: exit status 3, and the reason on screen."""
    manifest = relabelled(simulated / "held_out.csv", tmp_path / "m.csv", {"control": "control", "case": "case"})
    rows = pd.read_csv(manifest, dtype=str)
    rows.assign(transcript=["none.cha", *rows["transcript"][1:]]).to_csv(manifest, index=False)
    status, out, _ = run("validate", model_folder, manifest, tmp_path / "out", "--bilm", tiny_bilm)
    assert 3 == status
    assert "1 unreadable: no such file (1)." in out


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        ({"control": "HC", "case": "AD"}, [], "label 'AD' is neither 'control' nor 'case', the labels of the model"),
        ({"control": "control", "case": "case"}, ["--prevalence", 2], "--prevalence: 2 is no prevalence"),
        ({"control": "control", "case": "case"}, ["--confidence", 0.1], "--confidence: 0.1 is no confidence"),
        ({"control": "control", "case": "case"}, ["--where", "visit == '9'"], "none of the"),
    ],
)
def test_bad_input_is_one_line(
    run: Run,
    model_folder: Path,
    simulated: Path,
    tmp_path: Path,
    names: dict[str, str],
    options: list[object],
    message: str,
) -> None:
    """Exit 2, one line that names the option, nothing written."""
    manifest = relabelled(simulated / "held_out.csv", tmp_path / "m.csv", names)
    status, out, err = run("validate", model_folder, manifest, tmp_path / "out", *options)
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert message in err
    assert not (tmp_path / "out").exists()


def test_training_subjects_are_nobody_to_validate_on(
    run: Run, model_folder: Path, simulated: Path, tmp_path: Path
) -> None:
    """The training cohort itself is refused before a transcript is read."""
    status, _, err = run("validate", model_folder, simulated / "training.csv", tmp_path / "out")
    assert (2, True) == (status, "every subject was in training" in err)
