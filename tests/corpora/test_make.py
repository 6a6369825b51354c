"""Generated folders are the same whenever they are made, hold what they say, and have the quirks that they are for."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from make import CORPORA, main, write_corpus
from speech import Turn

from adscreen.cohort.identity import identity_key

FILES = {
    "pitt": ".cha",
    "adress": ".cha",
    "delaware": ".cha",
    "redcap": ".csv",
    "spreadsheet": ".csv",
    "whisperx": ".json",
}


def digest(folder: Path) -> dict[str, str]:
    """Return the digest of each file; of a workbook, which holds the time of its making, that of its sheets."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)
        elif path.is_file():
            content = path.read_bytes()
        else:
            continue
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


@pytest.mark.parametrize("name", CORPORA)
def test_a_folder_is_the_same_for_the_same_seed(name: str, tmp_path: Path) -> None:
    """Bytes depend on the seed and the number of the first subject alone."""
    for folder in ("one", "two"):
        write_corpus(name, tmp_path / folder, subjects=6, seed=3)
    write_corpus(name, tmp_path / "other", subjects=6, seed=4)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert digest(tmp_path / "one") != digest(tmp_path / "other")


@pytest.mark.parametrize("name", CORPORA)
def test_the_command_prints_what_the_folder_holds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two labels with subjects each, in the files of the corpus."""
    monkeypatch.setattr(sys, "argv", ["make.py", name, str(tmp_path / "out"), "--subjects", "6"])
    main()
    facts: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert 2 == len(facts["subjects"])
    assert min(facts["subjects"].values()) > 0
    assert list((tmp_path / "out").rglob(f"*{FILES[name]}"))


@pytest.mark.parametrize("name", ["spreadsheet", "whisperx"])
def test_two_folders_write_one_person_in_several_ways(name: str, tmp_path: Path) -> None:
    """There are more spellings than people, and the identity rule finds as many people as there are."""
    facts = write_corpus(name, tmp_path / "out", subjects=8, seed=1)
    assert facts.spellings > facts.people
    if name == "whisperx":
        stems = {path.stem.rpartition("_")[0] for path in (tmp_path / "out").rglob("*.json")}
    else:
        text = (tmp_path / "out" / "study.csv").read_text(encoding="utf-8")
        stems = {row.split(";")[1].strip('"') for row in text.splitlines()[1:]}
    assert facts.people == len({identity_key(stem) for stem in stems})


def test_pitt_has_tasks_that_one_group_alone_was_given(tmp_path: Path) -> None:
    """Fluency and sentence lie under Dementia alone; several diagnoses do as well."""
    write_corpus("pitt", tmp_path / "out", subjects=14, seed=1)
    files = list((tmp_path / "out").rglob("*.cha"))
    tasks = {(path.parts[-3], path.parts[-2]) for path in files}
    both = {("Control", "cookie"), ("Control", "recall")}
    assert both | {("Dementia", task) for task in ("cookie", "fluency", "recall", "sentence")} == tasks
    groups = Counter(
        match[1] for path in files if (match := re.search(r"\|PAR\|[^|]*\|[^|]*\|(\w+)\|", path.read_text()))
    )
    assert {"Control", "ProbableAD", "PossibleAD", "MCI", "Vascular"} == set(groups)


def test_words_are_written_without_the_codes_of_chat() -> None:
    """Fillers and fragments stay as words; pauses, repeats' marks and events go."""
    turn = Turn("PAR", "&-uh <the boy> [/] the boy's (1.5) fallin(g) &+st &=laughs ladder [: stool] [* s:r] xxx +...")
    assert "uh the boy the boy's falling st- ladder..." == turn.text
