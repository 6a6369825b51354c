"""The pages of an evaluation and of a validation in a real browser, with whatever fonts the reader has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adscreen.auditing.finding import Finding
from adscreen.report.evaluation.contents import EvaluationReport
from adscreen.report.evaluation.page import render_report

pytestmark = pytest.mark.browser


FINDINGS = (
    Finding("error", "2 recordings of different subjects hold the same speech", where="transcripts", remedy="drop one"),
    Finding("warning", "task: predicts the label of unseen subjects by itself, AUC 0.636", where="task"),
    Finding("note", "22 subjects with 1.91 recordings each", where="subject_id", remedy="use `--protocol subject`"),
)


@pytest.fixture(scope="module")
def paths(
    ran: SimpleNamespace, frozen_report: EvaluationReport, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The pages of the small evaluation, with what its checks found, and of a validation, on disk."""
    folder = tmp_path_factory.mktemp("evaluation")
    reports = {"evaluation": replace(ran.report, findings=FINDINGS), "validation": frozen_report}
    for kind, report in reports.items():
        (folder / f"{kind}.html").write_text(render_report(report), encoding="utf-8")
    return {kind: folder / f"{kind}.html" for kind in reports}


KINDS = ("evaluation", "validation")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [360, 400, 740, 768, 900, 1280])
def test_the_page_is_no_wider_than_the_screen(family_tab: Any, paths: dict[str, Path], kind: str, width: int) -> None:
    """With every part opened; a table of numbers may scroll in its own box."""
    family_tab.open(paths[kind], width=width)
    assert width >= family_tab.measure_width()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(
    tab: Any, paths: dict[str, Path], axe: str, kind: str, scheme: str, width: int
) -> None:
    """By axe-core, in both colour schemes, on a phone and on a desk; the checks and the frozen model are there."""
    tab.open(paths[kind], scheme=scheme, width=width)
    section = {"evaluation": "checks", "validation": "frozen"}[kind]
    assert tab.run(f"document.querySelector('section[aria-labelledby={section}]') !== null")
    faults, passes = tab.find_faults(axe)
    assert [] == faults
    assert passes > 15
