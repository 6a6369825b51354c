"""A pattern of a task file -> where an utterance matches it.

A pattern is terms separated by spaces, all of which must occur in one utterance, in any order. A term is ``word``,
``word*`` (any ending), ``two_words`` in a row, ``@set`` of the file, or several of these joined by ``|``. Before it may
stand ``+`` (not negated), ``-`` (negated) or ``!`` (must not occur at all). ``a > b`` asks for ``a`` before ``b`` with
nobody else between: no word of the file's ``actors``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from adscreen.language import ENGLISH, Language
from adscreen.language.language import Negation

SIGNS = ("+", "-", "!")
NEGATION_REACH = 3  # words from a negator to what it negates: ``doesn't seem to notice``


class Span(NamedTuple):
    """Words ``start`` to ``end`` (not included) of an utterance."""

    start: int
    end: int


@dataclass(frozen=True)
class Term:
    """Entries (``word``, ``word*``, ``two_words``) of which one must occur; ``sign`` is ``+``, ``-``, ``!`` or none."""

    entries: tuple[str, ...]
    sign: str = ""
    language: Language = ENGLISH

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(entry for entry in self.entries if "_" not in entry and not entry.endswith("*"))

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple(entry[:-1] for entry in self.entries if "_" not in entry and entry.endswith("*"))

    @cached_property
    def _phrases(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(entry.split("_")) for entry in self.entries if "_" in entry)

    def spans(self, tokens: Sequence[str]) -> list[Span]:
        """Return where the term stands in an utterance, in order, whatever its sign."""
        found = []
        if self._beginnings or not self._words.isdisjoint(tokens):
            found = [
                Span(place, place + 1)
                for place, token in enumerate(tokens)
                if token in self._words or token.startswith(self._beginnings)
            ]
        for phrase in self._phrases:
            if phrase[0] in tokens or phrase[0].endswith("*"):  # else it stands nowhere, as most phrases do
                starts = range(len(tokens) - len(phrase) + 1)
                found += [Span(start, start + len(phrase)) for start in starts if _stands_at(phrase, tokens, start)]
        return sorted(found)

    def matches(self, tokens: Sequence[str]) -> list[Span]:
        """Return where the term stands with the polarity that its sign asks for."""
        found = self.spans(tokens)
        if self.sign not in ("+", "-"):
            return found
        return [span for span in found if is_negated(tokens, span.start, language=self.language) == (self.sign == "-")]


@dataclass(frozen=True, slots=True)
class Pattern:
    """``chains`` are terms in order, all of which must match; ``absent`` are terms that must not occur."""

    chains: tuple[tuple[Term, ...], ...]
    absent: tuple[Term, ...] = ()

    def find(self, tokens: Sequence[str], *, actors: Term) -> int | None:
        """Return the first word of the match, None where the utterance does not match.

        ``tokens`` are lower case and hold no clitics (``Language.without_clitics``).
        """
        starts = []
        for chain in self.chains:
            start = _chain_start(chain, tokens, actors)
            if start is None:
                return None
            starts.append(start)
        if any(term.spans(tokens) for term in self.absent):
            return None
        return min(starts)


def _chain_start(chain: Sequence[Term], tokens: Sequence[str], actors: Term) -> int | None:
    ways = [(span.start, span.end) for span in chain[0].matches(tokens)]  # (where it began, where it stands now)
    for term in chain[1:]:
        found = term.matches(tokens)
        ways = [
            (began, span.end)
            for began, reached in ways
            for span in found
            if span.start >= reached and not actors.spans(tokens[reached : span.start])
        ]
    return min((began for began, _ in ways), default=None)


def is_negated(tokens: Sequence[str], place: int, *, language: Language = ENGLISH) -> bool:
    """Tell whether a negator stands within three words before, in the same clause.

    >>> is_negated("she doesn't seem to notice".split(), 4), is_negated("she's not looking and it falls".split(), 5)
    (True, False)
    """
    negation = language.negation or Negation()
    for before in range(place - 1, max(place - 1 - NEGATION_REACH, -1), -1):
        if tokens[before] in negation.clause_starts:
            return False
        if tokens[before] in negation.words or _has_clitic(tokens[before], negation.clitics):
            return True
    return False


def _has_clitic(word: str, clitics: Sequence[str]) -> bool:
    return word.startswith(tuple(clitics)) or word.endswith(tuple(clitics))


def _stands_at(phrase: Sequence[str], tokens: Sequence[str], start: int) -> bool:
    pairs = zip(phrase, tokens[start : start + len(phrase)], strict=True)
    return all(token.startswith(word[:-1]) if word.endswith("*") else token == word for word, token in pairs)


def parse_pattern(text: str, sets: Mapping[str, Sequence[str]], *, language: Language = ENGLISH) -> Pattern:
    """Return the pattern that a text stands for; ``sets`` are the file's word sets.

    Raises:
        ValueError: the text is no pattern, or names a set that is not there.
    """
    chains: list[list[Term]] = []
    absent = []
    joined = False
    for part in text.split():
        if part == ">":
            if joined or not chains:
                raise ValueError(f"{text!r} has a > without a term before it")
            joined = True
            continue
        term = parse_term(part, sets, language=language)
        if term.sign == "!":
            if joined:
                raise ValueError(f"{text!r} asks for the place of a word that must not occur")
            absent.append(term)
        elif joined:
            chains[-1].append(term)
        else:
            chains.append([term])
        joined = False
    if joined or not chains:
        raise ValueError(f"{text!r} {'ends in >' if joined else 'asks for no word'}")
    return Pattern(tuple(map(tuple, chains)), tuple(absent))


def parse_term(text: str, sets: Mapping[str, Sequence[str]], *, language: Language = ENGLISH) -> Term:
    """Return the term that a text stands for: ``+fall*|about_to|@action``.

    Raises:
        ValueError: the text is no term, names a set that is not there, or asks for negation in a language without it.
    """
    sign = text[0] if text[0] in SIGNS else ""
    if sign in ("+", "-") and language.negation is None:
        raise ValueError(f"{text!r} asks for negation, which the language file does not define under [negation]")
    entries: list[str] = []
    for entry in text.removeprefix(sign).split("|"):
        if entry.startswith("@"):
            if entry[1:] not in sets:
                raise ValueError(f"{text!r} names a set that is not under [words]")
            entries += sets[entry[1:]]
        else:
            entries.append(entry)
    for entry in entries:
        if not all(_is_word(word) for word in entry.split("_")):
            raise ValueError(f"{entry!r} is not a word, word* or two_words")
    return Term(tuple(entries), sign, language)


def _is_word(word: str) -> bool:
    letters = word.removesuffix("*").replace("'", "")
    return bool(letters) and letters.isalnum() and word == word.lower()
