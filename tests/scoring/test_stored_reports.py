"""Reports come back from reports.jsonl.gz as they were, one at a time."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from adscreen.errors import InputError
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.stored_reports import read_reports, report_from_json, report_to_json, writing_reports
from adscreen.studies.schemas import schemas

# Any report at all; ids and words hold what JSON can (no lone surrogates), numbers hold NaN.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
FLOATS = st.floats(allow_infinity=False)
REPORTS = st.builds(RecordingReport, model=st.dictionaries(TEXT, st.integers() | TEXT, max_size=2))


def write(path: Path, reports: Sequence[RecordingReport]) -> Path:
    """Write reports to a file."""
    with writing_reports(path) as write_report:
        for report in reports:
            write_report(report)
    return path


@given(report=REPORTS)
def test_any_report_comes_back(report: RecordingReport) -> None:
    """Tuples, nested records, None, NaN and every kind of text: the same, but that an infinity is not kept."""
    again = report_from_json(report_to_json(report))
    assert repr(again).replace("inf", "nan").replace("-nan", "nan") == repr(report).replace("inf", "nan").replace(
        "-nan", "nan"
    )


def test_reports_come_back_in_order(make_report: Callable[..., RecordingReport], tmp_path: Path) -> None:
    """A file of three holds three, and reading stops where it is left."""
    report = make_report()
    reports = [replace(report, score=replace(report.score, recording_id=name)) for name in ("a", "b", "c")]
    path = write(tmp_path / "reports.jsonl.gz", reports)
    assert list(map(repr, reports)) == list(map(repr, read_reports(path)))
    assert "a" == next(read_reports(path)).score.recording_id


def test_the_same_reports_give_the_same_bytes(make_report: Callable[..., RecordingReport], tmp_path: Path) -> None:
    """No time and no name is in the file."""
    report = make_report()
    one, two = (write(tmp_path / name, [report] * 3).read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_line_satisfies_the_schema(make_report: Callable[..., RecordingReport], tmp_path: Path) -> None:
    """Each line is what data_schemas/report.schema.json says; NaN is null."""
    report = make_report()
    unscored = replace(report, intercept=math.nan, score=replace(report.score, probability=math.nan))
    with gzip.open(write(tmp_path / "reports.jsonl.gz", [report, unscored])) as lines:
        read = [json.loads(line) for line in lines]
    for line in read:
        Draft202012Validator(schemas()["report"]).validate(line)
    assert (None, None) == (read[1]["intercept"], read[1]["score"]["probability"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no reports are stored here; name a folder that `adscreen score` wrote"),
        (b"{}", "the stored reports are damaged; score the recordings again"),
        (gzip.compress(b'{"score": {}}\n', mtime=0), "are not of this version of adscreen; score the recordings again"),
        (gzip.compress(b"xylophone\n", mtime=0), "are not of this version of adscreen; score the recordings again"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    """Missing, no gzip, another record or no JSON: what, where and the remedy, without what was said."""
    if content is not None:
        (tmp_path / "reports.jsonl.gz").write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        list(read_reports(tmp_path / "reports.jsonl.gz"))
    assert "xylophone" not in str(caught.value)
    assert 1 == len(str(caught.value).splitlines())
