"""The page of an evaluation: one file that asks for nothing, shows every section, and escapes what it is given."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adscreen.metrics import Interval
from adscreen.report.evaluation.contents import LearningPoint
from adscreen.report.evaluation.figures import Scale, draw_decisions, draw_learning, draw_roc, scale_of_areas
from adscreen.report.evaluation.page import render_report, write_report

SECTIONS = ("summary", "verdict", "performance", "flow", "cohort", "detail", "certificate", "limits", "tripod")


@pytest.fixture(scope="session")
def page(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> Any:
    """The page of the small evaluation."""
    return read_page(render_report(ran.report))


def test_the_page_is_well_formed_and_has_its_sections(page: Any) -> None:
    """Tags match; every section is there; ids are unique."""
    assert [] == page.faults
    assert all(page.has_section(name) for name in SECTIONS)
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))


def test_the_page_asks_for_nothing(ran: SimpleNamespace, page: Any) -> None:
    """No script, no link to a file, no address is loaded; the policy forbids all but its own style."""
    html = render_report(ran.report)
    assert not any(one.tag in ("script", "link", "img", "iframe") for one in page.elements)
    assert not re.search(r"(?:src|href)=[\"'](?!#)", html)
    assert "url(" not in html
    assert "@import" not in html


def test_every_link_leads_somewhere(page: Any) -> None:
    """The checklist and the navigation point at sections that are on the page."""
    ids = {one.attributes.get("id") for one in page.elements}
    links = [one.attributes["href"] for one in page.elements if one.tag == "a"]
    assert links
    assert [] == [link for link in links if link.removeprefix("#") not in ids]


def test_the_figures_are_on_the_page(ran: SimpleNamespace, page: Any) -> None:
    """The AUC, the certificate's verdicts, the counts of the flow and every method are written out."""
    ours = ran.report.protocols[0].ours
    assert f"{ours.measures['auc'].value:.3f}" in page.section("performance").text
    for one in ran.report.certificate.protocols:
        assert one.verdict in page.section("verdict").text
    assert f"{ran.report.recordings} recordings of {ran.report.subjects} subjects" in page.section("flow").text
    assert all(one.title in page.section("performance").text for one in ran.report.protocols[0].methods)
    assert "not shown: fewer than 10 subjects of a label" in page.section("detail").text


def test_synthetic_research_and_no_diagnosis_are_said(
    ran: SimpleNamespace, page: Any, read_page: Callable[[str], Any]
) -> None:
    """The banner stands on invented data alone; research use stands on every page."""
    assert "SYNTHETIC" in page.visible
    other = read_page(render_report(replace(ran.report, synthetic=False)))
    assert "SYNTHETIC" not in other.visible
    assert all("Research use only. Not a diagnosis." in one.visible for one in (page, other))


def test_drawings_have_words(page: Any) -> None:
    """Each plot that says something has a title for those who cannot see it; the rest is decoration beside a table."""
    drawings = [one for one in page.elements if one.tag == "svg" and one.attributes.get("role") == "img"]
    assert 4 * 2 == len(drawings)
    assert all(any(part.tag == "title" and part.text for part in one.inside) for one in drawings)
    rest = [one for one in page.elements if one.tag == "svg" and one.attributes.get("role") != "img"]
    hidden = [one for one in rest if one.attributes.get("aria-hidden") or one.parents[-2].attributes.get("aria-hidden")]
    assert len(rest) == len(hidden)


