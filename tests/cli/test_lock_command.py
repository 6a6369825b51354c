"""`adscreen lock` and `validate --lock`: what will be judged is fixed, and what changed since is named first."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from adscreen.studies.lock import read_lock
from adscreen.studies.schemas import schemas

Run = Callable[..., Any]
Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture
def held_out(simulated: Path, tmp_path: Path) -> Path:
    """The held-out cohort without labels and MMSE scores, with transcripts of its own."""
    frame = pd.read_csv(simulated / "held_out.csv", dtype=str, keep_default_na=False)
    for name in frame["transcript"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(simulated / name, tmp_path / name)
    frame.drop(columns=["label", "mmse"]).to_csv(tmp_path / "held_out.csv", index=False)
    return tmp_path / "held_out.csv"


@pytest.fixture
def labels(simulated: Path) -> list[str]:
    """The labels of the held-out cohort, in its order."""
    return pd.read_csv(simulated / "held_out.csv", dtype=str)["label"].tolist()


@pytest.fixture
def lock(run: Run, model_folder: Path, held_out: Path, tmp_path: Path) -> Path:
    """The lock of the model and the cohort without labels."""
    assert 0 == run("lock", model_folder, held_out, tmp_path / "lock.json", "--prevalence", 0.1).status
    return tmp_path / "lock.json"


def rewrite(manifest: Path, change: Change) -> None:
    """Write a changed manifest in the place of the manifest."""
    change(pd.read_csv(manifest, dtype=str, keep_default_na=False)).to_csv(manifest, index=False)


def opened(labels: list[str]) -> Change:
    """Return what adds labels and puts rows and columns into another order."""
    return lambda frame: frame.assign(label=labels)[::-1][[*sorted(frame.columns, reverse=True), "label"]]


def test_what_is_locked_has_no_word_and_can_be_published(lock: Path, held_out: Path, labels: list[str]) -> None:
    """The file has its schema; ids, file names of transcripts and cells are not in it, nor a word of the speech."""
    content = json.loads(lock.read_text())
    Draft202012Validator(schemas()["lock"]).validate(content)
    frame = pd.read_csv(held_out, dtype=str, keep_default_na=False)
    text = lock.read_text()
    for hidden in (*frame["subject_id"], *frame["transcript"], "*PAR", "boy"):
        assert hidden not in text
    assert len(frame) == content["manifest"]["recordings"] == len(content["manifest"]["rows"])
    assert (frame["subject_id"].nunique(), False) == (content["manifest"]["subjects"], content["manifest"]["labelled"])
    assert ("auc", "subject", 0.1) == (
        content["analysis"]["primary"],
        content["analysis"]["level"],
        content["analysis"]["choices"]["prevalence"],
    )


def test_labels_and_another_order_keep_a_lock(
    run: Run, lock: Path, model_folder: Path, held_out: Path, labels: list[str], tiny_bilm: Path, tmp_path: Path
) -> None:
    """It holds: screen, page, run.json and metrics.json say so first, with the primary measure."""
    rewrite(held_out, opened(labels))
    out = tmp_path / "out"
    arguments = [model_folder, held_out, out, "--bilm", tiny_bilm, "--lock", lock, "--prevalence", 0.1, "--strict"]
    status, shown, err = run("validate", *arguments)
    assert 0 == status
    assert " holds: model, manifest, transcripts" in shown.splitlines()[0]
    auc = pd.read_csv(out / "metrics.csv").set_index(["level", "measure"])["value"]["subject", "auc"]
    assert f"Primary measure as locked: auc by subject {auc:.3f}" in shown.splitlines()[1]
    assert " holds: " in err
    assert lock.read_bytes() == (out / "lock.json").read_bytes()
    settings = json.loads((out / "run.json").read_text())["settings"]
    assert ("lock", True) == (next(iter(settings)), settings["lock"]["holds"])
    assert " holds: " in json.loads((out / "metrics.json").read_text())["notes"][0]
    report = json.loads((out / "report.json").read_text())
    assert (True, auc) == (report["lock"]["holds"], report["lock"]["primary"]["figure"]["value"])
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.index("The lock holds") < page.index('id="summary"')
    assert 0 == run("audit", out).status


def test_a_lock_that_does_not_hold_is_said_first(
    run: Run, lock: Path, model_folder: Path, held_out: Path, labels: list[str], tiny_bilm: Path, tmp_path: Path
) -> None:
    """A changed transcript, cell and option are named everywhere; the validation is done."""
    rewrite(held_out, opened(labels))
    rewrite(held_out, lambda frame: frame.assign(age=["60", *frame["age"][1:]]))
    last = held_out.parent / pd.read_csv(held_out)["transcript"].iloc[-1]
    last.write_text(last.read_text().replace("*PAR:\t", "*PAR:\twell ", 1))
    out = tmp_path / "out"
    status, shown, err = run("validate", model_folder, held_out, out, "--bilm", tiny_bilm, "--lock", lock)
    assert 0 == status
    expected = (
        "DOES NOT HOLD. manifest: 1 row changed; transcripts: 1 transcript changed; "
        "analysis: prevalence was 0.1, is not given."
    )
    assert expected in shown.splitlines()[0]
    assert expected in err
    assert expected in json.loads((out / "run.json").read_text())["settings"]["lock"]["summary"]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.index("The lock does not hold") < page.index('id="summary"')
    assert "1 transcript changed" in page


@pytest.mark.parametrize(
    ("change", "options", "expected"),
    [
        (lambda frame: frame[1:], [], "manifest: 9 recordings, 10 were locked; transcripts: 1 transcript removed"),
        (lambda frame: frame.assign(mmse="28"), [], "manifest: 1 column added (mmse)"),
        (lambda frame: frame.drop(columns="age"), [], "manifest: 1 column removed (age)"),
        (lambda frame: frame.assign(sex=frame["sex"].tolist()[::-1]), [], "manifest: "),
        (
            lambda frame: frame.assign(transcript=["gone.cha", *frame["transcript"][1:]]),
            [],
            "transcripts: 1 transcript missing",
        ),
        (
            lambda frame: frame,
            ["--where", "visit == '1'"],
            "reading of the manifest: where was not given, is visit == '1'",
        ),
        (lambda frame: frame, ["--min-words", 5], "analysis: minimum words was not given, is 5"),
    ],
)
def test_strict_refuses_and_names_what_changed(
    run: Run,
    lock: Path,
    model_folder: Path,
    held_out: Path,
    labels: list[str],
    tmp_path: Path,
    change: Change,
    options: list[object],
    expected: str,
) -> None:
    """One line, exit status 2, nothing written; no transcript was scored."""
    rewrite(held_out, lambda frame: change(frame.assign(label=labels)))
    arguments = [model_folder, held_out, tmp_path / "out", "--lock", lock, "--strict", "--prevalence", 0.1, *options]
    status, shown, err = run("validate", *arguments)
    assert (2, "", 1) == (status, shown, len(err.splitlines())), err
    assert "DOES NOT HOLD" in err
    assert expected in err
    assert not (tmp_path / "out").exists()


def test_another_model_and_another_version_are_named(
    run: Run,
    lock: Path,
    model_folder: Path,
    held_out: Path,
    labels: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The threshold of another model is named with its digest; so is changed code."""
    from adscreen.checksums import sums_of, write_sums
    from adscreen.model.trained_model import MODEL_FILES

    rewrite(held_out, opened(labels))
    other = shutil.copytree(model_folder, tmp_path / "other")
    manifest = json.loads((other / "model.json").read_text())
    before = manifest["threshold"]
    (other / "model.json").write_text(json.dumps(manifest | {"threshold": 0.625}))
    write_sums(other, sums_of(other, MODEL_FILES))
    monkeypatch.setattr("adscreen.studies.lock.package_digest", lambda: "0" * 64)
    arguments = [other, held_out, tmp_path / "out", "--lock", lock, "--strict", "--prevalence", 0.1]
    status, _, err = run("validate", *arguments)
    assert 2 == status
    assert "model: another model (" in err
    assert f"threshold was {before:g}, is 0.625" in err
    assert "code: the files of adscreen 0.1.0 (000000000000) are not those locked" in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such file"),
        ("{", "is no lock file that can be read"),
        ("[]", "is no lock file"),
        ('"threshold"', "was edited after it was locked (digest differs)"),
    ],
)
def test_an_edited_lock_is_refused(
    run: Run, lock: Path, model_folder: Path, held_out: Path, tmp_path: Path, text: str | None, message: str
) -> None:
    """A lock that is missing, damaged or edited ends the validation before anything else is read: one line."""
    if text is None:
        lock.unlink()
    elif text == '"threshold"':
        edited = re.sub(
            r'("threshold": 0\.)(\d)', lambda found: f"{found[1]}{(int(found[2]) + 1) % 10}", lock.read_text()
        )
        assert edited != lock.read_text()
        lock.write_text(edited)
    else:
        lock.write_text(text)
    status, shown, err = run("validate", model_folder, held_out, tmp_path / "out", "--lock", lock)
    assert (2, "", 1) == (status, shown, len(err.splitlines()))
    assert message in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--primary", "f1"], "--primary: 'f1' is no measure"),
        (["--level", "visit"], "--level: 'visit' is no level"),
        (["--prevalence", 2], "--prevalence: 2 is no prevalence"),
        (["--where", "label == 'case'"], "label"),
    ],
)
def test_what_cannot_be_locked_is_one_line(
    run: Run, model_folder: Path, held_out: Path, tmp_path: Path, options: list[object], message: str
) -> None:
    """Exit status 2, and no file."""
    status, shown, err = run("lock", model_folder, held_out, tmp_path / "lock.json", *options)
    assert (2, "", 1) == (status, shown, len(err.splitlines()))
    assert message in err
    assert not (tmp_path / "lock.json").exists()


