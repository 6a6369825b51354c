"""The pages in a real browser: they load alone, work by keyboard, fit any screen, print, and can be read by anyone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adscreen.report.pdf import print_pdf
from adscreen.report.recording.pages import page_name, render_index, write_reports
from adscreen.scoring.recording_report import RecordingReport, ReportSentence, ReportWord

pytestmark = pytest.mark.browser

LABELS = {"positive_label": "case", "negative_label": "control"}
HOSTILE = ("<script>document.title='run'</script>", "</style></table>", "\u202eesrever", "w" * 50_000, "nul\x00nul")
SEEN = ("<script>document.title='run'</script>", "</style></table>", "[U+202E]esrever", "w" * 50_000, "nul␀nul")
WIDTHS = (360, 400, 740, 768, 1030, 1280)  # also just above the widths at which the layout changes
LONG_IDS = ("S1", "participant-01_visit-01", "WWWWWWWW-WWWW-WWWWWWWWWW", "recording-of-2021-11-03-in-the-second-room")
LINES = (  # of text in the second cell of each row
    "[...document.querySelectorAll('#list tbody td:nth-child(2)')].map((cell) => { const all = document.createRange();"
    "all.selectNodeContents(cell); return new Set([...all.getClientRects()].map(({ top }) => top)).size; })"
)
NAMES = "[...document.querySelectorAll('#list tbody th')].map((cell) => cell.textContent)"
SHOWN = "document.getElementById('shown').textContent"
SORTS = "[...document.querySelectorAll('#list thead th')].map((head) => head.getAttribute('aria-sort'))"

Make = Callable[..., RecordingReport]


@pytest.fixture(scope="module")
def scored(model_folder: Path, simulated: Path, tiny_bilm: Path) -> list[RecordingReport]:
    """Reports of held-out recordings by a real small model, with sentence effects."""
    from adscreen.cohort import read_cohort
    from adscreen.extract.extraction import ExtractSettings
    from adscreen.model.trained_model import load_model
    from adscreen.scoring.scoring import ScoreOptions, score_recordings

    recordings = read_cohort(simulated / "held_out.csv").recordings
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
    long = folder / "long.html"
    rows = [replace(scored[0].score, recording_id=text, subject_id=text, warnings="one; another") for text in LONG_IDS]
    long.write_text(render_index(rows, {}, model=scored[0].model, **LABELS), encoding="utf-8")
    indices = {"index": folder / "index.html", "long": long}
    return {kind: folder / page_name(name) for kind, name in names.items()} | indices


KINDS = ("scored", "unscored", "hostile", "index")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_loads_alone_and_without_complaint(tab: Any, pages: dict[str, Path], kind: str) -> None:
    """It asks for nothing but itself, and nothing stands on the console."""
    tab.open(pages[kind])
    asked = {event["request"]["url"] for event in tab.events("Network.requestWillBeSent")}
    assert {pages[kind].as_uri()} == asked
    assert [] == tab.events("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")


def test_a_family_is_all_that_its_browser_has(family_tab: Any, font_family: str, pages: dict[str, Path]) -> None:
    """A heading and a paragraph are set in its letters, so that the widths below are the widths of that family."""
    family_tab.open(pages["index"])
    family_tab.call("DOM.enable")
    family_tab.call("CSS.enable")
    root = family_tab.call("DOM.getDocument")["root"]["nodeId"]
    for element in ("h1", ".about"):
        node = family_tab.call("DOM.querySelector", nodeId=root, selector=element)["nodeId"]
        used = family_tab.call("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]
        assert {font_family} == {font["familyName"].split()[0] for font in used}


@pytest.mark.parametrize("kind", [*KINDS, "long"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_no_wider_than_the_screen(family_tab: Any, pages: dict[str, Path], kind: str, width: int) -> None:
    """Whatever fonts the reader has, and with every table opened; the list of recordings may scroll in its own box."""
    family_tab.open(pages[kind], width=width)
    assert width >= family_tab.measure_width()


@pytest.mark.parametrize("width", [768, 1280])
def test_an_id_of_usual_length_stays_on_one_line(family_tab: Any, pages: dict[str, Path], width: int) -> None:
    """Of the ids in the index, those of 24 characters and less take one line; a longer one wraps."""
    family_tab.open(pages["long"], width=width)
    heights = family_tab.run(LINES)
    assert [1, 1, 1, 2] == [min(lines, 2) for lines in heights]


def test_a_long_id_breaks_at_its_separators(family_tab: Any, pages: dict[str, Path]) -> None:
    """On a phone as well an id of usual length takes one line, and each line of a longer one holds several letters."""
    family_tab.open(pages["long"], width=400)
    usual = family_tab.run(LINES)[:2]
    assert [1, 1] == usual
    names = "[...document.querySelectorAll('#list tbody th')].map((cell) => cell.getClientRects()[0].height)"
    assert family_tab.run(names)[2] == family_tab.run(names)[0]  # the whole width is there, not a part of it
    family_tab.open(pages["long"], width=1280)
    text = "getComputedStyle(document.querySelector('#list tbody tr:last-child td:nth-child(2)'))"
    assert len(LONG_IDS[-1]) / 8 >= family_tab.run(LINES)[-1]
    assert "break-word" == family_tab.run(f"{text}.overflowWrap")


@pytest.mark.parametrize("width", [360, 400, 740])
def test_a_caption_is_as_wide_as_its_table(family_tab: Any, pages: dict[str, Path], width: int) -> None:
    """Where the table of sentence effects becomes blocks, its caption is a line of words, not a column of letters."""
    family_tab.open(pages["scored"], width=width)
    caption, table = family_tab.run(
        "['.effects caption', '.effects'].map((of) => document.querySelector(of).getBoundingClientRect().width)"
    )
    assert pytest.approx(table, abs=1) == caption
    lines = "document.querySelector('.effects caption').getBoundingClientRect().height"
    assert 100 > family_tab.run(lines)


@pytest.mark.parametrize("width", [400, 1280])
def test_no_word_is_broken_into_letters(family_tab: Any, pages: dict[str, Path], width: int) -> None:
    """In no caption, heading, cell or paragraph is the box narrower than three letters of its text."""
    for kind in ("scored", "index", "long"):
        family_tab.open(pages[kind], width=width)
        family_tab.measure_width()
        narrow = family_tab.run(
            "[...document.querySelectorAll('caption, h1, h2, h3, p, li, th, td, dt, dd')].filter((of) => "
            "of.offsetParent && of.textContent.trim().length > 6 && !of.closest('thead') && "
            "of.getBoundingClientRect().width < 3 * parseFloat(getComputedStyle(of).fontSize) && "
            "getComputedStyle(of).clipPath === 'none').map((of) => of.textContent.slice(0, 40))"
        )
        assert [] == narrow, kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(
    tab: Any, pages: dict[str, Path], axe: str, kind: str, scheme: str, width: int
) -> None:
    """By axe-core, in both colour schemes, on a phone and on a desk."""
    tab.open(pages[kind], scheme=scheme, width=width)
    assert (kind == "index") == tab.run("document.querySelector('.subjects') !== null")
    faults, passes = tab.find_faults(axe)
    assert [] == faults
    assert passes > 15


def test_hostile_text_is_shown_as_text(tab: Any, pages: dict[str, Path]) -> None:
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


def test_a_time_leads_to_its_sentence(tab: Any, pages: dict[str, Path]) -> None:
    """The link holds a media fragment, and so does the address once it is followed."""
    tab.open(pages["hostile"])
    tab.run("document.querySelector('.speech .time').click()")
    assert "#t=01:07.2,01:10.0" == tab.run("location.hash")
    tab.run("document.querySelector('.effects a').click()")
    assert "s1" == tab.run("document.querySelector(':target').id")


class TestIndex:
    """The cohort's index under a person's hands."""

    def test_it_sorts_by_keyboard(self, tab: Any, pages: dict[str, Path], scored: list[RecordingReport]) -> None:
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

    def test_it_filters(self, tab: Any, pages: dict[str, Path], scored: list[RecordingReport]) -> None:
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

    def test_it_is_reached_by_tab_alone(self, tab: Any, pages: dict[str, Path]) -> None:
        """The first stop skips to the content, and every control is among the next ones."""
        tab.open(pages["index"])
        stops = []
        for _ in range(16):
            tab.press("Tab", 9)
            stops.append(tab.run("document.activeElement.id || document.activeElement.textContent"))
        assert "Skip to the content" == stops[0]
        assert ["search", "result", "flag", "size", "Recording"] == stops[1:6]

    def test_ten_thousand_rows(self, tab: Any, tmp_path: Path, make_report: Make) -> None:
        """Fifty are in the page at a time; sorting, searching and turning reach all of them."""
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


@pytest.mark.parametrize("words", [127, 440])
def test_a_recording_prints_to_two_pages(
    scored: list[RecordingReport], tmp_path: Path, words: int, font_family: str
) -> None:
    """With four visits, effects, times and warnings, whatever the fonts, and of the usual lengths of a transcript."""
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
