"""A %wor tier -> the times of its utterance's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from adscreen.ingest.chat import read_chat
from adscreen.ingest.main_line import parse_main_line
from adscreen.ingest.word_times import with_word_times
from adscreen.records import Utterance


def utterance(line: str) -> Utterance:
    """Parse a main line."""
    return parse_main_line(line).utterance


def bullet(start: int, end: int) -> str:
    """Return a time bullet."""
    return f"\x15{start}_{end}\x15"


@pytest.mark.parametrize(
    ("line", "tier", "times"),
    [
        ("the boy .", f"the {bullet(0, 90)} boy {bullet(90, 200)} .", [(0, 90), (90, 200)]),
        ("the boy .", f"the boy {bullet(90, 200)} .", [(None, None), (90, 200)]),
        ("the boy .", "the boy .", [(None, None), (None, None)]),
        ("&-uh fallin(g) xxx ?", f"&-uh {bullet(0, 1)} fallin(g) {bullet(2, 3)} ?", [(0, 1), (2, 3)]),
        ("the [/] the .", f"the {bullet(0, 1)} the {bullet(1, 2)} .", [(0, 1), (1, 2)]),
        ("the boy .", f"the {bullet(90, 0)} boy .", [(None, None), (None, None)]),
    ],
)
def test_words_get_their_times(line: str, tier: str, times: list[tuple[int | None, int | None]]) -> None:
    """Each word takes the bullet that follows it on the tier; a word without one stays without."""
    timed = with_word_times(utterance(line), tier)
    assert timed is not None
    assert times == [(word.start_ms, word.end_ms) for word in timed.words]
    assert [word.text for word in utterance(line).words] == [word.text for word in timed.words]


@pytest.mark.parametrize("tier", ["", "the .", f"the {bullet(0, 1)} girl .", "the boy fell ."])
def test_other_words_give_no_times(tier: str) -> None:
    """A tier that does not match its line is not used, rather than used wrongly."""
    assert with_word_times(utterance("the boy ."), tier) is None


def test_a_tier_that_does_not_match_is_reported() -> None:
    """The words are kept without times, and the diagnostic has the tier's line."""
    text = f"@Begin\n*PAR:\tthe boy .\n%wor:\tthe {bullet(0, 1)} girl .\n@End\n"
    conversation = read_chat(text, file="a.cha")
    assert [None, None] == [word.start_ms for word in conversation.utterances[0].words]
    assert (3, True) in [(d.line, "%wor" in d.what) for d in conversation.diagnostics]


def test_shared_files_time_their_words(shared: Path) -> None:
    """Of the 21 %wor tiers in the constructed and clinical files none is misread; 78 words have times."""
    words, reported = 0, 0
    for path in sorted((shared / "chat").rglob("*.cha")):
        if path.name == "headers-media-notrans.cha":  # says that it is not transcribed, and is refused
            continue
        conversation = read_chat(path.read_text(encoding="utf-8"), file=path.name)
        words += sum(word.start_ms is not None for u in conversation.utterances for word in u.words)
        reported += sum("%wor" in diagnostic.what for diagnostic in conversation.diagnostics)
    assert (78, 0) == (words, reported)
