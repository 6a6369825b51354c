"""Words -> the syntactic words that a treebank parses: contractions are taken apart (``don't`` -> ``do n't``).

A word of adscreen.words keeps its clitics; Universal Dependencies splits them ("Tokenization and Word Segmentation"),
because ``it's`` is a pronoun and a verb. The English rules are the Penn Treebank's; they need no context, and no text
is lost. Those of another language come from its language file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

# ``dont`` and the like are what a recogniser without apostrophes writes. Forms that are words themselves stay whole
# (its, ill, id, well, were, shed, wed, lets, hell).
_WHOLE = {
    word: tuple(parts.split())
    for word, parts in {
        "cannot": "can not",
        "gonna": "gon na",
        "wanna": "wan na",
        "gotta": "got ta",
        "gimme": "gim me",
        "lemme": "lem me",
        "'tis": "'t is",
        "'twas": "'t was",
        "dont": "do nt",
        "doesnt": "does nt",
        "didnt": "did nt",
        "isnt": "is nt",
        "arent": "are nt",
        "wasnt": "was nt",
        "werent": "were nt",
        "havent": "have nt",
        "hasnt": "has nt",
        "hadnt": "had nt",
        "cant": "ca nt",
        "wont": "wo nt",
        "couldnt": "could nt",
        "wouldnt": "would nt",
        "shouldnt": "should nt",
        "aint": "ai nt",
        "im": "i m",
        "ive": "i ve",
        "youre": "you re",
        "youve": "you ve",
        "youll": "you ll",
        "theyre": "they re",
        "theyve": "they ve",
        "thats": "that s",
        "theres": "there s",
        "whats": "what s",
        "hes": "he s",
        "shes": "she s",
    }.items()
}


@dataclass(frozen=True)
class Contractions:
    """How a language's words are taken apart: ``whole`` words into their parts; clitics off the ends of any other.

    ``before`` stand at the beginning of a word (French ``l'``), ``after`` at its end (English ``'s``). A clitic is
    taken off only where a letter or digit is next to it.
    """

    whole: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def split(self, word: str) -> tuple[str, ...]:
        """Return the syntactic words of a word, lower case, typographic apostrophes made plain."""
        rest = word.lower().replace("’", "'")
        if rest in self.whole:
            return self.whole[rest]
        first: tuple[str, ...] = ()
        while clitic := next((one for one in self.before if _begins(rest, one)), ""):
            first, rest = (*first, clitic), rest.removeprefix(clitic)
        last: tuple[str, ...] = ()
        while clitic := next((one for one in self.after if _ends(rest, one)), ""):
            rest, last = rest.removesuffix(clitic), (clitic, *last)
        return (*first, *self.whole.get(rest, (rest,)), *last) if first else (*first, rest, *last)


def _begins(word: str, clitic: str) -> bool:
    return word.startswith(clitic) and word[len(clitic) : len(clitic) + 1].isalnum()


def _ends(word: str, clitic: str) -> bool:
    before = word[: -len(clitic)][-1:]
    return word.endswith(clitic) and (before.isalnum() or before == "_")


ENGLISH_CONTRACTIONS = Contractions(_WHOLE, after=("n't", "'s", "'m", "'re", "'ve", "'ll", "'d"))


@lru_cache(maxsize=65_536)
def split_contraction(word: str) -> tuple[str, ...]:
    """Return the syntactic words of an English word.

    >>> split_contraction("Wouldn't've")
    ('would', "n't", "'ve")
    >>> split_contraction("mother's"), split_contraction("o'clock")
    (('mother', "'s"), ("o'clock",))
    """
    return ENGLISH_CONTRACTIONS.split(word)
