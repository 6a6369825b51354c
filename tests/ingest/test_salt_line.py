"""One utterance of a SALT transcript -> an Utterance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.salt_line import parse_salt_line
from adscreen.records import Utterance


def parse(text: str) -> Utterance:
    """Return the utterance."""
    return parse_salt_line(text, speaker="C").utterance


def marked(text: str) -> str:
    """Return the words, with what each is beside ``word``."""
    return " ".join(
        word.text
        + ("" if word.kind == "word" else f"={word.kind}")
        + ("=repeated" if word.repeated else "=retraced" if word.retraced else "")
        for word in parse(text).words
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(Um) the boy fell.", "Um=filler the boy fell"),
        ("And (you you) you can come.", "And you=repeated you=repeated you can come"),
        ("(And it almost and it) and it almost took her.", ""),
        ("(That/'s) this is the one.", "That's=retraced this is the one"),
        ("I saw the (b* b*) boy.", "I saw the b=fragment b=fragment boy"),
        ("(He um) he (um) ran.", "He=repeated um=filler he um=filler ran"),
        ("(The boy) (the big) the girl.", "The=retraced boy=retraced the=retraced big=retraced the girl"),
        ("He want/*ed *the two dog/s.", "He want two dogs"),
        ("We goed|go[EW:went] home [EU].", "We goed home"),
        ("X said XX and XXX.", "said and"),
        ("The {points} %woof <dog> is big_red.", "The woof dog is big_red"),
        ('He call/ed, "frog, frog".', "He called frog frog"),
        ("It/'s 5:30 :03 now.", "It's 5:30 now"),
    ],
)
def test_words_and_their_marks(text: str, words: str) -> None:
    """Mazes are fillers, fragments, repeated or retraced words; codes, omissions and comments are no words."""
    expected = words or "And=retraced it=retraced almost=retraced and=retraced it=retraced and it almost took her"
    assert expected == marked(text)


@pytest.mark.parametrize(
    ("text", "terminator"),
    [
        ("so.", "complete"),
        ("so!", "complete"),
        ("so?", "question"),
        ("so to~", "trailing_off"),
        ("so^", "interrupted"),
        ("so>", "trailing_off"),
        ("<so>.", "complete"),
        ("<so>>", "trailing_off"),
        ("so [EU].", "complete"),
        ("so. {laughs}", "complete"),
    ],
)
def test_how_an_utterance_ends(text: str, terminator: str) -> None:
    """`^` is an interruption and `>` an utterance given up, unless it closes an overlap."""
    assert terminator == parse(text).terminator


def test_codes_count() -> None:
    """Omissions, unintelligible parts, pauses, events and errors are kept at their place."""
    found = parse("He goed|go[EW:went] :03 to *the XX two dog/*s {laughs} so.")
    assert (1, 1) == (found.omissions, found.unintelligible)
    assert [("goed", "EW:went", ("went",)), ("dog", "/*s", ())] == [
        (w.text, w.error, w.target) for w in found.words if w.error
    ]
    assert [(2, 3.0)] == [(pause.before, pause.seconds) for pause in found.pauses]
    assert [(5, "laughs")] == [(event.before, event.name) for event in found.events]


@given(st.lists(st.sampled_from(["the", "boy", "um", "fell"]), min_size=1, max_size=8))
def test_every_word_in_a_maze_or_out_of_it_is_kept(words: list[str]) -> None:
    """A maze takes no word away."""
    half = len(words) // 2
    text = f"({' '.join(words[:half])}) {' '.join(words[half:])}."
    assert words == [word.text for word in parse(text).words]
