"""An id as written -> the key under which it is one person; a key's ids -> one spelling."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort.identity import (
    describe_spellings,
    differ_in_zeros,
    first_spellings,
    identity_key,
    loose_key,
    show,
    tidy,
)

HIDDEN = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\ufe0f",
    "\u200e",
    "\u202a",
    "\U000e0020",
]
SPACES = [" ", "\u00a0", "\u2009", "\u3000", "\t", "\n", "\u1680", "\u2028", "\u2800"]


@pytest.mark.parametrize(
    "spelling",
    [
        unicodedata.normalize("NFD", "José-1"),
        unicodedata.normalize("NFKD", "José-1"),
        "JOSÉ-1",
        "ｊｏｓé-1",
        *(f"Jo{hidden}sé-1{hidden}" for hidden in HIDDEN),
        *(f"{space}José{space}{space}-1{space}" for space in SPACES),
        "José\u20111",
        "José\u20131",
        "José\u22121",
    ],
)
def test_one_person(spelling: str) -> None:
    """Unicode form, width, case, invisible characters, spaces and the shape of a dash make no other person."""
    assert identity_key("José-1") == identity_key(spelling)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "001"), ("1 11", "11 1"), ("S1-1", "S11"), ("S_1", "S-1"), ("José", "Jose"), ("S1", "S2"), ("1.0", "1")],
)
def test_two_people(one: str, other: str) -> None:
    """Leading zeros, punctuation, accents and a space between two numbers may tell people apart."""
    assert identity_key(one) != identity_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "001"), ("SYN002", "syn0002"), ("S01-1", "S1-01"), ("7.0", "7"), ("00", "0")]
)
def test_leading_zeros_are_a_question(one: str, other: str) -> None:
    """The loose key is the same, the key is not; so the ids are a pair to ask about."""
    assert loose_key(one) == loose_key(other)
    assert [(one, other)] == differ_in_zeros([one, one.upper(), other])
    assert [] == differ_in_zeros([one, one.upper()])


@pytest.mark.parametrize(("one", "other"), [("100", "10"), ("S10", "S1"), ("1-1", "11"), ("0.5", "5")])
def test_other_zeros_are_none(one: str, other: str) -> None:
    """A zero that does not lead is a digit like any other."""
    assert loose_key(one) != loose_key(other)


@given(st.text(max_size=12))
def test_a_key_is_its_own_key(name: str) -> None:
    """Whatever is written, its key, its other Unicode forms, tidied text and hidden characters change no key."""
    key = identity_key(name)
    assert key == identity_key(key)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert key == identity_key(unicodedata.normalize(form, name)), form
    assert key == identity_key(tidy(name))
    assert key == identity_key(f"\u200b {name}\u00a0\ufeff")
    assert loose_key(name) == loose_key(key)


@given(st.lists(st.sampled_from(["a", "A", "a\u200b", "b", "B ", "1", "01"]), max_size=8))
def test_every_id_has_one_spelling_that_was_written(names: list[str]) -> None:
    """What is written first stands for all spellings of an id, and ids of two keys stay two."""
    others = first_spellings(names)
    joined = [others.get(name, name) for name in names]
    assert set(joined) <= set(names)
    assert len({identity_key(name) for name in names}) == len(set(joined))
    assert [identity_key(name) for name in names] == [identity_key(name) for name in joined]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8))
def test_plain_text_is_left_as_it_is(text: str) -> None:
    """Tidying plain text trims it and joins runs of spaces; a plain id is shown as it is."""
    assert " ".join(text.split(" ")).strip() == text.strip()
    assert " ".join(text.split()) == tidy(text)
    assert f"'{text}'" == show(text)


def test_a_note_shows_what_cannot_be_seen() -> None:
    """Both spellings stand there, hidden characters as code points; of many ids a few."""
    note = describe_spellings({"Jose\u0301": "José", "s1\u200b": "S1"}, noun="subject")
    assert "2 subjects are written in more than one way" in note
    assert "'José' = 'Jose<U+0301>'; 'S1' = 's1<U+200B>'" in note
    many = describe_spellings({f"s{n}": f"S{n}" for n in range(9)}, noun="cluster")
    assert many.endswith("'S2' = 's2'; ...")


def test_the_apostrophe_before_what_a_spreadsheet_would_run_is_no_part_of_an_id() -> None:
    """Files that adscreen writes hold '+S1 for +S1, which is the same person; other apostrophes stay."""
    assert identity_key("'+S1") == identity_key("+s1")
    assert identity_key("'s1") != identity_key("s1")
