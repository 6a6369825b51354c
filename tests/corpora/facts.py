"""What a generated folder holds, to compare with what adscreen finds in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of a study: subjects and recordings by label, among the recordings that the study reads.

    ``people`` counts each subject once, whatever their labels; ``spellings`` is the number of different ways in which
    the folder writes their ids.
    """

    people: int
    subjects: dict[str, int]
    recordings: dict[str, int]
    spellings: int

    @classmethod
    def count(cls, rows: Iterable[tuple[str, int, str]], *, spellings: Iterable[str]) -> Facts:
        """Return the counts of (label, number of the person, spelling of their id), one row a recording."""
        own = list(rows)
        labelled = {(label, number) for label, number, _ in own}
        return cls(
            people=len({number for _, number, _ in own}),
            subjects=dict(sorted(Counter(label for label, _ in labelled).items())),
            recordings=dict(sorted(Counter(label for label, _, _ in own).items())),
            spellings=len(set(spellings)),
        )
