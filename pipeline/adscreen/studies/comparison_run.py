"""Folders of evaluations -> the difference of two runs, or of two methods of one, as a table or a run folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.evaluate import ADSCREEN
from adscreen.evaluate.comparison import ComparisonRow, compare_methods, compare_runs
from adscreen.evaluate.frames import as_frame
from adscreen.studies.evaluation_run import SHOWN
from adscreen.studies.runs import check_free, new_run
from adscreen.writing import write_csv, write_json


def run_comparison(
    first: Path, second: Path, *, method: str = ADSCREEN, out: Path | None = None, force: bool = False
) -> pd.DataFrame:
    """Compare a method in two evaluations on the same folds; write the table where ``out`` is given.

    Raises:
        InputError: a folder holds no evaluation, or the runs were not tested on the same folds.
    """
    settings = {"first": first, "second": second, "method": method}
    return _run(lambda: compare_runs(first, second, method=method), settings, out, force=force)


def run_method_comparison(
    folder: Path, methods: tuple[str, str], *, out: Path | None = None, force: bool = False
) -> pd.DataFrame:
    """Compare two methods of one evaluation; write the table where ``out`` is given.

    Raises:
        InputError: the folder holds no evaluation, or not two such methods.
    """
    settings = {"run": folder, "methods": list(methods)}
    return _run(lambda: compare_methods(folder, *methods), settings, out, force=force)


def _run(
    compare: Callable[[], list[ComparisonRow]], settings: Mapping[str, Any], out: Path | None, *, force: bool
) -> pd.DataFrame:
    """Return the table; write comparison.csv and comparison.json into ``out``."""
    if out is not None:
        check_free(out, force=force)
    frame = as_frame(compare(), ComparisonRow)
    if out is not None:
        with new_run(out, force=force, command="compare", settings=settings) as folder:
            write_csv(frame, folder / "comparison.csv")
            write_json(frame.to_dict("records"), folder / "comparison.json")
    return frame


def show_comparison(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a few measures by recording for people, without empty columns."""
    own = frame[(frame["level"] == "recording") & frame["measure"].isin(SHOWN)]
    return own.dropna(axis="columns", how="all").drop(columns="level")
