"""ScoreRows -> scores.csv, scores.parquet and scores.json, row by row as they come.

The three hold the same rows in the same order, with one column a field of ScoreLine and the further columns of the
manifest after them; a number that is not defined is empty, null and null.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adscreen.cohort import Recording
from adscreen.errors import InputError
from adscreen.ingest.reasons import plain_reason, without_numbers
from adscreen.scoring.carried import LINE, NONE, Carried, ScoreLine
from adscreen.scoring.recording_report import SCORED, ScoreRow
from adscreen.scoring.table_schema import with_text
from adscreen.writing import defuse

if TYPE_CHECKING:
    import pyarrow

CSV, PARQUET, JSON = "scores.csv", "scores.parquet", "scores.json"
_FLOATS = frozenset(field.name for field in fields(ScoreRow) if str(field.type) == "float")
_ROW_GROUP = 2000  # rows that wait for Parquet


@contextmanager
def writing_scores(folder: Path, carried: Carried = NONE) -> Iterator[Callable[[ScoreRow, Recording | None], None]]:
    """Yield what writes one row, with what the manifest says of its recording, to the three files of the folder."""
    with writing_rows(folder, with_text(score_schema(carried))) as write:

        def write_score(row: ScoreRow, recording: Recording | None = None) -> None:
            write(carried.values(row, recording))

        yield write_score


def row_of(values: Mapping[str, Any]) -> ScoreRow:
    """Return the score among the values of a row by column."""
    own: dict[str, Any] = {field.name: values[field.name] for field in fields(ScoreRow)}
    own |= {name: math.nan for name in _FLOATS if own[name] is None}
    return ScoreRow(**own)


@contextmanager
def writing_rows(folder: Path, schema: pyarrow.Schema) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Yield what writes one row to the three files of the folder; a column of the schema that it lacks is missing."""
    import pyarrow.parquet

    columns = schema.names

    with (
        (folder / CSV).open("w", encoding="utf-8", errors="replace", newline="") as text,
        (folder / JSON).open("w", encoding="utf-8", errors="replace", newline="\n") as array,
        pyarrow.parquet.ParquetWriter(folder / PARQUET, schema) as groups,
    ):
        table = csv.writer(text, lineterminator="\n")
        table.writerow(map(defuse, columns))
        waiting: list[dict[str, Any]] = []
        separator = "[\n"

        def write(row: Mapping[str, Any]) -> None:
            nonlocal separator
            values = {name: row.get(name) for name in columns}
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


def read_rows(run: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a scoring run in order, one in memory at a time; a number that is not defined is None.

    They come from scores.json, which alone keeps a whole number (71) apart from another (71.0).

    Raises:
        InputError: it is missing or damaged.
    """
    try:
        with (run / JSON).open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("{"):
                    yield json.loads(line.rstrip().removesuffix(","))
    except (OSError, ValueError) as error:
        what = f"no {JSON} that can be read"
        raise InputError(what, where=str(run), remedy="score everything into a new folder") from error


def stored_schema(run: Path) -> pyarrow.Schema:
    """Return the columns of a scoring run's table; a further column without a value has the null type."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(run / PARQUET) as stored:
        schema, groups = stored.schema_arrow, stored.metadata
        for number, field in enumerate(schema):
            parts = [groups.row_group(group).column(number) for group in range(groups.num_row_groups)]
            if field.name not in LINE and all(part.statistics.null_count == part.num_values for part in parts):
                schema = schema.set(number, pyarrow.field(field.name, pyarrow.null()))
    return schema


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


def count_reasons(run: Path) -> dict[str, Counter[str]]:
    """Return why recordings have no score: for each such result, how many have each reason, numbers left out."""
    counts: dict[str, Counter[str]] = {}
    for row in read_rows(run):
        if row["result"] not in SCORED:
            counts.setdefault(row["result"], Counter())[reason_of(row)] += 1
    return counts


def reason_of(row: Mapping[str, Any]) -> str:
    """Return the reason of a row without its file and numbers, so that rows with the same fault are alike."""
    reason = str(row["reason"])
    if row["result"] == "insufficient_speech":  # the reason is two numbers
        return "fewer words than the model needs"
    return without_numbers(plain_reason(reason) if row["result"] == "unreadable" else reason)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def score_schema(carried: Carried = NONE) -> pyarrow.Schema:
    """Return the columns of a table of scores: those of ScoreLine, and the further columns of a manifest.

    A further column without any value has no type yet.
    """
    import pyarrow

    kinds = {
        "float": pyarrow.float64(),
        "int": pyarrow.int64(),
        "bool": pyarrow.bool_(),
        "bool | None": pyarrow.bool_(),
    }
    own = [(field.name, kinds.get(str(field.type), pyarrow.string())) for field in fields(ScoreLine)]
    of_cells = pyarrow.string(), pyarrow.float64()
    further = [
        (name, of_cells[column in carried.numeric] if column in carried.filled else pyarrow.null())
        for column, name in carried.names.items()
    ]
    return pyarrow.schema(own + further)
