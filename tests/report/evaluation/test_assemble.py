"""The report holds what the tables hold, figure by figure, and leaves to a person what a run cannot know."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from adscreen.evaluation.results import ADSCREEN
from adscreen.metrics import Interval
from adscreen.report.evaluation.checklist import fill_checklist
from adscreen.report.evaluation.conclusions import caution, conclude, main_protocol, written
from adscreen.report.evaluation.contents import Chance
from adscreen.report.evaluation.protocol_results import predictive_values
from adscreen.report.evaluation.tables import interval
from adscreen.studies.schemas import schemas
from adscreen.writing import as_json

CHANCE = Chance((0.45, 0.55), 0.87, 0.5, 0.05, p_value=0.01, shortcuts=3, best="word_count", p_best=0.02, sentence="")


def stated(ran: SimpleNamespace, protocol: str, method: str, measure: str, level: str = "recording") -> pd.Series:
    """Return a row of metrics.csv."""
    rows = ran.frames["metrics"]
    chosen = rows[["protocol", "method", "level", "measure"]].eq([protocol, method, level, measure]).all(axis=1)
    found: pd.Series = rows[chosen].iloc[0]
    return found


def test_every_measure_is_that_of_the_table(ran: SimpleNamespace) -> None:
    """Each method of each protocol has the figures and intervals of metrics.csv."""
    for result in ran.report.protocols:
        for method in result.methods:
            for measure, figure in method.measures.items():
                row = stated(ran, result.protocol, method.method, measure, result.level)
                np.testing.assert_equal(
                    [figure.value, figure.low, figure.high], [row["value"], row["low"], row["high"]]
                )


def test_methods_are_sorted_and_shortcuts_stand_beside(ran: SimpleNamespace) -> None:
    """The best AUC comes first; every method that ran is there, each but adscreen with the difference to it."""
    for result in ran.report.protocols:
        areas = [one.measures["auc"].value for one in result.methods]
        assert sorted(areas, reverse=True) == areas
        assert {"adscreen", "tfidf_baseline", "majority", "word_count", "demographics"} <= {
            one.method for one in result.methods
        }
        assert [one.method for one in result.methods if one.difference is None] == ["adscreen"]


def test_roc_curves_are_one_a_repeat(ran: SimpleNamespace) -> None:
    """The mean of the repeats' curves is that of roc.csv."""
    for result in ran.report.protocols:
        assert result.repeats == len(result.roc)
        own = np.mean([[y for _, y in curve.points] for curve in result.roc], axis=0)
        np.testing.assert_allclose(own, [y for _, y in result.roc_mean.points], atol=1e-9)


def test_the_confusion_matrix_counts_everybody(ran: SimpleNamespace) -> None:
    """By recording its cells add up to the recordings tested in a repeat, by subject to the subjects."""
    subject = ran.report.protocols[0]
    totals = {
        one.level: one.true_positive + one.false_negative + one.false_positive + one.true_negative
        for one in subject.confusion
    }
    assert {"recording": ran.report.recordings, "subject": ran.report.subjects} == totals


def test_suppressed_subgroups_have_no_figure(ran: SimpleNamespace) -> None:
    """A cell of few subjects has its reason and nothing else."""
    groups = ran.report.protocols[0].subgroups
    assert any(one.suppressed for one in groups)
    assert all(bool(one.suppressed) != bool(one.measures) for one in groups)


def test_choices_count_the_folds(ran: SimpleNamespace) -> None:
    """The values of a setting were chosen in as many folds as there are."""
    for result in ran.report.protocols:
        assert result.folds == len(result.fold_choices)
        assert all(result.folds == sum(count for _, count in choice.values) for choice in result.choices)
        assert {"elmo: regularisation C", "doc2vec: Doc2Vec size", "paired: weight"} <= {
            choice.name for choice in result.choices
        }


