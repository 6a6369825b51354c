"""WebVTT, SubRip or SubViewer text -> its cues."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.cues import Cue, holds_cues, read_cues


def text_of(cue: Cue) -> str:
    """Return the words of a cue, its lines parted by a bar."""
    return "|".join(" ".join(piece.text for piece in line.pieces) for line in cue.lines)


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        ("00:00:01,500 --> 00:00:02,000", (1500, 2000)),
        ("00:01.500-->00:02.000 align:start position:0%", (1500, 2000)),
        ("0:0:1.5 --> 0:0:2.0", (1500, 2000)),
        ("00:00:01:12 --> 00:00:02:00", (1000, 2000)),
        ("00:01 --> 00:02", (1000, 2000)),
        ("0:00:01.500,0:00:02.000", (1500, 2000)),
        ("00:00:01,500 -> 00:00:02,000", (1500, 2000)),
        ("[00:00:01.500 → 00:00:02.000]", (1500, 2000)),
        ("7 00:00:01,500 --> 00:00:02,000", (1500, 2000)),
        ("100:00:01.500 --> 100:00:02.000 X1:1 X2:2", (360_001_500, 360_002_000)),
        ("00:00:01,x --> 00:00:02,000", (None, 2000)),
    ],
)
def test_lines_of_times(timing: str, expected: tuple[int | None, int | None]) -> None:
    """Times are read as people and programs write them; their line holds no words."""
    (cue,) = read_cues(f"{timing}\nthe boy").cues
    assert (*expected, "the boy") == (cue.start_ms, cue.end_ms, text_of(cue))


@pytest.mark.parametrize("line", ["the boy --> fell", "3:00 to 4:00", "a -> b", "--> so"])
def test_an_arrow_in_speech_is_speech(line: str) -> None:
    """Only times make a line of times."""
    assert [line] == [text_of(cue) for cue in read_cues(f"00:01.000 --> 00:02.000\n{line}").cues]


def test_words_behind_the_times() -> None:
    """What Whisper prints has the words in the line of the times."""
    (cue,) = read_cues("[00:00.000 --> 00:02.000]  the boy: fell").cues
    assert "the boy: fell" == text_of(cue)


def test_times_of_words() -> None:
    """A tag gives the word behind it its start, the cue that of the first; a tag inside a word parts nothing."""
    (cue,) = read_cues(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nthe<00:01.200><c> boy</c> and<00:01.500>a<00:01.700> fell"
    ).cues
    pieces = [(piece.text, piece.start_ms) for piece in cue.lines[0].pieces]
    assert [("the", 1000), ("boy", 1200), ("anda", None), ("fell", 1700)] == pieces


def test_lines_above_the_first_cue_are_counted() -> None:
    """What stands above the first cue and is no header is reported by its line."""
    assert (1, 2) == read_cues("Interview\nof May\n\n1\n00:01.000 --> 00:02.000\na\n").unread
    assert () == read_cues("WEBVTT\nKind: captions\n\nNOTE by\nus\n\n00:01.000 --> 00:02.000\na\n").unread


def test_tags_of_no_known_name_are_notes() -> None:
    """`<laughs>` is a sound, not markup."""
    (cue,) = read_cues(
        "00:01.000 --> 00:02.000\n<laughs> <b>so</b> <font color='red'>he</font> {\\an8}fell<br>off"
    ).cues
    assert "[laughs] so he fell|off" == text_of(cue)


def test_captions_below_a_title() -> None:
    """Two lines of times anywhere make captions, one does not."""
    line = "00:00:01,000 --> 00:00:02,000\na\n"
    assert (True, False) == (holds_cues(f"title\n{line}{line}"), holds_cues(f"title\n{line}"))


@given(st.lists(st.text(st.characters(categories=("Ll", "Lu")), min_size=1, max_size=6), min_size=1, max_size=20))
def test_no_letter_is_lost(words: list[str]) -> None:
    """All words of cues come out in order, empty lines inside them or not."""
    blocks = [f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{word}\n\n" for n, word in enumerate(words, start=1)]
    assert words == [text_of(cue) for cue in read_cues("".join(blocks).replace(",900\n", ",900\n\n")).cues]
