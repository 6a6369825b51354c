"""Time-marked words (CTM) or segments (STM) -> the turns of one recording."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.nist import read_ctm, read_stm, recognise_nist


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (";; comment\na 1 0.1 0.2 so\n", "ctm"),
        ("a 1 0.1 0.2 2003\n", "ctm"),
        ("a 1 7 0.0 2.0 so yes\n", "stm"),
        ("we had 2 or 3 apples\n", None),
        ("", None),
    ],
)
def test_the_format_is_told_by_its_lines(text: str, expected: str | None) -> None:
    """All fields of the lines decide."""
    assert expected == recognise_nist(text)


@pytest.mark.parametrize(("recording", "words"), [("one", 1), ("two", 2)])
def test_the_recording_of_the_manifest_is_read(recording: str, words: int) -> None:
    """Of several recordings the one that is asked for."""
    text = "one 1 0.1 0.2 so\ntwo 1 0.1 0.2 so\ntwo 1 0.4 0.2 yes\n"
    assert {"PAR": words} == read_ctm(text, recording_id=recording, file="all.ctm", where="all.ctm").word_counts()


def test_words_out_of_order_are_put_in_order_and_reported() -> None:
    """A word that starts before the one above is said."""
    found = read_ctm("a 1 1.0 0.2 yes\na 1 0.1 0.2 so\n", recording_id="a", file="a.ctm", where="a.ctm")
    assert ["so yes"] == [u.raw for u in found.utterances]
    assert ["1 words start before the one above; put in order"] == [d.what for d in found.diagnostics]


def test_types_and_speakers_of_rt09() -> None:
    """A fragment and a word not understood are such, and the last field is the speaker."""
    text = "a 1 0.1 0.2 wal 0.5 frag Ida\na 1 0.4 0.2 walk 0.9 lex Ida\na 1 0.7 0.2 x 0.1 un-lex Ida\n"
    (utterance,) = read_ctm(text, recording_id="a", file="a.ctm", where="a.ctm").utterances
    assert ("Ida", 1) == (utterance.speaker, utterance.unintelligible)
    assert [("wal", "fragment"), ("walk", "word")] == [(word.text, word.kind) for word in utterance.words]


@given(st.text(alphabet=st.sampled_from("a1 .0\n;<>{}/%()[]*"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but an InputError is raised."""
    for read in (read_ctm, read_stm):
        with suppress(InputError):
            read("a 1 0.1 0.2 so\n" + text, recording_id="a", file="a", where="a")
    recognise_nist(text)