def test_the_gap_is_the_difference_of_the_stated_areas(ran: SimpleNamespace) -> None:
    """Its value is that of metrics.csv, and its interval holds it."""
    (gap,) = ran.report.gaps
    expected = stated(ran, "paper", ADSCREEN, "auc")["value"] - stated(ran, "subject", ADSCREEN, "auc")["value"]
    assert pytest.approx(expected) == gap.difference.value
    assert gap.difference.low <= gap.difference.value <= gap.difference.high


def test_clusters_decide_the_interval_where_there_are_any() -> None:
    """An interval over clusters is taken before one over subjects."""
    row = pd.Series({"value": 0.8, "low": 0.7, "high": 0.9, "cluster_low": 0.6, "cluster_high": 0.95})
    assert Interval(0.8, 0.6, 0.95) == interval(row)
    assert Interval(0.8, 0.7, 0.9) == interval(row.replace({0.6: math.nan}))


def test_predictive_values_run_from_rare_to_common(ran: SimpleNamespace) -> None:
    """The prevalences are those computed, the rarest first; what is rarer makes a positive worth less."""
    values = predictive_values(ran.report.protocols[0].ours)
    assert [0.02, 0.05, 0.1, 0.2, 0.5] == [one.prevalence for one in values]
    worth = [one.positive.value for one in values]
    assert sorted(worth) == worth


def test_the_summary_says_what_the_figures_say(ran: SimpleNamespace) -> None:
    """In short starts with the protocol that keeps subjects apart, whatever order they ran in."""
    turned = tuple(reversed(ran.report.protocols))
    assert "subject" == main_protocol(turned).protocol
    first = conclude(turned, ran.report.gaps, positive="case", negative="control")[0]
    assert f"{stated(ran, 'subject', ADSCREEN, 'auc', 'subject')['value']:.3f}" in first
    assert any("smaller class has" in caution for caution in ran.report.cautions)


def test_permutations_are_said_to_be_by_recording(ran: SimpleNamespace) -> None:
    """The p-value is of the AUC by recording: where subjects lead, "In short" gives that AUC beside it."""
    main = replace(main_protocol(ran.report.protocols), chance=CHANCE)
    for level, said in (("subject", "By recording, the AUC of 0.870 is above"), ("recording", "That AUC is above")):
        found = conclude([replace(main, level=level)], (), positive="case", negative="control")
        assert f"{said} chance (p = 0.010, from 2 permutations of the labels)." in found


@pytest.mark.parametrize(
    ("p_best", "said"), [(0.059, "alone may predict the label"), (0.02, "alone predicts the label")]
)
def test_a_shortcut_not_shown_to_predict_only_may(ran: SimpleNamespace, p_best: float, said: str) -> None:
    """A caution says no more than "In short": an interval above 0.5 is not corrected for the choice among shortcuts."""
    main = main_protocol(ran.report.protocols)
    area = Interval(0.753, 0.552, 0.883)
    methods = [
        replace(one, measures=one.measures | {"auc": area}) if one.method == "word_count" else one
        for one in main.methods
    ]
    main = replace(main, methods=tuple(methods), chance=replace(CHANCE, p_best=p_best))
    found = caution([main], ran.report.certificate, groups=60, over="subjects", fewest=99)
    assert any(f"Word count {said} (AUC 0.753, 95% interval 0.552 to 0.883)" in line for line in found)


def test_matched_cases_are_told_by_demographics_below_chance(ran: SimpleNamespace) -> None:
    """Where age and sex predict worse than chance, the report says why, and what to do; where they do not, nothing."""
    main = main_protocol(ran.report.protocols)

    def told(area: Interval) -> list[str]:
        methods = [
            replace(one, measures=one.measures | {"auc": area}) if one.method == "demographics" else one
            for one in main.methods
        ]
        found = caution(
            [replace(main, methods=tuple(methods))], ran.report.certificate, groups=20, over="subjects", fewest=99
        )
        return [line for line in found if "worse than chance" in line]

    (line,) = told(Interval(0.36, 0.28, 0.44))
    assert "(AUC 0.360, 95% interval 0.280 to 0.440)" in line
    assert "name the pairs in a column `match`" in line
    assert [] == told(Interval(0.45, 0.38, 0.52))


