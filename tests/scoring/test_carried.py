"""Every column of a manifest stands beside the scores, under a name that is not one of ours."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort import Recording, read_cohort
from adscreen.scoring.carried import KNOWN, LINE, Carried
from adscreen.scoring.recording_report import ScoreRow
from adscreen.scoring.score_files import writing_scores

ROW = ScoreRow("S1", "S1", None, "screen_negative", "", 0.25, 0.1, 0.4, 0.5, 12, 2, 84.5, False, "ab12")
MANIFEST = """\
subject_id,transcript,label,cluster,age,sex,education,mmse,site,task,language,f0_mean,code,result,remark,empty
S1,a.cha,case,C1,71.5,f,12,24,Rome,cookie,en,-3.25,007,ours,=1+1,
S2,b.cha,control,,,m,,,,,,NA,012,theirs,-3,
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The folder of the scores of MANIFEST."""
    (tmp_path / "manifest.csv").write_text(MANIFEST)
    recordings = read_cohort(tmp_path / "manifest.csv").recordings
    with writing_scores(tmp_path, Carried.of(recordings)) as write:
        for recording in recordings:
            write(ROW, recording)
    return tmp_path


def test_every_column_of_the_manifest_is_carried(written: Path) -> None:
    """Ours come first, then those that adscreen knows, then the others in order; a clash has a prefix."""
    rows = list(csv.reader((written / "scores.csv").open(encoding="utf-8")))
    assert [*LINE, "f0_mean", "code", "manifest_result", "remark", "empty"] == rows[0]
    own = dict(zip(rows[0], rows[1], strict=True))
    expected = ["case", "C1", "", "71.5", "female", "12.0", "24.0", "Rome", "cookie", "en"]
    assert expected == [own[name] for name in KNOWN]
    assert ("-3.25", "007", "ours", "'=1+1") == (own["f0_mean"], own["code"], own["manifest_result"], own["remark"])
    other = dict(zip(rows[0], rows[2], strict=True))
    assert ["control", "", "", "", "male", "", "", "", "", ""] == [other[name] for name in KNOWN]
    assert ("", "-3") == (other["f0_mean"], other["remark"])


def test_a_column_of_numbers_is_one_in_parquet_and_json(written: Path) -> None:
    """Numbers are numbers, ids with leading zeros are text, and what is missing is null."""
    parquet = pd.read_parquet(written / "scores.parquet")
    assert [-3.25] == parquet["f0_mean"].dropna().tolist()
    assert ["007", "012"] == parquet["code"].tolist()
    assert "float64" == str(parquet["age"].dtype)
    first, second = json.loads((written / "scores.json").read_text())
    assert (-3.25, None) == (first["f0_mean"], second["f0_mean"])
    assert (71.5, None, "=1+1") == (first["age"], second["age"], first["remark"])


def test_recordings_without_a_manifest_have_no_further_column() -> None:
    """Loose files give the columns that adscreen knows, empty."""
    carried = Carried.of([Recording(row=1, recording_id="a", subject_id="a", transcript=Path("a.cha"))])
    assert LINE == carried.columns
    values = carried.values(ROW, Recording(row=1, recording_id="a", subject_id="a", transcript=Path("a.cha")))
    assert (None, True) == (values["label"], math.isnan(values["age"]))
    assert LINE == Carried.of([]).columns


@given(st.lists(st.sampled_from([*LINE, "manifest_result", "manifest_manifest_result", "x"]), unique=True))
def test_no_two_columns_have_one_name(columns: list[str]) -> None:
    """Whatever the further columns are called, the file has each once, and ours keep their names."""
    extra = tuple((name, "1") for name in columns)
    recording = Recording(row=1, recording_id="a", subject_id="a", transcript=Path("a.cha"), extra=extra)
    found = Carried.of([recording]).columns
    assert len(set(found)) == len(found) == len(LINE) + len(columns)
    assert LINE == found[: len(LINE)]


@pytest.mark.parametrize("code", ["101_1", "12345678901234567890", "007"])
def test_an_id_is_no_number(code: str) -> None:
    """A code that Python would read as another number, or a float cannot hold, stays as it was written."""
    recording = Recording(
        row=1, recording_id="a", subject_id="a", transcript=Path("a.cha"), extra=(("code", code), ("dose", "1.50"))
    )
    carried = Carried.of([recording])
    values = carried.values(ROW, recording)
    assert (code, 1.5, {"dose": "1.50"}) == (values["code"], values["dose"], carried.cells(recording))
