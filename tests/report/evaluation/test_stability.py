"""The page says whether the cohort is large enough, and how far its figures depend on people and cleaning."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from adscreen.evaluation.results import ADSCREEN, TFIDF
from adscreen.evaluation.stability_rows import CleaningRow, ForecastRow, InstabilityRow, SampleSizeRow
from adscreen.metrics import Interval
from adscreen.report.evaluation.contents import LearningPoint
from adscreen.report.evaluation.figures import draw_instability, draw_learning
from adscreen.report.evaluation.page import render_report
from adscreen.report.evaluation.stability import CLEANING_TITLES, summarise_stability
from adscreen.report.evaluation.stability_contents import Stability
from adscreen.speech import CLEANINGS

NAN = math.nan


def size(counted: str, criterion: str, needed: float, reason: str = "") -> SampleSizeRow:
    """Return a criterion of a cohort of 50 subjects."""
    about = ("subject", ADSCREEN, counted, 5 if counted == "members" else 104, 0.712, 0.5, "development", criterion)
    return SampleSizeRow(*about, "an aim", needed, 50, needed <= 50, reason)


SIZES = [
    size(*one)
    for one in (
        ("members", "shrinkage", 40),
        ("members", "risk", 385),
        ("columns", "shrinkage", 4000),
        ("columns", "risk", 385),
    )
]
FORECAST = [
    ForecastRow("subject", ADSCREEN, factor, 40 * factor, 0.8 + factor / 100, 0.7, 0.9, 0.88, 1.0, 0.7, "")
    for factor in (1.0, 1.5, 2.0, 4.0)
]
REFUSED = ForecastRow("subject", TFIDF, *[NAN] * 8, "the AUC does not rise")
INSTABILITY = [
    InstabilityRow(
        "subject", ADSCREEN, f"R{n}", f"S{n}", "case", 50, n / 10, n > 4, n / 12, n / 11, n / 10 + 0.05, e, c
    )
    for n, e, c in ((1, 0.02, 0.0), (4, 0.10, 0.06), (6, 0.18, 0.24), (9, 0.10, 0.1))
]


def cleaning(name: str, value: float, difference: tuple[float, float, float], **other: Any) -> CleaningRow:
    """Return the AUC of the evaluated method under a cleaning."""
    about: dict[str, Any] = {"protocol": "subject", "method": ADSCREEN, "cleaning": name, "main": name == "spoken"}
    nothing = dict.fromkeys(("cluster_low", "cluster_high", "difference_cluster_low", "difference_cluster_high"), NAN)
    named = dict(zip(("difference", "difference_low", "difference_high"), difference, strict=True))
    about |= {"words": 1234, "changed": 3, "measure": "auc", "value": value, "low": 0.6, "high": 0.9, "reason": ""}
    return CleaningRow(**about | nothing | named | other)


CLEANED = [
    cleaning("spoken", 0.78, (NAN, NAN, NAN)),
    cleaning("fluent", 0.81, (0.03, 0.01, 0.05)),
    cleaning("spoken_without_fillers", 0.74, (-0.04, -0.09, 0.01)),
    cleaning("spoken_with_targets", NAN, (NAN, NAN, NAN), low=NAN, high=NAN, reason="no recording has other words"),
]


def summarise(protocol: str = "subject", **rows: list[Any]) -> Stability:
    """Return what is said of tables of these rows."""
    frames = {name: pd.DataFrame([asdict(row) for row in own]) for name, own in rows.items()}
    return summarise_stability(frames, protocol, main=ADSCREEN)


OTHERS = [replace(row, measure=name) for row in CLEANED if not row.reason for name in ("sensitivity", "specificity")]
EVERYTHING = summarise(
    sample_size=SIZES, learning_forecast=[*FORECAST, REFUSED], instability=INSTABILITY, cleaning=[*CLEANED, *OTHERS]
)


def test_without_tables_nothing_is_said() -> None:
    """No table, an empty one or that of another protocol gives an empty record."""
    assert Stability() == summarise() == summarise(sample_size=[]) == summarise("paper", sample_size=SIZES)


def test_the_criteria_that_are_met_are_counted() -> None:
    """By each count of parameters; where nothing follows, the reason stands instead."""
    assert EVERYTHING.size is not None
    told = "If the AUC is 0.712 and 50% are cases, this cohort meets 1 of 2 criteria with 5 members and 0 of 2 criteria"
    assert EVERYTHING.size.sentence.startswith(told)
    assert [40.0, 4000.0] == [need.subjects for need in EVERYTHING.size.criteria[0].needs]
    refused = summarise(sample_size=[size("members", "risk", NAN, "the AUC has no interval")])
    assert refused.size is not None
    assert refused.size.sentence.endswith("the AUC has no interval.")


def test_a_forecast_is_told_or_refused() -> None:
    """The sentence has the AUC at 1.5, 2 and 4 times the groups; a refusal says why."""
    ours, words = EVERYTHING.forecasts
    assert "0.820 (0.700 to 0.900) with 2 times the training groups (80)" in ours.sentence
    assert ours.sentence.endswith("The curve rises towards 0.880.")
    assert ("Words alone (TF-IDF): no forecast, the AUC does not rise.", ()) == (words.sentence, words.points)


def test_instability_is_summed_up() -> None:
    """Mean and 90th percentile of the persons' differences, and who changes sides: by hand."""
    found = EVERYTHING.instability
    assert found is not None
    assert (0.1, 0.156, 0.1, 0.25) == pytest.approx((found.mean_error, found.high_error, found.changed, found.often))
    assert 50 == found.models


