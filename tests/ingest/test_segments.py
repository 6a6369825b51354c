"""Timed segments -> the turns of a Conversation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.conversation import Conversation
from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.segments import PAUSE_MS, Layout, converse, milliseconds, untimed
from adscreen.records import Pause, Utterance


def said(speaker: str, text: str, start: int | None = None, end: int | None = None) -> Segment:
    """Return a segment without times of words."""
    return Segment(speaker, untimed(text), start, end)


def timed(speaker: str, *words: tuple[str, int, int]) -> Segment:
    """Return a segment of timed words."""
    return Segment(speaker, tuple(Piece(*word) for word in words), words[0][1], words[-1][2])


def spoken(conversation: Conversation) -> list[tuple[str, str]]:
    """Return speaker and words of every utterance."""
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in conversation.utterances]


def whats(conversation: Conversation) -> list[str]:
    """Return what the diagnostics say."""
    return [diagnostic.what for diagnostic in conversation.diagnostics]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1.2345, 1000, 1234),
        ("1.25", 1000, 1250),
        (7, 1, 7),
        (0, 1000, 0),
        (-0.1, 1000, None),
        (float("nan"), 1000, None),
        (float("inf"), 1000, None),
        ("1e400", 1000, None),
        (10**400, 1000, None),
        (1e9, 1000, None),
        (True, 1000, None),
        (None, 1000, None),
        ("", 1000, None),
        ([1], 1000, None),
    ],
)
def test_times(value: object, unit: float, expected: int | None) -> None:
    """A time is a number of seconds that an interview can have; anything else is no time."""
    assert expected == milliseconds(value, unit=unit)


def test_sentences_run_over_segments() -> None:
    """Where a file has punctuation, its sentences are the utterances, wherever segments are cut."""
    conversation = converse(
        [said("A", "The boy is", 0, 900), said("A", "falling. He cries", 1000, 2000), said("A", "a lot.", 2000, 3000)],
        file="a",
    )
    assert [("A", "The boy is falling"), ("A", "He cries a lot")] == spoken(conversation)


def test_without_punctuation_segments_are_utterances() -> None:
    """A recogniser that writes no punctuation still cuts at silences."""
    conversation = converse([said("A", "the boy"), said("A", "falls down")], file="a")
    assert [("A", "the boy"), ("A", "falls down")] == spoken(conversation)


def test_annotated_segments_stay_whole() -> None:
    """What a person marked as one annotation is one utterance, whatever its punctuation."""
    layout = Layout(by_sentence=False, automatic=False)
    conversation = converse([said("A", "One. Two."), said("A", "three")], file="a", layout=layout)
    assert [("A", "One Two"), ("A", "three")] == spoken(conversation)


@pytest.mark.parametrize(
    "text", ["Dr. Smith came.", "He has 3.5 cups.", "It is e.g. a jar.", "so... and then it fell."]
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    """Abbreviations, decimals and dots before a small letter leave the sentence whole."""
    assert 1 == len(converse([said("A", text)], file="a").utterances)


def test_the_end_of_a_sentence_is_its_terminator() -> None:
    """Questions, trailing off and breaking off are told by the punctuation."""
    conversation = converse([said("A", "What is it? Well I think... The jar-")], file="a")
    assert ["question", "trailing_off", "interrupted"] == [u.terminator for u in conversation.utterances]


def test_segments_out_of_order_are_ordered_and_reported() -> None:
    """A segment that starts before the one above it goes to its place; that is said."""
    conversation = converse([said("A", "second", 2000, 3000), said("A", "first", 0, 1000)], file="a")
    assert ["first", "second"] == [text for _, text in spoken(conversation)]
    assert ["1 segments start before the one above; put in order of time"] == whats(conversation)


def test_a_segment_without_a_start_stays_behind_the_one_above() -> None:
    """Only known times decide the order."""
    conversation = converse([said("A", "a", 5000, 6000), said("A", "b"), said("A", "c", 1000, 2000)], file="a")
    assert ["c", "a", "b"] == [text for _, text in spoken(conversation)]


def test_overlap_of_one_speaker_is_reported_and_of_two_is_talk() -> None:
    """Two people may speak at once; one person may not."""
    one = converse([said("A", "a", 0, 2000), said("A", "b", 1000, 3000)], file="a")
    two = converse([said("A", "a", 0, 2000), said("B", "b", 1000, 3000)], file="a")
    assert ["1 segments start before the speaker's last one ends"] == whats(one)
    assert [] == whats(two)


def test_times_that_run_backward_are_dropped() -> None:
    """A segment or word that ends before it starts keeps its words; that is said."""
    conversation = converse([Segment("A", (Piece("boy", 900, 100),), 1000, 500)], file="a")
    (utterance,) = conversation.utterances
    assert ("boy", None, None) == (utterance.words[0].text, utterance.words[0].start_ms, utterance.words[0].end_ms)
    assert [
        "a segment ends before it starts; its end was dropped",
        "1 words end before they start; times dropped",
    ] == whats(conversation)


def test_pauses_come_from_the_times_of_words() -> None:
    """A silence of PAUSE_MS or more is a pause, within an utterance and between two of one turn."""
    (first, second, other) = converse(
        [
            timed("A", ("The", 0, 100), ("boy", 100 + PAUSE_MS, 500), ("fell.", 500 + PAUSE_MS - 1, 900)),
            timed("A", ("He", 2000, 2100)),
            timed("B", ("Yes", 9000, 9100)),
        ],
        file="a",
    ).utterances
    assert (Pause(1, "timed", PAUSE_MS / 1000),) == first.pauses
    assert (Pause(0, "timed", 1.1),) == second.pauses
    assert () == other.pauses


def test_words_without_times_give_no_pause() -> None:
    """A missing time is not a silence, and stays missing."""
    conversation = converse([Segment("A", (Piece("a", 0, 100), Piece("b"), Piece("c", 5000, 5100)))], file="a")
    (utterance,) = conversation.utterances
    assert () == utterance.pauses
    assert [0, None, 5000] == [word.start_ms for word in utterance.words]


def test_a_piece_of_two_words_shares_its_times() -> None:
    """The first word has the start, the last the end."""
    (utterance,) = converse([timed("A", ("well-known", 100, 900))], file="a").utterances
    assert [("well", 100, None), ("known", None, 900)] == [(w.text, w.start_ms, w.end_ms) for w in utterance.words]


def test_notes_are_no_words() -> None:
    """Sounds and unintelligible stretches in brackets are events and counts, over one piece or several."""
    (utterance,) = converse([said("A", "the [background noise] boy (laughs) [inaudible] fell")], file="a").utterances
    assert ["the", "boy", "fell"] == [word.text for word in utterance.words]
    assert ["background noise", "laughs"] == [event.name for event in utterance.events]
    assert 1 == utterance.unintelligible


def test_speech_that_touches_a_note_is_kept() -> None:
    """What follows a bracket without a space is a word; brackets that are not closed hide nothing."""
    (utterance,) = converse([said("A", "[big noise]the boy (laughs), [he")], file="a").utterances
    assert ["the", "boy", "he"] == [word.text for word in utterance.words]


def test_fillers_fragments_and_repeats_are_told() -> None:
    """What a recogniser leaves of disfluency is kept and flagged."""
    (utterance,) = converse([said("A", "um the the bo- boy")], file="a").utterances
    assert ["filler", "word", "word", "fragment", "word"] == [word.kind for word in utterance.words]
    assert [False, True, False, False, False] == [word.repeated for word in utterance.words]
    assert 1 == utterance.repetitions


def test_words_of_nobody_beside_named_speakers() -> None:
    """What no speaker is given for, where others are named, is kept apart and counted."""
    conversation = converse([said("A", "the boy"), said("", "is here")], file="a")
    assert ["A", "UNKNOWN"] == [u.speaker for u in conversation.utterances]
    assert ["2 words without a speaker, kept as UNKNOWN"] == whats(conversation)
    assert ["PAR"] == [u.speaker for u in converse([said("", "is here")], file="a").utterances]


@pytest.mark.parametrize(
    ("speaker", "role"), [("Interviewer", "Investigator"), ("PAR", "Participant"), ("I", ""), ("P", ""), ("spk_0", "")]
)
def test_roles_of_labels(speaker: str, role: str) -> None:
    """A label that names a role has it; a recogniser's letter has none."""
    (utterance,) = converse([said(speaker, "so")], file="a").utterances
    assert role == utterance.role


