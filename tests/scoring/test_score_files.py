"""Score rows come back from CSV, Parquet and JSON as they were; a number that is not defined is missing in each."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from adscreen.errors import InputError
from adscreen.scoring import score_files
from adscreen.scoring.carried import LINE
from adscreen.scoring.recording_report import ScoreRow
from adscreen.scoring.score_files import count_scores, writing_scores
from adscreen.studies.schemas import schemas

ROW = ScoreRow("S1_1", "S1", "1", "screen_positive", "", 0.75, 0.1, 0.9, 0.4, 120, 12, 84.5, False, "ab12", logit=1.1)
BAD = ScoreRow(
    "=S2",
    "S2",
    None,
    "unreadable",
    "no such file",
    *[math.nan] * 3,
    0.4,
    0,
    0,
    math.nan,
    True,
    "ab12",
    warnings='a "b"; c',
)


def write(folder: Path, *rows: ScoreRow) -> None:
    """Write rows into the folder."""
    with writing_scores(folder) as write_row:
        for row in rows:
            write_row(row)


def test_the_three_files_hold_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids and numbers are the same in each, to the last digit, whatever number of rows waits for Parquet."""
    monkeypatch.setattr(score_files, "_ROW_GROUP", 2)
    rows = [replace(ROW, recording_id=f"S{number}", probability=0.1 * number) for number in range(5)]
    write(tmp_path, *rows)
    csv = pd.read_csv(tmp_path / "scores.csv")
    parquet = pd.read_parquet(tmp_path / "scores.parquet")
    listed = json.loads((tmp_path / "scores.json").read_text())
    names = list(LINE)
    assert names == list(csv) == list(parquet) == list(listed[0])
    for name in ("recording_id", "probability", "words", "in_training", "logit"):
        expected = [getattr(row, name) for row in rows]
        assert expected == csv[name].tolist() == parquet[name].tolist() == [row[name] for row in listed]
    assert 5 == count_scores(tmp_path)


def test_what_is_not_defined_is_missing(tmp_path: Path) -> None:
    """NaN and no visit are empty in CSV and null in Parquet and JSON; a column keeps its type without a value."""
    write(tmp_path, BAD)
    (csv,) = pd.read_csv(tmp_path / "scores.csv").to_dict("records")
    assert csv["probability"] != csv["probability"]
    assert ("'=S2", 'a "b"; c') == (csv["recording_id"], csv["warnings"])  # no spreadsheet takes it for a formula
    parquet = pd.read_parquet(tmp_path / "scores.parquet")
    assert ("float64", "int64", "bool") == tuple(str(parquet[name].dtype) for name in ("ppv", "words", "in_training"))
    assert ["=S2"] == parquet["recording_id"].tolist()
    assert parquet["visit"].isna().all()
    (row,) = json.loads((tmp_path / "scores.json").read_text())
    assert (None, None, "=S2") == (row["probability"], row["visit"], row["recording_id"])


def test_rows_satisfy_their_schema(tmp_path: Path) -> None:
    """Each row of score_files.json is what data_schemas/score_row.schema.json says."""
    write(tmp_path, ROW, BAD)
    validator = Draft202012Validator(schemas()["score_row"])
    rows = json.loads((tmp_path / "scores.json").read_text())
    for row in rows:
        validator.validate(row)
    assert asdict(ROW)["recording_id"] == rows[0]["recording_id"]


def test_no_rows_are_no_rows(tmp_path: Path) -> None:
    """The files are there, with their columns and nothing below."""
    write(tmp_path)
    assert [] == json.loads((tmp_path / "scores.json").read_text())
    assert (0, 0) == (len(pd.read_csv(tmp_path / "scores.csv")), count_scores(tmp_path))


@pytest.mark.parametrize("content", [None, b"not parquet"])
def test_a_folder_without_scores_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """One line says that it is no scoring run."""
    if content:
        (tmp_path / "scores.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"no scores\.parquet that can be read; name a folder that `adscreen score`"):
        count_scores(tmp_path)