def test_the_spread_over_cleanings_is_told() -> None:
    """The least and the greatest AUC, and which differ conclusively from the main one."""
    assert EVERYTHING.cleaning is not None
    told = EVERYTHING.cleaning.sentence
    assert "between 0.740 (as spoken, without fillers) and 0.810 (fluent" in told
    assert told.endswith("Distinguishable from the main one: fluent: no fillers, fragments or repeats; targets put in.")
    alone = summarise(cleaning=[CLEANED[0], CLEANED[3]])
    assert alone.cleaning is not None
    assert "No other cleaning changes what is read." == alone.cleaning.sentence


def test_every_cleaning_has_a_title() -> None:
    """None is shown by the name in tables."""
    assert CLEANINGS.keys() == CLEANING_TITLES.keys()


@pytest.fixture
def page(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> Any:
    """The page of the small evaluation, as if all of this had been asked for."""
    first = replace(ran.report.protocols[0], stability=EVERYTHING, learning=LEARNING)
    return read_page(render_report(replace(ran.report, protocols=(first, *ran.report.protocols[1:]))))


LEARNING = tuple(
    LearningPoint(ADSCREEN, "adscreen", share, 40 * share, Interval(0.6 + share / 4, 0.5, 0.9))
    for share in (0.25, 0.5, 0.75, 1.0)
)


def test_each_part_stands_in_detail(page: Any) -> None:
    """Sentences, tables and drawings are in the section of the protocol, well formed and with unique ids."""
    assert [] == page.faults
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert {"size", "instability", "cleaning"} <= set(ids)
    text = page.section("detail").text
    assert EVERYTHING.size is not None
    for sentence in (
        EVERYTHING.size.sentence,
        EVERYTHING.forecasts[0].sentence,
        EVERYTHING.instability.sentence if EVERYTHING.instability else "",
        EVERYTHING.cleaning.sentence if EVERYTHING.cleaning else "",
    ):
        assert sentence in text
    assert "not evaluated: no recording has other words" in text
    assert "nan" not in text


def test_the_criteria_stand_on_every_page(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> None:
    """Nothing has to be asked for; the rest is absent unless it was."""
    page = read_page(render_report(ran.report))
    ids = {one.attributes.get("id") for one in page.elements}
    assert "size" in ids
    assert not {"instability", "cleaning"} & ids


def test_the_drawings_stay_inside_their_frames(ran: SimpleNamespace) -> None:
    """A forecast adds a dashed line and a band beyond the last point; ranges lie between 0 and 1."""
    result = replace(ran.report.protocols[0], stability=EVERYTHING, learning=LEARNING)
    learning, moved = draw_learning(result), draw_instability(result)
    assert learning is not None
    assert ["band", "forecast", "main"] == [line.kind for line in learning.lines]
    assert "160" == learning.x_ticks[-1].label
    for drawing in (learning, moved):
        for line in drawing.lines:
            found = re.findall(r"[ML]([\d.]+) ([\d.]+)", line.path)
            assert found
            for x, y in found:
                assert drawing.left <= float(x) <= drawing.right
                assert drawing.top <= float(y) <= drawing.bottom
