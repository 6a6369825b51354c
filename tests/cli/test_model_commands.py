"""`adscreen evaluate` with what costs time: learning curve and forecast, instability, and other cleanings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adscreen.speech import CLEANINGS

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--instability", "5"), "--instability: must be 0 or at least 10, not 5; 200 are usual, 50 give an idea"),
        (("--instability", "-1"), "--instability: must be 0 or at least 10, not -1"),
        (("--protocol", "paper", "--instability", "20"), "--instability: is not computed under the protocol paper"),
        (("--protocol", "paper", "--cleaning-sensitivity"), "--cleaning-sensitivity: is not computed under the"),
    ],
)
def test_what_cannot_be_measured_is_refused_at_once(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """One line names the option, before the manifest is looked at."""
    done = run("evaluate", tmp_path / "absent.csv", tmp_path / "out", *arguments)
    assert (2, "") == (done.status, done.out)
    assert 1 == len(done.err.splitlines())
    assert message in done.err


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, study_text: str) -> Path:
    """A study of one member and two folds."""
    path = tmp_path_factory.mktemp("study") / "study.toml"
    path.write_text(f"members = ['doc2vec']\n{study_text}")
    return path


@pytest.mark.slow
def test_everything_that_was_asked_for_is_in_the_folder(
    run: Run, simulated: Path, tiny_bilm: Path, config: Path, tmp_path: Path
) -> None:
    """Tables, page and run.json hold the forecast, the instability and every cleaning; jobs change no byte."""
    manifest, out = simulated / "training.csv", tmp_path / "out"
    asked = ("--learning-curve", "--instability", "10", "--cleaning-sensitivity", "--bilm", tiny_bilm, "-q")
    assert 0 == run("evaluate", manifest, out, "--config", config, *asked).status
    tables = {name: pd.read_csv(out / f"{name}.csv") for name in ("instability", "cleaning", "learning_forecast")}
    assert 32 == len(tables["instability"])
    cleanings = tables["cleaning"]
    assert set(CLEANINGS) == set(cleanings["cleaning"])
    assert {"adscreen", "tfidf_baseline"} == set(tables["learning_forecast"]["method"])
    assert {"fewer than 4 sizes of the training side"} == set(tables["learning_forecast"]["refused"])
    assert [0.5, 0.75, 1.0] == sorted(set(pd.read_csv(out / "learning_curve.csv")["share"]))
    _check_main(out, cleanings)
    settings = json.loads((out / "run.json").read_text(encoding="utf-8"))["settings"]
    assert (10, True) == (settings["instability"], settings["cleaning_sensitivity"])
    page = (out / "report.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in page for name in ("size", "learning", "instability", "cleaning"))
    again = tmp_path / "again"
    assert 0 == run("evaluate", manifest, again, "--config", config, *asked, "--jobs", "2").status
    for name in ("instability", "cleaning", "learning_forecast", "sample_size"):
        assert (out / f"{name}.csv").read_bytes() == (again / f"{name}.csv").read_bytes()


def _check_main(out: Path, cleanings: pd.DataFrame) -> None:
    """Check the main cleaning's AUC by the first repeat's predictions, and the difference of the others from it."""
    predictions = pd.read_csv(out / "predictions.csv")
    own = predictions[(predictions["method"] == "adscreen") & (predictions["repeat"] == 0)]
    areas = cleanings[(cleanings["measure"] == "auc") & (cleanings["method"] == "adscreen")].set_index("cleaning")
    pairs = [
        (case > control) + (case == control) / 2
        for _, fold in own.groupby("fold")
        for case in fold.loc[fold["label"] == "case", "probability"]
        for control in fold.loc[fold["label"] == "control", "probability"]
    ]
    assert sum(pairs) / len(pairs) == pytest.approx(areas.loc["spoken", "value"])
    tried = areas[areas["reason"].isna() & ~areas["main"]]
    assert len(tried)
    gaps = tried["value"] - areas.loc["spoken", "value"]
    assert gaps.to_numpy() == pytest.approx(tried["difference"].to_numpy())
    assert (tried["changed"] > 0).all()
