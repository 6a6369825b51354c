"""Words -> the syntactic words that a treebank parses: contractions are taken apart (``don't`` -> ``do n't``).

A word of adscreen.words keeps its clitics; Universal Dependencies splits them ("Tokenization and Word Segmentation"),
because ``it's`` is a pronoun and a verb. The rules are the Penn Treebank's; they need no context, and no text is lost.
"""

from __future__ import annotations

import re
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
_CLITIC = re.compile(r"(?<=\w)(?:n't|'(?:s|m|re|ve|ll|d))$")


@lru_cache(maxsize=65_536)
def split_contraction(word: str) -> tuple[str, ...]:
    """Return the syntactic words of a word, lower case, typographic apostrophes made plain.

    >>> split_contraction("Wouldn't've")
    ('would', "n't", "'ve")
    >>> split_contraction("mother's"), split_contraction("o'clock")
    (('mother', "'s"), ("o'clock",))
    """
    rest = word.lower().replace("’", "'")
    if rest in _WHOLE:
        return _WHOLE[rest]
    clitics: tuple[str, ...] = ()
    while match := _CLITIC.search(rest):
        rest, clitics = rest[: match.start()], (match.group(), *clitics)
    return (rest, *clitics)
