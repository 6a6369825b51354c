"""A user's own columns, of the manifest or of another table -> the numbers of a block, with every cell checked.

A missing cell is NaN and is imputed inside the fold; a cell that is not a number is an error.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.cohort import COVARIATES, cell_number
from adscreen.errors import InputError

KEY = "recording_id"
_NOT_CARRIED = {*COVARIATES, "task", "language", "source_format"}
_NAME = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
RESERVED = frozenset(
    {"lexical", "syntactic", "fluency", "semantic", "perplexity", "intercept"}
    | {"doc2vec", "elmo", "bilm", "bilm_share", "hybrid", "paired", "words", "adscreen", "paper"}
    | {"transformers", "remainder", "sparse_threshold", "n_jobs", "transformer_weights", "verbose"}  # scikit-learn's
    | {"verbose_feature_names_out", "force_int_remainder_cols"}
)


def check_block(name: str, columns: Sequence[str], *, where: str) -> None:
    """Raise InputError where the name cannot be a block's, or the columns are none or repeat."""
    if not _NAME.fullmatch(name):
        remedy = "use lower-case letters, digits and single underscores, a letter first"
        raise InputError(f"{name!r} cannot be the name of a block", where=where, remedy=remedy)
    if name in RESERVED:
        remedy = "choose another name for your block"
        raise InputError(f"the name {name!r} is taken by adscreen", where=where, remedy=remedy)
    if isinstance(columns, str) or not columns or not all(isinstance(column, str) and column for column in columns):
        remedy = f'name them: {name} = ["f0_mean", "jitter"]'
        raise InputError(f"block {name!r} needs a list of columns", where=where, remedy=remedy)
    repeated = next((column for column in columns if columns.count(column) > 1), None)
    if repeated is not None:
        raise InputError(f"block {name!r} names column {repeated!r} twice", where=where, remedy="name it once")


def read_carried(subjects: pd.DataFrame, name: str, columns: Sequence[str], *, where: str) -> pd.DataFrame:
    """Return ``name.column`` numbers (n, columns) of columns that the manifest carries; ``subjects`` is its frame.

    Raises:
        InputError: no such column is carried, a cell is not a finite number, or a column is empty.
    """
    check_block(name, columns, where=where)
    carried = [str(column) for column in subjects if column not in _NOT_CARRIED]
    unknown = next((column for column in columns if column not in carried), None)
    if unknown is not None:
        what = f"no column {unknown!r} to put into block {name!r}"
        remedy = f"use the manifest's further columns: {', '.join(carried) or 'it has none'}"
        raise InputError(what, where=where, remedy=remedy)
    return _numbers(subjects, name, columns, where=where)


def read_joined(
    frame: pd.DataFrame, recordings: Sequence[str], name: str, columns: Sequence[str] | None
) -> pd.DataFrame:
    """Return ``name.column`` numbers (n, columns) of a frame's rows for these recordings, in their order.

    ``frame`` has a column ``recording_id``, or is indexed by it; rows of other recordings are ignored. Without
    ``columns`` every column is taken, and all must be numeric.

    Raises:
        InputError: a recording comes twice or is missing, there is no such column or it comes twice, a cell is not a
            finite number, or a column is empty for these recordings.
    """
    where = "join"
    if KEY not in frame and frame.index.name != KEY and not set(map(str, frame.index)) & set(recordings):
        remedy = "add the column, or make it the index"
        raise InputError(f"the frame has no column `{KEY}`", where=where, remedy=remedy)
    keyed = frame.set_index(KEY) if KEY in frame else frame
    keyed = keyed.set_axis(keyed.index.map(str)).rename(columns=str)
    repeated = keyed.index[keyed.index.duplicated()]
    if len(repeated):
        what = f"recording {repeated[0]!r} comes twice ({len(repeated)} such rows)"
        raise InputError(what, where=where, remedy="leave one row per recording")
    absent = [recording for recording in recordings if recording not in keyed.index]
    if absent:
        what = f"no row for recording {absent[0]!r} ({len(absent)} such recordings)"
        raise InputError(what, where=where, remedy="add a row, with empty cells where nothing is known")
    if columns is None:
        columns = list(keyed.columns)
        wrong = next((name for name, kind in keyed.dtypes.items() if not _is_number(kind)), None)
        if wrong is not None:
            what = f"column {wrong!r} is not numeric"
            raise InputError(what, where=where, remedy="convert it, or name the columns to take with columns=")
    check_block(name, columns, where=where)
    wrong = next((column for column in columns if list(keyed.columns).count(column) != 1), None)
    if wrong is not None:
        what = f"column {wrong!r} " + ("comes twice" if wrong in keyed else "is missing")
        raise InputError(what, where=where, remedy=f"columns found: {', '.join(keyed.columns)}")
    own = keyed.loc[list(recordings)].reset_index(drop=True)
    return _numbers(own.assign(**{KEY: list(recordings)}), name, columns, where=where)


def _is_number(kind: Any) -> bool:
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def _numbers(frame: pd.DataFrame, name: str, columns: Sequence[str], *, where: str) -> pd.DataFrame:
    recordings = frame[KEY].tolist()
    found = {f"{name}.{column}": _column(frame[column], column, recordings, where=where) for column in columns}
    return pd.DataFrame(found)


def _column(cells: pd.Series, column: str, recordings: Sequence[Hashable], *, where: str) -> NDArray[np.float64]:
    values = np.array([_cell(cell) for cell in cells], dtype=np.float64)
    wrong = np.flatnonzero(np.isinf(values))
    if len(wrong):
        what = f"recording {recordings[wrong[0]]!r}: {column} is not a number ({len(wrong)} such rows)"
        raise InputError(what, where=where, remedy="correct the cell, or leave it empty")
    if np.isnan(values).all():
        raise InputError(f"column {column} is empty", where=where, remedy="leave it out of the block")
    return values


def _cell(cell: Any) -> float:
    """Return a cell's number, NaN for a missing one, infinity for what is not a number."""
    if isinstance(cell, str):
        try:
            return cell_number(cell)
        except ValueError:
            return np.inf
    if pd.isna(cell) is True:
        return np.nan
    try:
        return float(cell)
    except (TypeError, ValueError):
        return np.inf
