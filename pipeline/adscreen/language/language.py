"""What adscreen must know of a language besides its biLM and its parser: codes, word lists, frequencies, contractions.

English ships. Any other comes from a language file (adscreen.language.language_file); what the file leaves out is not
defined, and what needs it is missing with that reason, never read with the English list.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from adscreen.language.codes import short_code
from adscreen.language.contractions import ENGLISH_CONTRACTIONS, Contractions
from adscreen.language.frequencies import Frequencies
from adscreen.words import FILLERS

PRONOUNS = frozenset(
    "i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself we "
    "us our ours ourselves they them their theirs themselves this that these those".split()
)
EMPTY_WORDS = frozenset(
    "thing things something anything everything nothing stuff someone somebody anybody everybody one ones somewhere "
    "whatever thingy whatsit do does doing did done get gets getting got".split()
)
NOT_DEFINED = "not defined for this language"


@dataclass(frozen=True, slots=True)
class Negation:
    """How task files tell that something is denied: ``words`` deny what follows them within the clause, which a word of
    ``clause_starts`` ends; a word that begins or ends with one of ``clitics`` denies too (``doesn't``, ``n'est``).
    """

    words: frozenset[str] = frozenset()
    clause_starts: frozenset[str] = frozenset()
    clitics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A language as features read it; None is what a language file does not give.

    Two are equal where ``definition`` (canonical JSON, from which ``known_language`` makes the same again) is equal;
    that of English is empty. ``negation_lemmas`` count as propositions in idea density.
    """

    definition: str
    name: str = field(compare=False)
    codes: tuple[str, ...] = field(compare=False)
    fillers: frozenset[str] | None = field(default=None, compare=False)
    pronouns: frozenset[str] | None = field(default=None, compare=False)
    empty_words: frozenset[str] | None = field(default=None, compare=False)
    negation_lemmas: frozenset[str] | None = field(default=None, compare=False)
    negation: Negation | None = field(default=None, compare=False)
    contractions: Contractions = field(default_factory=Contractions, compare=False)
    frequencies: Frequencies | None = field(default=None, compare=False)

    @property
    def is_english(self) -> bool:
        """Whether it is the one that ships."""
        return not self.definition

    @property
    def digest(self) -> str:
        """The SHA-256 of the definition; empty for English."""
        return hashlib.sha256(self.definition.encode()).hexdigest() if self.definition else ""

    def goes_by(self, name: str) -> bool:
        """Return whether a name of a language (``eng``, ``en-GB``, ``English``) is one of this language."""
        return short_code(name) in {short_code(code) for code in (*self.codes, self.name)}

    def without_clitics(self, word: str) -> str:
        """Return a word without what is contracted onto it, as task files compare words; what denies stays.

        >>> ENGLISH.without_clitics("boy's"), ENGLISH.without_clitics("isn't"), ENGLISH.without_clitics("'s")
        ('boy', "isn't", "'s")
        """
        kept = self.negation.clitics if self.negation else ()
        for clitic in self.contractions.after:
            if clitic not in kept and word.endswith(clitic) and len(word) > len(clitic):
                return word.removesuffix(clitic)
        for clitic in self.contractions.before:
            if clitic not in kept and word.startswith(clitic) and len(word) > len(clitic):
                return word.removeprefix(clitic)
        return word

    def provenance(self) -> dict[str, Any]:
        """Return the language as a table's or a model's provenance holds it; empty for English."""
        stored = {"name": self.name, "digest": self.digest, "definition": self.definition}
        return {} if self.is_english else {"language": stored}


ENGLISH = Language(
    definition="",
    name="English",
    codes=("eng",),
    fillers=FILLERS,
    pronouns=PRONOUNS,
    empty_words=EMPTY_WORDS,
    negation_lemmas=frozenset({"not", "n't"}),
    negation=Negation(
        words=frozenset("not no never nothing without cannot neither nor".split()),
        clause_starts=frozenset("and but so because while then or though although".split()),
        clitics=("n't",),
    ),
    contractions=ENGLISH_CONTRACTIONS,
    frequencies=Frequencies(code="en"),
)


def language_of(provenance: Mapping[str, Any]) -> Language:
    """Return the language that a table's or a model's provenance names: English where it names none."""
    stored = provenance.get("language")
    return known_language(stored["definition"]) if stored else ENGLISH


@lru_cache(maxsize=8)
def known_language(definition: str) -> Language:
    """Return the language of a definition."""
    content = json.loads(definition)
    lists = {name: content.get(name) for name in ("fillers", "pronouns", "empty_words", "negation_lemmas")}
    joined = content.get("contractions", {})
    negation = content.get("negation")
    return Language(
        definition=definition,
        name=content["name"],
        codes=tuple(content["codes"]),
        **{name: None if words is None else frozenset(words) for name, words in lists.items()},
        negation=negation
        and Negation(frozenset(negation["words"]), frozenset(negation["clause_starts"]), tuple(negation["clitics"])),
        contractions=Contractions(
            {word: tuple(parts) for word, parts in joined.get("whole", {}).items()},
            tuple(joined.get("before", ())),
            tuple(joined.get("after", ())),
        ),
        frequencies=Frequencies.stored(content["frequencies"]) if "frequencies" in content else None,
    )
