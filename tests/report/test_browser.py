"""The pages in a real browser: they load alone, work by keyboard, fit any screen, print, and can be read by anyone."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adscreen.report.chromium import Chromium
from adscreen.report.pdf import print_pdf
from adscreen.report.recording.pages import page_name, write_reports
from adscreen.score.results import RecordingReport, ReportSentence, ReportWord

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[1] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
LABELS = {"positive_label": "case", "negative_label": "control"}
HOSTILE = ("<script>document.title='run'</script>", "</style></table>", "\u202eesrever", "w" * 50_000, "nul\x00nul")
SEEN = ("<script>document.title='run'</script>", "</style></table>", "[U+202E]esrever", "w" * 50_000, "nul␀nul")
READY = "document.readyState === 'complete'"
FITS = "document.documentElement.scrollWidth <= innerWidth"
NAMES = "[...document.querySelectorAll('#list tbody th')].map((cell) => cell.textContent)"
SHOWN = "document.getElementById('shown').textContent"
SORTS = "[...document.querySelectorAll('#list thead th')].map((head) => head.getAttribute('aria-sort'))"

Make = Callable[..., RecordingReport]


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


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Chromium]:
    """A running browser."""
    with Chromium(chromium) as running:
        yield running


@pytest.fixture
def tab(browser: Chromium) -> Iterator[Tab]:
    """A tab, closed at the end."""
    opened = Tab(browser)
    yield opened
    opened.call("Page.close")


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.exists():
        absent = "needs axe-core: run `make test-browser`"
        (pytest.fail if os.environ.get("ADSCREEN_REQUIRE_BROWSER") else pytest.skip)(absent)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def scored(model_folder: Path, simulated: Path, tiny_bilm: Path) -> list[RecordingReport]:
    """Reports of held-out recordings by a real small model, with sentence effects."""
    from adscreen.cohort import read_manifest
    from adscreen.extract.extraction import ExtractSettings
    from adscreen.model.screening_model import load_model
    from adscreen.score.scoring import ScoreOptions, score_recordings

    recordings = read_manifest(simulated / "held_out.csv").recordings
    options = ScoreOptions(prevalence=0.1, sentence_effects=True, allow_out_of_scope=True)
    return list(score_recordings(load_model(model_folder), recordings, ExtractSettings(tiny_bilm), options))


def hostile(report: RecordingReport) -> RecordingReport:
    """Return a report in which every text that a stranger may write is hostile."""
    words = tuple(ReportWord(text, "filler", target=text) for text in HOSTILE)
    text = "".join(HOSTILE)
    return replace(
        report,
        score=replace(report.score, recording_id=text, subject_id=text, visit=text, reason=text, warnings=text),
        sentences=(ReportSentence(0, words, 9.0, 0, 0.5, 67_200, 70_000),),
        sentence_effects=(0.5,),
        warnings=HOSTILE,
        task=text,
    )


@pytest.fixture(scope="module")
def folder(scored: list[RecordingReport], tmp_path_factory: pytest.TempPathFactory, make_report: Make) -> Path:
    """Pages of scored, unscored and hostile recordings."""
    unscored = make_report(
        recording_id="SHORT", result="insufficient_speech", reason="3 words, the model needs 20", contributions=()
    )
    nan = float("nan")
    row = replace(unscored.score, probability=nan, probability_low=nan, probability_high=nan)
    reports = [*scored, replace(unscored, score=row), hostile(scored[0])]
    place = tmp_path_factory.mktemp("pages")
    write_reports(reports, place, model=scored[0].model, **LABELS)
    return place


@pytest.fixture(scope="module")
def pages(folder: Path, scored: list[RecordingReport]) -> dict[str, Path]:
    """A page of each kind."""
    names = {"scored": scored[0].score.recording_id, "unscored": "SHORT", "hostile": "".join(HOSTILE)}
    return {kind: folder / page_name(name) for kind, name in names.items()} | {"index": folder / "index.html"}


KINDS = ("scored", "unscored", "hostile", "index")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_loads_alone_and_without_complaint(tab: Tab, pages: dict[str, Path], kind: str) -> None:
    """It asks for nothing but itself, and nothing stands on the console."""
    tab.open(pages[kind])
    asked = {event["request"]["url"] for event in tab.events("Network.requestWillBeSent")}
    assert {pages[kind].as_uri()} == asked
    assert [] == tab.events("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_a_page_is_no_wider_than_the_screen(tab: Tab, pages: dict[str, Path], kind: str, width: int) -> None:
    """Also with every table opened, nothing has to be scrolled sideways."""
    tab.open(pages[kind], width=width)
    tab.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert tab.run(FITS), tab.run("document.documentElement.scrollWidth")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(
    tab: Tab, pages: dict[str, Path], axe: str, kind: str, scheme: str, width: int
) -> None:
    """By axe-core, in both colour schemes, on a phone and on a desk."""
    tab.open(pages[kind], scheme=scheme, width=width)
    tab.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    tab.run(axe + "; 0")
    found = tab.run(
        "axe.run().then(({ violations, passes }) => ({ passes: passes.length, faults: violations"
        ".filter(({ impact }) => impact === 'serious' || impact === 'critical')"
        ".map(({ id, nodes }) => [id, nodes[0].html.slice(0, 200), nodes[0].failureSummary]) }))"
    )
    assert [] == found["faults"]
    assert found["passes"] > 15


def test_hostile_text_is_shown_as_text(tab: Tab, pages: dict[str, Path]) -> None:
    """Each piece stands in the page as typed, or with a sign for what cannot be seen; none of it runs or restyles."""
    tab.open(pages["hostile"])
    assert SEEN[0] in tab.run("document.title")
    spoken = tab.run("document.querySelector('.speech td').textContent")
    assert [text for text in SEEN if spoken.count(text) == 2] == list(SEEN)
    assert (
        1 == tab.run("document.querySelectorAll('main').length") == tab.run("document.querySelectorAll('style').length")
    )
    assert 0 == tab.run("document.scripts.length")
    tab.open(pages["index"])
    (row,) = tab.run("[...document.querySelectorAll('#list tbody tr')].map((r) => r.textContent)")[-1:]
    assert all(text in row for text in SEEN)
    assert tab.run("document.querySelector('#list tbody tr:last-child a').href").endswith(pages["hostile"].name)


def test_a_time_leads_to_its_sentence(tab: Tab, pages: dict[str, Path]) -> None:
    """The link holds a media fragment, and so does the address once it is followed."""
    tab.open(pages["hostile"])
    tab.run("document.querySelector('.speech .time').click()")
    assert "#t=01:07.2,01:10.0" == tab.run("location.hash")
    tab.run("document.querySelector('.effects a').click()")
    assert "s1" == tab.run("document.querySelector(':target').id")


class TestIndex:
    """The cohort's index under a person's hands."""

    def test_it_sorts_by_keyboard(self, tab: Tab, pages: dict[str, Path], scored: list[RecordingReport]) -> None:
        """Enter on a heading sorts, Enter again turns the order round; rows without a number stay last."""
        tab.open(pages["index"])
        by_probability = sorted(scored, key=lambda report: report.score.probability)
        expected = [report.score.recording_id for report in by_probability]
        tab.run("document.querySelectorAll('#list thead button')[4].focus()")
        tab.press("Enter", 13, "\r")
        known = [name for name in tab.run(NAMES) if name in expected]
        assert expected == known
        assert "SHORT" == tab.run(NAMES)[-1]
        assert "ascending" == tab.run(SORTS)[4]
        tab.press("Enter", 13, "\r")
        assert expected[::-1] == [name for name in tab.run(NAMES) if name in expected]
        assert "SHORT" == tab.run(NAMES)[-1]
        assert ("descending", 1) == (tab.run(SORTS)[4], sum(sort is not None for sort in tab.run(SORTS)))

    def test_it_filters(self, tab: Tab, pages: dict[str, Path], scored: list[RecordingReport]) -> None:
        """By words in any order, by result, and by what asks for a second look; the count is told."""
        tab.open(pages["index"])
        everyone = len(scored) + 2
        assert f"{everyone} of {everyone} recordings" == tab.run(SHOWN)
        one = scored[0].score
        tab.choose("search", f"{one.visit} {one.recording_id.lower()}")
        assert [one.recording_id] == tab.run(NAMES)
        tab.choose("search", "")
        tab.choose("result", "insufficient_speech")
        assert (["SHORT"], f"1 of {everyone} recordings") == (tab.run(NAMES), tab.run(SHOWN))
        tab.choose("result", "")
        tab.choose("flag", "training")
        assert [] == tab.run(NAMES)

    def test_it_is_reached_by_tab_alone(self, tab: Tab, pages: dict[str, Path]) -> None:
        """The first stop skips to the content, and every control is among the next ones."""
        tab.open(pages["index"])
        stops = []
        for _ in range(16):
            tab.press("Tab", 9)
            stops.append(tab.run("document.activeElement.id || document.activeElement.textContent"))
        assert "Skip to the content" == stops[0]
        assert ["search", "result", "flag", "size", "Recording"] == stops[1:6]

    def test_ten_thousand_rows(self, tab: Tab, tmp_path: Path, make_report: Make) -> None:
        """Fifty are in the page at a time; sorting, searching and turning reach all of them."""
        from adscreen.report.recording.pages import render_index

        score = make_report().score
        rows = [
            replace(
                score, recording_id=f"R{number:05d}", subject_id=f"S{number % 97}", probability=number % 1000 / 1000
            )
            for number in range(10_000)
        ]
        index = tmp_path / "index.html"
        index.write_text(render_index(rows, {}, model={}, **LABELS), encoding="utf-8")
        tab.open(index)
        assert "10,000 of 10,000 recordings, rows 1 to 50 here" == tab.run(SHOWN)
        assert 50 == len(tab.run(NAMES))
        tab.run("document.querySelectorAll('#list thead button')[0].click()")
        tab.run("document.querySelectorAll('#list thead button')[0].click()")
        assert "R09999" == tab.run(NAMES)[0]
        tab.run("document.getElementById('on').click()")
        assert ("R09949", "10,000 of 10,000 recordings, rows 51 to 100 here") == (tab.run(NAMES)[0], tab.run(SHOWN))
        tab.choose("search", "r04321")
        assert (["R04321"], "1 of 10,000 recordings") == (tab.run(NAMES), tab.run(SHOWN))
        assert tab.run("document.getElementById('turn').hidden")


def with_words(report: RecordingReport, count: int) -> RecordingReport:
    """Return the report with its sentences repeated until they hold about ``count`` words."""
    sentences: list[ReportSentence] = []
    effects: list[float] = []
    words = 0
    while words < count:
        place = len(sentences) % len(report.sentences)
        sentence = replace(report.sentences[place], index=len(sentences), start_ms=1000 * words, end_ms=None)
        sentences.append(sentence)
        effects.append(report.sentence_effects[place])
        words += len(sentence.words)
    return replace(report, sentences=tuple(sentences), sentence_effects=tuple(effects))


@pytest.mark.parametrize("words", [127, 250, 400])
def test_a_recording_prints_to_two_pages(
    scored: list[RecordingReport], tmp_path: Path, words: int, chromium: str
) -> None:
    """With four visits, effects, times and warnings, whatever of the usual lengths the transcript has."""
    many = with_words(replace(scored[0], warnings=scored[0].warnings or ("12% of the words are unknown",)), words)
    visits = [
        replace(many, score=replace(many.score, recording_id=f"V{number}", visit=str(number))) for number in range(1, 5)
    ]
    write_reports(visits, tmp_path, model=many.model, **LABELS)
    (pdf,) = print_pdf([tmp_path / "V1.html"], tmp_path / "pdf")
    assert 2 == count_pages(pdf.read_bytes())


def test_a_hostile_page_prints(pages: dict[str, Path], tmp_path: Path, chromium: str) -> None:
    """A word of 50,000 letters takes the paper it needs, and the index prints too."""
    printed = print_pdf([pages["hostile"], pages["index"], pages["unscored"]], tmp_path)
    counts = [count_pages(pdf.read_bytes()) for pdf in printed]
    assert counts[0] > 2
    assert counts[2] == 1


def count_pages(pdf: bytes) -> int:
    """Return the number of pages of a PDF whose page objects are not compressed, as Chromium writes them."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_contributions_add_up_to_the_logit(scored: Sequence[RecordingReport]) -> None:
    """On the data of real pages: intercept and families give the row's logit within 1e-6, and it its probability."""
    import math

    for report in scored:
        total = report.intercept + math.fsum(part.logit for part in report.contributions)
        assert abs(total - report.score.logit) <= 1e-6
        assert abs(1 / (1 + math.exp(-total)) - report.score.probability) <= 1e-6