def test_a_missing_transcript_and_training_subjects_are_not_locked(
    run: Run, model_folder: Path, simulated: Path, held_out: Path, labels: list[str], tmp_path: Path
) -> None:
    """The row is named, not what it holds; nobody is left in a cohort of training subjects; a lock is not replaced."""
    (tmp_path / "taken.json").write_text("{}")
    assert "already exists" in run("lock", model_folder, held_out, tmp_path / "taken.json").err
    refused = run("lock", model_folder, simulated / "training.csv", tmp_path / "lock.json")
    assert (2, True) == (refused.status, "every subject was in training" in refused.err)
    rewrite(held_out, lambda frame: frame.assign(transcript=[*frame["transcript"][:-1], "gone.cha"]))
    refused = run("lock", model_folder, held_out, tmp_path / "lock.json")
    assert (2, True) == (refused.status, f"row {len(labels)}: transcript: no such file" in refused.err)


def test_labels_that_were_there_are_said(
    run: Run, model_folder: Path, simulated: Path, held_out: Path, labels: list[str], tmp_path: Path
) -> None:
    """A manifest that has labels can be locked, and the lock says so; an outcome that comes later does not count."""
    path = tmp_path / "lock.json"
    assert "labels already" not in run("lock", model_folder, held_out, path, "--outcome", "mmse").err
    blind = read_lock(path).manifest
    rewrite(held_out, lambda frame: frame.assign(label=labels, MMSE="28"))
    assert "labels already" in run("lock", model_folder, held_out, path, "--outcome", "MMSE", "--force").err
    labelled = read_lock(path).manifest
    assert (False, True) == (blind.labelled, labelled.labelled)
    assert ("label", "mmse") == labelled.label_columns
    assert blind.digest == labelled.digest


def test_strict_needs_a_lock(run: Run, model_folder: Path, held_out: Path, tmp_path: Path) -> None:
    """`--strict` alone would promise what nobody checks."""
    status, _, err = run("validate", model_folder, held_out, tmp_path / "out", "--strict")
    assert (2, True) == (status, "--strict: there is no lock" in err)
