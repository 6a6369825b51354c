"""An EXMARaLDA basic transcription -> the turns of all speakers of its speaker table."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.exmaralda import read_exmaralda, without_marks
from adscreen.words import tokenize


def document(*events: tuple[str, str, str], speaker: str = "S0") -> bytes:
    """Return a transcription of one tier whose points are a, b, c and d, a second apart; c has no time."""
    inner = "".join(f'<event start="{start}" end="{end}">{text}</event>' for start, end, text in events)
    return (
        '<basic-transcription><head><speakertable><speaker id="S0"><abbreviation>PAR</abbreviation></speaker>'
        '</speakertable></head><basic-body><common-timeline><tli id="a" time="0"/><tli id="b" time="1"/><tli id="c"/>'
        f'<tli id="d" time="3"/></common-timeline><tier id="T" speaker="{speaker}" category="v" type="t">{inner}</tier>'
        "</basic-body></basic-transcription>"
    ).encode()


def spoken(content: bytes) -> list[tuple[str, int | None, int | None]]:
    """Return words and times of every utterance."""
    found = read_exmaralda(content, file="a.exb", where="a.exb").utterances
    return [(" ".join(word.text for word in u.words), u.start_ms, u.end_ms) for u in found]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("a", "b", "the "), ("b", "c", "boy "), ("c", "d", "fell. ")], [("the boy fell", 0, 3000)]),
        ([("a", "b", "a bas"), ("b", "d", "ket ")], [("a basket", 0, 3000)]),
        ([("a", "b", "the"), ("b", "d", "boy")], [("the boy", 0, 3000)]),
        ([("a", "b", "So. "), ("b", "d", "yes ")], [("So", 0, 1000), ("yes", 1000, 3000)]),
        ([("a", "b", "so "), ("c", "d", "yes ")], [("so", 0, 1000), ("yes", None, 3000)]),
        ([("c", "d", "yes "), ("a", "b", "so ")], [("so", 0, 1000), ("yes", None, 3000)]),
    ],
)
def test_events_make_utterances(events: list[tuple[str, str, str]], expected: list[object]) -> None:
    """Events end to end are one utterance, up to the end of a sentence; a point without a time keeps its order."""
    assert expected == spoken(document(*events))


def test_an_event_without_a_place_is_reported() -> None:
    """A point that the timeline lacks drops the event, and that is said."""
    found = read_exmaralda(document(("a", "b", "so "), ("b", "z", "lost ")), file="a.exb", where="a.exb")
    assert ["1 events without a place on the timeline were passed over"] == [d.what for d in found.diagnostics]


@given(st.text(alphabet=st.sampled_from("ab (),.•°h-<>[]/05s{}"), max_size=40))
def test_marks_are_read_or_left(text: str) -> None:
    """Any mixture of marks is read; no letter outside marks is doubled."""
    assert len(tokenize(text)) + 30 >= len(tokenize(without_marks(text).split("[")[0]))
    with suppress(InputError):
        read_exmaralda(
            document(("a", "b", text.replace("<", "&lt;").replace(">", "&gt;"))), file="a.exb", where="a.exb"
        )
