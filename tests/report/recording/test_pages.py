"""A page says what the report says, in plain words, and nothing that the report does not know."""

from __future__ import annotations

import doctest
import math
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.report.recording import pages
from adscreen.report.recording.pages import page_name, render_index, render_recording, write_reports
from adscreen.report.recording.phrases import RESULTS
from adscreen.scoring.recording_report import (
    Contribution,
    RecordingReport,
    ReportFeature,
    ReportSentence,
    ReportWord,
    Result,
)

LABELS = {"positive_label": "case", "negative_label": "control"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"onload="alert(1)',
    "'><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "&lt;",
)
IDS = st.one_of(st.text(), st.text(string.ascii_letters + string.digits + "._-/~ ", max_size=6))
NAN = math.nan

Make = Callable[..., RecordingReport]
Read = Callable[[str], Any]


def test_the_examples_run() -> None:
    """Every docstring example gives what it says."""
    result = doctest.testmod(pages)
    assert (0, True) == (result.failed, result.attempted > 0)


class TestPageName:
    """``page_name``: any id -> a file name of its own."""

    @given(IDS)
    def test_is_a_safe_file_name(self, recording_id: str) -> None:
        """It has only harmless characters, is short, is not hidden, is not an option and is no reserved name."""
        name = page_name(recording_id)
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.html", name)
        assert len(name) <= 110
        assert name.lower() != "index.html"

    @given(IDS, IDS)
    def test_differs_for_different_ids_whatever_the_case(self, one: str, other: str) -> None:
        """Two ids share a name only if they are one id, even where the file system ignores case."""
        assert (one == other) == (page_name(one).lower() == page_name(other).lower())

    @given(IDS)
    def test_differs_from_ids_that_look_like_a_name(self, recording_id: str) -> None:
        """An id made from another's page name does not get that page."""
        stem = page_name(recording_id).removesuffix(".html")
        for imitation in {stem, stem.upper(), stem.lower()} - {recording_id}:
            assert page_name(recording_id).lower() != page_name(imitation).lower()

    @pytest.mark.parametrize("recording_id", ["S012_2", "001-0", "S1.A", "7"])
    def test_keeps_a_plain_id(self, recording_id: str) -> None:
        """Ids as corpora write them are found by name."""
        assert f"{recording_id}.html" == page_name(recording_id)

    @pytest.mark.parametrize("recording_id", ["INDEX", "index", "CON", "COM1.X", "NUL", "", "..", ".A", "-A", "A" * 81])
    def test_sets_reserved_and_odd_ids_apart(self, recording_id: str) -> None:
        """A name that would be the index, a device, hidden, an option or too long is changed."""
        assert "--" in page_name(recording_id)


