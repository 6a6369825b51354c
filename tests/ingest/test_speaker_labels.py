"""The lines of a file -> its speaker labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.label_forms import label_key
from adscreen.ingest.plain_text import read_text
from adscreen.ingest.prose import label_role
from adscreen.ingest.speaker_labels import find_labels, match_label, names_speaker


def said(text: str) -> list[tuple[str, str]]:
    """Return who said what."""
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in read_text(text, file="a").utterances]


A, B = "What do you see?", "The boy fell."
FORMS = [
    f"Anna: {A}\nMary: {B}\nAnna: Ok.",
    f"Anna:\n{A}\n\nMary:\n{B}\n\nAnna:\nOk.",
    f"Anna (00:03): {A}\nMary (00:09): {B}\nAnna (00:12): Ok.",
    f"Anna (00:03):\n{A}\n\nMary (00:09):\n{B}\n\nAnna (00:12):\nOk.",
    f"Anna  0:03\n{A}\n\nMary  0:09\n{B}\n\nAnna  1:00:12\nOk.",
    f"Anna, 0:03\n{A}\nMary, 0:09\n{B}\nAnna, 0:12\nOk.",
    f"0:03 Anna\n{A}\n0:09 Mary\n{B}\n0:12 Anna\nOk.",
    f"[00:00:03] Anna: {A}\n[00:00:09] Mary: {B}\n[00:00:12] Anna: Ok.",
    f"Anna: [00:00:03] {A}\nMary: [00:00:09] {B}\nAnna: [00:00:12] Ok.",
    f"#00:00:03-0# Anna: {A}\n#00:00:09-1# Mary: {B}\n#00:00:12-0# Anna: Ok.",
    f"0:03 Anna: {A}\n0:09 Mary: {B}\n0:12 Anna: Ok.",
    f"[00:00:03.010] - Anna\n{A}\n\n[00:00:09.120] - Mary\n{B}\n\n[00:00:12.000] - Anna\nOk.",
    f"Anna\n0:03\n{A}\nMary\n0:09\n{B}\nAnna\n0:12\nOk.",
    f"Anna\n0 minutes 3 seconds0:03\n{A}\nMary\n0 minutes 9 seconds0:09\n{B}\nAnna\n0 minutes 12 seconds0:12\nOk.",
    f"[Anna] {A}\n[Mary] {B}\n[Anna] Ok.",
    f"[Anna]: {A}\n[Mary]: {B}\n[Anna]: Ok.",
    f"[[Anna]] {A}\n[[Mary]] {B}\n[[Anna]] Ok.",
    f"<Anna> {A}\n<Mary> {B}\n<Anna> Ok.",
    f"[Anna] 14:02:01\n{A}\n[Mary] 14:02:09\n{B}\n[Anna] 14:02:12\nOk.",
    f"[Anna 00:03] {A}\n[Mary 00:09] {B}\n[Anna 00:12] Ok.",
    f"Anna\t{A}\nMary\t{B}\nAnna\tOk.",
    f"00:03\tAnna\t{A}\n00:09\tMary\t{B}\n00:12\tAnna\tOk.",
    f"Anna\t00:03\t{A}\nMary\t00:09\t{B}\nAnna\t00:12\tOk.",
    f"Anna 0:03 {A}\nMary 0:09 {B}\nAnna 0:12 Ok.",
    f"Anna - {A}\nMary - {B}\nAnna - Ok.",
    f"Anna> {A}\nMary> {B}\nAnna> Ok.",
    f">> Anna: {A}\n>> Mary: {B}\n>> Anna: Ok.",
    f"1. Anna: {A}\n2. Mary: {B}\n3. Anna: Ok.",
    f"001 Anna: {A}\n002 Mary: {B}\n003 Anna: Ok.",
    f"1\tAnna: {A}\n2\tMary: {B}\n3\tAnna: Ok.",
    f"**Anna:** {A}\n**Mary:** {B}\n__Anna:__ Ok.",
    f"**Anna** (0:03): {A}\n**Mary** (0:09): {B}\n**Anna** (0:12): Ok.",
    f"\ufeffAnna\u200b:\u00a0{A}\n\n\nMary:\t{B}\n \nANNA : Ok.",
    f"Kitchen, second visit\nDate: 3 May 2024\nDuration: 5:20\n\nAnna: {A}\nMary: {B}\nAnna: Ok.",
]


@pytest.mark.parametrize("text", FORMS)
def test_labels_in_every_form(text: str) -> None:
    """A label is no word, nor is a digit of a time or of a line number; one name is one speaker."""
    assert [("Anna", A[:-1]), ("Mary", B[:-1]), ("Anna", "Ok")] == said(text)


@pytest.mark.parametrize(
    "name",
    [
        "Dr. Anna Maria van der Berg",
        "Smith, Anna",
        "O'Brien, Séan",
        "Jean-Luc Müller",
        "A. B. Smith",
        "Anna Smith (she/her)",
        "ANNA SMITH",
        "speaker 1",
        "Speaker1",
        "SPEAKER_00",
        "S1",
        "P03",
        "interviewer",
        "Интервьюер",
        "访谈者",
        "المحاور",
        "साक्षात्कारकर्ता",
        "Patient's wife",
        "Crystal",
    ],
)
@pytest.mark.parametrize("form", ["{}: so", "[{}] so", "({}) so", "{} (0:03):\nso", "{}\t0:03\tso", "{}  0:03\nso"])
def test_names_of_every_kind(name: str, form: str) -> None:
    """Long names, particles, initials, commas, hyphens, codes, small letters and other scripts are labels."""
    text = "\n".join(form.format(speaker) for speaker in (name, "Mary Jones", name, "Mary Jones"))
    if form.startswith("(") and "(" in name:
        return
    assert [(name, "so"), ("Mary Jones", "so")] * 2 == said(text)


@pytest.mark.parametrize(
    "lines",
    [
        ["Note: he fell", "and he cried", "Note: again"],
        ["He said: go", "he said: go", "and that"],
        ["[laughs] so", "[laughs] and", "(coughs) then"],
        ["Yes", "No", "Yes", "No"],
        ["http://a.b", "http://a.b"],
        ["10:30 is late", "11:30 too"],
        [],
    ],
)
def test_prose_has_no_labels(lines: list[str]) -> None:
    """A colon, a note in brackets or a short line alone is no label."""
    assert frozenset() == find_labels(lines)


def test_labels_for_captions() -> None:
    """Labels before words are found and matched in any case; the label comes back in its first spelling."""
    labels = find_labels(["(Speaker 0) hi", "(Speaker 1) ho", "(speaker 0) so"])
    assert frozenset({"Speaker 0", "Speaker 1"}) == labels
    assert ("Speaker 0", "and") == match_label("(SPEAKER 0) and", labels)
    assert ("", "(Speaker 7) and") == match_label("(Speaker 7) and", labels)
    assert ("", "Speaker 0: and") == match_label("Speaker 0: and", frozenset())


def test_a_name_that_speaks_once_among_long_turns_is_a_speaker_and_reported() -> None:
    """Its words are not the speaker's before it, and the doubt is said."""
    text = f"Interviewer: {A}\nMary: {B}\nHe fell.\nHe cried.\nThen so.\nThe end."
    assert [("Interviewer", 4), ("Mary", 11)] == list(read_text(text, file="a").word_counts().items())
    assert ["a speaker whose label stands nowhere else in the file"] == [
        d.what for d in read_text(text, file="a").diagnostics
    ]


