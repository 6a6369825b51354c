"""Lines of start, end and label -> the turns of all speakers."""

from __future__ import annotations

import pytest

from adscreen.errors import InputError
from adscreen.ingest.label_track import is_label_track, read_label_track


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,5\t1,5\tso\n", True),
        ("0.5\t1.5\n", True),
        ("so\tyes\tno\n", False),
        ("0.5\t1.5\tso\nand then\nhe went\n", False),
    ],
)
def test_labels_are_told_by_all_lines(text: str, expected: bool) -> None:
    """Two times and tabs in most lines make a label track."""
    assert expected == is_label_track(text)


@pytest.mark.parametrize(
    ("text", "times"),
    [("0,5\t1,5\tso yes\n", (500, 1500)), ("500\t1500\tso yes\n", (500, 1500)), ("5\t7\tso yes\n", (5000, 7000))],
)
def test_times_are_seconds_unless_speech_says_otherwise(text: str, times: tuple[int, int]) -> None:
    """A decimal comma is read; whole numbers are what speech can be."""
    (utterance,) = read_label_track(text, file="a.txt", where="a.txt").utterances
    assert times == (utterance.start_ms, utterance.end_ms)


def test_labels_without_words_are_refused() -> None:
    """Marks of time alone are no transcript."""
    with pytest.raises(InputError, match="a label track without words"):
        read_label_track("0.5\t1.5\n", file="a.txt", where="a.txt")
