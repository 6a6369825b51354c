"""Words with clitics -> syntactic words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.language.contractions import split_contraction
from adscreen.parser.treebank import find_part, read_treebank


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("don't", "do n't"),
        ("Can't", "ca n't"),
        ("wouldn't've", "would n't 've"),
        ("she’ll", "she 'll"),
        ("mother's", "mother 's"),
        ("cannot", "can not"),
        ("gonna", "gon na"),
        ("dont", "do nt"),
        ("o'clock", "o'clock"),
        ("'em", "'em"),
        ("'s", "'s"),
        ("its", "its"),
        ("well", "well"),
        ("fallin'", "fallin'"),
    ],
)
def test_clitics_are_taken_apart(word: str, parts: str) -> None:
    """Negations, verbs and possessives are split as the Penn Treebank splits them; other apostrophes stay."""
    assert tuple(parts.split()) == split_contraction(word)


@given(st.text(alphabet="abnt'slmvred", min_size=1, max_size=12))
def test_no_letter_is_lost(word: str) -> None:
    """The parts put together are the word, and no part is empty."""
    parts = split_contraction(word)
    assert word == "".join(parts)
    assert all(parts)


def test_the_treebank_splits_alike(shared: Path) -> None:
    """Contractions with an apostrophe are split as in the test part, and one whole word of a thousand is split.

    What differs is misspelt: ``its`` for ``it's`` is left whole, ``it's`` for ``its`` is split.
    """
    alike, wrongly_split = [], []
    for sentence in read_treebank(find_part(shared / "treebank", "test")):
        by_source: dict[int, list[str]] = {}
        for word in sentence:
            by_source.setdefault(word.source, []).append(word.text.lower().replace("’", "'"))
        for parts in by_source.values():
            found = split_contraction("".join(parts))
            if len(parts) == 1:
                wrongly_split.append(len(found) > 1)
            elif "'" in "".join(parts)[:-1]:
                alike.append(tuple(parts) == found)
    assert len(alike) > 200
    assert all(alike)
    assert sum(wrongly_split) / len(wrongly_split) < 0.001
