"""A word as a CHAT transcriber typed it -> the word as it was uttered, and what the marks on it say.

Source: CHAT manual (MacWhinney, TalkBank), chapters "Words", "Utterances" (fillers, fragments) and "CA coding".

    raw      = [ prefix ] form [ "@" suffix ] [ "$" part-of-speech ]
    prefix   = "&-" filler | "&+" fragment | "&~" nonword | "&" (before 2014: filler or fragment)
    suffix   = "s" [ ":" language { ("+" | "&") language } ]   another language
             | "fp" filled pause | "u" phonetic transcription | "o" | "l" | "n" | ...
    form     = letters with "(" ")" around what was left unsaid, ":" lengthening, "^" pause inside the word,
               "+" or "_" between the parts of a compound, stress marks and the signs of conversation analysis
"""

from __future__ import annotations

import re
from typing import NamedTuple

from adscreen.records import WordKind
from adscreen.words import FILLERS

UNTRANSCRIBED = "www"
UNINTELLIGIBLE = frozenset({"xxx", "xx", "yyy", "yy", UNTRANSCRIBED})  # none of them is a word
UNNAMED_LANGUAGE = "und"  # ISO 639-2: undetermined

_PREFIXES: dict[str, WordKind] = {"&-": "filler", "&+": "fragment", "&~": "nonword"}
_OMITTED = re.compile(r"0+['*-]*[^\W\d_]")
_LANGUAGE_SUFFIX = re.compile(r"s(?::(.+))?")
_OMITTED_ENDING = re.compile(r"[-*]{1,2}0'?[^\W\d_]+$")
_SEGMENT_REPETITION = re.compile(r"↫[^↫]*↫(?=.)")
_OVERLAP = re.compile(r"[⌈⌉⌊⌋][2-9]?")
_LENGTHENING = re.compile(r"(?<!\d):|:(?!\d)")
_FORM = str.maketrans("+’‘", "_''", "()^~#*ˈˌː‡„↑↓⇗↗→↘⇘↻≡≈≋∞≠∾⁑⤇⤆∙∆∇⁎⁇°◉▁▔☺♋∬∮§∲ἩΫ↫")


class WordForm(NamedTuple):
    """What was uttered, what kind of word it is, its foreign language, and whether it is a phonetic transcription."""

    text: str
    kind: WordKind
    language: str | None
    phonetic: bool


def is_omission(raw: str) -> bool:
    """Tell whether ``raw`` is a word that was left out (``0the``); ``0`` alone is an action without speech."""
    return _OMITTED.match(raw) is not None


def read_word(raw: str) -> WordForm:
    """Return the form of one typed word; ``text`` is empty where ``raw`` holds no letter or digit.

    >>> read_word("&-you_know").kind, read_word("fallin(g)").text, read_word("casa@s:spa").language
    ('filler', 'falling', 'spa')
    """
    kind: WordKind = "word"
    body = raw
    old_style = False
    if raw[:2] in _PREFIXES:
        kind, body = _PREFIXES[raw[:2]], raw[2:]
    elif raw.startswith("&"):
        old_style, body = True, raw[1:]
    form, *suffixes = re.sub(r"\$.*", "", body, flags=re.DOTALL).split("@")
    text = _uttered(form)
    if old_style:
        kind = "filler" if text.lower() in FILLERS else "fragment"
    elif "fp" in suffixes:
        kind = "filler"
    elif kind == "word" and text.endswith("-"):
        kind = "fragment"
    return WordForm(text.rstrip("-"), kind, _language(suffixes), "u" in suffixes)


def _uttered(form: str) -> str:
    """Take the marks out of ``form``; what was shortened is put back (``fallin(g)`` -> ``falling``)."""
    form = _SEGMENT_REPETITION.sub("", _OVERLAP.sub("", _OMITTED_ENDING.sub("", form)))
    text = _LENGTHENING.sub("", form.translate(_FORM)).lstrip("_-")
    return text if any(character.isalnum() for character in text) else ""


def _language(suffixes: list[str]) -> str | None:
    for suffix in suffixes:
        match = _LANGUAGE_SUFFIX.fullmatch(suffix)
        if match:
            return match.group(1) or UNNAMED_LANGUAGE
    return None