class TestResult:
    """The result card: the result in plain words, with its uncertainty, or why there is none."""

    def test_positive(self, make_report: Make, read_page: Read) -> None:
        """Words, probability, range and threshold stand together."""
        text = read_page(render_recording(make_report())).section("result").text
        assert (
            "Screen positive. The resemblance of the speech to that of the “case” group reaches the threshold." in text
        )
        assert "Probability 0.71; threshold 0.46. Individual range 0.58 to 0.80 (about 90%)." in text
        assert "undecided" not in text
        assert "crosses" not in text

    def test_negative(self, make_report: Make, read_page: Read) -> None:
        """Below the threshold the words say less, not more."""
        report = make_report(result="screen_negative", probability=0.2, probability_low=0.1, probability_high=0.3)
        text = read_page(render_recording(report)).section("result").text
        assert (
            "Screen negative. The resemblance of the speech to that of the “case” group is below the threshold." in text
        )
        assert "crosses" not in text

    @pytest.mark.parametrize(
        ("result", "probability", "low", "high"),
        [("screen_positive", 0.6, 0.4, 0.7), ("screen_negative", 0.3, 0.2, 0.5)],
    )
    def test_a_range_across_the_threshold_is_said(
        self, make_report: Make, read_page: Read, result: str, probability: float, low: float, high: float
    ) -> None:
        """A reader is told that the result might have been the opposite."""
        ends = {"probability_low": low, "probability_high": high, "crosses_threshold": True}
        report = make_report(result=result, probability=probability, **ends)
        assert "The range crosses the threshold:" in read_page(render_recording(report)).section("result").text

    def test_a_probability_that_rounds_to_the_threshold_is_undecided(self, make_report: Make, read_page: Read) -> None:
        """Two equal numbers with a verdict would puzzle, so the page explains them."""
        report = make_report(probability=0.4624)
        assert "read this as undecided" in read_page(render_recording(report)).section("result").text

    def test_without_a_range_none_is_shown(self, make_report: Make, read_page: Read) -> None:
        """A model without spread estimators gives a probability alone."""
        html = render_recording(make_report(probability_low=NAN, probability_high=NAN))
        assert "Probability 0.71; threshold 0.46." in read_page(html).section("result").text
        assert [] == read_page(html).all("rect", class_="range")

    def test_a_range_too_narrow_to_write_is_said_in_words(self, make_report: Make, read_page: Read) -> None:
        """``>0.99 to >0.99`` tells a reader nothing."""
        report = make_report(probability=0.9995, probability_low=0.997, probability_high=0.9995)
        text = read_page(render_recording(report)).section("result").text
        assert "Probability >0.99; threshold 0.46. Individual range >0.99 (about 90%)." in text

    def test_the_gauge_stands_where_the_numbers_say(self, make_report: Make, read_page: Read) -> None:
        """Point, range and threshold are drawn at their percents, and a text alternative names them."""
        page = read_page(render_recording(make_report()))
        (point,) = page.all("circle", class_="point")
        (span,) = page.all("rect", class_="range")
        (mark,) = page.all("line", class_="threshold")
        assert "71.4%" == point.attributes["cx"]
        assert ("58.0%", "22.3%") == (span.attributes["x"], span.attributes["width"])
        assert "46.13%" == mark.attributes["x1"] == mark.attributes["x2"]
        (title,) = page.all("title", id="gauge-title")
        assert "Probability 0.71 on a line from 0 to 1, range 0.58 to 0.80, threshold 0.46." == title.text

    @pytest.mark.parametrize(
        ("result", "said"),
        [
            ("insufficient_speech", "too little speech to score"),
            ("out_of_scope", "outside what the model was trained for"),
            ("unreadable", "could not be read"),
        ],
    )
    def test_without_a_score_the_reason_and_the_remedy(
        self, make_report: Make, read_page: Read, result: str, said: str
    ) -> None:
        """The page says why and what to do, and gives no probability, drawing or sum."""
        report = make_report(
            result=result, reason="the reason given", probability=NAN, probability_low=NAN, probability_high=NAN
        )
        page = read_page(render_recording(report))
        text = page.section("result").text
        assert "Not scored." in text
        assert said in text
        assert "Why the reason given What to do" in text
        assert "Probability" not in text
        assert not re.search(r"\d\.\d", text)
        assert [] == page.all("svg", class_="gauge")
        assert not page.has_section("contributions")
        assert "neither screen positive nor screen negative" in page.section("meaning").text

    def test_a_training_subject_is_no_screening_result(self, make_report: Make, read_page: Read) -> None:
        """A score on a subject seen in training says so beside the verdict."""
        page = read_page(render_recording(make_report(in_training=True)))
        assert "No screening result. The model was trained on this subject" in page.section("result").text
        assert "No screening result" not in read_page(render_recording(make_report())).visible

    def test_warnings_are_sentences(self, make_report: Make, read_page: Read) -> None:
        """Each begins with a capital; without any there is no section."""
        page = read_page(render_recording(make_report(warnings=("the transcript needed repair", ""))))
        assert "Warnings The transcript needed repair" == page.section("warnings").text
        assert not read_page(render_recording(make_report(warnings=()))).has_section("warnings")


