"""Patterns of task files."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adscreen.features.tasks.pattern
from adscreen.features.tasks.pattern import Term, parse_pattern, parse_term
from adscreen.language import ENGLISH

SETS = {"boy": ("boy", "little_brother"), "girl": ("girl",), "fall": ("fall*", "tip*_over", "fell")}
ACTORS = parse_term("@boy|@girl|he", SETS)


def found(pattern: str, utterance: str) -> int | None:
    """Return the first word of a pattern's match in an utterance."""
    tokens = [ENGLISH.without_clitics(token) for token in utterance.split()]
    return parse_pattern(pattern, SETS).find(tokens, actors=ACTORS)


def test_the_examples_of_the_docstrings_run() -> None:
    """Every example in the module gives what it says."""
    result = doctest.testmod(adscreen.features.tasks.pattern)
    assert (0, True) == (result.failed, result.attempted >= 1)


@pytest.mark.parametrize(
    ("pattern", "utterance", "place"),
    [
        ("boy", "the boy fell", 1),
        ("boy", "the boys fell", None),
        ("boy*", "the boys fell", 1),
        ("boy", "the boy's up there", 1),
        ("girl|boy", "a boy and a girl", 1),
        ("@boy", "her little brother", 1),
        ("@boy", "her little old brother", None),
        ("@fall", "it is tipping right over", None),
        ("@fall", "it is tipping over", 2),
        ("girl boy", "a boy and a girl", 1),  # any order
        ("girl boy", "a girl", None),
        ("girl > boy", "a boy and a girl", None),
        ("girl > boy", "a girl and a boy", 1),
        ("@boy > @fall", "the boy sees the girl falling", None),  # the girl is nearer
        ("@boy > @fall", "the girl sees the boy falling", 4),
        ("@girl > sees > @boy", "the girl sees the boy falling", 1),
        ("@girl > @fall > off", "the girl fell right off", 1),
        ("@fall !girl", "the boy fell", 2),
        ("@fall !girl", "the girl fell", None),
        ("+@fall", "he isn't falling", None),
        ("+@fall", "he is falling", 2),
        ("+@fall", "he isn't falling but she fell", 5),
        ("-notic*", "she doesn't seem to notice it", 4),
        ("-notic*", "she notices it", None),
        ("-notic*", "she's not there and notices it", None),  # another clause
        ("@girl > -see* @boy", "the girl never sees the boy", 1),
    ],
)
def test_where_a_pattern_matches(pattern: str, utterance: str, place: int | None) -> None:
    """Terms, endings, phrases, sets, order, the nearest actor, absence and negation; None is no match."""
    assert place == found(pattern, utterance)


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("", "asks for no word"),
        ("!boy", "asks for no word"),
        ("boy >", "ends in >"),
        ("> boy", "without a term before it"),
        ("boy > > girl", "without a term before it"),
        ("boy > !girl", "place of a word that must not occur"),
        ("@dog", "names a set"),
        ("boy|", "is not a word"),
        ("Boy", "is not a word"),
        ("*", "is not a word"),
        ("a__b", "is not a word"),
    ],
)
def test_a_faulty_pattern_says_what_is_wrong(pattern: str, fault: str) -> None:
    """What is no pattern is refused, never read as something else."""
    with pytest.raises(ValueError, match=fault):
        parse_pattern(pattern, SETS)


TOKENS = st.lists(
    st.sampled_from("the boy girl falls not doesn't and little brother he tipping over".split()), max_size=9
)


@given(tokens=TOKENS)
def test_a_term_is_either_affirmed_or_negated(tokens: list[str]) -> None:
    """The matches of ``+a`` and of ``-a`` together are those of ``a``."""
    plain, affirmed, negated = (parse_term(f"{sign}@fall|boy", SETS) for sign in ("", "+", "-"))
    assert plain.matches(tokens) == sorted(affirmed.matches(tokens) + negated.matches(tokens))


@given(tokens=TOKENS)
def test_order_asks_for_more(tokens: list[str]) -> None:
    """Where ``a > b`` matches, ``a b`` does; a file without actors has nobody between."""
    ordered, free = parse_pattern("@boy > @fall", SETS), parse_pattern("@boy @fall", SETS)
    nobody = Term(())
    if ordered.find(tokens, actors=ACTORS) is not None:
        assert ordered.find(tokens, actors=nobody) is not None
    if ordered.find(tokens, actors=nobody) is not None:
        assert free.find(tokens, actors=nobody) is not None
