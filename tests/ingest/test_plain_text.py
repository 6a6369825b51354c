"""Plain text -> the turns of all its speakers."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.conversation import choose_participant
from adscreen.ingest.plain_text import read_text
from adscreen.ingest.prose import mark_repetitions
from adscreen.records import Utterance, Word
from adscreen.words import split_text, tokenize


def utterances(text: str) -> tuple[Utterance, ...]:
    """Return what is read."""
    return read_text(text, file="a.txt").utterances


def spoken(utterance: Utterance) -> str:
    """Return the words as one string."""
    return " ".join(word.text for word in utterance.words)


def test_lines_are_turns_and_sentences_utterances() -> None:
    """A line is split at sentence ends; an utterance knows its line, and who spoke is the participant."""
    found = utterances("The boy fell. He cried.\n\nShe is washing\n")
    assert [("The boy fell", 1), ("He cried", 1), ("She is washing", 3)] == [(spoken(u), u.line) for u in found]
    assert {("PAR", "Participant")} == {(u.speaker, u.role) for u in found}


@pytest.mark.parametrize(
    ("line", "terminator"),
    [
        ("The boy fell.", "complete"),
        ("The boy fell", "complete"),
        ("The boy fell!", "complete"),
        ("Is he there?", "question"),
        ("“Is he there?”", "question"),
        ("The boy is...", "trailing_off"),
        ("The boy is…", "trailing_off"),
        ("The boy is --", "interrupted"),
        ("The boy is-", "interrupted"),
        ("The boy is—", "interrupted"),
        ("Is he there? [laughs]", "question"),
    ],
)
def test_the_last_mark_tells_how_an_utterance_ends(line: str, terminator: str) -> None:
    """Question, trailing off and interruption are told by the punctuation."""
    assert [terminator] == [u.terminator for u in utterances(line)]


def test_a_dash_between_two_sentences_interrupts_the_first() -> None:
    """Where `--` parts two sentences the first was broken off."""
    found = utterances("I was going -- I mean he was.")
    assert [("I was going", "interrupted"), ("I mean he was", "complete")] == [(spoken(u), u.terminator) for u in found]


def test_fillers_and_fragments_are_told() -> None:
    """A hesitation is a filler; a word with a trailing hyphen is a fragment."""
    (utterance,) = utterances("Um, the b- boy uh fell.")
    assert ["filler", "word", "fragment", "word", "filler", "word"] == [word.kind for word in utterance.words]


@pytest.mark.parametrize(
    ("said", "repeated", "count"),
    [
        ("the the boy", "the", 1),
        ("The the the boy", "The the", 2),
        ("I think I think it is", "I think", 1),
        ("I think I think I think it is", "I think I think", 2),
        ("the boy the girl", "", 0),
        ("um um the boy", "", 0),
        ("very very good", "", 0),
        ("no no it is that that had had", "", 0),
        ("very good very good", "very good", 1),
        ("yeah yeah yeah yeah", "", 0),
        ("b- b- boy", "", 0),
        ("boy", "", 0),
        ("", "", 0),
    ],
)
def test_immediate_repeats_are_marked(said: str, repeated: str, count: int) -> None:
    """The earlier copy of a word or two words is marked, but no hesitation and no doubling for emphasis."""
    found = utterances(said)
    assert repeated == " ".join(word.text for u in found for word in u.words if word.repeated)
    assert count == sum(u.repetitions for u in found)


@given(st.lists(st.sampled_from(["the", "boy", "very", "uh", "no"]).map(Word), max_size=12))
def test_marking_repeats_only_sets_flags(words: list[Word]) -> None:
    """Words keep their order and form, the last word is never a repeat, and no count exceeds the marked words."""
    marked, count = mark_repetitions(words)
    assert [word.text for word in words] == [word.text for word in marked]
    assert not marked or not marked[-1].repeated
    assert count <= sum(word.repeated for word in marked)


@pytest.mark.parametrize(
    ("text", "speakers", "participant"),
    [
        ("INV: what is it\nPAR: a boy", ["INV", "PAR"], "PAR"),
        ("Interviewer: what is it\nParticipant 1: a boy", ["Interviewer", "Participant 1"], "Participant 1"),
        ("**Doctor:** what is it\n**Anna:** a boy", ["Doctor", "Anna"], "Anna"),
        ("Q: what is it\nA: a boy", ["Q", "A"], "A"),
        ("Examiner: go\nPatient: a boy\nand a girl", ["Examiner", "Patient", "Patient"], "Patient"),
        ("[00:01] INV: go\n00:02:03 P: a boy", ["INV", "P"], "P"),
        ("Anna: so\nthen\nand\nthen\nAnna: yes", ["Anna", "Anna", "Anna", "Anna", "Anna"], "Anna"),
        ("PAR:so", ["PAR"], "PAR"),
        ("INV: what\nPAR: Note: it is", ["INV", "PAR"], "PAR"),
    ],
)
def test_speaker_labels(text: str, speakers: list[str], participant: str) -> None:
    """Labels are cut off and name the speakers; an interviewer is never the participant."""
    conversation = read_text(text, file="a.txt")
    assert speakers == [u.speaker for u in conversation.utterances]
    assert participant == choose_participant(conversation, where="a.txt")


@pytest.mark.parametrize(
    "text",
    [
        "The boy said: look\nand he fell\nand that was it",
        "One thing: it fell\nand he fell\nand that was it",
        "it is 10:30 now\nhttp://a.b/c is it\nso",
        "and then: so\nand then: so\nand that was it\nyes\nyes",
    ],
)
def test_a_colon_alone_is_no_label(text: str) -> None:
    """Prose with a colon stays the participant's speech, whole."""
    found = utterances(text)
    assert {"PAR"} == {u.speaker for u in found}
    assert [t.text for line in text.split("\n") for t in tokenize(line)] == [w.text for u in found for w in u.words]


