"""ScoreRows -> scores.csv, scores.parquet and scores.json, row by row as they come.

The three hold the same rows in the same order, with one column a field of ScoreRow; a number that is not defined is
empty, null and null.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from adscreen.errors import InputError
from adscreen.scoring.recording_report import ScoreRow
from adscreen.writing import defuse

CSV, PARQUET, JSON = "scores.csv", "scores.parquet", "scores.json"
COLUMNS = tuple(field.name for field in fields(ScoreRow))
_values = attrgetter(*COLUMNS)
_ROW_GROUP = 2000  # rows that wait for Parquet


@contextmanager
def writing_scores(folder: Path) -> Iterator[Callable[[ScoreRow], None]]:
    """Yield what writes one row to the three files of the folder."""
    import pyarrow.parquet

    with (
        (folder / CSV).open("w", encoding="utf-8", errors="replace", newline="") as text,
        (folder / JSON).open("w", encoding="utf-8", errors="replace", newline="\n") as array,
        pyarrow.parquet.ParquetWriter(folder / PARQUET, _schema()) as groups,
    ):
        table = csv.writer(text, lineterminator="\n")
        table.writerow(COLUMNS)
        waiting: list[dict[str, Any]] = []
        separator = "[\n"

        def write(row: ScoreRow) -> None:
            nonlocal separator
            values = _values(row)
            table.writerow(["" if _is_missing(value) else defuse(value) for value in values])
            plain = {name: None if _is_missing(value) else value for name, value in zip(COLUMNS, values, strict=True)}
            array.write(separator + json.dumps(plain, ensure_ascii=False))
            separator = ",\n"
            waiting.append(dict(zip(COLUMNS, values, strict=True)))
            if len(waiting) == _ROW_GROUP:
                flush()

        def flush() -> None:
            groups.write_table(pyarrow.Table.from_pylist(waiting, schema=_schema()))
            waiting.clear()

        yield write
        flush()
        array.write("\n]\n" if separator != "[\n" else "[]\n")


def count_scores(run: Path) -> int:
    """Return the number of rows of a scoring run.

    Raises:
        InputError: the folder is not one.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        return int(pyarrow.parquet.read_metadata(run / PARQUET).num_rows)
    except (OSError, pyarrow.ArrowException) as error:
        what = f"no {PARQUET} that can be read"
        raise InputError(what, where=str(run), remedy="name a folder that `adscreen score` wrote") from error


def count_results(run: Path) -> dict[str, int]:
    """Return how many recordings of a scoring run have each result."""
    import pyarrow.parquet

    results = pyarrow.parquet.read_table(run / PARQUET, columns=["result"]).column("result")
    return {one["values"]: one["counts"] for one in results.value_counts().to_pylist()}


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _schema() -> Any:
    import pyarrow

    kinds = {"float": pyarrow.float64(), "int": pyarrow.int64(), "bool": pyarrow.bool_()}
    return pyarrow.schema([(field.name, kinds.get(str(field.type), pyarrow.string())) for field in fields(ScoreRow)])
