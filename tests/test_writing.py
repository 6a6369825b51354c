"""JSON has no NaN, and no CSV cell runs as a formula."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from adscreen.writing import as_json, defuse, restore_defused, write_csv


def test_cells_that_a_spreadsheet_would_run_are_defused(tmp_path: Path) -> None:
    """Text that starts with = + - @ or a tab gets an apostrophe; numbers, other text and what is missing stay.

    A number in a column of text is one too, so that a missing code or a z-score is read again as it was.
    """
    frame = pd.DataFrame(
        {
            "id": ["=1+1", "+1", "-1.5e3", "@A1", "\t=1", "S-1", "-1+1"],
            "number": [-1.5, 2.0, np.nan, 0.0, 1.0, 1.0, 1.0],
            "mixed": [-3, "-3", None, True, 0.5, "x", "=x"],
        }
    )
    write_csv(frame, tmp_path / "t.csv")
    read = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
    assert ["'=1+1", "+1", "-1.5e3", "'@A1", "'\t=1", "S-1", "'-1+1"] == read["id"].tolist()
    assert ["-1.5", "2.0", "", "0.0", "1.0", "1.0", "1.0"] == read["number"].tolist()
    assert ["-3", "-3", "", "True", "0.5", "x", "'=x"] == read["mixed"].tolist()
    assert "=1+1" == frame["id"][0]


@given(st.text())
def test_no_defused_text_starts_a_formula(text: str) -> None:
    """Whatever the text, its cell starts none unless it is a signed number, and the text can be had back."""
    cell = defuse(text)
    if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        assert math.isfinite(float(cell.replace(",", ".")))
    assert text in (cell, cell[1:])


@given(st.sampled_from("=+-@\t\r").flatmap(lambda start: st.text().map(lambda rest: start + rest)))
def test_a_defused_text_is_had_back(text: str) -> None:
    """What is written defused is read as it was."""
    assert text == restore_defused(defuse(text))


def test_json_has_no_nan() -> None:
    """NaN and infinity become null, at any depth; NumPy values become Python's; paths and keys become text."""
    content = {
        "nan": float("nan"),
        "deep": [{"inf": np.float64("-inf")}, (np.int64(3), np.float32(0.5), np.bool_(True))],
        1: Path("a") / "b",
        "flag": True,
        "none": None,
    }
    expected = {"nan": None, "deep": [{"inf": None}, [3, 0.5, True]], "1": "a/b", "flag": True, "none": None}
    assert expected == json.loads(as_json(content), parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")
