"""ScoreRows -> scores.csv, scores.parquet and scores.json, row by row as they come.

The three hold the same rows in the same order, with one column a field of ScoreLine and the further columns of the
manifest after them; a number that is not defined is empty, null and null.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from adscreen.cohort import Recording
from adscreen.errors import InputError
from adscreen.scoring.carried import NONE, Carried, ScoreLine
from adscreen.scoring.recording_report import ScoreRow
from adscreen.writing import defuse

CSV, PARQUET, JSON = "scores.csv", "scores.parquet", "scores.json"
_ROW_GROUP = 2000  # rows that wait for Parquet


@contextmanager
def writing_scores(folder: Path, carried: Carried = NONE) -> Iterator[Callable[[ScoreRow, Recording | None], None]]:
    """Yield what writes one row, with what the manifest says of its recording, to the three files of the folder."""
    import pyarrow.parquet

    schema, columns = _schema(carried), carried.columns

    with (
        (folder / CSV).open("w", encoding="utf-8", errors="replace", newline="") as text,
        (folder / JSON).open("w", encoding="utf-8", errors="replace", newline="\n") as array,
        pyarrow.parquet.ParquetWriter(folder / PARQUET, schema) as groups,
    ):
        table = csv.writer(text, lineterminator="\n")
        table.writerow(map(defuse, columns))
        waiting: list[dict[str, Any]] = []
        separator = "[\n"

        def write(row: ScoreRow, recording: Recording | None = None) -> None:
            nonlocal separator
            values = carried.values(row, recording)
            table.writerow(["" if _is_missing(value) else defuse(value) for value in values.values()])
            plain = {name: None if _is_missing(value) else value for name, value in values.items()}
            array.write(separator + json.dumps(plain, ensure_ascii=False))
            separator = ",\n"
            waiting.append(plain)
            if len(waiting) == _ROW_GROUP:
                flush()

        def flush() -> None:
            groups.write_table(pyarrow.Table.from_pylist(waiting, schema=schema))
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


def _schema(carried: Carried) -> Any:
    import pyarrow

    kinds = {"float": pyarrow.float64(), "int": pyarrow.int64(), "bool": pyarrow.bool_()}
    own = [(field.name, kinds.get(str(field.type), pyarrow.string())) for field in fields(ScoreLine)]
    further = [
        (name, pyarrow.float64() if column in carried.numeric else pyarrow.string())
        for column, name in carried.names.items()
    ]
    return pyarrow.schema(own + further)
