"""cookie_theft.toml -> Grammar: what simulated speakers can say of the picture. The file explains its notation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Slot:
    """The ways to name one thing. ``pronoun`` is empty unless the thing is a person."""

    say: tuple[str, ...]
    vague: tuple[str, ...] = ()
    pronoun: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """One information unit of the picture; ``salience`` is the log-odds that a healthy speaker mentions it."""

    unit: str
    salience: float
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """All there is to say: sentence patterns and what fills them. ``phrases`` holds the lists that have a name only."""

    slots: Mapping[str, Slot]
    topics: tuple[Topic, ...]
    substitutions: Mapping[str, tuple[str, ...]]
    interviewer: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]]


@cache
def read_grammar() -> Grammar:
    """Return the grammar that ships with the package."""
    data = tomllib.loads(files(__package__).joinpath("cookie_theft.toml").read_text(encoding="utf-8"))
    slots = {
        name: Slot(tuple(slot["say"]), tuple(slot.get("vague", ())), slot.get("pronoun", ""))
        for name, slot in data["slots"].items()
    }
    topics = tuple(Topic(topic["unit"], topic["salience"], tuple(topic["clauses"])) for topic in data["topics"])
    return Grammar(
        slots=slots,
        topics=topics,
        substitutions=_tuples(data["substitutions"]),
        interviewer=_tuples(data["interviewer"]),
        phrases=_tuples({name: value for name, value in data.items() if isinstance(value, list) and name != "topics"}),
    )


def _tuples(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(entries) for name, entries in lists.items()}
