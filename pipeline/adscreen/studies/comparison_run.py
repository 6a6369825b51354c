"""Folders of evaluations -> the difference of two runs, or of two methods of one, as a table or a run folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.errors import InputError
from adscreen.evaluation.comparison import (
    ComparisonRow,
    Run,
    compare_methods,
    compare_runs,
    read_run,
    run_in_memory,
)
from adscreen.evaluation.frames import as_frame
from adscreen.studies.evaluation_run import SHOWN, Evaluation
from adscreen.studies.runs import check_free, new_run
from adscreen.writing import write_csv, write_json

Source = Evaluation | str | Path


def compare(
    first: Source, second: Source | None = None, *, method: str | None = None, methods: tuple[str, str] | None = None
) -> pd.DataFrame:
    """Compare two evaluations on the same folds, or two methods of one: first minus second, paired, with intervals.

    Args:
        first: an Evaluation, or the folder of one.
        second: another on the same folds; left out where ``methods`` are compared.
        method: the method that is compared in both; by default the evaluated one of each.
        methods: two methods of ``first``, as its metrics name them.

    Returns:
        One row per protocol, level and measure: first, second, difference, its interval over subjects (low, high) and
        over clusters (cluster_low, cluster_high).

    Raises:
        InputError: a folder holds no evaluation, a method is not there, or the folds, labels or transcripts differ.
    """
    if (second is None) == (methods is None):
        raise InputError("needs a second evaluation or two methods", where="compare", remedy="give one of the two")
    if isinstance(methods, str) or (methods is not None and len(methods) != 2):
        raise InputError("needs two names", where="methods=", remedy='such as ("adscreen", "tfidf_baseline")')
    if methods is not None:
        rows = compare_methods(_run_of(first, "first"), *methods)
    else:
        assert second is not None
        rows = compare_runs(_run_of(first, "first"), _run_of(second, "second"), method=method)
    return as_frame(rows, ComparisonRow)


def _run_of(source: Source, name: str) -> Run:
    if isinstance(source, Evaluation):
        return run_in_memory(f"{name}=", source.settings, source.predictions)
    return read_run(Path(source))


def run_comparison(
    first: Path, second: Path, *, method: str | None = None, out: Path | None = None, force: bool = False
) -> pd.DataFrame:
    """Compare a method in two evaluations on the same folds; write the table where ``out`` is given.

    Raises:
        InputError: a folder holds no evaluation, or the runs were not tested on the same folds.
    """
    settings = {"first": first, "second": second, "method": method}
    return _run(lambda: compare(first, second, method=method), settings, out, force=force)


def run_method_comparison(
    folder: Path, methods: tuple[str, str], *, out: Path | None = None, force: bool = False
) -> pd.DataFrame:
    """Compare two methods of one evaluation; write the table where ``out`` is given.

    Raises:
        InputError: the folder holds no evaluation, or not two such methods.
    """
    settings = {"run": folder, "methods": list(methods)}
    return _run(lambda: compare(folder, methods=methods), settings, out, force=force)


def _run(
    made: Callable[[], pd.DataFrame], settings: Mapping[str, Any], out: Path | None, *, force: bool
) -> pd.DataFrame:
    """Return the table; write comparison.csv and comparison.json into ``out``."""
    if out is not None:
        check_free(out, force=force)
    frame = made()
    if out is not None:
        with new_run(out, force=force, command="compare", settings=settings) as folder:
            write_csv(frame, folder / "comparison.csv")
            write_json(frame.to_dict("records"), folder / "comparison.json")
    return frame


def show_comparison(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a few measures for people, without empty columns.

    Those by subject come first, and those by recording alone where the two are the same: one recording per subject.
    """
    own = frame[frame["measure"].isin(SHOWN)].rename(columns={"level": "by"})
    by = {level: rows.drop(columns="by").reset_index(drop=True) for level, rows in own.groupby("by")}
    if "subject" not in by or by["subject"].equals(by["recording"]):
        own = own[own["by"] == "recording"]
    parts = [
        rows.sort_values("by", key=lambda level: level != "subject", kind="stable")
        for _, rows in own.groupby("protocol", sort=False)
    ]
    return pd.concat(parts).dropna(axis="columns", how="all")
