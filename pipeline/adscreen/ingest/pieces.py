"""What a reader of timed formats finds: words as written, and the stretches in which one speaker says them."""

from __future__ import annotations

from typing import NamedTuple


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