PIECES = st.builds(
    Piece,
    st.text("ab.?![](- 'é", min_size=1, max_size=6).filter(str.strip),
    st.none() | st.integers(0, 9999),
    st.none() | st.integers(0, 9999),
)
SEGMENTS = st.lists(
    st.builds(
        Segment,
        st.sampled_from(["", "A", "B"]),
        st.lists(PIECES, max_size=5).map(tuple),
        st.none() | st.integers(0, 9999),
        st.none() | st.integers(0, 9999),
    ),
    max_size=8,
)


def _letters(utterances: tuple[Utterance, ...]) -> int:
    return sum(letter.isalnum() for u in utterances for letter in u.raw)


@given(SEGMENTS, st.booleans())
def test_no_letter_is_lost(segments: list[Segment], by_sentence: bool) -> None:
    """However segments are ordered, joined and cut, what was said stays, and places lie inside utterances."""
    conversation = converse(segments, file="a", layout=Layout(by_sentence=by_sentence))
    expected = sum(letter.isalnum() for segment in segments for piece in segment.pieces for letter in piece.text)
    assert expected == _letters(conversation.utterances)
    assert all(0 <= pause.before <= len(u.words) for u in conversation.utterances for pause in u.pauses)


@given(SEGMENTS)
def test_times_never_run_backward(segments: list[Segment]) -> None:
    """No word, utterance or pause has a negative length."""
    for utterance in converse(segments, file="a").utterances:
        assert all(p.seconds is None or p.seconds >= PAUSE_MS / 1000 for p in utterance.pauses)
        for word in utterance.words:
            assert word.start_ms is None or word.end_ms is None or word.start_ms <= word.end_ms
