"""A line -> the clock times in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.clock_times import cut_first, cut_last, cut_stamps, read_clock


@pytest.mark.parametrize(
    ("line", "start", "end", "rest"),
    [
        ("0:03 so", 3_000, None, "so"),
        ("01:02 so", 62_000, None, "so"),
        ("00:00:01.000 so", 1_000, None, "so"),
        ("00:00:01,5 so", 1_500, None, "so"),
        ("01:00:10:12 so", 3_610_000, None, "so"),
        ("[00:01:02] so", 62_000, None, "so"),
        ("(00:03) so", 3_000, None, "so"),
        ("#00:00:05-1# so", 5_100, None, "so"),
        ("[00:01 - 00:03] so", 1_000, 3_000, "so"),
        ("[00:00.000 --> 00:03.500]  so", 0, 3_500, "so"),
        ("0:00:01.000,0:00:03.000", 1_000, 3_000, ""),
        ("2:02:01 PM so", 50_521_000, None, "so"),
        ("12:00:01 AM so", 1_000, None, "so"),
        ("0 minutes 7 seconds", 7_000, None, ""),
        ("1 hour 2 minutes 7 seconds1:02:07", 3_727_000, None, ""),
        ("[0.5s - 2.3s] so", 500, 2_300, "so"),
        ("01:00:10:00\tso", 3_610_000, None, "so"),
    ],
)
def test_times_at_the_start(line: str, start: int, end: int | None, rest: str) -> None:
    """Every way of writing a time is read in milliseconds; frames, whose rate is unknown, are left out."""
    stamp, left = cut_first(line)
    assert stamp is not None
    assert (start, end, rest) == (stamp.start_ms, stamp.end_ms, left)


@pytest.mark.parametrize(
    "line",
    ["so 0:03", "3:1 odds", "10:75 so", "00:61:00 so", "http://a", "1:2:3", "x0:03", "5% so", "[0:05 - 0:03] so"],
)
def test_what_is_no_time(line: str) -> None:
    """A ratio, a number of minutes above 59 and a span that ends before it starts are no times."""
    assert (None, line) == cut_first(line)


@pytest.mark.parametrize(
    ("line", "start", "rest"),
    [
        ("so #00:00:12-4#", 12_400, "so"),
        ("Anna Smith  0:03", 3_000, "Anna Smith"),
        ("[Anna] 14:02:01", 50_521_000, "[Anna]"),
        ("Anna (00:03)", 3_000, "Anna"),
        ("at 10:30.", 630_000, "at"),
    ],
)
def test_times_at_the_end(line: str, start: int, rest: str) -> None:
    """The time at the end of a line is cut off."""
    stamp, left = cut_last(line)
    assert stamp is not None
    assert (start, rest) == (stamp.start_ms, left)


def test_times_within_a_text() -> None:
    """Marked times and those that nobody says are taken out; a time of day stays among the words."""
    text, stamps = cut_stamps("so [00:01] he 0:00:03 fell (0:04) at 10:30 or 9:30 p.m. #00:00:05-1# end")
    assert "so he fell at 10:30 or 9:30 p.m. end" == text
    assert [1_000, 3_000, 4_000, 5_100] == [stamp.start_ms for _, stamp in stamps]
    assert ["so", "so he", "so he fell", "so he fell at 10:30 or 9:30 p.m."] == [text[:place] for place, _ in stamps]


def test_a_pause_of_chat_is_no_time() -> None:
    """Where round brackets hold pauses they stay."""
    assert ("so (1:02.5) he", []) == cut_stamps("so (1:02.5) he", round_brackets=False)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_a_time_is_read_as_it_is_written(hours: int, minutes: int, seconds: int, fraction: int) -> None:
    """Hours, minutes, seconds and milliseconds add up."""
    expected = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + fraction
    assert expected == read_clock(f"{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}")


@given(st.text(alphabet="ab 0123456789:.,[]()#-> ", max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    """Cutting times out takes no letter, and every place lies in what is left."""
    left, stamps = cut_stamps(text)
    assert [letter for letter in text if letter.isalpha()] == [letter for letter in left if letter.isalpha()]
    assert all(0 <= place <= len(left) for place, _ in stamps)