class TestMeaning:
    """What a score does not say stands beside it."""

    def test_limits_are_stated(self, make_report: Make, read_page: Read) -> None:
        """Prevalence, other causes, and that only a clinical assessment can tell."""
        text = read_page(render_recording(make_report())).section("meaning").text
        assert "It is not the chance that this person has the condition." in text
        assert "The individual range says how far the probability depends on which people the model was" in text
        assert "It does not say how scores of one person differ between recordings." in text
        assert "55% of the training subjects were “case”. Where the condition is rarer" in text
        assert "a second language" in text
        assert "Only a clinical assessment can." in text

    def test_no_share_is_invented(self, make_report: Make, read_page: Read) -> None:
        """Without the training counts the sentence on rarity has no number."""
        text = read_page(render_recording(make_report(model={}))).section("meaning").text
        assert "Where the condition is rarer" in text
        assert "%" not in text

    def test_predictive_values_stand_with_their_intervals(self, make_report: Make, read_page: Read) -> None:
        """At the prevalence that the user named, with the probability moved to it, as the row has them."""
        values = {"ppv": 1.0, "ppv_low": 0.116, "ppv_high": 1.0, "npv": 1.0, "npv_low": 0.914, "npv_high": 1.0}
        report = make_report(prevalence=0.1, probability_at_prevalence=0.217, **values)
        text = read_page(render_recording(report)).section("meaning").text
        assert (
            "Where 10% of those screened have the condition, about 100% of positive screens (95% interval 12% to 100%) "
            "would be right, and the rest false alarms." in text
        )
        assert "Moved from the share of cases in training to 10%, this probability is 0.22." in text
        index = read_page(render_index([report.score], {}, model={}, **LABELS)).section("results").text
        assert (
            "Where 10% of those screened have the condition, about 100% of positive screens (95% interval 12% to 100%) "
            "and 100% of negative screens (95% interval 91% to 100%) would be right." in index
        )

    @pytest.mark.parametrize(
        ("found", "said"),
        [
            ("case", "Decided at 90% confidence: “case”. Few “control” subjects of training scored this high"),
            ("control", "Decided at 90% confidence: “control”. Few “case” subjects of training scored this low"),
            ("control|case", "No decision at 90% confidence. Neither group can be ruled out (p = 0.30 among “control”"),
            ("neither", "No decision at 90% confidence. The probability is unusual in both groups"),
        ],
    )
    def test_a_set_is_said_in_words(self, make_report: Make, read_page: Read, found: str, said: str) -> None:
        """One label is a decision; both or neither is none, though the result stays; and what the confidence is not."""
        report = make_report(confidence=0.9, conformal_set=found, p_control=0.3, p_case=0.04)
        page = read_page(render_recording(report))
        assert said in page.section("result").text
        assert "Screen positive." in page.section("result").text
        assert "It is not the chance that this result is right." in page.section("meaning").text
        index = read_page(render_index([report.score], {}, model={}, **LABELS))
        decided = found in ("control", "case")
        assert f"At 90% confidence {int(decided)} of 1 scored recordings are decided" in index.section("results").text
        assert decided == ("no decision at 90% confidence" not in index.section("recordings").text)

    def test_no_confidence_is_assumed(self, make_report: Make, read_page: Read) -> None:
        """Where the user named none, no page speaks of one."""
        report = make_report()
        index = render_index([report.score], {}, model=report.model, **LABELS)
        for html, section in ((render_recording(report), "result"), (index, "results"), (index, "recordings")):
            assert "confidence" not in read_page(html).section(section).text

    def test_no_prevalence_is_assumed(self, make_report: Make, read_page: Read) -> None:
        """Where the user named none, recording and index say what rarity does, and give no predictive value."""
        report = make_report()
        index = render_index([report.score], {}, model=report.model, **LABELS)
        for html, section in ((render_recording(report), "meaning"), (index, "results")):
            text = read_page(html).section(section).text
            assert "Where the condition is rarer than in training, as in most clinics" in text
            assert "would be right" not in text


