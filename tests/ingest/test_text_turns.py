"""Lines -> turns with their times."""

from __future__ import annotations

import pytest

from adscreen.ingest.plain_text import read_text
from adscreen.ingest.text_lines import read_lines
from adscreen.ingest.text_turns import Turn, read_turns, report_backward_times, split_at_times


def turns(text: str) -> list[tuple[str, str, int | None, int | None]]:
    """Return speaker, text, start and end."""
    found, _ = read_turns(read_lines(text, file="a")[0], file="a")
    return [(turn.speaker, turn.text, turn.start_ms, turn.end_ms) for turn in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I: so. #00:00:05-1#\nB: he. #00:00:06-0#", [("I", "so.", None, 5_100), ("B", "he.", None, 6_000)]),
        ("I: so. [00:00:05]\nB: he. [00:00:06]", [("I", "so.", None, 5_000), ("B", "he.", None, 6_000)]),
        ("[0:01 - 0:03] I: so\nB: he", [("I", "so", 1_000, 3_000), ("B", "he", None, None)]),
        ("I: so 0:03\nB: he 0:05", [("I", "so", None, 3_000), ("B", "he", None, 5_000)]),
        ("0:03\nso\n0:05\nhe", [("PAR", "so", 3_000, None), ("PAR", "he", 5_000, None)]),
        ("Anna 0:03\nso\nhe", [("Anna", "so", 3_000, None), ("Anna", "he", None, None)]),
        ("PAR: at 10:30 he\nPAR: so", [("PAR", "at 10:30 he", None, None), ("PAR", "so", None, None)]),
    ],
)
def test_times_belong_to_what_they_stand_beside(
    text: str, expected: list[tuple[str, str, int | None, int | None]]
) -> None:
    """A time before words is their start, one behind them their end; a time of day among them is a word."""
    assert expected == turns(text)


def test_a_turn_is_parted_where_a_time_stands_between_sentences() -> None:
    """The second sentence starts at that time; within a sentence the time is left out."""
    parts = list(split_at_times(Turn(1, "P", "So it. [0:04] He [0:05] fell.", 1_000, 9_000), round_brackets=True))
    assert [("So it.", 1_000, None), ("He fell.", 4_000, 9_000)] == [(p.text, p.start_ms, p.end_ms) for p in parts]


def test_times_that_go_back_are_reported() -> None:
    """A time earlier than one above is doubtful."""
    found = report_backward_times([Turn(1, "P", "a", 9_000), Turn(2, "P", "b", 3_000), Turn(3, "P", "c")], file="a")
    assert [(2, "1 times are earlier than the one above")] == [(d.line, d.what) for d in found]


def test_a_paragraph_broken_over_lines_is_one_turn() -> None:
    """Sentences run over the line ends that an editor made; a turn begins at its label."""
    text = (
        "Anna: Have a look at the picture of the kitchen and tell me\n"
        "everything that is going on in it. Take as much time as you\n"
        "need.\n"
        "Mary: Two children are after the cookies and the one on top\n"
        "of the stool is about to fall.\n"
    )
    found = read_text(text, file="a").utterances
    assert [("Anna", 19), ("Anna", 7), ("Mary", 18)] == [(u.speaker, len(u.words)) for u in found]
