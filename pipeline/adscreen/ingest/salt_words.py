"""A root and its bound morphemes, as SALT writes them -> the word as it is spelt.

    boy/s -> boys      baby/s -> babies     boy/z -> boy's       boy/s/z -> boys'    go/3s -> goes
    stop/ed -> stopped make/ing -> making   carry/ed -> carried  it/'s -> it's       he/h's -> he's   do/n't -> don't

Source of the morphemes: "Summary of SALT Transcription Conventions" (SALT Software, LLC). A root is written as the
dictionary has it, so the spelling at the seam follows the rules of English; what they do not know is put together as it
stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_CLITICS = {"h's": "'s", "d's": "'s", "h'd": "'d", "d'd": "'d", "'us": "'s", "us": "'s", "h've": "'ve"}
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh|[^aeiou]o)$")
_CONSONANT_Y = re.compile(r"[^aeiou]y$")
_SILENT_E = re.compile(r"(?:[^eoy]|.u)e$")
_DOUBLED = re.compile(r"[^aeiou]*(?:qu)?[aeiou][^aeiouwxy]")
_STRESSED_AT_THE_END = frozenset(
    "begin forget admit prefer occur refer permit regret commit control upset forbid omit transfer compel expel".split()
)
_IRREGULAR = {("have", "3s"): "has", ("wo", "n't"): "won't", ("will", "n't"): "won't", ("can", "n't"): "can't"}


def inflect(root: str, morphemes: Sequence[str]) -> str:
    """Return a root with its morphemes.

    >>> inflect("stop", ["ed"]), inflect("baby", ["s", "z"]), inflect("it", ["'s"])
    ('stopped', "babies'", "it's")
    """
    word = root
    for morpheme in morphemes:
        word = _IRREGULAR.get((word.lower(), morpheme), "") or _join(word, morpheme)
    return word


def _join(word: str, morpheme: str) -> str:
    if morpheme in _CLITICS:
        return word + _CLITICS[morpheme]
    match morpheme:
        case "z":
            return word + ("'" if word.endswith("s") else "'s")
        case "s" | "3s":
            return _with_s(word)
        case "ed" | "en" | "er" | "est":
            return _with_vowel(word, morpheme)
        case "ing":
            return word[:-2] + "ying" if word.endswith("ie") and len(word) > 2 else _with_vowel(word, "ing")
        case _:
            return word + morpheme


def _with_s(word: str) -> str:
    lower = word.lower()
    if _CONSONANT_Y.search(lower):
        return word[:-1] + "ies"
    return word + ("es" if _SIBILANT.search(lower) else "s")


def _with_vowel(word: str, ending: str) -> str:
    lower = word.lower()
    if ending != "ing" and _CONSONANT_Y.search(lower):
        return word[:-1] + "i" + ending
    if ending != "ing" and lower.endswith("e"):
        return word + ending[1:]
    if len(lower) > 2 and _SILENT_E.search(lower):
        return word[:-1] + ending
    doubled = len(lower) > 2 and (_DOUBLED.fullmatch(lower) or lower in _STRESSED_AT_THE_END)
    return word + (word[-1] if doubled else "") + ending