def test_text_before_the_first_label_is_reported() -> None:
    """A title line above labelled turns is nobody's speech, and that is said."""
    conversation = read_text("Session of May\nINV: so\nPAR: yes", file="a.txt")
    assert ["INV", "PAR"] == [u.speaker for u in conversation.utterances]
    assert [(1, "a line before the first speaker label was passed over")] == [
        (d.line, d.what) for d in conversation.diagnostics
    ]


def test_notes_are_no_words() -> None:
    """Notes in brackets are events, pauses or speech not understood, at their place; times are left out."""
    (first, second) = utterances(
        "The [laughs] boy (coughs) fell [inaudible]. [pause 2 s] So [long pause] yes [00:12] [...]."
    )
    assert ["The boy fell", "So yes"] == [spoken(first), spoken(second)]
    assert [(1, "laughs"), (2, "coughs")] == [(event.before, event.name) for event in first.events]
    assert (1, 0) == (first.unintelligible, second.unintelligible)
    assert [(3, 2.0)] == [(pause.before, pause.seconds) for pause in first.pauses]
    assert [(1, "long")] == [(pause.before, pause.length) for pause in second.pauses]
    assert () == second.events


def test_the_raw_text_keeps_its_notes() -> None:
    """An utterance keeps what stood in the file."""
    (utterance,) = utterances("the [laughs] boy")
    assert "the [laughs] boy" == utterance.raw


@given(st.text(alphabet=st.sampled_from("ab I'.?!-,[]():… \n") | st.characters(), max_size=80))
def test_random_text_never_raises(text: str) -> None:
    """Any text is read, and notes and pauses lie inside their utterance."""
    for utterance in utterances(text):
        places = [pause.before for pause in utterance.pauses] + [event.before for event in utterance.events]
        assert all(0 <= place <= len(utterance.words) for place in places)


@given(st.lists(st.sampled_from("the boy fell. fell? um it's wh- so... Then very".split()), min_size=1, max_size=20))
def test_every_word_of_prose_is_kept(said: list[str]) -> None:
    """Without labels and notes, the words read are the words of each sentence of the line."""
    line = " ".join(said)
    expected = [token.text for sentence in split_text(line) for token in tokenize(sentence)]
    assert expected == [word.text for u in utterances(line) for word in u.words]


@pytest.mark.parametrize(
    "piece", ["the boy fell ", "the boy fell. ", "the [laughs] boy. ", " ", "...", "[", "Anna: so\n"]
)
def test_time_is_linear_in_length(piece: str) -> None:
    """A text of 200,000 characters is read in seconds, whatever it repeats; quadratic time would take minutes."""
    started = time.perf_counter()
    utterances(piece * (200_000 // len(piece)))
    assert time.perf_counter() - started < 30
