"""A word as typed in CHAT -> the word as uttered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.word_form import is_omission, read_word


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("fallin(g)", "falling"),
        ("(be)cause", "because"),
        ("do(n't)", "don't"),
        ("(parens)", "parens"),
        ("no::", "no"),
        ("a:h", "ah"),
        ("10:30", "10:30"),
        ("o^kay", "okay"),
        ("le~ha", "leha"),
        ("ˈhello", "hello"),
        ("ˌun", "un"),
        ("ice+cream", "ice_cream"),
        ("choo_choo", "choo_choo"),
        ("L_C_D_", "L_C_D_"),
        ("1942_1950", "1942_1950"),
        ("merry-go-round", "merry-go-round"),
        ("don’t", "don't"),
        ("'em", "'em"),
        ("dog-0's", "dog"),
        ("ו#פיפי", "ופיפי"),
        ("°↑hello°", "hello"),
        ("⌈°overlapping⌉°", "overlapping"),
        ("⌈2two⌉2", "two"),
        ("p↑itch", "pitch"),
        ("↫s-s-s↫segment", "segment"),
        ("hard⁑ening", "hardening"),
        ("lauἩgh", "laugh"),
        ("ΫyawnΫ", "yawn"),
        ("⁇unsure⁇", "unsure"),
    ],
)
def test_marks_are_taken_out_and_letters_kept(raw: str, text: str) -> None:
    """Shortenings are filled in; lengthening, stress, pitch, overlap and compound marks leave the word as spoken."""
    assert text == read_word(raw).text


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("boy", "word"),
        ("&-uh", "filler"),
        ("&-you_know", "filler"),
        ("&+st", "fragment"),
        ("&~goo", "nonword"),
        ("&uh", "filler"),
        ("&um:", "filler"),
        ("&hm", "filler"),
        ("&eh", "filler"),
        ("&ah", "filler"),
        ("&er", "filler"),
        ("&bo", "fragment"),
        ("uh@fp", "filler"),
        ("sto-", "fragment"),
        ("um", "word"),
    ],
)
def test_the_prefix_tells_the_kind(raw: str, kind: str) -> None:
    """``&-`` is a filler, ``&+`` a fragment, ``&~`` a nonword; a bare ``&`` is read as files before 2014 meant it."""
    assert kind == read_word(raw).kind


@pytest.mark.parametrize(
    ("raw", "text", "language"),
    [
        ("casa@s:spa", "casa", "spa"),
        ("hao3@s:eng+zho", "hao3", "eng+zho"),
        ("hao3@s:eng&zho&fra", "hao3", "eng&zho&fra"),
        ("hao3@s", "hao3", "und"),
        ("b@l@s:spa", "b", "spa"),
        ("sign@si", "sign", None),
        ("woof@o", "woof", None),
        ("b@l", "b", None),
        ("run@x$n", "run", None),
        ("dog$n", "dog", None),
    ],
)
def test_the_suffix_is_no_part_of_the_word(raw: str, text: str, language: str | None) -> None:
    """A special form marker is cut off; only ``@s`` names a language."""
    form = read_word(raw)
    assert (text, language) == (form.text, form.language)


def test_a_phonetic_transcription_is_told() -> None:
    """``@u`` marks a word written in sounds."""
    assert read_word("ˈzɪŋk@u").phonetic
    assert not read_word("sink@q").phonetic


@pytest.mark.parametrize("raw", ["0the", "0is", "0она", "0*the", "00word"])
def test_zero_before_a_word_is_an_omission(raw: str) -> None:
    """A word that was left out begins with 0."""
    assert is_omission(raw)


@pytest.mark.parametrize("raw", ["0", "0.5", "the", "1990s", "o"])
def test_other_zeros_are_none(raw: str) -> None:
    """``0`` alone is an action, and a number is a number."""
    assert not is_omission(raw)


@pytest.mark.parametrize("raw", ["", "&-", "@", "+", "-", "‡", "⌈2", "∆", "&+", "___"])
def test_marks_alone_are_no_word(raw: str) -> None:
    """Without a letter or digit there is no text."""
    assert "" == read_word(raw).text


@given(st.text(max_size=30))
def test_any_text_is_read(raw: str) -> None:
    """No typed word raises, and what is returned holds a letter or digit or nothing at all."""
    text = read_word(raw).text
    assert text == "" or any(character.isalnum() for character in text)
