"""The page of a validation says that a frozen model was tested, and shows nothing of folds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from adscreen.evaluation.frozen_certificate import certify_frozen
from adscreen.metrics import Interval
from adscreen.report.evaluation.contents import (
    Abstention,
    EvaluationReport,
    FrozenModel,
    NamedPredictiveValue,
    PredictiveValue,
    Recalibration,
)
from adscreen.report.evaluation.frozen_results import conclude_frozen
from adscreen.report.evaluation.page import render_report

NAN = float("nan")
FIGURE = Interval(0.8, 0.7, 0.9)
FROZEN = FrozenModel(
    model="2fcdd98b0044",
    threshold=0.6,
    recordings=46,
    scored=41,
    not_scored=3,
    in_training=2,
    labels={"HC": "control", "AD": "case"},
    predictive_values=(
        NamedPredictiveValue("recording", "cohort", PredictiveValue(0.512, FIGURE, FIGURE), 21, 20),
        NamedPredictiveValue("recording", "named", PredictiveValue(0.1, Interval(0.21, 0.1, 0.4), FIGURE), 21, 20),
    ),
    abstentions=(
        Abstention("sensitivity", FIGURE, Interval(0.68, 0.5, 0.8)),
        Abstention("specificity", FIGURE, FIGURE),
    ),
    recalibrations=(
        Recalibration("intercept", FIGURE, Interval(1.0, NAN, NAN), (0.2, 0.19), (0.7, 0.6), (0.8, 0.9), 4, ""),
        Recalibration("intercept_and_slope", *[Interval(NAN, NAN, NAN)] * 2, *[(0.2, NAN)] * 3, 0, "no fit is finite"),
    ),
)


@pytest.fixture
def report(ran: SimpleNamespace) -> EvaluationReport:
    """The report of the small evaluation, as if one frozen model had been tested."""
    first: Any = replace(ran.report.protocols[0], protocol="validate", apparent=(), learning=(), repeats=1)
    methods = tuple(one for one in first.methods if one.kind == "ours")
    measures = methods[0].measures | {"observed_minus_expected": Interval(-0.1, -0.2, -0.01)}
    main = replace(first, methods=(replace(methods[0], title="Frozen model", measures=measures),))
    summary = conclude_frozen(main, FROZEN, positive="case", negative="control")
    certificate = certify_frozen(ran.table, tested=41, left_out=2)
    return replace(
        ran.report, protocols=(main,), gaps=(), absent=(), summary=summary, certificate=certificate, frozen=FROZEN
    )


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
    assert "10% as named" in text
    assert "21 results" in text
    assert "41 recordings have a score, 3 have none" in text
    assert "Not applied." in text
    assert "4 of 41" in text
    assert "Intercept and slope: cannot be fitted, no fit is finite." in text


def test_in_short_says_what_the_figures_are_of(report: EvaluationReport) -> None:
    """The threshold, the direction of miscalibration, the prevalence and who has no score are in the sentences."""
    summary = " ".join(report.summary)
    assert "On this cohort the frozen model distinguishes “case” from “control”" in summary
    assert "at its own threshold (0.60)" in summary
    assert "−0.100 (−0.200 to −0.010) (probabilities are too high)" in summary
    assert "Where 10% are “case” (the prevalence that was named), the positive predictive value is 0.210" in summary
    assert "3 of 44 recordings have no score. If each counted as a wrong result, sensitivity would be 0.680" in summary
    assert "2 recordings of subjects who were in training are left out of every figure." in summary
