"""A table that holds the speech itself is a manifest of every command. All speech is SYNTHETIC."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adscreen.cohort import read_cohort
from adscreen.extract.feature_table import FeatureTable
from adscreen.studies.feature_run import extract_features

TEXTS = {
    "S1": "the boy is on the stool",
    "S2": "um the the girl is laughing",
    "S3": "PAR: the water runs over\nINV: what else\nPAR: she is washing",
}


Run = Callable[[str], Any]


@pytest.fixture
def run(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda line: run(*shlex.split(line))


def frame() -> pd.DataFrame:
    """Return the cohort as a data frame."""
    labels = ["AD", "HC", "HC"]
    return pd.DataFrame({"subject_id": list(TEXTS), "label": labels, "text": list(TEXTS.values())})


def refused(outcome: Any) -> str:
    """Return the one line of a refusal, which holds no word of the speech."""
    assert (2, "", 1) == (outcome.status, outcome.out, len(outcome.err.splitlines())), outcome
    assert not {"boy", "stool", "laughing", "girl"} & set(outcome.err.split())
    return outcome.err


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.xlsx", "t.parquet"])
def test_every_kind_of_table_is_a_manifest(run: Run, name: str) -> None:
    """One row per subject: what is read is what a data frame of the library gives."""
    match name.rpartition(".")[2]:
        case "xlsx":
            frame().to_excel(name, index=False)
        case "parquet":
            frame().to_parquet(name, index=False)
        case ending:
            frame().to_csv(name, index=False, sep=";" if ending == "csv" else "\t")
    assert 0 == run(f"ingest {name} out").status
    with Path("out/ingest.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [("S1", "6", "0"), ("S2", "6", "0"), ("S3", "7", "2")] == [
        (row["recording_id"], row["words_spoken"], row["words_of_others"]) for row in rows
    ]
    given = read_cohort(frame())
    read = read_cohort(name)
    assert given.labels == read.labels == ("HC", "AD")
    assert [(r.subject_id, r.label, r.content) for r in given.recordings] == [
        (r.subject_id, r.label, r.content) for r in read.recordings
    ]
    assert 0 == run(f"audit {name}").status


def test_features_of_a_table_are_those_of_its_data_frame(run: Run, tiny_bilm: Path) -> None:
    """Equal to the last bit."""
    frame().to_csv("t.csv", index=False)
    assert 0 == run(f"features t.csv out --bilm {tiny_bilm}").status
    table: FeatureTable = extract_features(read_cohort(frame()), bilm=tiny_bilm)
    pd.testing.assert_frame_equal(table.to_pandas(), pd.read_parquet("out/features.parquet"), check_dtype=False)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "subject_id,text\nS1,the boy\nS1,on the stool\n",
            "rows 1 and 2 both hold text of subject 'S1', of one recording; if each row is one utterance, make a "
            "manifest: adscreen manifest t.csv --layout table; if each is one recording, add a column `visit`",
        ),
        ("subject_id,speaker,text\nS1,PAR,the boy\ns1\u200b,INV,girl\n", "rows 1 and 2 both hold text of subject 's1"),
        ("subject_id,text,transcript\nS1,the boy,S1.cha\n", "the columns `text` and `transcript` both have values"),
        ("subject_id,text\nS1,the boy\nS2,\nS3,\n", "2 rows have no text (2, 3); leave such rows out"),
        ("subject_id,text\nS1,the boy\nS2,\n", "row 2 has no text; leave such rows out"),
        ("subject_id,transcript\nS1,the boy is on the stool\n", "row 1: `transcript` is not the path of a file; put "),
        ("id,text\nS1,the boy\n", "no column `subject_id`; columns found: id, text; if it is `id`, rename that"),
        (
            "subject_id,Text,TEXT\nS1,the boy,girl\n",
            "the columns 'Text' and 'TEXT' are both `text`; rename or remove one",
        ),
    ],
)
def test_what_may_be_misread_is_refused(run: Run, table: str, message: str) -> None:
    """One line that names columns and rows and shows no word."""
    Path("t.csv").write_text(table, encoding="utf-8")
    assert message in refused(run("ingest t.csv out"))
    assert not Path("out").exists()


def test_the_remedy_for_utterances_works(run: Run) -> None:
    """What the line says makes a manifest of which each recording has its own words."""
    Path("t.csv").write_text("subject_id,text\nS1,the boy\nS1,on the stool\nS2,the girl\n", encoding="utf-8")
    assert 0 == run("manifest t.csv --layout table").status
    assert 0 == run("ingest manifest.csv out").status
    with Path("out/ingest.csv").open(encoding="utf-8", newline="") as table:
        assert ["5", "2"] == [row["words_spoken"] for row in csv.DictReader(table)]


def test_visits_are_recordings(run: Run) -> None:
    """One row per visit is a manifest too, and an empty column beside the text is of no account."""
    Path("t.csv").write_text("subject_id,visit,transcript,Text\nS1,1,,the boy\nS1,2,,the girl is here\n")
    assert 0 == run("ingest t.csv out").status
    with Path("out/ingest.csv").open(encoding="utf-8", newline="") as table:
        assert [("S1_1", "2"), ("S1_2", "4")] == [(r["recording_id"], r["words_spoken"]) for r in csv.DictReader(table)]
