"""docs/quickstart.md: its commands lead six folders, as researchers have them, from raw files to scores and pages.

The folders are those of tests/corpora, SYNTHETIC and small. Nothing but the commands of the page is run, as they stand.
"""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import typer

from adscreen.cli import app, main

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
NEW = "_new"
SUBJECTS, SUBJECTS_NEW, FIRST_NEW = 14, 8, 51
DONE, INCOMPLETE = 0, 3


class Section(NamedTuple):
    """A section of the page: the corpus of tests/corpora that it is about, and the folder it names."""

    title: str
    corpus: str
    folder: str


SECTIONS = (
    Section("DementiaBank, Pitt", "pitt", "pitt"),
    Section("ADReSS 2020", "adress", "adress"),
    Section("DementiaBank, Delaware", "delaware", "delaware"),
    Section("REDCap", "redcap", "redcap"),
    Section("R or Excel, with Word and text files", "spreadsheet", "study"),
    Section("WhisperX", "whisperx", "whisperx"),
)
ONLY_TRAINING = {"adress": 10}  # people in the part that is evaluated, where that is not the whole folder


def blocks(title: str, kind: str = "bash") -> list[str]:
    """Return the lines of the fenced blocks of one kind in a section; of what precedes the first for an empty title."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    text = dict(zip(parts[1::2], parts[2::2], strict=True)).get(title, "") if title else parts[0]
    found = re.findall(rf"^```{kind}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in found for line in block.splitlines()]


def commands(section: Section) -> list[list[str]]:
    """Return the arguments of each command of a section, the program's name first."""
    return [shlex.split(line) for line in blocks(section.title)]


ALL = [(section, arguments) for section in SECTIONS for arguments in commands(section)]


# The page


def test_every_section_with_commands_is_run() -> None:
    """The page has these sections, in this order, the README links it, and nothing but adscreen is typed."""
    titles = [title for title in re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE) if blocks(title)]
    assert [section.title for section in SECTIONS] == titles
    assert "docs/quickstart.md" in README
    assert {"adscreen"} == {arguments[0] for _, arguments in ALL}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.corpus)
def test_a_section_leads_from_the_raw_folder_to_scores(section: Section) -> None:
    """Each has every step, and the other folder is validated and scored."""
    typed = commands(section)
    steps = list(dict.fromkeys(arguments[1] for arguments in typed))
    assert ["manifest", "ingest", "audit", "evaluate", "train", "validate", "score"] == steps
    for command in ("validate", "score"):
        assert any(section.folder + NEW in argument for one in typed if one[1] == command for argument in one)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.corpus)
def test_every_option_of_the_page_exists(section: Section) -> None:
    """A reader who types a command of the page is not told that there is no such option."""
    known: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    unknown = [
        f"{arguments[1]} {option}"
        for arguments in commands(section)
        for option in arguments[2:]
        if option.startswith("--")
        and (arguments[1] not in known or option not in {name for p in known[arguments[1]].params for name in p.opts})
    ]
    assert [] == unknown


# The commands


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


