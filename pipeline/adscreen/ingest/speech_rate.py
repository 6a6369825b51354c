"""Times in whole numbers, and the words said in them -> the unit: people say at most some 600 words in a minute."""

from __future__ import annotations

import re
from collections.abc import Iterable

from adscreen.errors import InputError

_WHOLE = re.compile(r"([0-9]{1,12})(?:[.,]0{1,6})?")
SLOWEST, FASTEST = 0.01, 10.0  # words per second: all that is left between them is one unit or the other


def unit_of_integers(rows: Iterable[tuple[str | None, str | None, str | None]], *, where: str) -> float | None:
    """Return how many milliseconds one is, where all times (start, end, words) are whole numbers; None where not.

    Most words must be said at a rate that people can speak at: one false time decides nothing.
    Raises InputError where neither seconds nor milliseconds give a rate that people can speak at.

    >>> unit_of_integers([("0", "3000", "The boy takes a cookie.")], where="a.tsv")
    1
    >>> unit_of_integers([("0", "3", "The boy takes a cookie.")], where="a.tsv")
    1000
    """
    lasting: list[tuple[int, int]] = []  # of each row with both times, their difference and its words
    for start, end, text in rows:
        whole = [_WHOLE.fullmatch(time) if time else None for time in (start, end)]
        if (start and not whole[0]) or (end and not whole[1]):
            return None
        if whole[0] and whole[1] and text and (length := int(whole[1][1]) - int(whole[0][1])) > 0:
            lasting.append((length, len(text.split())))
    if not any(words for _, words in lasting):
        return None
    total = sum(words for _, words in lasting)
    for unit in (1, 1000):
        credible = sum(words for length, words in lasting if SLOWEST <= 1000 * words / (length * unit) < FASTEST)
        if 2 * credible > total:
            return unit
    raise InputError(
        "times that are neither seconds nor milliseconds: people do not speak at such a rate",
        where=where,
        remedy="name the columns `start_ms` and `end_ms` if they are milliseconds, or write seconds",
    )
