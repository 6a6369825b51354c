"""Word -> character ids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.bilm.characters import (
    BEGIN_SENTENCE,
    BEGIN_WORD,
    BOUNDARY_BEGIN,
    BOUNDARY_END,
    END_SENTENCE,
    END_WORD,
    N_CHARACTERS,
    PADDING,
    character_ids,
)

WORD = st.text(st.characters(codec="utf-8")).filter(lambda word: word not in (BOUNDARY_BEGIN, BOUNDARY_END))


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("boy", [258, 98, 111, 121, 259]),
        ("é", [258, 0xC3, 0xA9, 259]),
        ("🍪", [258, 0xF0, 0x9F, 0x8D, 0xAA, 259]),
        ("<S>", [258, 256, 259]),
        ("</S>", [258, 257, 259]),
        ("", [258, 259]),
    ],
)
def test_bytes_between_marks(word: str, codes: list[int]) -> None:
    """A word is its UTF-8 bytes between 258 and 259, padded with 260; a boundary is one id of its own."""
    (ids,) = character_ids([word])
    assert [*codes, *[260] * (50 - len(codes))] == ids.tolist()


def test_a_long_word_is_cut_and_still_ends() -> None:
    """A word of 48 bytes fits; of a longer one the first 48 bytes are kept, between both marks."""
    assert [258, *b"a" * 48, 259] == character_ids(["a" * 48])[0].tolist()
    assert character_ids(["a" * 48]).tolist() == character_ids(["a" * 200]).tolist()
    assert [258, *("é" * 24).encode(), 259] == character_ids(["é" * 40])[0].tolist()
    assert [258, *b"abc", 259] == character_ids(["abcdef"], max_characters=5)[0].tolist()


@given(st.lists(WORD, max_size=5), st.integers(3, 60))
def test_ids_of_any_words(words: list[str], max_characters: int) -> None:
    """Rows are independent, within the weight file's rows, and decode to the word or to its first bytes."""
    ids = character_ids(words, max_characters=max_characters)
    assert (len(words), max_characters) == ids.shape
    assert ((ids >= 0) & (ids < N_CHARACTERS)).all()
    for word, row in zip(words, ids, strict=True):
        assert np.array_equal(row, character_ids([word], max_characters=max_characters)[0])
        end = row.tolist().index(END_WORD)
        assert BEGIN_WORD == row[0]
        assert {PADDING} >= set(row[end + 1 :].tolist())
        assert word.encode()[: max_characters - 2] == bytes(row[1:end].tolist())


def test_boundaries_are_not_spelled_out() -> None:
    """The ids of boundary marks differ from those of every byte."""
    assert [BEGIN_SENTENCE, END_SENTENCE] == character_ids([BOUNDARY_BEGIN, BOUNDARY_END])[:, 1].tolist()
    assert min(BEGIN_SENTENCE, END_SENTENCE) > 255
