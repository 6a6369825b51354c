"""A page from the cache is the page that would be made, and is made anew for another report or other neighbours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adscreen.report.recording import cached_pages
from adscreen.report.recording.cached_pages import keep_pages
from adscreen.report.recording.pages import render_recording
from adscreen.scoring.recording_report import RecordingReport


def test_pages_are_made_once(
    make_report: Callable[..., RecordingReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time nothing is laid out; a changed number, name or neighbour is."""
    made: list[str] = []

    def count(report: RecordingReport, *, previous: str | None = None, next: str | None = None) -> str:
        made.append(report.score.recording_id)
        return render_recording(report, previous=previous, next=next)

    monkeypatch.setattr(cached_pages, "render_recording", count)
    render = keep_pages(tmp_path / "cache")
    reports = [make_report(), make_report(probability=0.2), make_report(recording_id="=ü<b>")]
    for _ in range(2):
        for report in reports:
            assert render_recording(report, previous="a.html") == render(report, previous="a.html")
    assert 3 == len(made)
    assert render_recording(reports[0], next="b.html") == render(reports[0], next="b.html")
    assert 4 == len(made)
