"""The page of a validation says that a frozen model was tested, and shows nothing of folds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adscreen.report.evaluation.contents import (
    EvaluationReport,
)
from adscreen.report.evaluation.page import render_report


@pytest.fixture
def report(frozen_report: EvaluationReport) -> EvaluationReport:
    """The report of a validation."""
    return frozen_report


def test_the_page_is_that_of_a_frozen_model(report: EvaluationReport, read_page: Callable[[str], Any]) -> None:
    """It is well formed, its links lead somewhere, and it has no word on folds, repeats or a learning curve."""
    html = render_report(report)
    page = read_page(html)
    assert [] == page.faults
    ids = {one.attributes.get("id") for one in page.elements}
    links = {one.attributes["href"].removeprefix("#") for one in page.all("a")}
    assert set() == links - ids
    text = " ".join(page.section(name).text for name in ("performance", "frozen", "detail", "certificate", "limits"))
    assert "protocol validate" in " ".join(text.split())
    for absent in ("each fold", "Would more subjects help?", "SD over repeats", "AUC of made-up labels", "nan"):
        assert absent not in text, absent


def test_the_page_says_what_stands_beside_the_figures(
    report: EvaluationReport, read_page: Callable[[str], Any]
) -> None:
    """Predictive values with the number of results, abstentions as wrong results, and a recalibration not applied."""
    text = " ".join(read_page(render_report(report)).section("frozen").text.split())
    assert "10% as you gave" in text
    assert "21 results" in text
    assert "41 recordings scored, 3 without a score" in text
    assert "Not applied." in text
    assert "4 of 41" in text
    assert "Intercept and slope: cannot be fitted, no fit is finite." in text


def test_in_short_says_what_the_figures_are_of(report: EvaluationReport) -> None:
    """The threshold of subjects, the direction of miscalibration, the prevalence and who has no score are in it."""
    summary = " ".join(report.summary)
    assert "On this cohort, each subject counted once, the frozen model distinguishes “case” from “control”" in summary
    assert "at its own threshold (0.55)" in summary
    assert "−0.100 (−0.200 to −0.010); probabilities are too high." in summary
    assert "Where 10% are “case” (the prevalence you gave), the positive predictive value is 0.210" in summary
    assert (
        "3 of 44 recordings have no score. If each counted as a wrong result, sensitivity by recording would be 0.680"
        in summary
    )
    assert "Every figure leaves out 2 recordings of training subjects." in summary


def test_a_lock_that_does_not_hold_stands_before_every_figure(frozen_report: EvaluationReport, read_page: Any) -> None:
    """What changed, the primary measure and that labels were known; a report without a lock has no such section."""
    html = render_report(frozen_report)
    page = read_page(html)
    assert page.faults == []
    text = page.section("lock").text
    for said in ("The lock does not hold", "3 transcripts changed", "AUC by subject, 0.800", "already had labels"):
        assert said in text
    assert "on 2026-12-01 12:37 UTC" in text
    assert html.index('id="lock"') < html.index('id="summary"')
    assert not read_page(render_report(replace(frozen_report, lock=None))).has_section("lock")
