"""The templates: sound, self-contained, readable by everyone, and careful with one word."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import adscreen.report
from adscreen.report.recording.pages import render_index, render_recording
from adscreen.scoring.recording_report import RecordingReport

TEMPLATES = Path(adscreen.report.__file__).parent / "templates"
CSS = (TEMPLATES / "page.css").read_text(encoding="utf-8")
NAN = math.nan
UNSCORED: dict[str, Any] = dict.fromkeys(("probability", "probability_low", "probability_high", "perplexity"), NAN)
TEXT_ON = [
    (text, ground)
    for text in ("ink", "muted", "link", "positive", "negative", "unscored")
    for ground in ("paper", "card")
] + [("notice-ink", "notice")]

Make = Callable[..., RecordingReport]
Read = Callable[[str], Any]


@pytest.fixture(params=["positive", "negative", "insufficient", "unreadable", "bare", "index", "empty index"])
def html(request: pytest.FixtureRequest, make_report: Make) -> str:
    """Return a page of each kind."""
    labels = {"positive_label": "case", "negative_label": "control"}
    changes: dict[str, dict[str, Any]] = {
        "positive": {"synthetic": True, "in_training": True},
        "negative": {"result": "screen_negative", "probability": 0.2, "probability_low": NAN},
        "insufficient": {"result": "insufficient_speech", "reason": "23 words", "contributions": (), **UNSCORED},
        "unreadable": {"result": "unreadable", "sentences": (), "features": (), "contributions": (), **UNSCORED},
        "bare": {"visit": None, "task": None, "warnings": (), "model": {}, "source_digest": "", "model_digest": ""},
    }
    if request.param in changes:
        return render_recording(make_report(**changes[request.param]))
    rows = [make_report(**change).score for change in changes.values()] if request.param == "index" else []
    return render_index(rows, {}, model=make_report().model, **labels)


def test_markup_is_sound(html: str, read_page: Read) -> None:
    """Every tag is closed where it should be, and no id occurs twice."""
    page = read_page(html)
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert [] == page.faults
    assert sorted(set(ids)) == sorted(ids)


def test_a_page_asks_nothing_of_the_network(html: str, read_page: Read) -> None:
    """No element loads anything, no address stands in it, and the policy forbids it as well."""
    page = read_page(html)
    assert not {"link", "img", "iframe", "object", "embed", "audio", "video", "base"} & {e.tag for e in page.elements}
    assert [] == [e.tag for e in page.elements if {"src", "srcset", "xlink:href"} & e.attributes.keys()]
    assert not re.search(r"https?:|url\(|@import", html)
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy.attributes["content"].startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_only_the_index_runs_a_script(html: str, read_page: Read) -> None:
    """The policy of a recording's page allows none, and it has none."""
    page = read_page(html)
    index = page.has_section("recordings")
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert index == ("script-src 'unsafe-inline'" in policy.attributes["content"]) == bool(page.all("script"))


def test_the_index_is_readable_without_its_script(make_report: Make, read_page: Read) -> None:
    """What needs the script is hidden until it runs; the rows are in the page."""
    page = read_page(render_index([make_report().score], {}, model={}, positive_label="case", negative_label="control"))
    (controls,) = page.all("div", id="controls")
    assert "hidden" in controls.attributes
    for button in page.all("button"):
        assert any("hidden" in around.attributes for around in button.parents)
    assert [None] == [row.attributes.get("hidden") for row in page.all("tr", **{"data-result": "screen_positive"})]


def test_a_missing_number_is_never_printed(html: str, read_page: Read) -> None:
    """Neither ``nan`` nor ``None`` nor ``inf`` reaches the reader or an attribute."""
    page = read_page(html)
    values = [value or "" for e in page.elements for value in e.attributes.values()]
    assert [] == [text for text in [page.visible, *values] if re.search(r"\b(nan|None|inf)\b", text)]


def test_the_word_is_only_used_to_deny_it(html: str) -> None:
    """A page says ``Not a diagnosis`` and nothing else of the kind."""
    found = re.findall(r".{0,6}diagnos\w*", html, re.IGNORECASE)
    assert found
    assert {"not a diagnosis"} == {text[-15:].lower() for text in found}


