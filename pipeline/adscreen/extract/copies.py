"""A recording's words -> what says that another holds the same speech: a fingerprint, and its set of word 5-grams.

Two recordings are copies where their words are equal, and near-copies where the Jaccard index of their sets of 5-grams
(Broder 1997) reaches THRESHOLD. `audit` compares a cohort so, and `score` recordings with those of training.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

GRAM = 5
THRESHOLD = 0.5


def fingerprint(words: Sequence[str]) -> str | None:
    """Return a digest of a recording's words, None for fewer than 5: those may well agree by chance."""
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest() if len(words) >= GRAM else None


def word_grams(words: Sequence[str]) -> set[str]:
    """Return the 5-grams of words, each as one text; none for fewer than 5.

    >>> word_grams("the boy is on the stool".split()) == {"the boy is on the", "boy is on the stool"}
    True
    """
    return {" ".join(words[start : start + GRAM]) for start in range(len(words) - GRAM + 1)}
