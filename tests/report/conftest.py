"""A reader of pages, and the browser that shows them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from adscreen.report.chromium import NAMES, find_chromium

VOID = frozenset("meta br hr img input link".split())
BLOCKS = frozenset("p h1 h2 h3 li dt dd tr th td div section table caption label option".split())


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
