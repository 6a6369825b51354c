"""A Transcriber document -> the turns of all speakers of its list."""

from __future__ import annotations

import pytest

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.transcriber import read_transcriber


def read(turns: str, speakers: str = '<Speaker id="s1" name="Ida"/><Speaker id="s2" name="Rolf"/>') -> Conversation:
    """Read a document with these turns."""
    text = f"<Trans><Speakers>{speakers}</Speakers><Episode><Section>{turns}</Section></Episode></Trans>"
    return read_transcriber(text.encode(), file="a.trs", where="a.trs")


def test_syncs_cut_a_turn() -> None:
    """The words between two Syncs have their times; the last ones end with the turn."""
    turn = '<Turn speaker="s1" startTime="1" endTime="4"><Sync time="1"/>so<Sync time="2.5"/>yes</Turn>'
    assert [("so", 1000, 2500), ("yes", 2500, 4000)] == [(u.raw, u.start_ms, u.end_ms) for u in read(turn).utterances]


@pytest.mark.parametrize(
    ("event", "events", "unintelligible"),
    [
        ('<Event desc="laugh" type="noise" extent="begin"/>', ["laugh"], 0),
        ('<Event desc="laugh" type="noise" extent="end"/>', [], 0),
        ('<Event desc="pi" type="pronounce" extent="instantaneous"/>', [], 1),
        ('<Event desc="en" type="language" extent="begin"/>', [], 0),
    ],
)
def test_events_are_no_words(event: str, events: list[str], unintelligible: int) -> None:
    """A noise is an event once; what says something of the words is none."""
    (utterance,) = read(f'<Turn speaker="s1"><Sync time="0"/>so {event} yes</Turn>').utterances
    assert ["so", "yes"] == [word.text for word in utterance.words]
    assert (events, unintelligible) == ([one.name for one in utterance.events], utterance.unintelligible)


def test_speakers_of_one_name_go_by_their_ids() -> None:
    """Two people of the same name are two."""
    speakers = '<Speaker id="s1" name="unknown"/><Speaker id="s2" name="unknown"/>'
    turns = '<Turn speaker="s1"><Sync time="0"/>so</Turn><Turn speaker="s2"><Sync time="1"/>yes</Turn>'
    assert {"s1": 1, "s2": 1} == read(turns, speakers).word_counts()


def test_words_before_any_who_are_nobodys() -> None:
    """In a turn of two people, words that no ``Who`` gives to one are not guessed."""
    turn = '<Turn speaker="s1 s2"><Sync time="0"/>so<Who nb="2"/>yes</Turn>'
    assert {"UNKNOWN": 1, "Rolf": 1} == read(turn).word_counts()


def test_a_document_without_words_is_refused() -> None:
    """An empty transcript says so."""
    with pytest.raises(InputError, match="a Transcriber document without words"):
        read('<Turn speaker="s1"><Sync time="0"/></Turn>')
