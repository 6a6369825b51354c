"""Times in whole numbers, and the words said in them -> the unit."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.speech_rate import FASTEST, SLOWEST, unit_of_integers


def test_decimals_and_rows_without_words_decide_nothing() -> None:
    """Only whole numbers with words between them say something."""
    assert unit_of_integers([("0.5", "1", "so")], where="a") is None
    assert unit_of_integers([("0", "1", "")], where="a") is None


def test_a_rate_nobody_speaks_at_is_refused() -> None:
    """A word in a day is neither."""
    with pytest.raises(InputError, match="neither seconds nor milliseconds"):
        unit_of_integers([("0", "86400000", "so")], where="a")


@given(st.floats(1.1 * SLOWEST, 0.9 * FASTEST), st.integers(20, 200))
def test_a_possible_rate_in_one_unit_is_never_possible_in_the_other(rate: float, words: int) -> None:
    """Milliseconds and seconds of the same speech are each told for what they are."""
    seconds = ceil(words / rate)
    said = " ".join(["so"] * words)
    assert 1 == unit_of_integers([("0", str(1000 * seconds), said)], where="a")
    if SLOWEST <= words / seconds < FASTEST:
        assert 1000 == unit_of_integers([("0", str(seconds), said)], where="a")
