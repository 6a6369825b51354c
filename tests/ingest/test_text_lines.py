"""Plain text -> its lines without what tools wrote around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.text_lines import find_wrapped, read_lines


def texts(text: str) -> list[str]:
    """Return the lines."""
    return [line.text for line in read_lines(text, file="a")[0]]


@pytest.mark.parametrize(
    "notice",
    [
        "Transcribed by https://otter.ai",
        "Transcribed by otter.ai",
        "(Transcribed by TurboScribe.ai. Go Unlimited to remove this message.)",
        "This transcript was exported on Mar 03, 2024 - view latest version here.",
        "Meeting ended after 00:12:34",
        "Anna Smith started transcription",
        "End of transcript",
        "[End of recording]",
        "Page 2 of 3",
        "https://otter.ai/u/abc",
    ],
)
def test_what_a_tool_wrote_is_left_out_and_reported(notice: str) -> None:
    """A line of a transcription tool is no speech."""
    lines, diagnostics = read_lines(f"so\n{notice}\n", file="a")
    assert ["so"] == [line.text for line in lines]
    assert [(2, "a line that a transcription tool wrote was left out")] == [(d.line, d.what) for d in diagnostics]


@pytest.mark.parametrize("line", ["he transcribed it by hand", "the recording was long", "we met after the end of it"])
def test_speech_about_recordings_stays(line: str) -> None:
    """A sentence that somebody says stays, whatever its words."""
    assert [line] == texts(line)


def test_invisible_characters_are_left_out() -> None:
    """Byte-order marks, zero-width spaces and marks of direction go; spaces of any kind are one; tabs stay."""
    assert ["Anna: so it", "Mary\tso"] == texts("\ufeffAnna:\u00a0 so\u200b \u200eit\n \u2009\nMary \t so\r")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("1. a\n2. b\n3. c", ["a", "b", "c"]),
        ("001 I: a\n002 P: b", ["I: a", "P: b"]),
        ("1\n0:03 a\n2\n0:04 b", ["0:03 a", "0:04 b"]),
        ("1 boy\n2 girls\n3 dogs", ["1 boy", "2 girls", "3 dogs"]),
        ("1\n2\n3", ["1", "2", "3"]),
        ("7. a\n3. b", ["7. a", "3. b"]),
        ("0:03 a\n0:04 b", ["0:03 a", "0:04 b"]),
    ],
)
def test_numbers_of_lines(text: str, lines: list[str]) -> None:
    """Numbers that count lines are left out; numbers that somebody says, and times, stay."""
    assert lines == texts(text)


def test_lines_that_an_editor_broke_go_on() -> None:
    """Where each line is too full for the next word the lines are one paragraph."""
    text = (
        "one two three four five six seven eight nine\nten eleven twelve thirteen fourteen fifteen\nsixteen\neighteen"
    )
    lines, _ = read_lines(text, file="a")
    assert [False, True, True, False] == find_wrapped(lines, begins=[True, False, False, True])
    assert [False] * 4 == find_wrapped(lines, begins=[True, False, True, True])


@given(st.text(alphabet=st.sampled_from("ab 1.\t\n") | st.characters(), max_size=80))
def test_lines_keep_their_letters(text: str) -> None:
    """No letter of a line that stays is lost, and its number is its place in the file."""
    physical = text.split("\n")
    for line in read_lines(text, file="a")[0]:
        kept = [letter for letter in line.text if letter.isalpha()]
        assert kept == [letter for letter in physical[line.number - 1] if letter.isalpha()]