def test_landmarks_and_headings_lead_through_the_page(html: str, read_page: Read) -> None:
    """The page has a language, one main part and one first heading; no heading level is skipped."""
    page = read_page(html)
    assert "en" == page.all("html")[0].attributes["lang"]
    assert (1, 1) == (len(page.all("main")), len(page.all("footer")))
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_sections_are_named_by_their_headings(html: str, read_page: Read) -> None:
    """Whatever points at a name points at an element of the page."""
    page = read_page(html)
    ids = {e.attributes.get("id") for e in page.elements}
    named = [e.attributes["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes]
    assert named
    assert set(named) <= ids
    assert all("aria-labelledby" in e.attributes for e in page.all("section"))


def test_table_headers_have_a_scope(html: str, read_page: Read) -> None:
    """A screen reader can tell what a header heads."""
    scopes = [header.attributes.get("scope") for header in read_page(html).all("th")]
    assert set(scopes) <= {"row", "col"}


def test_drawings_have_a_name_or_are_left_out(html: str, read_page: Read) -> None:
    """An SVG is named in words or, where its numbers stand beside it, hidden from screen readers."""
    for drawing in read_page(html).all("svg"):
        around = (drawing, *drawing.parents)
        hidden = any(element.attributes.get("aria-hidden") == "true" for element in around)
        assert hidden or drawing.attributes.get("role") == "img"


def _palette(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): ([^;]+);", css))


def _palettes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    return {"light": _palette(light), "dark": _palette(light) | _palette(dark)}


def _channels(colour: str) -> list[float]:
    numbers = [int(colour[i : i + 2], 16) for i in (1, 3, 5)] if colour.startswith("#") else map(int, colour.split())
    return [number / 255 for number in numbers]


def _luminance(channels: list[float]) -> float:
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_defines_it() -> None:
    """Black on white is 21; #767676 on white is 4.54, the well-known least grey."""
    assert pytest.approx(21.0) == _contrast([0, 0, 0], [1, 1, 1])
    assert pytest.approx(4.54, abs=0.005) == _contrast(_channels("#767676"), _channels("#ffffff"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_has_contrast(scheme: str, text: str, ground: str) -> None:
    """Every text colour meets WCAG AA (4.5) on every ground it stands on, in both schemes."""
    palette = _palettes()[scheme]
    assert _contrast(_channels(palette[text]), _channels(palette[ground])) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_speech_has_contrast_on_the_fullest_tint(scheme: str) -> None:
    """The most surprising sentence is as readable as the rest."""
    palette = _palettes()[scheme]
    most = float(palette["tint-most"])
    card, tint = _channels(palette["card"]), _channels(palette["tint"])
    ground = [most * over + (1 - most) * under for over, under in zip(tint, card, strict=True)]
    assert _contrast(_channels(palette["ink"]), ground) >= 4.5


@pytest.mark.parametrize("mark", ["filler", "repeated", "retraced", "fragment", "nonword"])
def test_marks_differ_by_shape(mark: str) -> None:
    """Each mark has a style of its own that is not a colour, so that it survives grey print and colour blindness."""
    styles = {name: " ".join(re.findall(rf"^\.{name} \{{(.*?)\}}", CSS, re.MULTILINE)) for name in MARKS}
    assert re.search(r"font-style|text-decoration", styles[mark])
    assert 1 == list(styles.values()).count(styles[mark])


MARKS = ("filler", "repeated", "retraced", "fragment", "nonword")


def test_the_style_sheet_uses_only_classes_that_exist() -> None:
    """A class in the style sheet is in a template, so nothing dead is shipped to every page."""
    templates = " ".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.j2"))
    css = re.sub(r"\{[^{}]*\}", "{}", re.sub(r'content: "[^"]*"', "", CSS))
    classes = set(re.findall(r"\.([a-z][a-z_-]*)", css))
    results = {"screen_positive", "screen_negative", *MARKS}
    assert set() == {name for name in classes - results if not re.search(rf"\b{name}\b", templates)}