Run = Callable[[list[str]], Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command line of the page in this process."""

    def call(arguments: list[str]) -> Outcome:
        monkeypatch.setattr(sys, "argv", arguments)
        with pytest.raises(SystemExit) as caught:
            main()
        assert isinstance(caught.value.code, int)
        return Outcome(caught.value.code, *capfd.readouterr())

    return call


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that keeps what was read of transcripts, as a user's ADSCREEN_CACHE does."""
    return tmp_path_factory.mktemp("cache")


def generate(section: Section, folder: Path) -> Iterator[dict[str, Any]]:
    """Write the section's two folders under ``folder``; yield what each holds."""
    make = ROOT / "tests" / "corpora" / "make.py"
    for name, count, seed, first in (
        (section.folder, SUBJECTS, 1, 1),
        (section.folder + NEW, SUBJECTS_NEW, 2, FIRST_NEW),
    ):
        options = ["--subjects", count, "--seed", seed, "--first", first]
        command = [sys.executable, make, section.corpus, folder / name, *options]
        paths = os.pathsep.join([str(ROOT / "pipeline"), os.environ.get("PYTHONPATH", "")])
        environment = os.environ | {"PYTHONPATH": paths}
        done = subprocess.run(
            list(map(str, command)), env=environment, check=True, capture_output=True, text=True, encoding="utf-8"
        )
        yield json.loads(done.stdout)


def statuses(section: Section, arguments: list[str]) -> set[int]:
    """Return the exit codes that a command may have: 3 where the folder lacks a file, or where too little was said."""
    command = arguments[1]
    if section.corpus == "spreadsheet" and command not in ("manifest", "audit"):
        return {INCOMPLETE}
    return {DONE, INCOMPLETE} if command in ("validate", "score") else {DONE}


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.corpus)
def test_the_commands_of_a_section_lead_from_the_raw_folder_to_scores(
    section: Section, run: Run, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is typed as it stands; the figures are those of the people who were generated, each of them once."""
    facts, facts_new = generate(section, tmp_path)
    (tmp_path / "study.toml").write_text("\n".join(blocks("", "toml")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADSCREEN_CACHE", str(cache))
    for arguments in commands(section):
        before = read_scores(tmp_path)
        outcome = run(arguments)
        assert outcome.status in statuses(section, arguments), f"{shlex.join(arguments)}\n{outcome.err}"
        if arguments[1] == "manifest" and section.corpus != "pitt":  # whose facts leave out some diagnoses
            people = (facts_new if NEW in arguments[2] else facts)["people"]
            assert f" of {people} subjects" in outcome.out.splitlines()[-1]
        if "--append" in arguments and before:  # nothing is new
            assert (DONE, before) == (outcome.status, read_scores(tmp_path))
        elif arguments[1] == "score":
            check_scores(tmp_path / "scores", outcome, facts_new)
    check_ingested(section, tmp_path)
    check_evaluated(section, tmp_path / "evaluation", facts)
    check_validated(tmp_path / "validation")
    assert (tmp_path / "model" / "README.md").is_file()


def read_scores(folder: Path) -> bytes:
    """Return the table of scores, empty before there is one."""
    path = folder / "scores" / "scores.csv"
    return path.read_bytes() if path.exists() else b""


def check_ingested(section: Section, folder: Path) -> None:
    """Every recording was read, but the one that does not exist; of several tasks in a file, one."""
    read = pd.read_csv(folder / "transcripts" / "ingest.csv")
    assert (section.corpus == "spreadsheet") == (read["status"] == "unreadable").sum()
    words = (folder / "transcripts" / "transcripts.jsonl").read_text(encoding="utf-8")
    assert "cookie" in words
    assert "bread" not in words  # of the sandwich, a task of its own in Delaware's files


def check_evaluated(section: Section, folder: Path, facts: dict[str, Any]) -> None:
    """The certificate is sound, the AUC a number, and every person counted once under the label generated."""
    (certified,) = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))["protocols"]
    assert (True, 0) == (certified["sound"], certified["subject_share"]), certified["verdict"]
    metrics = pd.read_csv(folder / "metrics.csv")
    own = metrics[(metrics["method"] == "adscreen") & (metrics["measure"] == "auc")]
    assert ["recording", "subject"] == sorted(own["level"])
    assert all(map(math.isfinite, own["value"]))
    predicted = pd.read_csv(folder / "predictions.csv", dtype={"subject_id": str})
    rows = predicted[predicted["method"] == "adscreen"].drop_duplicates("recording_id")
    assert ONLY_TRAINING.get(section.corpus, facts["people"]) == rows["subject_id"].nunique()
    if section.corpus not in ONLY_TRAINING:
        assert sorted(facts["recordings"].values()) == sorted(Counter(rows["label"]).values())
    assert (folder / "report.html").is_file()


def check_validated(folder: Path) -> None:
    """None of the new people trained the frozen model, and its AUC among them is a number, on a page."""
    (certified,) = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))["protocols"]
    assert (True, 0) == (certified["sound"], certified["subject_share"]), certified["verdict"]
    metrics = pd.read_csv(folder / "metrics.csv")
    assert all(map(math.isfinite, metrics.loc[metrics["measure"] == "auc", "value"]))
    assert (folder / "report.html").is_file()


def check_scores(folder: Path, outcome: Outcome, facts: dict[str, Any]) -> None:
    """Every recording of the new people has a row and a page; the exit code says whether one lacks a result."""
    scores = pd.read_csv(folder / "scores.csv", dtype={"subject_id": str})
    assert sum(facts["recordings"].values()) <= len(scores)
    assert facts["people"] <= scores["subject_id"].nunique() <= SUBJECTS_NEW
    assert outcome.status == (INCOMPLETE if scores["probability"].isna().any() else DONE)
    assert not scores["in_training"].any()
    index = (folder / "report" / "index.html").read_text(encoding="utf-8")
    assert len(scores) < len(list((folder / "report").glob("*.html")))
    assert all(name in index for name in scores["recording_id"].astype(str).head(3))
