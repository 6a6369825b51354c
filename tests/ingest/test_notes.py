"""What transcribers put in brackets -> a silence, speech not understood, a time, an event, or speech after all."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adscreen.ingest.notes
import adscreen.ingest.prose
from adscreen.ingest.notes import NOTE, read_note
from adscreen.ingest.pieces import Segment
from adscreen.ingest.plain_text import read_text
from adscreen.ingest.prose import tokenize_prose
from adscreen.ingest.segments import converse, untimed
from adscreen.records import Pause


def test_the_examples_of_the_docstrings_run() -> None:
    """Every example in the modules gives what it says."""
    for module in (adscreen.ingest.notes, adscreen.ingest.prose):
        result = doctest.testmod(module)
        assert (0, True) == (result.failed, result.attempted >= 1)


@pytest.mark.parametrize(
    ("note", "length", "seconds"),
    [
        ("(.)", "short", None),
        ("(..)", "medium", None),
        ("(...)", "long", None),
        ("(…)", "long", None),
        ("(-)", "short", None),
        ("(--)", "medium", None),
        ("(---)", "long", None),
        ("(0.5)", "timed", 0.5),
        ("(.8)", "timed", 0.8),
        ("(1,5)", "timed", 1.5),
        ("(2)", "timed", 2),
        ("[2.0]", "timed", 2),
        ("(3 sec)", "timed", 3),
        ("(3 seconds)", "timed", 3),
        ("(1.2s)", "timed", 1.2),
        ("(4 Sek.)", "timed", 4),
        ("(500 ms)", "timed", 0.5),
        ("(1 min)", "timed", 60),
        ("(~2 s)", "timed", 2),
        ("(pause)", "medium", None),
        ("((pause))", "medium", None),
        ("[pause 3s]", "timed", 3),
        ("(long pause)", "long", None),
        ("(kurze Pause)", "short", None),
        ("<silence>", "medium", None),
        ("(пауза)", "medium", None),
        ("(Schweigen)", "medium", None),
    ],
)
def test_a_silence(note: str, length: str, seconds: float | None) -> None:
    """Every way of writing a pause gives its length, or its seconds where they are given."""
    assert NOTE.fullmatch(note)
    assert Pause(4, length, seconds) == read_note(note, position=4)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("note", "name"),
    [
        ("[laughs]", "laughs"),
        ("((laughs))", "laughs"),
        ("(coughs)", "coughs"),
        ("<laughter>", "laughter"),
        ("*laughs*", "laughs"),
        ("{cough}", "cough"),
        ("(laughs at the picture)", "laughs at the picture"),
        ("(softly laughing)", "softly laughing"),
        ("(clears his throat)", "clears his throat"),
        ("[the participant nods]", "the participant nods"),
        ("[phone rings]", "phone rings"),
        ("((looks at the boy))", "looks at the boy"),
        ("(lacht)", "lacht"),
        ("(risas)", "risas"),
        ("(se ríe)", "se ríe"),
        ("(soupire)", "soupire"),
        ("(смеётся)", "смеётся"),
        ("(笑)", "笑"),
    ],
)
def test_an_event(note: str, name: str) -> None:
    """A sound is an event in whatever brackets and language; square and double brackets hold any other."""
    assert NOTE.fullmatch(note)
    assert name == read_note(note, position=0)


@pytest.mark.parametrize(
    "note", ["(inaudible)", "[unclear: stool]", "(unv.)", "(???)", "(  )", "[inaudible 00:01:12]", "<unintelligible>"]
)
def test_speech_not_understood(note: str) -> None:
    """What the transcriber could not make out is counted as such."""
    assert NOTE.fullmatch(note)
    assert "" == read_note(note, position=0)


@pytest.mark.parametrize("note", ["[00:12]", "(00:01:12)", "#00:00:05-1#", "[...]", "[ … ]"])
def test_what_says_nothing(note: str) -> None:
    """A time, and an editor's mark that text was left out, are no pause and no event."""
    assert read_note(note, position=0) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("he is (on the stool) I think", "he is on the stool I think"),
        ("the (clear sky) and (crystal)", "the clear sky and crystal"),
        ("(yeah) so (pointing) it", "yeah so pointing it"),
        ("well [he is falling] off [the stool]", "well he is falling off the stool"),
        ("she said (2010)", "she said 2010"),
        ("we:::ll it is so: ni:ce", "well it is so nice"),
        ("yes= =and °softly° >fast< <slow> so", "yes and softly fast slow so"),
        ("fu(h)nny ha(hh)a .hhh hhh oh", "funny haa oh"),
        ("go(ing) (be)cause boy(s)", "going because boys"),
        ("*really* {down} <there>", "really down there"),
        ("at 10:30 hhm ahh", "at 10 30 hhm ahh"),
    ],
)
def test_speech_and_its_signs(line: str, words: str) -> None:
    """Words that may have been said stay words; signs of how they were said neither make nor part one."""
    assert words.split() == [token.text for token in tokenize_prose(line)]


def test_what_the_signs_do_not_tell_is_reported() -> None:
    """Speech in brackets, and notes of several words that may be speech, are counted in diagnostics."""
    text = "PAR: he is (on the stool) and [she is] there.\nPAR: [looking around now] yes [laughs at the boy]."
    found = read_text(text, file="a.txt").diagnostics
    assert [(1, "2 stretches in parentheses or brackets were read as speech")] == [
        (item.line, item.what) for item in found if "stretches" in item.what
    ]
    assert [(2, "1 notes of several words in brackets were read as events, not as speech")] == [
        (item.line, item.what) for item in found if "notes" in item.what
    ]


def test_captions_and_recognisers_read_the_same_notes() -> None:
    """Segments know the notes that plain text knows."""
    said = "the (0.5) boy (.) fell (3 sec) off <laughter> so ((coughs)) *laughs* good we:::ll"
    conversation = converse([Segment("", untimed(said))], file="a")
    (utterance,) = conversation.utterances
    assert "the boy fell off so good well" == " ".join(word.text for word in utterance.words)
    assert [0.5, None, 3] == [pause.seconds for pause in utterance.pauses]
    assert ["laughter", "coughs", "laughs"] == [event.name for event in utterance.events]


@given(st.text(alphabet=st.characters(exclude_characters=":") | st.sampled_from("()[]<>{}*.-hH 05aslaughspausesec")))
def test_any_text_is_read(text: str) -> None:
    """Nothing raises, the raw text keeps every letter, and what a note or a word holds was in the text."""
    utterances = read_text(text, file="a").utterances
    raw = "".join(utterance.raw for utterance in utterances)
    assert [c for c in text if c.isalpha()] == [c for c in raw if c.isalpha()]
    assert all(event.name in " ".join(text.split()) for utterance in utterances for event in utterance.events)
    assert all(0 <= pause.before <= len(utterance.words) for utterance in utterances for pause in utterance.pauses)


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "[" * 20_000, "((a" * 9_000, "(long " * 9_000, "[the " * 9_000, "(a" * 9_000]
)
def test_hostile_brackets_end(text: str) -> None:
    """Brackets that nothing closes cost no more than the length of the text."""
    assert read_text(text, file="a").utterances is not None