class TestTranscript:
    """The speech: words as marked, sentences tinted and numbered."""

    def test_marks_differ_in_more_than_colour_and_are_named(self, make_report: Make, read_page: Read) -> None:
        """A run of one mark is one element with its name; a repeated phrase is marked once."""
        _, first, second = read_page(render_recording(make_report())).section("transcript").rows
        said = "(repeated:) the boy the boy (filler:) uh fallin (meant:) falling 1 unknown to the model"
        assert ["1 01:07.2", said, "184"] == first
        assert ["2", "(corrected:) she (broken off:) wa he takes (not a word:) flimp", "42.0"] == second

    def test_the_tint_follows_the_shade(self, make_report: Make, read_page: Read) -> None:
        """Each sentence carries its shade for the style sheet."""
        page = read_page(render_recording(make_report()))
        assert ["--shade: 0.75", "--shade: 0.0"] == [
            row.attributes["style"] for row in page.all("tr") if "style" in row.attributes
        ]

    def test_a_sentence_without_words_has_no_perplexity(self, make_report: Make, read_page: Read) -> None:
        """It keeps its place and is not tinted."""
        silent = ReportSentence(index=0, words=(), perplexity=NAN, out_of_vocabulary=0, shade=NAN)
        page = read_page(render_recording(make_report(sentences=(silent,))))
        assert ["1", "no words", "–"] == page.section("transcript").rows[-1]
        assert 1 == len(page.all("tr", style="--shade: 0"))

    def test_without_sentences_there_is_no_transcript(self, make_report: Make, read_page: Read) -> None:
        """An unreadable recording shows no empty table."""
        assert not read_page(render_recording(make_report(sentences=()))).has_section("transcript")


class TestMeasures:
    """Features beside the controls' range."""

    def _rows(self, page: Any) -> dict[str, str]:
        return {
            e.attributes["title"]: e.parents[-1].text for e in page.all("th", scope="row") if "title" in e.attributes
        }

    def test_value_unit_and_range(self, make_report: Make, read_page: Read) -> None:
        """Each row has the value, its unit, the range, and the side where it lies outside."""
        rows = self._rows(read_page(render_recording(make_report())))
        richer = "higher means a richer vocabulary"
        assert (
            f"Different words in 25 consecutive words (MATTR) {richer} mean over windows 61.2% 70.0% to 90.0%, below"
            == rows["lexical.mattr"]
        )
        assert f"Vocabulary by Honoré’s R {richer} 100 ln N 1,600 1,400 to 2,500" == rows["lexical.honore_r"]
        assert "Filled pauses (um, uh) per 100 words fillers 9.1 0.0 to 5.0, above" == rows["fluency.fillers"]

    def test_what_is_unusual_is_said_in_words(self, make_report: Make, read_page: Read) -> None:
        """Name, value, direction and the controls' range, as a clinician reads them."""
        page = read_page(render_recording(make_report()))
        said = [item.text for item in page.all("li") if item.parents[-1].attributes.get("class") == "unusual"]
        assert [
            "Different words in 25 consecutive words (MATTR): 61.2%, below the “control” range of 70.0% to 90.0%",
            "Filled pauses (um, uh) per 100 words: 9.1, above the “control” range of 0.0 to 5.0",
        ] == said

    def test_a_missing_value_has_its_reason(self, make_report: Make, read_page: Read) -> None:
        """NaN is written as not available, with the reason where there is one."""
        rows = self._rows(read_page(render_recording(make_report())))
        assert rows["fluency.pauses"].endswith("not available: plain text marks no pauses")

    def test_those_outside_are_counted(self, make_report: Make, read_page: Read) -> None:
        """Of the measures with value and range, the page says how many lie outside, and that some are bound to."""
        text = read_page(render_recording(make_report())).section("measures").text
        assert "2 of 3 lie outside it; by definition, about one in ten does" in text

    def test_families_are_kept_together(self, make_report: Make, read_page: Read) -> None:
        """Features of one family share a table in whatever order they come; an unknown family has its own name."""
        mixed = [
            ReportFeature(f"{family}.f{number}", family, "", "", 1.0, 0.0, 1.0, 2.0)
            for number, family in enumerate(("lexical", "gesture", "lexical"))
        ]
        page = read_page(render_recording(make_report(features=tuple(mixed))))
        assert ["Vocabulary choice and variety of words", "Gesture"] == [heading.text for heading in page.all("h3")]

    def test_a_measure_without_range_is_not_drawn(self, make_report: Make, read_page: Read) -> None:
        """Where no control has the feature, the value stands alone."""
        alone = ReportFeature("lexical.mattr", "lexical", "ratio", "", 0.5, NAN, NAN, NAN)
        page = read_page(render_recording(make_report(features=(alone,))))
        assert "50.0% no range known" in page.section("measures").text
        assert "lie outside" not in page.visible