@pytest.mark.parametrize(
    ("slope", "said"),
    [
        (Interval(math.nan, math.nan, math.nan), []),
        (Interval(1.4, math.nan, math.nan), []),
        (Interval(1.4, 0.9, 2.0), []),
        (
            Interval(1.4, 1.1, 2.0),
            ["too cautious (calibration slope 1.400, 95% interval 1.100 to 2.000)"],
        ),
        (
            Interval(0.6, 0.4, 0.9),
            ["too extreme (calibration slope 0.600, 95% interval 0.400 to 0.900)"],
        ),
    ],
)
def test_a_slope_is_judged_by_its_interval_alone(ran: SimpleNamespace, slope: Interval, said: list[str]) -> None:
    """A slope that is missing, or has no interval, is neither too cautious nor too extreme."""
    main = main_protocol(ran.report.protocols)
    methods = [
        replace(one, measures=one.measures | {"calibration_slope": slope}) if one is main.ours else one
        for one in main.methods
    ]
    found = caution(
        [replace(main, methods=tuple(methods))], ran.report.certificate, groups=20, over="subjects", fewest=99
    )
    assert [f"Probabilities are {one}." for one in said] == [line for line in found if "Probabilities" in line]


def test_no_predictive_value_is_a_headline(ran: SimpleNamespace) -> None:
    """Nobody chose a prevalence, so the summary sends to the table of several, and gives none of their figures."""
    summary = " ".join(ran.report.summary)
    assert "see the table of predictive values" in summary
    for one in main_protocol(ran.report.protocols).predictive_values:
        for figure in (one.positive, one.negative):
            assert written(figure) not in summary
    assert "PPV" not in summary


def test_the_report_satisfies_its_schema(ran: SimpleNamespace) -> None:
    """report.json and certificate.json are what the schemas say."""
    known = schemas()
    for name, record in (("evaluation_report", ran.report), ("certificate", ran.report.certificate)):
        Draft202012Validator(known[name]).validate(json.loads(as_json(asdict(record))))


def test_no_digest_and_no_path_is_in_the_report(ran: SimpleNamespace) -> None:
    """Digests of transcripts and folders of this machine are nobody's business."""
    text = as_json(asdict(ran.report))
    assert str(ran.settings["manifest"].parent) not in text
    assert not any(digest in text for digest in ran.table.provenance["transcripts"].values() if digest)


def test_the_checklist_has_the_27_items() -> None:
    """TRIPOD+AI counts 27 items; each part is there once, and its topic is stated."""
    items = fill_checklist(())
    assert set(range(1, 28)) == {int("".join(filter(str.isdigit, one.item))) for one in items}
    assert len(items) == len({one.item for one in items})
    assert all(one.topic and one.section for one in items)


def test_what_a_run_does_not_hold_is_left_to_a_person() -> None:
    """Without sites, subgroups and so on, items that need them are answered by nobody but a person."""
    bare = {one.item: one for one in fill_checklist(())}
    full = {one.item: one for one in fill_checklist({"site", "subgroups", "size", "external"})}
    assert ("person", "") == (bare["14"].answered, bare["14"].anchor)
    assert ("partly", "subgroups") == (full["14"].answered, full["14"].anchor)
    assert all(bool(one.anchor) == (one.answered != "person") for one in full.values())


def test_what_items_need_can_be_held() -> None:
    """No item waits for something that no run ever holds."""
    import tomllib

    content = tomllib.loads(files("adscreen.report.evaluation").joinpath("tripod.toml").read_text(encoding="utf-8"))
    assert {"site", "subgroups", "size", "external"} == {one["needs"] for one in content["item"] if "needs" in one}
