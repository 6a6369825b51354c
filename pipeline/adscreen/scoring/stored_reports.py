"""RecordingReports <-> reports.jsonl.gz, one a line: what the pages of a run are made of, and can be made of again.

A line is JSON as data_schemas/report.schema.json has it: a number that is not defined (NaN) is null. The file holds
what was said, as the pages do, and lies in the folder of the run beside them.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from adscreen.errors import InputError
from adscreen.scoring.recording_report import RecordingReport

if TYPE_CHECKING:
    from pydantic import TypeAdapter

REPORTS = "reports.jsonl.gz"
_REMEDY = "score the recordings again"
_LEVEL = 3  # of compression: a seventh of the size; higher ones take longer than the scoring

Build = Callable[[Any], Any]


@contextmanager
def writing_reports(path: Path) -> Iterator[Callable[[RecordingReport], None]]:
    """Yield what writes one report to the file; the same reports give the same bytes."""
    with writing_lines(path) as write:
        yield lambda report: write(report_to_json(report))


@contextmanager
def writing_lines(path: Path) -> Iterator[Callable[[bytes], None]]:
    """Yield what writes one report, as ``report_to_json`` returns it, to the file."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=_LEVEL, fileobj=raw, mtime=0) as lines:

        def write(line: bytes) -> None:
            lines.write(line + b"\n")

        yield write


def read_reports(path: Path) -> Iterator[RecordingReport]:
    """Yield the reports of a file in order, one in memory at a time.

    Raises:
        InputError: the file is missing or damaged, or is of another version of adscreen.
    """
    try:
        yield from map(report_from_json, read_lines(path))
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        what = "the stored reports are not of this version of adscreen"
        raise InputError(what, where=str(path), remedy=_REMEDY) from error


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file of reports in order, without their ends.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        with gzip.open(path) as lines:
            for line in lines:
                yield line.removesuffix(b"\n")
    except FileNotFoundError:
        what = "no reports are stored here"
        raise InputError(what, where=str(path.parent), remedy="name a folder that `adscreen score` wrote") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError("the stored reports are damaged", where=str(path), remedy=_REMEDY) from error


def report_to_json(report: RecordingReport) -> bytes:
    """Return a report as one line of JSON, without the line's end."""
    return _adapter().dump_json(report)


def report_from_json(line: bytes) -> RecordingReport:
    """Return the report that ``report_to_json`` wrote; raises ValueError, KeyError or TypeError where it is none."""
    built: RecordingReport = _builder(RecordingReport)(json.loads(line))
    return built


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[RecordingReport]:
    from pydantic import TypeAdapter

    return TypeAdapter(RecordingReport)


@lru_cache(maxsize=64)
def _builder(kind: Any) -> Build:
    """Return what makes a value of a type from its JSON: null for a float is NaN, a list for a tuple a tuple."""
    if kind is float:
        return _number
    if dataclasses.is_dataclass(kind):
        return _record_builder(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple_builder(parts)
    if origin in (Union, UnionType):  # of a type and None
        inner = _builder(next(part for part in parts if part is not type(None)))
        return lambda value: None if value is None else inner(value)
    if kind in (str, int, bool) or origin in (dict, Literal):
        return _as_it_is
    raise TypeError(f"no reader of {kind}")


def _record_builder(kind: Any) -> Build:
    hints = get_type_hints(kind)
    builders = [(field.name, _builder(hints[field.name])) for field in dataclasses.fields(kind)]

    def build(content: Mapping[str, Any]) -> Any:
        return kind(*[builder(content[name]) for name, builder in builders])

    return build


def _tuple_builder(parts: tuple[Any, ...]) -> Build:
    inner = _builder(parts[0])
    return lambda values: tuple([inner(value) for value in values])


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _as_it_is(value: Any) -> Any:
    return value
