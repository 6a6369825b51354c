"""A SALT transcript -> the turns of all its speakers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.salt import is_salt, read_salt


def read(text: str) -> Conversation:
    """Return what is read."""
    return read_salt(text, file="a.slt", where="a.slt")


@pytest.mark.parametrize(
    "text",
    [
        "$ Child, Examiner\n+ Language: English\nC hi.\n",
        "$ Participant, Interviewer\nP hi.\n",
        "\ufeff$Child,Examiner\nC hi.\n",
        "+ Language: English\n$ Child, Examiner\nC hi.\n",
        "$ Child\nC hi.\n",
        "+ Language: English\nC he want/ed it.\nE ok.\n",
    ],
)
def test_salt_is_recognised_by_its_shape(text: str) -> None:
    """The line of speakers, or headers and coded lines, make a SALT transcript."""
    assert is_salt(text)


@pytest.mark.parametrize(
    "text", ["$ 5 is a lot\nhe said", "I went home.\nA boy fell.", "C: hi\nE: ho", "", "and/or\nA b/c", "+ so\n- and"]
)
def test_other_text_is_no_salt(text: str) -> None:
    """Prose that begins with a dollar sign, `I` or `A`, or holds a slash, is none."""
    assert not is_salt(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("+ Language: English\nC he want/ed it.\nE ok.\n", "without its line of speakers"),
        ("$ Child, Clinician\nC hi.\n", "two speakers begin with one letter"),
        ("$ Child, Examiner\nHello there.\n", "no utterance of a speaker"),
    ],
)
def test_damage_is_named(text: str, what: str) -> None:
    """Without speakers nothing is guessed."""
    with pytest.raises(InputError, match=what):
        read(text)


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        ("Child, Examiner", ["Participant", "Investigator"]),
        ("Participant, Interviewer", ["Participant", "Investigator"]),
        ("Client, Therapist", ["Participant", "Investigator"]),
        ("Mary, Examiner", ["", "Investigator"]),
        ("Subject, Mother", ["Participant", ""]),
    ],
)
def test_names_tell_roles(names: str, roles: list[str]) -> None:
    """A child, client or participant is the one studied; an examiner is not."""
    first, second = (name.strip()[0] for name in names.split(","))
    assert dict(zip((first, second), roles, strict=True)) == read(f"$ {names}\n{first} hi.\n{second} ho.\n").roles()


def test_headers_times_and_pauses() -> None:
    """The clock is the start of what follows; a pause within a speaker's turn belongs to the next utterance."""
    found = read("$ Child, Examiner\n+ Language: Spanish\n- 1:12:50\nC hi.\n; :03\nC so.\n: :05\nE ok.\n- :05\n= x\n")
    assert "spa" == found.language
    assert [4_370_000, None, None] == [u.start_ms for u in found.utterances]
    assert [[], [3.0], []] == [[pause.seconds for pause in u.pauses] for u in found.utterances]
    assert () == found.diagnostics


def test_an_utterance_goes_on_until_it_ends() -> None:
    """A line without a speaker goes on with the one above; `I` begins one only after its end."""
    found = read("$ Child, Examiner\nC we went\nI think home.\nE ok.\n")
    assert ["we went I think home.", "ok."] == [u.raw for u in found.utterances]
    assert () == found.diagnostics


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("M hi.", "a line of a speaker whom the line of speakers does not name"),
        ("and more", "a line without a speaker behind a finished utterance; read as its speaker's"),
        ("- so", "a line of times that cannot be read was passed over"),
        ("C no end", "an utterance without its end mark"),
        ("C (um he.", "a maze ( without )"),
    ],
)
def test_doubts_are_reported(lines: str, what: str) -> None:
    """What does not fit is read as far as it can be, and said."""
    assert what in [d.what for d in read(f"$ Child, Examiner\nC hi.\n{lines}\n").diagnostics]


@given(st.text(alphabet=st.sampled_from("CE $+-:;=/*|()[]{}<>.?!^~X%_a0\n") | st.characters(), max_size=120))
def test_nothing_but_an_input_error_is_raised(text: str) -> None:
    """Any lines below the speakers are read or refused."""
    try:
        conversation = read(f"$ Child, Examiner\n{text}")
    except InputError:
        return
    for utterance in conversation.utterances:
        places = [pause.before for pause in utterance.pauses] + [event.before for event in utterance.events]
        assert all(0 <= place <= len(utterance.words) for place in places)
