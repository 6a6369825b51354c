"""A reader of pages, and the browser that shows them, with the fonts of this machine or with one family alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NoReturn

import pytest

from adscreen.report.chromium import NAMES, Chromium, find_chromium

AXE = Path(__file__).resolve().parents[1] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
READY = "document.readyState === 'complete'"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FAMILIES = {  # generic name -> family, and the files that hold them
    "DejaVu": ({"sans-serif": "DejaVu Sans", "serif": "DejaVu Serif"}, ("DejaVuSans*", "DejaVuSerif*")),
    "Liberation": ({"sans-serif": "Liberation Sans", "serif": "Liberation Serif"}, ("LiberationS*",)),
    "Noto": ({"sans-serif": "Noto Sans", "serif": "Noto Serif"}, ("NotoSans-*", "NotoSerif-*")),
}
VOID = frozenset("meta br hr img input link wbr".split())
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


class Tab:
    """One tab of the browser, and what it complained of and asked for."""

    def __init__(self, browser: Chromium) -> None:
        self.browser = browser
        self.session = browser.open_tab()
        self.first_event = len(browser.events)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command to the tab."""
        return self.browser.call(method, session=self.session, **parameters)

    def open(self, page: Path, *, width: int = 1280, scheme: str = "light") -> Tab:
        """Load a page in a window of a width, in a colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=page.as_uri())
        name = json.dumps(page.name)
        self.run(
            "new Promise((done) => { const look = () => "
            f"location.pathname.endsWith({name}) && {READY} ? done() : setTimeout(look, 10); look(); }})"
        )
        return self

    def run(self, script: str) -> Any:
        """Return the value of an expression, or of what its promise brings."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def measure_width(self) -> float:
        """Return how wide the page is, in CSS pixels, once everything that opens is open."""
        self.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        width: float = self.run("document.documentElement.scrollWidth")
        return width

    def find_faults(self, axe: str) -> tuple[list[Any], int]:
        """Return the serious faults that axe-core finds once everything that opens is open, and its rules that pass."""
        self.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        self.run(axe + "; 0")
        found = self.run(
            "axe.run().then(({ violations, passes }) => ({ passes: passes.length, faults: violations"
            ".filter(({ impact }) => impact === 'serious' || impact === 'critical')"
            ".map(({ id, nodes }) => [id, nodes[0].html.slice(0, 200), nodes[0].failureSummary]) }))"
        )
        return found["faults"], found["passes"]

    def choose(self, control: str, value: str) -> None:
        """Set a control as a person does, so that the page hears of it."""
        self.run(
            f"{{ const control = document.getElementById('{control}'); control.value = {json.dumps(value)};"
            "['input', 'change'].forEach((kind) => control.dispatchEvent(new Event(kind, { bubbles: true }))); }"
        )

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)

    def events(self, *methods: str) -> list[dict[str, Any]]:
        """Return what the tab reported of these kinds."""
        self.run("0")
        told = self.browser.events[self.first_event :]
        return [
            event["params"] for event in told if event.get("method") in methods and event["sessionId"] == self.session
        ]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The installed browser; the test skips where there is none, and fails where ADSCREEN_REQUIRE_BROWSER is set."""
    command = find_chromium()
    if command is None:
        miss(f"needs an installed Chromium, under one of the names {', '.join(NAMES)}")
    return command


def miss(what: str) -> NoReturn:
    """Skip for want of something to install, or fail where ADSCREEN_REQUIRE_BROWSER is set."""
    (pytest.fail if os.environ.get("ADSCREEN_REQUIRE_BROWSER") else pytest.skip)(what)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.exists():
        miss("needs axe-core: run `make test-browser`")
    return AXE.read_text(encoding="utf-8")


def write_font_configuration(family: str, folder: Path) -> Path:
    """Write a Fontconfig file into a folder by which one family is all that is installed; return its path."""
    names, patterns = FAMILIES[family]
    found = [path for place in FONT_FOLDERS for pattern in patterns for path in place.rglob(pattern)]
    if not found:
        miss(f"needs the fonts of the family {family}")
    (folder / "fonts").mkdir()
    for path in sorted(found):
        link = folder / "fonts" / path.name
        if not link.exists():
            link.symlink_to(path)
    aliases = "".join(
        f"<alias><family>{generic}</family><prefer><family>{name}</family></prefer></alias>"
        for generic, name in names.items()
    )
    written = folder / "fonts.conf"
    written.write_text(
        f"<fontconfig><dir>{folder / 'fonts'}</dir><cachedir>{folder / 'cache'}</cachedir>{aliases}</fontconfig>",
        encoding="utf-8",
    )
    return written


@pytest.fixture(scope="module", params=FAMILIES)
def font_family(
    request: pytest.FixtureRequest, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Each family in turn: a browser that starts meanwhile finds no other font."""
    family: str = request.param
    with pytest.MonkeyPatch.context() as patch:
        configuration = write_font_configuration(family, tmp_path_factory.mktemp(family))
        patch.setenv("FONTCONFIG_FILE", str(configuration))
        yield family


@pytest.fixture(scope="module")
def family_browser(font_family: str, chromium: str) -> Iterator[Chromium]:
    """A running browser that has one family alone."""
    with Chromium(chromium) as running:
        yield running


@pytest.fixture
def family_tab(family_browser: Chromium) -> Iterator[Tab]:
    """A tab of the browser that has one family alone, closed at the end."""
    opened = Tab(family_browser)
    yield opened
    opened.call("Page.close")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Chromium]:
    """A running browser with the fonts of this machine."""
    with Chromium(chromium) as running:
        yield running


@pytest.fixture
def tab(browser: Chromium) -> Iterator[Tab]:
    """A tab, closed at the end."""
    opened = Tab(browser)
    yield opened
    opened.call("Page.close")


@pytest.fixture(scope="session")
def read_page() -> Callable[[str], Page]:
    """Return the reader of a page's HTML."""
    return Page
