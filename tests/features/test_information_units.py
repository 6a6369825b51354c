"""Sentences + task -> information units."""

from __future__ import annotations

import math
import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from adscreen.features.information_units import (
    Mention,
    find_mentions,
    first_places,
    order_of_mention,
    repeats_per_unit,
    share_mentioned,
)
from adscreen.features.tasks import Task, bundled_tasks, parse_task

(COOKIE_THEFT,) = bundled_tasks()
WORDS = "the boy girl mother is falling stool water and sink cookie kitchen over running that she it's".split()
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), max_size=8), max_size=6)


def letters(count: int) -> Task:
    """Return a task whose units are the first letters of the alphabet, half of them subjects, half objects."""
    units = [
        f'[[units]]\nname = "{chr(97 + k)}"\ncategory = "{("subject", "object")[k % 2]}"\npatterns = ["{chr(97 + k)}"]'
        for k in range(count)
    ]
    return parse_task("\n".join(['name = "letters"', *units]), where="letters")


def mentions_of(text: str, count: int = 4) -> tuple[Mention, ...]:
    """Return the letters mentioned; sentences are parted by ``/``."""
    return find_mentions([sentence.split() for sentence in text.split("/")], letters(count))


def test_mentions_in_the_order_of_speaking() -> None:
    """A unit counts once a sentence, at its first word; places run on over sentences."""
    expected = (Mention(2, 0, 1), Mention(0, 0, 2), Mention(0, 1, 5), Mention(3, 1, 6))
    assert expected == mentions_of("x c a a c / a d")
    assert {2: 1, 0: 2, 3: 6} == first_places(expected)


def test_no_sentence_and_no_unit() -> None:
    """Nothing said, or nothing of the task, mentions nothing."""
    assert () == mentions_of("") == mentions_of("x y / z")


def test_shares() -> None:
    """Units mentioned over units there are; a category that the task lacks has no share."""
    told = mentions_of("a c / a")  # both subjects, no object
    assert 2 / 4 == share_mentioned(told, letters(4))
    assert (1.0, 0.0) == tuple(share_mentioned(told, letters(4), category=name) for name in ("subject", "object"))
    assert math.isnan(share_mentioned(told, letters(4), category="place"))


def test_hand_computed_order() -> None:
    """Of the pairs ab ac ad bc bd cd: as in the file all agree; backwards none; a c b d has one swapped."""
    assert math.isclose(1.0, order_of_mention(mentions_of("a b / c d")))
    assert math.isclose(-1.0, order_of_mention(mentions_of("d / c b a")))
    assert math.isclose((5 - 1) / 6, order_of_mention(mentions_of("a c b d a")))
    assert math.isnan(order_of_mention(mentions_of("a b")))


def test_units_of_one_word_are_tied() -> None:
    """Two units that the same word tells are neither in order nor out of it: (2 - 0) / sqrt(3 x 2)."""
    tied = [Mention(0, 0, 4), Mention(1, 0, 4), Mention(2, 0, 7)]
    assert math.isclose(2 / math.sqrt(6), order_of_mention(tied))
    assert math.isnan(order_of_mention([Mention(k, 0, 4) for k in range(3)]))


@given(places=st.lists(st.integers(0, 9), min_size=3, max_size=12))
def test_the_order_is_kendalls_tau_b(places: list[int]) -> None:
    """(concordant - discordant pairs) / sqrt(all pairs x pairs not tied in place), with ties and without."""
    value = order_of_mention([Mention(unit, 0, place) for unit, place in enumerate(places)])
    pairs = list(combinations(places, 2))
    balance = sum((later > earlier) - (later < earlier) for earlier, later in pairs)
    untied = sum(later != earlier for earlier, later in pairs)
    if untied:
        assert math.isclose(balance / math.sqrt(len(pairs) * untied), value, abs_tol=1e-12)
    else:
        assert math.isnan(value)


def test_repeats() -> None:
    """Of two units one is told in three sentences: two repeats over two units; without units there is no rate."""
    assert 2 / 2 == repeats_per_unit(mentions_of("a b / a / x / a a"))
    assert 0.0 == repeats_per_unit(mentions_of("a b"))
    assert math.isnan(repeats_per_unit(()))


@given(sentences=SENTENCES)
def test_saying_it_all_again_tells_nothing_new(sentences: list[list[str]]) -> None:
    """Twice the speech mentions the same units at the same places, and each of its sentences counts as a repeat."""
    once, twice = find_mentions(sentences, COOKIE_THEFT), find_mentions(sentences * 2, COOKIE_THEFT)
    assert first_places(once) == first_places(twice)
    assert 2 * len(once) == len(twice)


@given(sentences=SENTENCES, seed=st.integers(0, 9))
def test_which_units_does_not_hang_on_the_order_of_sentences(sentences: list[list[str]], seed: int) -> None:
    """Shuffled sentences mention the same units; a sentence is read by itself."""
    shuffled = random.Random(seed).sample(sentences, len(sentences))
    units = {mention.unit for mention in find_mentions(sentences, COOKIE_THEFT)}
    assert units == {mention.unit for mention in find_mentions(shuffled, COOKIE_THEFT)}
