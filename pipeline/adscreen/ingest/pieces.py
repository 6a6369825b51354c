"""What a reader of timed formats finds: words as written, and the stretches in which one speaker says them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Piece(NamedTuple):
    """A word as written, punctuation and all, and its times in milliseconds."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None


class Segment(NamedTuple):
    """What one speaker said in a stretch of time; ``speaker`` is empty where the file names none."""

    speaker: str
    pieces: tuple[Piece, ...]
    start_ms: int | None = None
    end_ms: int | None = None
    line: int | None = None


class Timed(Protocol):
    """Anything that starts at a time."""

    @property
    def start_ms(self) -> int | None:
        """The start in milliseconds, None where it is unknown."""


def start_of(timed: Timed) -> int:
    """Return the start by which stretches of time are ordered: those of an unknown start come first."""
    return timed.start_ms or 0


def carry_speakers(named: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], int]:
    """Give what is said without a speaker the speaker above; return how often that was as well.

    >>> carry_speakers([("PAR", "so"), ("", "the boy"), ("", "")])
    ([('PAR', 'so'), ('PAR', 'the boy'), ('', '')], 1)
    """
    carried: list[tuple[str, str]] = []
    count = 0
    for speaker, said in named:
        above = carried[-1][0] if carried and said and not speaker else ""
        count += above != ""
        carried.append((speaker or above, said))
    return carried, count