class TestContributions:
    """What moved the score: families, intercept and their sum."""

    def test_families_are_named_by_direction_strongest_first(self, make_report: Make, read_page: Read) -> None:
        """The words agree with the bars."""
        text = read_page(render_recording(make_report())).section("contributions").text
        assert "Towards “case”: Predictability (+0.90) and Vocabulary (+0.31), most first." in text
        assert "Towards “control”: Words in context (−0.20)." in text

    def test_the_parts_add_up_to_the_probability(self, make_report: Make, read_page: Read) -> None:
        """Intercept −0.10 and parts 0.90 + 0.31 − 0.20 give a logit of 0.91, a probability of 0.713."""
        rows = [row.text for row in read_page(render_recording(make_report())).all("tr")]
        assert "Intercept where every recording starts −0.10" in rows
        assert "Total a probability of 0.71 +0.91" in rows

    def test_bars_leave_zero_by_sign(self, make_report: Make, read_page: Read) -> None:
        """The largest bar is the longest, and negative bars end at the middle."""
        page = read_page(render_recording(make_report()))
        bars = [(bar.attributes["x"], bar.attributes["width"]) for bar in page.all("rect", class_="part")]
        assert [("50.0%", "48.0%"), ("50.0%", "16.53%"), ("39.33%", "10.67%")] == bars

    def test_parts_that_are_all_zero_are_drawn_and_named_by_nothing(self, make_report: Make, read_page: Read) -> None:
        """Nothing is divided by zero, and no family is said to have moved the score."""
        flat = make_report(contributions=(Contribution("elmo", 0.0),), intercept=0.0)
        text = read_page(render_recording(flat)).section("contributions").text
        assert "Towards" not in text
        assert "a probability of 0.50" in text


def _pages_linked(page: Any) -> list[str]:
    """Return where a page's links lead, times left out."""
    return [a.attributes["href"] for a in page.all("a") if "time" not in (a.attributes.get("class") or "").split()]


