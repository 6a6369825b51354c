"""A task file (TOML) -> Task: its names, the text that a description is compared with, and its information units."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adscreen.bundled import bundled
from adscreen.errors import InputError
from adscreen.features.tasks.pattern import Pattern, Term, parse_pattern, parse_term
from adscreen.language import ENGLISH, Language
from adscreen.words import tokenize

CATEGORIES = ("subject", "place", "object", "action")
_KEYS = frozenset("name title aliases source reference actors words units".split())
_UNIT_KEYS = frozenset("name category patterns".split())


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing to be told; any of its patterns counts."""

    name: str
    category: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What a speaker is asked to describe.

    ``reference`` holds sentences as words: a plain description that speech is compared with. ``units`` stand in the
    order that the order of mention is compared with. ``definition`` is the file's text, from which ``parse_task`` makes
    the same task again.
    """

    name: str
    title: str
    aliases: tuple[str, ...]
    source: str
    reference: tuple[tuple[str, ...], ...]
    actors: Term
    units: tuple[Unit, ...]
    definition: str
    language: Language = ENGLISH

    @property
    def digest(self) -> str:
        """The SHA-256 of the definition."""
        return hashlib.sha256(self.definition.encode()).hexdigest()

    def goes_by(self, name: str) -> bool:
        """Tell whether the task has this name; case, spaces and punctuation do not count."""
        return _folded(name) in {_folded(own) for own in (self.name, *self.aliases)}


def _see() -> str:
    return f"see {bundled('docs/features.md')}"


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def read_task(path: Path, *, language: Language = ENGLISH) -> Task:
    """Read a task file.

    Raises:
        InputError: the file is missing or is no task file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"give a TOML file in UTF-8 with [words] and [[units]]; {bundled('docs/features.md')} shows one"
        raise InputError("cannot be read as a task file", where=str(path), remedy=remedy) from error
    return parse_task(text, where=path.name, language=language)


def parse_task(text: str, *, where: str, language: Language = ENGLISH) -> Task:
    """Return the task that a TOML text in a language defines; ``where`` names it in errors.

    Raises:
        InputError: the text is no task: not TOML, a field missing, unknown or of the wrong type, or a pattern wrong.
    """
    text = text.replace("\r\n", "\n")
    try:
        content = tomllib.loads(text)
        _require(content.keys() <= _KEYS, f"unknown field {min(content.keys() - _KEYS, default='')!r}")
        sets = _sets(content.get("words", {}))
        units = tuple(_unit(unit, sets, language) for unit in content["units"])
        names = [unit.name for unit in units]
        twice = sorted({name for name in names if names.count(name) > 1})
        _require(bool(units), "no [[units]]")
        _require(not twice, f"two units are named {', '.join(twice)}")
        _require(bool(_folded(content["name"])), "the name has no letter")
        return Task(
            name=content["name"],
            title=str(content.get("title", content["name"])),
            aliases=tuple(map(str, content.get("aliases", ()))),
            source=str(content.get("source", "")),
            reference=tuple(_tokens(sentence) for sentence in content.get("reference", ())),
            actors=_actors(content.get("actors", "").split(), sets),
            units=units,
            definition=text,
            language=language,
        )
    except KeyError as error:
        raise InputError(f"no field {error.args[0]!r}", where=where, remedy=_see()) from error
    except (AttributeError, TypeError) as error:
        raise InputError("a field has the wrong type", where=where, remedy=_see()) from error
    except ValueError as error:  # TOML that cannot be read is one too
        raise InputError(" ".join(str(error).split()), where=where, remedy=_see()) from error


def _sets(words: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the word sets; one may name sets that stand above it."""
    sets: dict[str, tuple[str, ...]] = {}
    for name, entries in words.items():
        term = parse_term("|".join(entries.split()), sets)
        _require(not term.sign, f"set {name!r}: a sign belongs in a pattern")
        sets[name] = term.entries
    return sets


def _actors(entries: list[str], sets: Mapping[str, tuple[str, ...]]) -> Term:
    return parse_term("|".join(entries), sets) if entries else Term(())


def _unit(content: Mapping[str, Any], sets: Mapping[str, tuple[str, ...]], language: Language) -> Unit:
    name = content["name"]
    _require(content.keys() <= _UNIT_KEYS, f"unit {name!r}: unknown field")
    _require(content["category"] in CATEGORIES, f"unit {name!r}: the category is none of {', '.join(CATEGORIES)}")
    patterns = content["patterns"]
    _require(isinstance(patterns, list) and bool(patterns), f"unit {name!r}: patterns is not a list")
    try:
        return Unit(
            name, content["category"], tuple(parse_pattern(pattern, sets, language=language) for pattern in patterns)
        )
    except ValueError as error:
        raise ValueError(f"unit {name!r}: {error}") from error


def _require(met: bool, what: str) -> None:
    if not met:
        raise ValueError(what)


def _tokens(sentence: str) -> tuple[str, ...]:
    return tuple(token.text.lower() for token in tokenize(sentence))