def test_what_is_given_is_escaped(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> None:
    """Labels, names of files and conditions are text, whatever they hold."""
    evil = "<script>alert(1)</script>"
    page = read_page(render_report(replace(ran.report, positive=evil, manifest=evil, condition=evil)))
    assert [] == page.faults
    assert not any(one.tag == "script" for one in page.elements)
    assert evil in page.visible


def test_one_protocol_makes_a_page_too(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> None:
    """Without a second protocol there is no gap to explain; without clusters, subgroups or families nothing breaks."""
    alone = replace(ran.report.protocols[1], subgroups=(), families=(), other_level=None, calibration=(), choices=())
    certificate = replace(ran.report.certificate, protocols=ran.report.certificate.protocols[1:])
    page = read_page(render_report(replace(ran.report, protocols=(alone,), gaps=(), certificate=certificate)))
    assert [] == page.faults
    assert "Why the protocols differ" not in page.visible


def test_one_is_singular(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> None:
    """One fold, one recording, one subject, one resample: nowhere a plural of one."""
    report = ran.report
    protocols = tuple(replace(one, folds=1, repeats=1, fold_choices=one.fold_choices[:1]) for one in report.protocols)
    flow = tuple(
        replace(one, recordings=1, subjects=1, negative_subjects=1, positive_subjects=1) for one in report.flow
    )
    alone = replace(report, protocols=protocols, flow=flow, recordings=1, subjects=1, groups=1)
    text = read_page(render_report(alone)).visible
    assert "protocol subject: 1 fold " in text
    assert "1 recording of 1 subject" in text
    wrong = r"(?<![\d.,])1 (folds|repeats|recordings|subjects|clusters|parts|times)\b"
    assert [] == re.findall(wrong, text)


def test_a_figure_without_interval_is_written_alone(ran: SimpleNamespace, read_page: Callable[[str], Any]) -> None:
    """Where every resample gives one value there is no range to show, on the page and in its drawings."""
    bare = {name: Interval(1.0, math.nan, math.nan) for name in ran.report.protocols[0].ours.measures}
    first, *others = ran.report.protocols
    methods = tuple(replace(one, measures=bare) if one is first.ours else one for one in first.methods)
    html = render_report(replace(ran.report, protocols=(replace(first, methods=methods), *others)))
    assert not re.search(r"\bnan\b", html)
    assert "AUC 1.000, no interval." in html
    assert read_page(html).faults == []


def test_the_files_agree(ran: SimpleNamespace, tmp_path: Path) -> None:
    """The JSON and CSV files hold what the page shows; written twice they are the same bytes."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_report(ran.report, tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert ["certificate.json", "checklist.csv", "probast.csv", "report.html", "report.json"] == names
    assert all((tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names)
    content = json.loads((tmp_path / "one" / "report.json").read_text(encoding="utf-8"))
    assert content["certificate"] == json.loads((tmp_path / "one" / "certificate.json").read_text(encoding="utf-8"))
    with (tmp_path / "one" / "checklist.csv").open(encoding="utf-8", newline="") as file:
        assert [item["topic"] for item in content["checklist"]] == [row["topic"] for row in csv.DictReader(file)]


def test_a_roc_curve_runs_from_corner_to_corner(ran: SimpleNamespace) -> None:
    """The mean starts at the origin of the frame and ends at its far corner."""
    drawing = draw_roc(ran.report.protocols[0])
    (main,) = [line for line in drawing.lines if line.kind == "main"]
    assert main.path.startswith(f"M{drawing.left:g} {drawing.bottom:g}")
    assert main.path.endswith(f"L{drawing.right:g} {drawing.top:g}")


def test_lines_stay_inside_their_frame(ran: SimpleNamespace) -> None:
    """No point of a decision curve lies outside the drawing."""
    drawing = draw_decisions(ran.report.protocols[0])
    for line in drawing.lines:
        for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", line.path):
            assert drawing.left <= float(x) <= drawing.right
            assert drawing.top <= float(y) <= drawing.bottom


def test_a_learning_curve_is_drawn_where_it_was_computed(ran: SimpleNamespace) -> None:
    """None without points; with points a line a method and a dot for each of adscreen's."""
    result = ran.report.protocols[0]
    assert draw_learning(result) is None
    points = tuple(
        LearningPoint(method, method, share, 40 * share, Interval(0.6 + share / 4, 0.5, 0.9))
        for method in ("adscreen", "tfidf_baseline")
        for share in (0.25, 0.5, 1.0)
    )
    drawing = draw_learning(replace(result, learning=points))
    assert drawing is not None
    assert (2, 3) == (len(drawing.lines), len(drawing.dots))


@pytest.mark.parametrize(("lowest", "low"), [(0.7, 0.4), (0.33, 0.3), (0.0, 0.0)])
def test_a_forest_holds_its_whiskers(lowest: float, low: float) -> None:
    """The scale reaches down to the lowest interval, in whole tenths, and values beyond are held at its ends."""
    scale = scale_of_areas([Interval(0.8, lowest, 0.9)])
    assert low == scale.low
    assert (0.0, 100.0) == (scale.at(-1), scale.at(2))
    assert 0.0 <= Scale(0.4, 1.0, 0.5, ()).at(0.5) <= 100.0
