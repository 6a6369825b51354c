"""Sentences + task -> which information units are mentioned, where, and what follows from it.

A unit is mentioned in a sentence where one of its patterns matches (adscreen.features.tasks.pattern). Croisile et al.
1996 count the units of the Cookie Theft picture.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from adscreen.features.tasks import Task

LEAST_ORDERED = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit (its number in the task) mentioned in a sentence; ``place`` is how many words of the speech precede it."""

    unit: int
    sentence: int
    place: int


def find_mentions(sentences: Sequence[Sequence[str]], task: Task) -> tuple[Mention, ...]:
    """Return one Mention for each unit and sentence that mentions it, in the order of speaking.

    ``sentences`` are lower-case words.
    """
    mentions = []
    before = 0
    for number, sentence in enumerate(sentences):
        tokens = [task.language.without_clitics(token) for token in sentence]
        for unit, known in enumerate(task.units):
            starts = [pattern.find(tokens, actors=task.actors) for pattern in known.patterns]
            found = [start for start in starts if start is not None]
            if found:
                mentions.append(Mention(unit, number, before + min(found)))
        before += len(sentence)
    return tuple(sorted(mentions, key=lambda mention: (mention.place, mention.unit)))


def first_places(mentions: Sequence[Mention]) -> dict[int, int]:
    """Return unit -> the place of its first mention."""
    places: dict[int, int] = {}
    for mention in mentions:
        places.setdefault(mention.unit, mention.place)
    return places


def share_mentioned(mentions: Sequence[Mention], task: Task, *, category: str | None = None) -> float:
    """Return units mentioned / units of the task, of one category where given; NaN where the task has none of it."""
    listed = {number for number, unit in enumerate(task.units) if category in (None, unit.category)}
    return len(listed & first_places(mentions).keys()) / len(listed) if listed else math.nan


def order_of_mention(mentions: Sequence[Mention]) -> float:
    """Return Kendall's tau-b between the order of first mention and the task's order; NaN below three units.

    1 where the order is the task's, -1 where it is the reverse. Two units first mentioned by the same word are tied;
    NaN too where all are. (Kendall 1945.)
    """
    from scipy.stats import kendalltau  # here, because its import takes longer than all of this package

    places = [place for _, place in sorted(first_places(mentions).items())]
    if len(places) < LEAST_ORDERED:
        return math.nan
    return float(kendalltau(range(len(places)), places, variant="b", method="asymptotic").statistic)


def repeats_per_unit(mentions: Sequence[Mention]) -> float:
    """Return further sentences that mention a unit again / units mentioned; NaN where none is."""
    counts = Counter(mention.unit for mention in mentions)
    return (len(mentions) - len(counts)) / len(counts) if counts else math.nan