class TestAbout:
    """What surrounds the result: notices, provenance, neighbours."""

    def test_every_page_says_what_it_is_not(self, make_report: Make, read_page: Read) -> None:
        """The line stands in the header of a recording and of the index."""
        score = make_report().score
        for html in (render_recording(make_report()), render_index([score], {}, model={}, **LABELS)):
            (line,) = read_page(html).all("p", class_="research")
            assert "Research use only. Not a diagnosis." == line.text

    @pytest.mark.parametrize("synthetic", [True, False])
    def test_synthetic_speech_is_announced(self, make_report: Make, read_page: Read, synthetic: bool) -> None:
        """The banner is there exactly when the speech is invented."""
        report = make_report(synthetic=synthetic)
        index = render_index([report.score], {}, model={}, synthetic=synthetic, **LABELS)
        for html in (render_recording(report), index):
            assert synthetic == ("SYNTHETIC" in read_page(html).visible)

    def test_provenance_names_model_and_source(self, make_report: Make, read_page: Read) -> None:
        """Digests, versions, counts and the threshold are listed."""
        text = read_page(render_recording(make_report())).section("provenance").text
        for part in (
            "Trained with adscreen 0.0.7",
            "Members of the estimator, and their weight doc2vec 0.81",
            "biLM SHA-256 9b1c",
            "Model SHA-256 4e5f6a7b8c9d",
            "Threshold 0.46",
        ):
            assert part in text
        assert "Training subjects control 54, case 66" in text
        assert "Transcript SHA-256 31ac" in text

    def test_what_could_identify_training_subjects_is_left_out(self, make_report: Make) -> None:
        """A model's manifest holds digests of subject ids and their key; no page shows them."""
        report = make_report()
        for html in (render_recording(report), render_index([report.score], {}, model=report.model, **LABELS)):
            assert "d1gest-of-a-subject" not in html
            assert "the-key-of-the-digests" not in html

    def test_neighbours_are_linked(self, make_report: Make, read_page: Read) -> None:
        """A page leads back to the index and, where there are any, to its neighbours."""
        both = read_page(render_recording(make_report(), previous="A.html", next="B.html", generated="1 May 2030"))
        assert ["#main", "index.html", "A.html", "B.html"] == _pages_linked(both)
        assert "on 1 May 2030" in both.visible
        alone = read_page(render_recording(make_report()))
        assert ["#main", "index.html"] == _pages_linked(alone)

    def test_who_and_when_stand_in_the_head(self, make_report: Make, read_page: Read) -> None:
        """Age, sex, visit and date of the manifest, where it has them; one word is one word."""
        report = make_report(age=71.0, sex="female", date="2024-03-01", words=1)
        report = replace(report, score=replace(report.score, sentences=1))
        (about,) = read_page(render_recording(report)).all("p", class_="about")
        who = "Subject S012 · 71 years · female · visit 2 · 2024-03-01"
        assert f"{who} · task cookie · 1 word in 1 sentence" == about.text
        (bare,) = read_page(render_recording(make_report())).all("p", class_="about")
        assert "years" not in bare.text


