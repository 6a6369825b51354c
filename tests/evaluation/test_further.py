"""What stands behind the main tables: visits that agree, curves, fixed rates, groups of people, sites."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adscreen.estimator.study import StudySettings
from adscreen.evaluation.fairness import compare_groups, leaves_out_zero
from adscreen.evaluation.levels import leading_level
from adscreen.evaluation.operating_points import find_operating_points
from adscreen.evaluation.results import ADSCREEN, LEVELS, FoldResult, Protocol
from adscreen.evaluation.retest import measure_retest
from adscreen.evaluation.site_pooling import pool_over_sites
from adscreen.evaluation.smooth_calibration import POINTS, smooth_curves
from adscreen.evaluation.summary import Folds
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Interval
from adscreen.metrics.pooling import pool_sites

Draw = Callable[..., Folds]
STUDY = StudySettings()


@pytest.fixture(scope="module")
def draw() -> Draw:
    """Return folds of invented scores: ``draw(subjects, visits=..., effect=..., protocol=..., order=..., **columns)``.

    ``effect`` moves the log-odds of cases, every second subject; a column is a function of the subject's number.
    """

    def make(
        subjects: int,
        *,
        visits: Callable[[int], int] = lambda number: 1,
        effect: Callable[[int], float] = lambda number: 1.5,
        protocol: Protocol = "subject",
        folds: int = 4,
        reverse: bool = False,
        **columns: Callable[[int], Any],
    ) -> Folds:
        rng = np.random.default_rng(7)
        lines, odds, fold_of = [], [], []
        for number in range(subjects):
            person = rng.normal()
            for visit in range(visits(number)):
                label = "case" if number % 2 else "control"
                own = {name: give(number) for name, give in columns.items()}
                name = f"S{number:03d}"
                lines.append({"recording_id": f"{name}_{visit}", "subject_id": name, "label": label} | own)
                odds.append(person + rng.normal() * 0.7 + (number % 2 - 0.5) * 2 * effect(number))
                fold_of.append(number // 2 % folds)
        order = np.arange(len(lines))[:: -1 if reverse else 1]
        frame = pd.DataFrame(lines).iloc[order].reset_index(drop=True)
        inputs = pd.DataFrame({"words": [10.0] * len(lines)})
        table = FeatureTable(frame, inputs, pd.DataFrame({"recording_id": []}), {}, ("control", "case"))
        scores, own_fold = 1 / (1 + np.exp(-np.array(odds)[order])), np.array(fold_of)[order]
        every = np.arange(len(lines))
        results = [
            FoldResult(
                method=ADSCREEN,
                repeat=0,
                fold=fold,
                training=every[own_fold != fold],
                rows=table.canonical_order()[own_fold[table.canonical_order()] == fold],
                probabilities=scores[table.canonical_order()[own_fold[table.canonical_order()] == fold]],
                threshold=0.5,
                settings={},
            )
            for fold in range(folds)
        ]
        return Folds(protocol, results, table, STUDY)

    return make


def twice(number: int) -> int:
    """Two visits."""
    return 2


# The level that leads


@pytest.mark.parametrize(
    ("visits", "protocol", "level"),
    [(1, "subject", "recording"), (2, "subject", "subject"), (2, "paper", "recording"), (2, "validate", "subject")],
)
def test_subjects_lead_where_they_have_several_visits(draw: Draw, visits: int, protocol: Any, level: str) -> None:
    """One visit each: the recording. Several: the subject, but under the published protocol, which separates them."""
    assert level == draw(12, visits=lambda number: visits, protocol=protocol).leading


def test_results_by_subject_that_do_not_exist_do_not_lead() -> None:
    """Where a label has no subject of its own, recordings lead."""
    assert "recording" == leading_level(np.array(["a", "a"]), ("recording",), protocol="subject")
    assert "subject" == leading_level(np.array(["a", "a"]), LEVELS, protocol="subject")


# Agreement of visits


def test_visits_agree_as_far_as_they_were_made_to(draw: Draw) -> None:
    """Subjects with SD 1 and visits with SD 0.7 around them: within a label the ICC is about 1 / 1.49 = 0.67."""
    rows = measure_retest(draw(120, visits=lambda number: 2 + number % 3))
    found = {(row.among, row.scale, row.measure): row for row in rows}
    for label in ("control", "case"):
        icc, within = found[label, "log_odds", "icc"], found[label, "log_odds", "within_sd"]
        assert icc.low < 1 / 1.49 < icc.high
        assert within.low < 0.7 < within.high
        assert 60 == icc.subjects
    assert found["all", "log_odds", "icc"].value > found["case", "log_odds", "icc"].value
    change, within = (found["all", "probability", name] for name in ("minimal_detectable_change", "within_sd"))
    assert change.value == pytest.approx(1.96 * math.sqrt(2) * within.value)


def test_single_visits_have_no_agreement(draw: Draw) -> None:
    """Nine subjects with two visits are too few; a subject with one does not count."""
    rows = measure_retest(draw(40, visits=lambda number: 1 + (number < 9)))
    assert {"fewer than 10 subjects with several visits in a fold"} == {row.absent for row in rows}
    assert [9, 18] == [rows[0].subjects, rows[0].recordings]
    assert all(math.isnan(row.value) for row in rows)


def test_the_published_protocol_has_no_agreement(draw: Draw) -> None:
    """It splits the visits of a subject: the reason is said."""
    (row,) = measure_retest(draw(40, visits=twice, protocol="paper"))
    assert row.absent.startswith("the visits of a subject are split")


# The smooth calibration curve


def test_the_curve_has_a_band_around_it(draw: Draw) -> None:
    """At both levels: the curve lies inside its band, both inside 0 to 1, and ICI is between 0 and E90."""
    curve, errors = smooth_curves(draw(120, visits=twice))
    assert [("recording", POINTS), ("subject", POINTS)] == [
        (level, sum(row.level == level for row in curve)) for level in LEVELS
    ]
    assert all(0 <= row.low <= row.observed <= row.high <= 1 for row in curve)
    for level in LEVELS:
        found = {row.measure: row for row in errors if row.level == level}
        assert 0 <= found["ici"].low <= found["ici"].value <= found["e90"].value
        assert math.isnan(found["e50"].low)


def test_a_small_cohort_has_no_curve(draw: Draw) -> None:
    """Nine subjects of a label: no curve, and the reason."""
    curve, errors = smooth_curves(draw(18))
    assert [] == curve
    assert {"fewer than 10 subjects of a label"} == {row.absent for row in errors}


# Rates at fixed rates


def test_a_higher_specificity_costs_sensitivity(draw: Draw) -> None:
    """At each level sensitivity falls as the specificity that is held rises; intervals stay within 0 and 1."""
    rows = find_operating_points(draw(120, visits=twice))
    for level in LEVELS:
        own = [row for row in rows if (row.level, row.fixed) == (level, "specificity")]
        assert [0.8, 0.9, 0.95] == [row.at for row in own]
        assert own[0].value > own[1].value > own[2].value
        assert all(0 <= row.low <= row.value <= row.high <= 1 for row in own)


# Groups of people


def test_a_group_that_is_told_worse_stands_out(draw: Draw) -> None:
    """The scores of men say nothing, those of women much: the difference of AUC leaves out 0, corrected as well."""

    def is_man(number: int) -> bool:
        return number // 2 % 3 == 0

    folds = draw(
        240, effect=lambda number: 0.0 if is_man(number) else 3.0, sex=lambda n: "male" if is_man(n) else "female"
    )
    rows = {row.measure: row for row in compare_groups(folds)}
    assert ("male", "female") == (rows["auc"].group, rows["auc"].reference)
    assert rows["auc"].difference == pytest.approx(rows["auc"].own - rows["auc"].of_reference)
    assert rows["auc"].high < 0
    assert (4, True, True) == (rows["auc"].comparisons, rows["auc"].differs, rows["auc"].differs_adjusted)


def test_small_groups_are_not_shown(draw: Draw) -> None:
    """Nine subjects of each label are too few: one row with the reason; a column with one level has no row."""
    rows = compare_groups(draw(100, sex=lambda n: "male" if n < 18 else "female", site=lambda n: "East"))
    (row,) = rows
    assert ("sex", "male", "fewer than 10 subjects of a label", 0) == (
        row.column,
        row.group,
        row.suppressed,
        row.comparisons,
    )
    assert math.isnan(row.difference)


def test_age_is_compared_by_band(draw: Draw) -> None:
    """Each band beside the one with most subjects, in ascending order."""
    rows = compare_groups(draw(120, age=lambda n: (55, 65, 65, 75)[n // 2 % 4]))
    assert [("under 60", "60 to 69"), ("70 to 79", "60 to 69")] == list(
        dict.fromkeys((row.group, row.reference) for row in rows)
    )


def test_many_comparisons_ask_for_more() -> None:
    """The bound that lies 2.2 standard errors from 0 leaves it out alone, not among ten comparisons (2.81)."""
    found = Interval(2.2, 2.2 - 1.96, 2.2 + 1.96)
    assert [True, False] == [leaves_out_zero(found, count) for count in (1, 10)]
    assert leaves_out_zero(Interval(-2.9, -2.9 - 1.96, -2.9 + 1.96), 10)
    assert not leaves_out_zero(Interval(0.3, math.nan, math.nan), 1)


# Sites


def test_sites_are_pooled_with_a_range_for_a_new_one(draw: Draw) -> None:
    """Four sites: weights add up to 1, the mean lies inside its interval, and a new site's range is wider."""
    folds = draw(240, visits=lambda number: 1 + number % 2, site=lambda n: "ABCD"[n // 2 % 4])
    rows = pool_over_sites(folds)
    sites, (pooled, new) = rows[:4], rows[4:]
    assert [*"ABCD"] == [row.site for row in sites]
    assert 1 == pytest.approx(sum(row.weight for row in sites))
    assert new.low < pooled.low < pooled.auc < pooled.high < new.high
    logits = np.log([row.auc / (1 - row.auc) for row in sites])
    errors = [(math.log(r.high / (1 - r.high)) - math.log(r.low / (1 - r.low))) / 2 / 1.96 for r in sites]
    by_hand = pool_sites(logits, np.array(errors))
    assert pooled.auc == pytest.approx(1 / (1 + math.exp(-by_hand.mean.value)), abs=0.01)
    assert 240 == sum(row.negative_subjects + row.positive_subjects for row in sites)


def test_too_few_sites_are_not_pooled(draw: Draw) -> None:
    """Two large sites and a small one: the reason is said, and the AUC of each large one is there."""
    rows = pool_over_sites(draw(120, site=lambda n: "small" if n < 10 else "AB"[n // 2 % 2]))
    assert "fewer than 10 subjects of a label" == rows[2].absent
    assert "fewer than 3 sites with 10 subjects of each label" == rows[-1].absent
    assert all(math.isfinite(row.auc) for row in rows[:2])
    assert math.isnan(rows[-1].auc)


def test_a_perfect_site_is_not_left_out_in_silence(draw: Draw) -> None:
    """An AUC of 1 has no standard error; pooling the others would hide it, so nothing is pooled."""
    effect = {"A": 50.0}
    folds = draw(160, effect=lambda n: effect.get("ABCD"[n // 2 % 4], 0.5), site=lambda n: "ABCD"[n // 2 % 4])
    assert pool_over_sites(folds)[-1].absent.startswith("at A the AUC is 0 or 1")


def test_one_site_is_no_table(draw: Draw) -> None:
    """With one site, or none named, nothing is written."""
    assert [] == pool_over_sites(draw(40, site=lambda n: "A"))
    assert [] == pool_over_sites(draw(40))


def test_the_order_of_the_rows_changes_nothing(draw: Draw) -> None:
    """The table upside down gives the same rows."""
    columns: dict[str, Any] = {"sex": lambda n: "male" if n // 2 % 2 else "female", "site": lambda n: "ABC"[n // 2 % 3]}
    one, other = (draw(120, visits=twice, reverse=reverse, **columns) for reverse in (False, True))
    assert repr(measure_retest(one)) == repr(measure_retest(other))
    for find in (compare_groups, pool_over_sites, find_operating_points, smooth_curves):
        assert repr(find(one)) == repr(find(other))