def test_names_alone_on_their_lines() -> None:
    """Names that all return are labels; where one stands once nothing is guessed, and the doubt is said."""
    text = f"Anna\n{A}\nMary\n{B}\nAnna\nOk.\n"
    assert [("Anna", A[:-1]), ("Mary", B[:-1]), ("Anna", "Ok"), ("Mary", "Yes")] == said(f"{text}Mary\nYes.")
    (doubt,) = read_text(text, file="a").diagnostics
    assert "no speaker label was found" in doubt.what


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Interviewer", "Investigator"),
        ("Interviewee", "Participant"),
        ("INT-1", "Investigator"),
        ("Dr. Smith", "Investigator"),
        ("P03", "Participant"),
        ("P. Jones", ""),
        ("I. Newton", ""),
        ("Patient's wife", ""),
        ("Anna (Interviewer)", "Investigator"),
        ("Speaker 1", ""),
    ],
)
def test_roles(label: str, role: str) -> None:
    """A role is told by the whole label: initials and relatives have none."""
    assert role == label_role(label)


def test_one_name_in_any_spelling() -> None:
    """Case, spaces, underscores and compatibility forms do not make two speakers of one."""
    assert 1 == len({label_key(name) for name in ("Mary Jones", "MARY  JONES", "mary_jones", "\uff2dary Jones")})
    assert label_key("Speaker 1") != label_key("Speaker 11")
    assert names_speaker("speaker one")
    assert not names_speaker("speaker cables")


@given(
    st.lists(
        st.sampled_from(["Anna: so", "[Mary] he", "Note: x", "so it was", "0:03", "Anna 0:03", "A\tb"]), max_size=9
    )
)
def test_no_word_is_lost_or_made(lines: list[str]) -> None:
    """What is read of a file are words that stand in it, in order."""
    read = [word for _, words in said("\n".join(lines)) for word in words.split()]
    typed = iter("".join(letter if letter.isalnum() else " " for letter in " ".join(lines)).split())
    assert all(word in typed for word in read)


@given(st.text(alphabet=st.sampled_from("Ab: [](){}<>#*_\t\n0:03-–|>1.?!") | st.characters(), max_size=120))
def test_no_text_raises(text: str) -> None:
    """Any lines have labels or none."""
    labels = find_labels(text.split("\n"))
    assert all(match_label(line, labels)[0] in {"", *labels} for line in text.split("\n"))