class TestIndex:
    """The cohort's index."""

    def test_results_are_counted(self, make_report: Make, read_page: Read) -> None:
        """Each result has its count, those without recordings too."""
        rows = [make_report(recording_id=f"R{n}").score for n in range(3)]
        rows.append(make_report(recording_id="R9", result="unreadable", probability=NAN, reason="no file").score)
        text = read_page(render_index(rows, {}, model={}, **LABELS)).section("results").text
        assert "Screen positive 3 75% Screen negative 0 0% Too little speech 0 0%" in text
        assert "Unreadable 1 25% All 4 Where the condition is rarer" in text

    def test_the_histogram_has_its_numbers_in_words(self, make_report: Make, read_page: Read) -> None:
        """Only scored recordings count, and the threshold is drawn."""
        rows = [make_report(probability=value).score for value in (0.11, 0.12, 0.9)]
        rows.append(make_report(result="out_of_scope", probability=NAN).score)
        page = read_page(render_index(rows, {}, model={}, **LABELS))
        (title,) = page.all("title", id="histogram-title")
        assert (
            "Histogram of 3 probabilities; median 0.12, threshold 0.46. 0.10 to 0.15: 2. 0.90 to 0.95: 1." == title.text
        )
        bars = [(bar.attributes["class"], bar.attributes["height"]) for bar in page.all("rect", class_="bin")]
        assert [("bin negative", "104.0"), ("bin positive", "52.0")] == bars
        assert 1 == len(page.all("line", class_="threshold"))

    def test_a_cohort_without_scores_has_no_histogram(self, make_report: Make, read_page: Read) -> None:
        """Neither does an empty one, and both are whole pages."""
        unscored = make_report(result="unreadable", probability=NAN, threshold=NAN).score
        for rows in ([unscored], []):
            page = read_page(render_index(rows, {}, model={}, **LABELS))
            assert "No recording was scored." in page.section("probabilities").text
            assert [] == page.all("svg", class_="histogram")

    def test_each_row_links_its_page(self, make_report: Make, read_page: Read) -> None:
        """A recording without a page is listed without a link."""
        rows = [make_report(recording_id=name).score for name in ("A", "B")]
        page = read_page(render_index(rows, {"A": "a--1.html"}, model={}, **LABELS))
        assert [("a--1.html", "A")] == [
            (a.attributes["href"], a.text) for a in page.all("a") if a.text != "Skip to the content"
        ]
        assert ["A", "B"] == [
            row.text for row in page.all("th", scope="row") if row.parents[-1].attributes.get("data-result")
        ]

    def test_numbers_sort_as_numbers_and_missing_ones_are_marked(self, make_report: Make, read_page: Read) -> None:
        """The script sorts by ``data-value``, which is empty where there is no number."""
        rows = [make_report().score, make_report(probability=NAN, probability_low=NAN, perplexity=NAN).score]
        page = read_page(render_index(rows, {}, model={}, **LABELS))
        cells = [cell for cell in page.all("td") if cell.parents[-1].attributes.get("data-result")]
        values = [cell.attributes.get("data-value", "text") for cell in cells]
        text = ["text"] * 3
        assert [*text, "0.714", "0.223", "11", "84.26", "text", *text, "", "", "11", "", "text"] == values

    def test_training_subjects_are_marked(self, make_report: Make, read_page: Read) -> None:
        """In their row, and counted above."""
        rows = [make_report(in_training=True, reason="seen").score, make_report(recording_id="B").score]
        page = read_page(render_index(rows, {}, model={}, **LABELS))
        assert ["in training; seen", ""] == [row[-1] for row in page.all("table", id="list")[0].rows[1:]]
        assert "Recordings of subjects the model was trained on: 1." in page.section("results").text

    def test_subjects_with_several_visits_are_joined(self, make_report: Make, read_page: Read) -> None:
        """One row a subject, by the rule of subjects.csv; where nobody was recorded twice there is no such part."""
        score = make_report().score
        rows = [
            replace(score, recording_id="A", visit="1", probability=0.9),
            replace(score, recording_id="B", visit="2", probability=0.1),
            replace(score, recording_id="C", subject_id="other"),
        ]
        rows = [replace(row, subject_threshold=0.44) for row in rows]
        page = read_page(render_index(rows, {}, model={}, **LABELS))
        text = " ".join(page.section("subjects").text.split())
        assert "has a threshold of its own: 0.44, not that of single recordings." in text
        assert "S012 2 of 2 scored, visits 1 to 2 Screen positive 0.50" in text
        assert "other 1 of 1 scored, visit 2 Screen positive 0.71" in text
        assert not read_page(render_index(rows[1:], {}, model={}, **LABELS)).has_section("subjects")

    def test_it_stays_small_for_thousands_of_recordings(self, make_report: Make) -> None:
        """5,000 rows take less than 5 MB."""
        score = make_report().score
        rows = [replace(score, recording_id=f"S{number}", reason="words " * 5) for number in range(5000)]
        html = render_index(rows, {row.recording_id: page_name(row.recording_id) for row in rows}, model={}, **LABELS)
        assert 5000 == html.count("data-result=")
        assert len(html) < 5_000_000

    def test_every_result_has_a_name(self) -> None:
        """The contract's results and the index's names are the same set."""
        assert get_args(Result) == tuple(RESULTS)


class TestEscaping:
    """Whatever a transcript, an id or a reason holds, it is text."""

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_stays_text(self, make_report: Make, read_page: Read, text: str) -> None:
        """Ids, labels, words, reasons, warnings and provenance reach the reader as typed, and add no element."""
        word = ReportWord(text, "filler", target=text)
        report = make_report(
            **dict.fromkeys(("recording_id", "subject_id", "visit", "model_digest", "reason"), text),
            **dict.fromkeys(("positive_label", "negative_label", "task", "source_digest"), text),
            sentences=(ReportSentence(0, (word,), 9.0, 0, 0.5),),
            features=(ReportFeature(text, text, text, text, NAN, 0.0, 1.0, 2.0, text),),
            contributions=(Contribution(text, 1.0),),
            warnings=(text,),
            model={"provenance": {"bilm": text}, "subjects": {text: 1}},
        )
        harmless = render_recording(make_report(**{"recording_id": "x", "reason": "x"}, sentences=report.sentences[:1]))
        page = read_page(render_recording(report, previous=text, next=text, generated=text))
        assert {element.tag for element in read_page(harmless).elements} >= {element.tag for element in page.elements}
        assert page.visible.count(" ".join(text.split())) >= 20
        index = read_page(
            render_index([report.score], {text: text}, model=report.model, positive_label=text, negative_label=text)
        )
        assert 1 == len(index.all("script"))
        for found in (page, index):
            assert [] == found.faults
            assert [] == [name for e in found.elements for name in e.attributes if name.startswith("on")]

    @given(text=st.text())
    def test_any_text_leaves_the_page_whole(self, make_report: Make, read_page: Read, text: str) -> None:
        """No string breaks the markup."""
        report = make_report(
            recording_id=text, reason=text, sentences=(ReportSentence(0, (ReportWord(text, "word"),), 1.0, 0, 0.0),)
        )
        assert [] == read_page(render_recording(report)).faults
        assert [] == read_page(render_index([report.score], {}, model={}, **LABELS)).faults


