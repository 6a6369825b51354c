"""The page of an evaluation in a real browser, with whatever fonts the reader has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adscreen.report.evaluation.page import render_report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def path(ran: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the small evaluation on disk."""
    written = tmp_path_factory.mktemp("evaluation") / "report.html"
    written.write_text(render_report(ran.report), encoding="utf-8")
    return written


@pytest.mark.parametrize("width", [360, 400, 740, 768, 900, 1280])
def test_the_page_is_no_wider_than_the_screen(family_tab: Any, path: Path, width: int) -> None:
    """With every part opened; a table of numbers may scroll in its own box."""
    family_tab.open(path, width=width)
    assert width >= family_tab.measure_width()
