"""Text -> words."""

from __future__ import annotations

import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adscreen.words
from adscreen.words import FILLERS, Token, split_text, tokenize

SPEECHLIKE = st.text("abhimnotuILMST'’-_.,?!… 019é\u2060\u0301", max_size=40)
PLAIN_WORD = st.text("abcdefghijklmnopqrstuvwxyzé", min_size=1, max_size=8)


def texts(line: str) -> list[str]:
    """Return the words of a line, their marks put aside."""
    return [token.text for token in tokenize(line)]


def test_the_examples_of_the_docstrings_run() -> None:
    """Every example in the module gives what it says."""
    result = doctest.testmod(adscreen.words)
    assert (0, True) == (result.failed, result.attempted >= 2)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The boy's on the stool.", ["The", "boy's", "on", "the", "stool"]),
        ("a well-known merry-go-round", ["a", "well", "known", "merry", "go", "round"]),
        ("Mm-hmm. Uh-huh, um-hum", ["Mm-hmm", "Uh-huh", "um-hum"]),
        ("L_C_D_ T.V. U.S.A. L_C_D_s", ["LCD", "TV", "USA", "LCDs"]),
        ("it does n't, I 'm sure they 've left", ["it", "doesn't", "I'm", "sure", "they've", "left"]),
        ("'cause they're takin' 'em o' course", ["'cause", "they're", "takin'", "'em", "o'", "course"]),
        ("she said 'wait' and \"go\" and “stop”", ["she", "said", "wait", "and", "go", "and", "stop"]),
        ("the 'piano' and the 'begin' of 'it'", ["the", "piano", "and", "the", "begin", "of", "it"]),
        ("sho' enough, goin' to", ["sho'", "enough", "goin'", "to"]),
        ("don’t don‘t donʼt don`t", ["don't", "don't", "don't", "don't"]),
        ("3.5 of 1,000 on the 20th in the '90s", ["3.5", "of", "1,000", "on", "the", "20th", "in", "the", "'90s"]),
        ("water…over—and–out", ["water", "over", "and", "out"]),
        ("cafe\u0301 日本語 Zürich", ["café", "日本語", "Zürich"]),
        ("🍪 -- ... ' - _ \t\n", []),
        ("", []),
    ],
)
def test_words(line: str, expected: list[str]) -> None:
    """Punctuation and symbols fall away, clitics and initials join, hyphens split, case and inner apostrophes stay."""
    assert expected == texts(line)


def test_a_trailing_hyphen_marks_a_fragment() -> None:
    """``wh-`` is broken off; an inner hyphen and a dash are not marks of a fragment."""
    assert [Token("wh", True), Token("what", False)] == tokenize("wh- what")
    assert [Token("ever", False), Token("so", False)] == tokenize("ever-so")
    assert [Token("well", False), Token("no", False)] == tokenize("well-- no")


@pytest.mark.parametrize("filler", sorted(FILLERS))
def test_a_filler_is_one_word(filler: str) -> None:
    """Each listed filler passes tokenization whole, so that it can be recognised after it."""
    assert [filler] == texts(filler)
    assert ["well", filler, "yes"] == texts(f"well, {filler}, yes")


@given(st.text() | SPEECHLIKE)
def test_any_text_gives_clean_words(line: str) -> None:
    """No text raises; no word is empty, holds white space or a typographic quote, or lacks a letter or digit."""
    for word in texts(line):
        assert word
        assert not any(letter.isspace() or letter in "’‘“”…—–" for letter in word)
        assert any(letter.isalnum() for letter in word)
        assert unicodedata.normalize("NFC", word) == word


@given(SPEECHLIKE)
def test_words_pass_a_second_time_unchanged(line: str) -> None:
    """Joined by spaces, the words of a line are the words of that line again."""
    words = texts(line)
    assert words == texts(" ".join(words))


@given(st.lists(PLAIN_WORD))
def test_plain_words_are_kept(words: list[str]) -> None:
    """Words of letters alone come back as they are, each one whole."""
    expected = [unicodedata.normalize("NFC", word) for word in words]
    assert expected == texts(" ".join(words)) == texts(", ".join(words))


@given(st.text(alphabet="abc xyz.", max_size=30), st.text(alphabet="abc xyz.", max_size=30))
def test_lines_do_not_touch_each_other(first: str, second: str) -> None:
    """The words of two lines are those of the first and then those of the second."""
    assert texts(first) + texts(second) == texts(f"{first}\n\n{second}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("It's good. That's it", ["It's good.", "That's it"]),
        ("no punctuation at all", ["no punctuation at all"]),
        ("Is it? Yes! 3 of them.", ["Is it?", "Yes!", "3 of them."]),
        ("well... the boy", ["well...", "the boy"]),
        ("one -- two", ["one", "two"]),
        ('He said "Stop." Then left.', ['He said "Stop.', "Then left."]),
        ("it costs 3.5 pounds, e.g. here", ["it costs 3.5 pounds, e.g. here"]),
        ("  \n", []),
    ],
)
def test_sentences(line: str, expected: list[str]) -> None:
    """A line is cut after an end mark that a capital or digit follows, after an ellipsis and at a dash."""
    assert expected == split_text(line)


@given(SPEECHLIKE | st.text(max_size=40))
def test_splitting_loses_no_word(line: str) -> None:
    """The sentences of a line hold its letters and digits, in order."""
    joined = "".join(split_text(line))
    assert [c for c in line if c.isalnum()] == [c for c in joined if c.isalnum()]