class TestWriteReports:
    """``write_reports``: a stream of reports -> a folder of pages."""

    def test_pages_are_linked_in_order(self, make_report: Make, read_page: Read, tmp_path: Path) -> None:
        """Each page leads to its neighbours, and the index to each page; every link leads to a file."""
        names = ["A", "b/../c", "index"]
        reports = (make_report(recording_id=name, subject_id=name) for name in names)
        index = write_reports(reports, tmp_path / "new" / "report", model={}, **LABELS)
        assert tmp_path / "new" / "report" / "index.html" == index
        assert {"index.html", *map(page_name, names)} == {path.name for path in index.parent.iterdir()}
        links = {
            path.name: _pages_linked(read_page(path.read_text(encoding="utf-8")))[1:] for path in index.parent.iterdir()
        }
        first, middle, last = map(page_name, names)
        assert ["index.html", middle] == links[first]
        assert ["index.html", first, last] == links[middle]
        assert ["index.html", middle] == links[last]
        assert [first, middle, last] == links["index.html"]

    def test_pages_are_written_as_reports_come(self, make_report: Make, tmp_path: Path) -> None:
        """When a report is asked for, the page of the last but one is on disk: one report waits for its neighbour."""
        written = []

        def reports() -> Iterator[RecordingReport]:
            for number in range(5):
                written.append(len(list(tmp_path.iterdir())))
                yield make_report(recording_id=f"R{number}")

        write_reports(reports(), tmp_path, model={}, **LABELS)
        assert [0, 0, 1, 2, 3] == written

    def test_it_says_synthetic_if_any_recording_is(self, make_report: Make, tmp_path: Path) -> None:
        """One invented recording marks the cohort."""
        reports = [make_report(recording_id="A", synthetic=True), make_report(recording_id="B")]
        index = write_reports(reports, tmp_path, model={}, **LABELS)
        assert "SYNTHETIC" in index.read_text(encoding="utf-8")

    def test_no_reports_give_an_index(self, tmp_path: Path) -> None:
        """An empty cohort is a page that says so."""
        index = write_reports([], tmp_path, model={}, **LABELS)
        assert "No recording was scored." in index.read_text(encoding="utf-8")

    def test_the_same_reports_give_the_same_bytes(self, make_report: Make, tmp_path: Path) -> None:
        """Pages depend on the reports alone, not on the time or the place."""
        for folder in ("one", "two"):
            write_reports([make_report(), make_report(recording_id="B")], tmp_path / folder, model={}, **LABELS)
        for path in (tmp_path / "one").iterdir():
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()

    def test_two_reports_of_one_recording_are_refused(self, make_report: Make, tmp_path: Path) -> None:
        """One would replace the other unseen."""
        with pytest.raises(InputError, match="two reports of recording 'S012_2'"):
            write_reports([make_report(), make_report()], tmp_path, model={}, **LABELS)

    def test_a_folder_that_cannot_be_written_is_an_input_error(self, make_report: Make, tmp_path: Path) -> None:
        """The line says where and what to do."""
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(InputError, match="cannot be written") as error:
            write_reports([make_report()], tmp_path / "file", model={}, **LABELS)
        assert str(tmp_path / "file") in str(error.value)
