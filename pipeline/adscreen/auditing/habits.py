"""Utterances -> how they were written down: marks, spelling, capitals, punctuation. What a transcriber decides.

A habit that differs by class lets a classifier tell the transcribers apart instead of the speakers. Each is one number
a recording, NaN where it cannot be told. Variants of spelling are listed in conventions.toml.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from adscreen.records import Utterance, Word
from adscreen.speech import spoken_tokens

Family = Literal["mark", "typing", "spelling"]


@dataclass(frozen=True, slots=True)
class Habit:
    """One habit: ``name`` is its column, ``title`` how a finding names it.

    ``mark`` may be a sign of illness or a habit of the transcriber: per 100 words, but ``questions`` and ``unfinished``
    per utterance, and ``utterance`` in words. ``typing`` and ``spelling`` are shares, and nobody's speech.
    """

    name: str
    title: str
    family: Family


class Variant(NamedTuple):
    """Two sets of spellings of the same words, lower case."""

    title: str
    spelling: frozenset[str]
    other: frozenset[str]


_MARKS = (
    ("fillers", "marked fillers"),
    ("fragments", "marked fragments"),
    ("nonwords", "marked nonwords"),
    ("repeated", "marked repetitions"),
    ("retraced", "marked retracings"),
    ("targets", "intended words beside uttered ones"),
    ("errors", "error codes"),
    ("foreign", "words marked as foreign"),
    ("pauses", "marked pauses"),
    ("events", "marked events (laughs, coughs)"),
    ("omissions", "marked omissions"),
    ("unintelligible", "stretches marked unintelligible"),
    ("questions", "utterances that end as questions"),
    ("unfinished", "utterances that end as trailing off or interrupted"),
    ("utterance", "words per utterance"),
)
_TYPING = (
    ("capitals", "utterances that begin with a capital"),
    ("inner_capitals", "capitals inside utterances"),
    ("digits", "numbers in digits"),
    ("commas", "commas"),
    ("typographic", "typographic quotes, dashes and ellipses"),
    ("times", "utterances with times"),
)
_TYPOGRAPHIC = re.compile("[“”‘’–—…]")


@cache
def spelling_variants() -> dict[str, Variant]:
    """Return the spellings of conventions.toml, by name."""
    content = tomllib.loads(files("adscreen.auditing").joinpath("conventions.toml").read_text(encoding="utf-8"))
    return {
        name: Variant(one["title"], frozenset(one["spelling"]), frozenset(one["other"]))
        for name, one in content.items()
    }


def _habits() -> Iterator[Habit]:
    for name, title in _MARKS:
        yield Habit(f"mark.{name}", title, "mark")
    for name, title in _TYPING:
        yield Habit(f"typing.{name}", title, "typing")
    for name, variant in spelling_variants().items():
        yield Habit(f"spelling.{name}", variant.title, "spelling")


HABITS = {habit.name: habit for habit in _habits()}


def measure_habits(utterances: Sequence[Utterance], *, english: bool = True) -> dict[str, float]:
    """Return every habit of one recording's participant, NaN where it says no word; spelling where it is English."""
    words = [word for utterance in utterances for word in utterance.words]
    if not words:
        return dict.fromkeys(HABITS, math.nan)
    tokens = [token for word in words for token in spoken_tokens(word)]
    values = (
        _marks(utterances, words)
        | _typing(utterances, tokens)
        | _spellings([token.lower() for token in tokens] if english else [])
    )
    return {name: values[name] for name in HABITS}


def _marks(utterances: Sequence[Utterance], words: Sequence[Word]) -> dict[str, float]:
    counts = _word_counts(words) | _utterance_counts(utterances)
    spoken = [utterance for utterance in utterances if utterance.words]
    other = {
        "questions": _share(one.terminator == "question" for one in spoken),
        "unfinished": _share(one.terminator in ("trailing_off", "interrupted") for one in spoken),
        "utterance": len(words) / len(spoken),
    }
    rates = {name: 100 * count / len(words) for name, count in counts.items()}
    return {f"mark.{name}": value for name, value in (rates | other).items()}


def _word_counts(words: Sequence[Word]) -> dict[str, int]:
    """Return how many words carry each mark."""
    kinds = Counter(word.kind for word in words)
    return {
        "fillers": kinds["filler"],
        "fragments": kinds["fragment"],
        "nonwords": kinds["nonword"],
        "targets": sum(bool(word.target) for word in words),
        "errors": sum(word.error is not None for word in words),
        "foreign": sum(word.language is not None for word in words),
    }


def _utterance_counts(utterances: Sequence[Utterance]) -> dict[str, int]:
    """Return how often each mark stands in or beside utterances."""
    return {
        "repeated": sum(utterance.repetitions for utterance in utterances),
        "retraced": sum(utterance.retracings for utterance in utterances),
        "pauses": sum(len(utterance.pauses) for utterance in utterances),
        "events": sum(len(utterance.events) for utterance in utterances),
        "omissions": sum(utterance.omissions for utterance in utterances),
        "unintelligible": sum(utterance.unintelligible for utterance in utterances),
    }


def _typing(utterances: Sequence[Utterance], tokens: Sequence[str]) -> dict[str, float]:
    spoken = [utterance for utterance in utterances if utterance.words]
    firsts = [utterance.words[0].text for utterance in spoken]
    inner = [word.text for utterance in spoken for word in utterance.words[1:] if word.text[:2] not in ("I", "I'")]
    raw = " ".join(utterance.raw for utterance in spoken)
    shares = {
        "capitals": _share(text[:1].isupper() for text in firsts),
        "inner_capitals": _share(text[:1].isupper() for text in inner),
        "digits": _share(token[:1].isdigit() for token in tokens),
        "commas": raw.count(",") / max(1, len(tokens)),
        "typographic": len(_TYPOGRAPHIC.findall(raw)) / max(1, len(tokens)),
        "times": _share(utterance.start_ms is not None for utterance in spoken),
    }
    return {f"typing.{name}": value for name, value in shares.items()}


def _spellings(tokens: Sequence[str]) -> dict[str, float]:
    """Return the share of the first spelling among the words that have either; NaN where none has."""
    shares = {}
    for name, (_, spelling, other) in spelling_variants().items():
        chosen = [token in spelling for token in tokens if token in spelling or token in other]
        shares[f"spelling.{name}"] = _share(chosen)
    return shares


def _share(flags: Iterable[bool]) -> float:
    every = list(flags)
    return sum(every) / len(every) if every else math.nan
