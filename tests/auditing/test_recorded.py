"""A finished evaluation is audited from its files alone: splits, figures, thresholds, certificate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adscreen.auditing import Finding, audit_run
from adscreen.errors import InputError
from adscreen.evaluation.frames import predictions_frame
from adscreen.evaluation.results import ADSCREEN, ProtocolEvaluation
from adscreen.extract.feature_table import FeatureTable

Draw = Callable[[FeatureTable, Any], ProtocolEvaluation]
Write = Callable[..., Path]


@pytest.fixture
def audit(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> Callable[[pd.DataFrame], list[Finding]]:
    """Return an audit of a run of ``subject`` whose predictions are those given."""

    def audit_predictions(predictions: pd.DataFrame) -> list[Finding]:
        evaluations = [draw(visited, "subject")]
        return audit_run(write_run(tmp_path / "run", visited, evaluations, predictions=predictions))

    return audit_predictions


@pytest.fixture
def predictions(visited: FeatureTable, draw: Draw) -> pd.DataFrame:
    """The predictions of the subject protocol."""
    return predictions_frame(visited, draw(visited, "subject"))


def only(findings: list[Finding], where: str) -> Finding:
    """Return the one finding about ``where``."""
    (found,) = [finding for finding in findings if finding.where == where]
    return found


def errors(findings: list[Finding]) -> list[str]:
    """Return what the errors say."""
    return [finding.what for finding in findings if finding.level == "error"]


def test_a_sound_evaluation_has_notes_alone(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """Splits, figures and certificate are stated, once each."""
    findings = audit_run(write_run(tmp_path / "run", visited, [draw(visited, "subject")]))
    assert {"note"} == {finding.level for finding in findings}
    what = "2 methods, 2 repeats: each of 48 recordings predicted once, no subject or cluster in more than one fold"
    assert Finding("note", what, where="subject") in findings
    assert "84 measures computed anew from the predictions, as stated" == only(findings, "metrics.csv").what
    assert only(findings, "certificate.json: subject").what.startswith("No leakage found")


def test_paper_states_the_share_that_evaluate_states_and_names_the_causes(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """The share of test recordings with a training recording of their speaker is counted anew; Doc2Vec is named."""
    paper = draw(visited, "paper")
    findings = audit_run(write_run(tmp_path / "run", visited, [draw(visited, "subject"), paper]))
    stated, doc2vec = [finding for finding in findings if finding.where == "paper" and finding.level == "warning"]
    assert pytest.approx(paper.shared_subject_share) == stated.value
    assert stated.what.startswith(f"{paper.shared_subject_share:.0%} of test recordings")
    assert doc2vec.what.startswith("Doc2Vec was fitted on all recordings, test ones included")
    assert [] == errors(findings)


def test_paper_alone_bounds_the_share_from_below(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """Where some recordings were never tested, their speakers are unknown: the share is `at least` so much."""
    paper = draw(visited, "paper")
    few = predictions_frame(visited, paper).query("repeat < 2")
    findings = audit_run(write_run(tmp_path / "run", visited, [paper], predictions=few))
    (found,) = [finding for finding in findings if finding.what.startswith("at least ")]
    table = visited.subjects
    tested = [table.index[table["recording_id"].isin(own["recording_id"])] for _, own in few.groupby("repeat")]
    true = [table.loc[test, "subject_id"].isin(table.drop(test)["subject_id"]).mean() for test in tested]
    assert found.value is not None
    assert 0 < found.value <= np.mean(true)


def _drop(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[1:]


def _repeat(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[:1]])


def _move(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[0, "fold"] = (int(frame["fold"].iloc[0]) + 1) % 3
    return frame


def _respell(frame: pd.DataFrame) -> pd.DataFrame:
    """Move a recording to another fold, under a spelling of its subject that hides it."""
    moved = frame["recording_id"] == frame["recording_id"].iloc[0]
    frame.loc[moved, "fold"] = (int(frame["fold"].iloc[0]) + 1) % 3
    frame.loc[moved, "subject_id"] = frame.loc[moved, "subject_id"].str.lower() + "\u200b"
    frame.loc[moved, "group"] = "another"
    return frame


def _blank(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[0, "probability"] = np.nan
    return frame


def _exceed(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[0, "threshold"] = 1.5
    return frame


def _relabel(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[0, "label"] = "other"
    return frame


def _rename(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[0, "subject_id"] = "S99"
    return frame


def _regroup(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(group=[f"C{int(name[1:].split('_')[0]) % 2}" for name in frame["recording_id"].str.lstrip("=")])


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (_drop, "never predicted: 1 recording"),
        (_repeat, "predicted more than once: 1 recording"),
        (_move, "in more than one fold: 1 subject"),
        (_respell, "in more than one fold: 1 subject"),
        (_blank, "no probability from 0 to 1: 1 recording"),
        (_exceed, "no threshold from 0 to 1: 1 recording"),
        (_relabel, "more than one label: 1 subject"),
        (_rename, "more than one subject_id: 1 recording"),
        (_drop, "the methods were not tested on the same folds"),
        (_regroup, "in more than one fold: 2 clusters"),
    ],
)
def test_a_spoilt_evaluation_is_an_error(
    audit: Callable[[pd.DataFrame], list[Finding]],
    predictions: pd.DataFrame,
    spoil: Callable[[pd.DataFrame], pd.DataFrame],
    expected: str,
) -> None:
    """Each way in which an evaluation of subjects may be wrong is found, and names where."""
    found = [finding for finding in audit(spoil(predictions)) if finding.what == expected]
    assert found
    assert {"error"} == {finding.level for finding in found}
    assert all(finding.where for finding in found)


def test_the_place_of_an_error_is_named(
    audit: Callable[[pd.DataFrame], list[Finding]], predictions: pd.DataFrame
) -> None:
    """Protocol, method, repeat and the ids are in the line."""
    name = str(predictions["recording_id"].iloc[0])
    findings = audit(_drop(predictions))
    assert only(findings, f"subject, {ADSCREEN}, repeat 0: {name}").what.startswith("never predicted")


def test_a_copied_file_in_two_folds_is_an_error(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write, predictions: pd.DataFrame
) -> None:
    """Folds that keep subjects apart still leak where one file stands under two of them."""
    fold = predictions.query("method == @ADSCREEN and repeat == 0").set_index("recording_id")["fold"]
    first, other = fold.index[0], fold[fold != fold.iloc[0]].index[0]
    visited.provenance["transcripts"][other] = visited.provenance["transcripts"][first]
    findings = audit_run(write_run(tmp_path / "run", visited, [draw(visited, "subject")]))
    assert "copy of a file in another fold: 2 recordings" in errors(findings)


def test_a_certificate_that_states_another_share_is_an_error(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """The share of speakers on both sides is counted anew, and a certificate that hides it is found out."""
    folder = write_run(tmp_path / "run", visited, [draw(visited, "subject"), draw(visited, "paper")])
    content = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    content["protocols"][1]["subject_share"] = 0.0
    (folder / "certificate.json").write_text(json.dumps(content), encoding="utf-8")
    (error,) = errors(audit_run(folder))
    assert error.startswith("the certificate states that 0% of test recordings share their speaker with training, not")


def test_a_run_without_a_certificate_is_a_warning(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """Its absence is told; the rest is audited."""
    folder = write_run(tmp_path / "run", visited, [draw(visited, "subject")])
    (folder / "certificate.json").unlink()
    assert "warning" == only(audit_run(folder), "certificate.json").level


@pytest.mark.parametrize("command", ["train", "score"])
def test_another_run_is_refused(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write, command: str
) -> None:
    """A run that is no evaluation has nothing to audit, and the line says what it is."""
    folder = write_run(tmp_path / "run", visited, [draw(visited, "subject")], command=command)
    with pytest.raises(InputError, match=f"holds a run of `{command}`; give a folder that `adscreen evaluate` or"):
        audit_run(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.json", None, "no run.json"),
        ("run.json", "{", "no run.json"),
        ("run.json", "[]", "no run.json"),
        ("run.json", json.dumps({"command": "evaluate", "settings": {"provenance": None}}), "no run.json"),
        ("metrics.csv", None, "no table of measures"),
        ("metrics.csv", "a,b\n1,2\n", "no table of measures"),
        ("predictions.csv", None, "cannot be read as CSV"),
        ("predictions.csv", "", "cannot be read as CSV"),
        ("predictions.csv", "a,b\n1,2\n", "no column `protocol`"),
        (
            "predictions.csv",
            "protocol,method,repeat,fold,recording_id,subject_id,group,label,probability,threshold\n",
            "holds no prediction",
        ),
    ],
)
def test_a_broken_folder_is_one_line(
    tmp_path: Path,
    visited: FeatureTable,
    draw: Draw,
    write_run: Write,
    name: str,
    content: str | None,
    message: str,
) -> None:
    """A file that is absent, cut short or of another kind is an input error."""
    folder = write_run(tmp_path / "run", visited, [draw(visited, "subject")])
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        audit_run(folder)
    assert 1 == len(str(caught.value).splitlines())
