"""PROBAST+AI beside TRIPOD+AI: all 34 questions, answered where the run proves it and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from adscreen.evaluation.results import FlowRow
from adscreen.metrics import Interval
from adscreen.report.evaluation.contents import EvaluationReport
from adscreen.report.evaluation.lock_contents import LockOutcome, PrimaryResult
from adscreen.report.evaluation.page import render_report, write_report
from adscreen.report.evaluation.probast import fill_probast
from adscreen.report.evaluation.stability_contents import Need, SizeCriterion, SizeJudgement, Stability

NAN = float("nan")
NUMBERS = {  # Moons et al. 2025: 16 questions on development, 18 on evaluation, by domain
    "development": {"1": 3, "2": 4, "3": 4, "4": 5},
    "evaluation": {"1": 3, "2": 4, "3": 4, "4": 7},
}


def answers(report: EvaluationReport) -> dict[str, str]:
    """Return the answer to each question, by part and number."""
    return {f"{one.part} {one.item}": one.answer for one in fill_probast(report)}


def with_main(report: EvaluationReport, **changes: Any) -> EvaluationReport:
    """Return the report with another first protocol."""
    return replace(report, protocols=(replace(report.protocols[0], **changes), *report.protocols[1:]))


def test_every_question_is_there_once(ran: SimpleNamespace) -> None:
    """The counts are those of the tool; every one says what it stands on or what a person has to tell."""
    items = ran.report.probast
    counted = {part: {str(n): 0 for n in range(1, 5)} for part in NUMBERS}
    for one in items:
        counted[one.part][one.item[0]] += 1
    assert NUMBERS == counted
    assert len(items) == len({(one.part, one.item) for one in items})
    assert all(one.left if one.answer == "no information" else one.evidence for one in items)


def test_what_the_run_proves_is_answered(ran: SimpleNamespace) -> None:
    """Nested folds, certificate, calibration and discrimination; nothing of participants and outcome."""
    found = answers(ran.report)
    assert {"yes"} == {found[f"evaluation 4.{number}"] for number in (1, 4, 5, 6, 7)}
    assert ("yes", "yes") == (found["development 4.4"], found["development 4.5"])
    assert "probably yes" == found["evaluation 4.3"]
    outcome = [answer for number, answer in found.items() if number.split()[1].startswith(("1.", "3."))]
    assert {"no information"} == set(outcome)


def test_a_leak_is_answered_no(ran: SimpleNamespace) -> None:
    """Where only the published protocol was run: speakers on both sides, Doc2Vec fitted on all recordings."""
    paper = replace(ran.report, protocols=ran.report.protocols[1:])
    found = answers(paper)
    assert ("probably no", "no", "no") == tuple(found[f"evaluation 4.{number}"] for number in (1, 5, 6))


def test_recordings_that_are_lost_are_counted(ran: SimpleNamespace) -> None:
    """A recording left out because its transcript could not be read is missing data."""
    flow = (*ran.report.flow, FlowRow("cohort", "unreadable", 2, 1, 1, 0, "no such file"))
    (item,) = [
        one for one in fill_probast(replace(ran.report, flow=flow)) if (one.part, one.item) == ("evaluation", "4.3")
    ]
    assert ("probably no", True) == (item.answer, item.evidence.startswith("2 recordings without a transcript"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"decisions": ()}, "Not measured: net benefit."),
        ({"auc": Interval(0.8, NAN, NAN)}, "Not measured: an interval of the AUC."),
        ({"calibration_slope": Interval(NAN, NAN, NAN)}, "Not measured: the calibration slope."),
    ],
)
def test_what_was_not_measured_is_named(ran: SimpleNamespace, changes: dict[str, Any], expected: str) -> None:
    """Discrimination without an interval, no calibration or no benefit is no full answer."""
    first = ran.report.protocols[0]
    measures = first.ours.measures | {name: value for name, value in changes.items() if name != "decisions"}
    methods = tuple(replace(one, measures=measures) if one is first.ours else one for one in first.methods)
    own = {"methods": methods} | {name: value for name, value in changes.items() if name == "decisions"}
    (item,) = [
        one for one in fill_probast(with_main(ran.report, **own)) if (one.part, one.item) == ("evaluation", "4.7")
    ]
    assert ("probably no", expected) == (item.answer, item.evidence)


@pytest.mark.parametrize(
    ("met", "reason", "expected"),
    [
        (((True, True), (True, True)), "", "yes"),
        (((True, False), (True, True)), "", "probably no"),
        (((True, False), (False, True)), "", "no"),
        (((False, False), (False, False)), "the AUC has no interval", "no information"),
    ],
)
def test_size_is_answered_by_its_criteria(
    ran: SimpleNamespace, met: tuple[tuple[bool, bool], ...], reason: str, expected: str
) -> None:
    """All criteria under both counts of parameters, under one, under none, or no number."""
    criteria = tuple(
        SizeCriterion("development", f"c{n}", "", "", 100, tuple(Need(str(k), 1, 90.0, ok) for k, ok in enumerate(row)))
        for n, row in enumerate(met)
    )
    stability = Stability(size=SizeJudgement(0.7, 0.5, reason, criteria, "Said."))
    assert expected == answers(with_main(ran.report, stability=stability))["development 4.1"]


def test_a_user_s_estimator_is_not_vouched_for(ran: SimpleNamespace) -> None:
    """What its steps do is not known to the run."""
    first = ran.report.protocols[0]
    methods = tuple(replace(one, method="forest") if one is first.ours else one for one in first.methods)
    found = answers(with_main(ran.report, methods=methods))
    assert {"no information"} == {found[f"development 4.{number}"] for number in (2, 4, 5)}


def test_a_validation_has_the_questions_on_evaluation(frozen_report: EvaluationReport) -> None:
    """18 questions; nothing was split or resampled; a lock that holds is evidence of when transcripts were fixed."""
    found = answers(frozen_report)
    assert 18 == len(found)
    assert ("not applicable", "not applicable") == (found["evaluation 4.5"], found["evaluation 4.6"])
    assert ("yes", "no information") == (found["evaluation 4.1"], found["evaluation 4.2"])
    primary = PrimaryResult("auc", "subject", Interval(NAN, NAN, NAN))
    lock = LockOutcome(holds=True, summary="", time="", digest="", labelled=False, items=(), primary=primary)
    for one, expected in ((lock, True), (replace(lock, labelled=True), False), (replace(lock, holds=False), False)):
        items = {item.item: item for item in fill_probast(replace(frozen_report, lock=one))}
        assert expected == ("were locked before" in items["2.3"].evidence)
        assert "no information" == items["2.3"].answer


def test_page_and_table_agree(ran: SimpleNamespace, read_page: Any, tmp_path: Any) -> None:
    """The page has every question with its answer, closed; probast.csv has the same."""
    write_report(ran.report, tmp_path)
    rows = pd.read_csv(tmp_path / "probast.csv", dtype=str, keep_default_na=False)
    assert [one.topic for one in ran.report.probast] == rows["topic"].tolist()
    page = read_page(render_report(ran.report))
    section = page.section("probast")
    assert all(one.topic in section.text and one.left in section.text for one in ran.report.probast)
    answered = sum(one.answer != "no information" for one in ran.report.probast)
    assert f"{answered} of 34 questions answered by this run" in section.text
