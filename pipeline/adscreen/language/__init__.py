"""The language of a cohort: what is known of it, which recordings are in another one, and language files."""

from __future__ import annotations

from adscreen.language.codes import is_known, is_told, short_code
from adscreen.language.evidence import Heard, Vocabulary, find_other, hear
from adscreen.language.fillers import mark_fillers
from adscreen.language.language import ENGLISH, NOT_DEFINED, Language, language_of
from adscreen.language.language_file import NO_PARSER, LanguageFile, read_language

__all__ = [
    "ENGLISH",
    "NOT_DEFINED",
    "NO_PARSER",
    "Heard",
    "Language",
    "LanguageFile",
    "Vocabulary",
    "find_other",
    "hear",
    "is_known",
    "is_told",
    "language_of",
    "mark_fillers",
    "read_language",
    "short_code",
]
