"""Captions through `adscreen ingest`: speakers, words and times as a person would read them off the screen.

Samples under tests/ingest/samples/captions are our own sentences in the form that each tool writes; SOURCES names where
that form is described or shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[1] / "ingest" / "samples" / "captions"
SOURCES = {
    "youtube_automatic.vtt": "ytdl-org/youtube-dl#21914",
    "youtube.sbv": "YouTube Help, 'Supported subtitle and closed caption files'; `>>` as in broadcast captions",
    "teams.vtt": "W3C WebVTT, 'Cue voice span'; Microsoft Graph, 'Get callTranscript', text/vtt",
    "stream.vtt": "Microsoft Stream's NOTE Confidence blocks, as removed by many public scripts",
    "zoom.vtt": "revgizmo/engager, docs/development/ISSUE_421_CONSOLIDATED_PLAN.md",
    "webex.vtt": "Webex transcripts, whose cue identifiers hold number, name and id",
    "meet.vtt": "danyelf/parse-vtt, notes.md",
    "otter.srt": "Otter's SRT with speaker names",
    "descript.srt": "Descript's subtitles with speaker labels",
    "whisperx.srt": "m-bain/whisperX, SubtitlesWriter",
    "broadcast_roll_up.srt": "CTA-608 roll-up captions, converted to SubRip",
    "paint_on.srt": "CTA-608 paint-on captions, converted to SubRip",
    "whisper_screen.txt": "openai/whisper, what --verbose prints",
    "teams_word.txt": "the example teams_old.docx of the cases that this project was given",
    "panopto.srt": "Panopto's automatic captions",
}
T = ("00:00:01,000 --> 00:00:02,000", "00:00:02,000 --> 00:00:03,000", "00:00:03,000 --> 00:00:04,000")


def srt(*cues: str, seconds: int = 2) -> str:
    """Return SubRip text of cues that follow each other."""
    times = [(f"00:00:{seconds * n:02d},000", f"00:00:{seconds * (n + 1):02d},000") for n in range(len(cues))]
    blocks = (
        f"{number}\n{start} --> {end}\n{cue}\n"
        for number, (cue, (start, end)) in enumerate(zip(cues, times, strict=True), 1)
    )
    return "\n".join(blocks)


@pytest.fixture
def words(tmp_path: Path, ingest: Any) -> Any:
    """Return the words of each speaker of captions given as text."""

    def read(text: str, name: str = "a.srt") -> dict[str, str]:
        (tmp_path / name).write_bytes(text.encode())
        found: dict[str, str] = ingest(tmp_path / name).words
        return found

    return read


def test_youtube_automatic_captions_are_read_once(door: Path, ingest: Any) -> None:
    """Every cue repeats the line above; each word is taken once and keeps its own time."""
    seen = ingest(door / "yt.vtt")
    assert {"PAR": "the boy is standing on a stool near the cupboard reaching up"} == seen.words
    assert [("the", 160, None), ("boy", 960, None), ("is", 1520, None)] == seen.word_times[:3]
    assert ("up", 6500, None) == seen.word_times[-1]
    assert "5 repeated lines were taken once" in seen.diagnostics


def test_youtube_captions_of_two_lines_are_read_once(door: Path, ingest: Any) -> None:
    """The first line of a cue is the last of the one before."""
    assert {"PAR": "the boy fell off the stool"} == ingest(door / "yt_roll.vtt").words


def test_an_empty_line_inside_a_cue_ends_nothing(door: Path, ingest: Any) -> None:
    """The words below an empty line belong to the cue above; numbers of cues are no words."""
    expected = "The mother is drying dishes and the sink runs over The boy takes a cookie"
    assert {"PAR": expected} == ingest(door / "blank.srt").words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pad.vtt", "the boy is standing on a stool"),
        ("teams_plain.vtt", "The boy takes a cookie The sink runs over"),
    ],
)
def test_padding_below_the_times_hides_no_words(door: Path, ingest: Any, name: str, expected: str) -> None:
    """An empty line, or one of spaces, directly below the times is padding."""
    assert {"PAR": expected} == ingest(door / name).words


def test_a_cue_without_a_name_goes_on(door: Path, ingest: Any) -> None:
    """Names that are written where the speaker changes hold until the next name, and that is said."""
    seen = ingest(door / "onchange.srt")
    assert {"Speaker 1": 8, "Speaker 2": 14} == seen.counts
    assert "2 cues without a name were taken for speech of the speaker before them" in seen.diagnostics


def test_a_label_in_round_brackets(door: Path, ingest: Any) -> None:
    """whisper.cpp writes `(speaker 0)` before what is said."""
    assert {"speaker 0": 4, "speaker 1": 9} == ingest(door / "paren.srt").counts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("youtube_automatic.vtt", {"PAR": "my sister kept bees behind the old mill yes yes the old mill"}),
        (
            "youtube.sbv",
            {"ANNA": "Good morning What did you do on Sunday", "PETER": "We took the ferry The wind was cold"},
        ),
        (
            "teams.vtt",
            {"Anna Berg": "Tell me about your garden", "Peter Holm": "We grow beans peas", "UNKNOWN": "And plums"},
        ),
        ("stream.vtt", {"PAR": "The ferry leaves at seven and we are late"}),
        (
            "zoom.vtt",
            {"Anna Berg": "What did you cook yesterday", "Peter Holm": "A soup of leeks It was too salt"},
        ),
        ("webex.vtt", {"Anna Berg": "What did you cook yesterday", "Peter Holm": "A soup of leeks"}),
        (
            "meet.vtt",
            {
                "Anna Berg": "I wanted to begin with the house you grew up in And then",
                "Peter Holm": "It had a red door",
            },
        ),
        (
            "otter.srt",
            {
                "Anna Berg": "Where did you meet your wife",
                "Peter Holm": "At a dance in the town hall She wore a green coat",
            },
        ),
        ("descript.srt", {"Anna Berg": "What was your work", "Peter Holm": "I drove a tram thirty years"}),
        (
            "whisperx.srt",
            {
                "SPEAKER_00": "What was your work",
                "SPEAKER_01": "I drove a tram The line to the harbour",
                "UNKNOWN": "Mhm",
            },
        ),
        (
            "broadcast_roll_up.srt",
            {"PAR": "WE CAME BY BOAT AND THE SEA WAS ROUGH VERY ROUGH VERY ROUGH INDEED"},
        ),
        ("paint_on.srt", {"PAR": "we came by boat the sea"}),
        ("whisper_screen.txt", {"PAR": "We came by boat The sea was rough"}),
        (
            "teams_word.txt",
            {"Anna Berg": "Where is the harbour", "Peter Holm": "Behind the church You can see the masts"},
        ),
        ("panopto.srt", {"PAR": "The harbour is behind the church"}),
    ],
)
def test_what_tools_write(ingest: Any, name: str, expected: dict[str, str]) -> None:
    """The speakers and words of a file as each tool writes it."""
    assert name in SOURCES
    assert expected == ingest(SAMPLES / name).words


def test_times_of_samples(ingest: Any) -> None:
    """Cues keep their times: those of .sbv, of Teams and of words that YouTube times."""
    assert ("PETER", 4770, 6900) in ingest(SAMPLES / "youtube.sbv").spans
    assert [("Anna Berg", 3120, 5800), ("Peter Holm", 6250, 9710), ("UNKNOWN", 9710, 11000)] == ingest(
        SAMPLES / "teams.vtt"
    ).spans
    assert [("yes", None, None), ("yes", 6720, None), ("the", 7040, None)] == ingest(
        SAMPLES / "youtube_automatic.vtt"
    ).word_times[8:11]
    assert [("PAR", 1000, 2600), ("PAR", 3000, 4000)] == ingest(SAMPLES / "paint_on.srt").spans


@pytest.mark.parametrize(
    "cues",
    [
        ("No.", "No.", "I do not know.", "No."),
        ("The boy", "The boy fell.", "He fell off the stool.", "Yes, and the mother"),
        ("I want to go home.", "I want to go home.", "Where is my coat?"),
        ("She said the", "the boy fell", "fell off the stool", "stool and all"),
    ],
)
def test_what_a_person_says_twice_is_kept(words: Any, cues: tuple[str, ...]) -> None:
    """Repetitions that are not the shape of the whole file are speech."""
    assert sum(len(cue.split()) for cue in cues) == len(words(srt(*cues))["PAR"].split())


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        (("the boy", "the boy\nis on", "is on\na stool", "a stool\nand falls"), "the boy is on a stool and falls"),
        (("a\nb", "a\nb\nc", "b\nc\nd", "c\nd\ne"), "a b c d e"),
        (("the", "the boy", "the boy is", "the boy is on"), "the boy is on"),
        (("we go", "we go\nwe go", "we go\nhome"), "we go we go home"),
        (("one two three four", "two three four five", "three four five six"), "one two three four five six"),
        (("We go home.", "We go home.", "It is late now.", "It is late now."), "We go home It is late now"),
    ],
)
def test_captions_that_roll(words: Any, cues: tuple[str, ...], expected: str) -> None:
    """Roll-up, paint-on, sliding and doubled cues are read once."""
    assert {"PAR": expected} == words(srt(*cues))


def test_a_cue_twice_at_one_time_is_one(words: Any) -> None:
    """A copy with the same start is no speech, whatever the rest of the file."""
    cue = "1\n00:00:01,000 --> 00:00:03,000\nThe boy fell.\n\n"
    assert {"PAR": "The boy fell He cried"} == words(cue + cue + "2\n00:00:04,000 --> 00:00:05,000\nHe cried.\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"1\n{T[0]}\nHow old?\n2\n{T[1]}\n42\n3\n{T[2]}\nYes.\n",
            "How old 42 Yes",
        ),
        (
            f"{T[0]}\nHow old?\n\n{T[1]}\n42\n{T[2]}\nYes.\n",
            "How old 42 Yes",
        ),
        (
            f"1\n{T[0]}\n80\n\n2\n{T[1]}\n\n81\n\n\n3\n{T[2]}\n82\n\n4\n",
            "80 81 82",
        ),
        ("1\n00:00:01.000-->00:00:02.000\nThe boy   \n\n2\n00:02.000 --> 00:03.000  \n fell. \n", "The boy fell"),
        (
            f"\ufeff1\r\n{T[0]}\r\nThe boy\r\n\r\n2\r\n{T[1]}\r\nfell.\r\n",
            "The boy fell",
        ),
        (
            f"Interview 7\n\n1\n{T[0]}\nThe boy\n\n2\n{T[1]}\nfell.\n",
            "The boy fell",
        ),
    ],
)
def test_numbers_of_cues_are_no_words_and_numbers_said_are(words: Any, text: str, expected: str) -> None:
    """Digits above times number a cue only where the file numbers its cues; what is said in digits is kept."""
    assert {"PAR": expected} == words(text)


def test_identifiers_are_no_words(words: Any) -> None:
    """Names of cues, NOTE, STYLE and REGION blocks and time maps hold no speech; voices, classes, rubies are read."""
    text = (
        "WEBVTT - a title\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n::cue { color: red }\n\n"
        "intro part\n00:01.000 --> 00:02.000 align:start\n<v.loud Anna><c.red>the</c> boy</v>\n\n"
        "NOTE\ntwo lines\nof comment\n\n"
        "7f-2\n00:02.000 --> 00:03.000\n<v Ben><ruby>fell<rt>gloss</rt></ruby> &lt;3 <i>off</i></v>\n"
    )
    assert {"Anna": "the boy", "Ben": "fell 3 off"} == words(text, "a.vtt")


def test_broadcast_marks_of_another_speaker(words: Any) -> None:
    """`>> NAME:` names who speaks; `>>` alone says that somebody else does, who stays unknown."""
    text = srt(">> ANNA: What?", ">> MARY: The boy.", "He fell.\n>> ANNA: Good.", ">> Thanks.")
    assert {"ANNA": "What Good", "MARY": "The boy He fell", "UNKNOWN": "Thanks"} == words(text)


def test_voices_do_not_go_on(words: Any) -> None:
    """In a file of voice tags a cue without one is nobody's."""
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>What?</v>\n\n00:02.000 --> 00:03.000\nThe boy.\n"
    assert {"Anna": "What", "UNKNOWN": "The boy"} == words(text, "a.vtt")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.ass", "[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,hi\n", "SubStation"),
        ("a.ttml", '<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>', "TTML"),
        ("a.dfxp", "<tt:tt xmlns:tt='http://www.w3.org/ns/ttml'/>", "TTML"),
        ("a.smi", "<SAMI><BODY><SYNC Start=1><P>hi</BODY></SAMI>", "SAMI"),
        ("a.lrc", "[ti:Interview]\n[00:12.00]hello there\n", "lyrics"),
        ("a.sub", "{10}{35}hello there\n{40}{60}again\n", "MicroDVD"),
        ("a.txt", "[10][35]hello there\n[40][60]again\n", "MPL2"),
        ("a.scc", "Scenarist_SCC V1.0\n\n00:00:00:22\t9425 9425\n", "Scenarist"),
        ("a.srv3", '<?xml version="1.0" encoding="utf-8" ?><timedtext format="3"><body/></timedtext>', "YouTube"),
    ],
)
def test_other_captions_are_refused_by_name(tmp_path: Path, ingest: Any, name: str, text: str, reason: str) -> None:
    """A format that is not read is named, and so is what to export instead."""
    (tmp_path / name).write_text(text)
    refused = ingest(tmp_path / name).refused
    assert reason in refused
    assert "export it again as WebVTT (.vtt) or SubRip (.srt)" in refused


def test_cues_that_begin_like_labels_are_reported(tmp_path: Path, ingest: Any) -> None:
    """Where no form of label is known, and cues begin with a speaker all the same, that is said."""
    file = tmp_path / "a.srt"
    file.write_text(srt("Speaker 1 - hello", "Speaker 2 - hi there", "Speaker 1 - ok"), encoding="utf-8")
    assert "3 cues begin as with a speaker label" in ingest(file).diagnostics
