"""What is said of results behind the main ones: what stands out, and that the rest is inconclusive."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from adscreen.metrics import NO_INTERVAL, Interval
from adscreen.report.evaluation.contents import GroupDifference, Retest, SitePooling, SiteResult
from adscreen.report.evaluation.judgements import judge_differences, judge_retest, judge_sites
from adscreen.report.evaluation.page import render_report

NAN = math.nan
NONE = Interval(-0.02, -0.1, 0.06)
BELOW = Interval(-0.3, -0.5, -0.1)
MALE = GroupDifference(
    column="sex",
    group="male",
    reference="female",
    negative_subjects=18,
    positive_subjects=19,
    differences={"auc": NONE, "sensitivity": BELOW, "specificity": NONE, "observed_minus_expected": NONE},
    differs=("sensitivity",),
    differs_adjusted=(),
    suppressed="",
)
SMALL = replace(MALE, group="unknown", differences={}, differs=(), suppressed="fewer than 10 subjects of a label")
SITES = SitePooling(
    sites=(
        SiteResult("East", 20, 21, 0.6, Interval(0.8, 0.7, 0.9), ""),
        SiteResult("North", 20, 21, 0.2, Interval(0.7, 0.6, 0.8), ""),
        SiteResult("West", 20, 21, 0.2, Interval(0.7, 0.6, 0.8), ""),
    ),
    mean=Interval(0.75, 0.6, 0.85),
    new_site=Interval(0.75, 0.45, 0.92),
    tau=0.4,
    absent="",
)
RETEST = Retest(
    among="all",
    scale="log_odds",
    subjects=30,
    recordings=62,
    measures={
        "icc": Interval(0.6, 0.5, 0.7),
        "within_sd": Interval(0.5, 0.4, 0.6),
        "minimal_detectable_change": Interval(1.386, 1.1, 1.7),
    },
    absent="",
)


def said(ran: SimpleNamespace, *groups: GroupDifference, comparisons: int) -> str:
    """Return what is said of differences between groups."""
    return judge_differences(replace(ran.report.protocols[0], group_differences=groups, comparisons=comparisons))


def test_a_difference_that_does_not_stand_out_is_inconclusive(ran: SimpleNamespace) -> None:
    """None, one of several before a correction alone, and one after it: each is told apart."""
    assert "this is inconclusive" in said(ran, replace(MALE, differs=()), comparisons=4)
    assert (
        "1 of 4 differences has an interval that leaves out 0; about 0.2 would by chance alone. Corrected for 4 "
        "comparisons, none does: all are inconclusive." == said(ran, MALE, comparisons=4)
    )
    found = said(ran, replace(MALE, differs_adjusted=("sensitivity",)), comparisons=4)
    assert "1 still does: Sensitivity of male minus female −0.300 (−0.500 to −0.100). All others are inconc" in found
    assert "nothing is compared" in said(ran, SMALL, comparisons=0)


def test_a_new_site_may_be_worse_than_chance() -> None:
    """The mean, the range of a new site and whether chance is inside it; without pooling the reason alone."""
    told = judge_sites(SITES)
    assert "Over 3 sites the mean AUC is 0.750 (0.600 to 0.850)." in told
    assert "between 0.450 and 0.920 with a probability of 95%; chance, 0.5, is inside that range" in told
    assert "chance" not in judge_sites(replace(SITES, new_site=Interval(0.75, 0.6, 0.92)))
    assert "The sites are not pooled: too few." == judge_sites(replace(SITES, absent="too few"))


def test_the_detectable_change_is_told_in_odds() -> None:
    """1.386 on the log-odds is a factor of 4; without figures the reason is given."""
    assert "the odds change by a factor of 4." in judge_retest((RETEST,))
    assert "No agreement of visits is given: too few." == judge_retest(
        (replace(RETEST, measures={}, absent="too few"),)
    )


def test_the_page_shows_groups_sites_and_visits(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> None:
    """Each has its section, with the figures and the reasons where there is none; nothing is left open."""
    first = replace(
        ran.report.protocols[0], group_differences=(MALE, SMALL), comparisons=4, sites=SITES, retest=(RETEST,)
    )
    page = read_page(render_report(replace(ran.report, protocols=(first,))))
    assert [] == page.faults
    text = page.section("detail").text
    for words in (
        "Sex minus female",
        "−0.300 −0.500 to −0.100",
        "not shown: fewer than 10 subjects of a label",
        "Mean over sites 0.750 0.600 to 0.850",
        "A new site 0.450 to 0.920",
        "all 30 / 62 0.600 0.500 to 0.700",
        "Sensitivity at a fixed specificity, by subject",
    ):
        assert words in text


def test_sites_that_are_not_pooled_are_listed(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> None:
    """With the reason, and no mean."""
    small = replace(SITES.sites[0], auc=NO_INTERVAL, weight=NAN, absent="fewer than 10 subjects of a label")
    alone = replace(SITES, sites=(small, *SITES.sites[1:]), mean=NO_INTERVAL, new_site=NO_INTERVAL, absent="too few")
    first = replace(ran.report.protocols[0], sites=alone)
    text = read_page(render_report(replace(ran.report, protocols=(first,)))).section("detail").text
    assert "The sites are not pooled: too few." in text
    assert "Mean over sites" not in text


@pytest.mark.parametrize("number", [0, 1])
def test_each_level_is_named(ran: SimpleNamespace, read_page: Callable[[str], Any], number: int) -> None:
    """Two visits each: ``subject`` leads by subject, ``paper`` by recording; the other level stands beside."""
    result = ran.report.protocols[number]
    expected = ("subject", "recording")[number]
    assert expected == result.level
    assert result.other_level is not None
    text = read_page(render_report(replace(ran.report, protocols=(result,), gaps=()))).visible
    first, second = (f"By {name}" for name in sorted(("subject", "recording"), key=lambda name: name != expected))
    assert f"adscreen {first} SD over repeats {second}" in text
