"""A root and its bound morphemes -> the word as it is spelt."""

from __future__ import annotations

import pytest

from adscreen.ingest.salt_words import inflect


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("boy/s", "boys"),
        ("baby/s", "babies"),
        ("dish/s", "dishes"),
        ("boy/z", "boy's"),
        ("boy/s/z", "boys'"),
        ("work/ed", "worked"),
        ("stop/ed", "stopped"),
        ("visit/ed", "visited"),
        ("carry/ed", "carried"),
        ("play/ed", "played"),
        ("bake/ed", "baked"),
        ("make/ing", "making"),
        ("see/ing", "seeing"),
        ("be/ing", "being"),
        ("lie/ing", "lying"),
        ("go/ing", "going"),
        ("begin/ing", "beginning"),
        ("fix/ing", "fixing"),
        ("look/ing", "looking"),
        ("argue/ing", "arguing"),
        ("take/en", "taken"),
        ("go/3s", "goes"),
        ("watch/3s", "watches"),
        ("have/3s", "has"),
        ("it/'s", "it's"),
        ("he/h's", "he's"),
        ("what/d's", "what's"),
        ("let/'us", "let's"),
        ("do/n't", "don't"),
        ("can/'t", "can't"),
        ("they/'re", "they're"),
    ],
)
def test_spelling_at_the_seam(typed: str, word: str) -> None:
    """The word is spelt as English spells it (SALT Software, "Summary of SALT Transcription Conventions")."""
    root, *morphemes = typed.split("/")
    assert word == inflect(root, morphemes)
