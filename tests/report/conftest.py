"""A report to change at will, and a reader of the pages made from it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

import pytest

from pipeline.report.chromium import NAMES, find_chromium
from pipeline.report.contents import (
    Contribution,
    RecordingReport,
    ReportFeature,
    ReportSentence,
    ReportWord,
    ScoreRow,
)

VOID = frozenset("meta br hr img input link".split())
BLOCKS = frozenset("p h1 h2 h3 li dt dd tr th td div section table caption label option".split())
MODEL: dict[str, Any] = {
    "threshold": 0.4613,
    "inner_auc": 0.893,
    "settings": {"doc2vec.weight": 0.812, "doc2vec.C": 0.01, "elmo.weight": 0.0},
    "recordings": {"control": 104, "case": 121},
    "subjects": {"control": 54, "case": 66},
    "subject_key": "the-key-of-the-digests",
    "subject_digests": ["d1gest-of-a-subject"],
    "provenance": {"adscreen": "0.0.7", "bilm": "speech-bilm", "bilm_digest": "9b1c", "view": "spoken"},
}
SCORE = ScoreRow(
    recording_id="S012_2",
    subject_id="S012",
    visit="2",
    result="screen_positive",
    reason="",
    probability=0.714,
    probability_low=0.58,
    probability_high=0.803,
    threshold=0.4613,
    words=11,
    sentences=2,
    perplexity=84.26,
    in_training=False,
    model_digest="4e5f6a7b8c9d",
)
SENTENCES = (
    ReportSentence(
        index=0,
        words=(
            ReportWord("the", "repeated"),
            ReportWord("boy", "repeated"),
            ReportWord("the", "word"),
            ReportWord("boy", "word"),
            ReportWord("uh", "filler"),
            ReportWord("fallin", "word", target="falling"),
        ),
        perplexity=184.4,
        out_of_vocabulary=1,
        shade=0.75,
        start_ms=67_200,
    ),
    ReportSentence(
        index=1,
        words=(
            ReportWord("she", "retraced"),
            ReportWord("wa", "fragment"),
            ReportWord("he", "word"),
            ReportWord("takes", "word"),
            ReportWord("flimp", "nonword"),
        ),
        perplexity=42.04,
        out_of_vocabulary=0,
        shade=0.0,
    ),
)
FEATURES = (
    ReportFeature("lexical.mattr", "lexical", "ratio", "mean over windows", 0.61249, 0.7, 0.8, 0.9),
    ReportFeature("lexical.honore_r", "lexical", "index", "100 ln N", 1600.4, 1400.0, 1900.0, 2500.0),
    ReportFeature("fluency.fillers", "fluency", "per 100 words", "fillers", 9.09, 0.0, 2.0, 5.0),
    ReportFeature(
        "fluency.pauses", "fluency", "per 100 words", "pauses", math.nan, 0.0, 2.0, 5.0, "plain text marks no pauses"
    ),
)
REPORT = RecordingReport(
    score=SCORE,
    positive_label="case",
    negative_label="control",
    sentences=SENTENCES,
    features=FEATURES,
    intercept=-0.1,
    contributions=(Contribution("elmo", -0.2), Contribution("lexical", 0.31), Contribution("perplexity", 0.9)),
    warnings=("The transcript marks no pauses.",),
    model=MODEL,
    task="cookie",
    source_digest="31ac",
)


@pytest.fixture(scope="session")
def make_report() -> Callable[..., RecordingReport]:
    """Return a function that makes a report; its keywords change fields of the report, else of its score."""

    def make(**changes: Any) -> RecordingReport:
        own = RecordingReport.__dataclass_fields__
        of_score = {name: changes.pop(name) for name in list(changes) if name not in own}
        return replace(REPORT, score=replace(SCORE, **of_score), **changes)

    return make


@dataclass(repr=False, eq=False)
class Element:
    """One element of a page. It is shown by its tag alone: each holds all that is inside it, and around it."""

    tag: str
    attributes: dict[str, str | None]
    parents: tuple[Element, ...]
    pieces: list[str] = field(default_factory=list)
    inside: list[Element] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.tag} {self.attributes}>"

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        return " ".join("".join(self.pieces).split())

    @property
    def rows(self) -> list[list[str]]:
        """The text of the cells of each table row inside."""
        return [
            [cell.text for cell in row.inside if cell.tag in ("th", "td")] for row in self.inside if row.tag == "tr"
        ]


class Page(HTMLParser):
    """A page's elements in document order. ``faults`` lists tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{element.tag}> is never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; a void one takes no content."""
        element = self._add(tag, attrs)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as SVG's do."""
        self._add(tag, attrs)

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        if tag in BLOCKS:
            self.handle_data(" ")
        element = Element(tag, dict(attrs), tuple(self._open))
        self.faults += [f"<{tag}> has an attribute twice"] if len(attrs) != len(element.attributes) else []
        self.elements.append(element)
        for parent in self._open:
            parent.inside.append(element)
        return element

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        if self._open and self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        """Give the text to every open element."""
        for element in self._open:
            element.pieces.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag with these attributes; ``class_`` is one of the classes."""
        wanted = attributes.pop("class_", None)
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(element.attributes.get(name) == value for name, value in attributes.items())
            and (wanted is None or wanted in (element.attributes.get("class") or "").split())
        ]

    def section(self, name: str) -> Element:
        """Return the one section labelled by the heading of this id."""
        (section,) = [e for e in self.elements if e.tag == "section" and e.attributes.get("aria-labelledby") == name]
        return section

    def has_section(self, name: str) -> bool:
        """Return whether there is a section labelled by the heading of this id."""
        return any(e.tag == "section" and e.attributes.get("aria-labelledby") == name for e in self.elements)

    @property
    def visible(self) -> str:
        """The page's text without styles and scripts."""
        body = next(element for element in self.elements if element.tag == "body")
        script = "".join(element.text for element in self.elements if element.tag == "script")
        return body.text.replace(script, "") if script else body.text


@pytest.fixture(scope="session")
def chromium() -> str:
    """The installed browser; the test skips where there is none, and fails where ADSCREEN_REQUIRE_BROWSER is set."""
    command = find_chromium()
    if command is None:
        absent = f"needs an installed Chromium, under one of the names {', '.join(NAMES)}"
        (pytest.fail if os.environ.get("ADSCREEN_REQUIRE_BROWSER") else pytest.skip)(absent)
    return command


@pytest.fixture(scope="session")
def read_page() -> Callable[[str], Page]:
    """Return the reader of a page's HTML."""
    return Page
