"""Recordings in another language than the models' -> what an audit says of them, and what it did not examine.

Most of an audit asks nothing of a language: copies, names, labels, lengths, which words predict the label. Two things
are English: the spellings of conventions.toml, and which words are fillers. Where speech is in another language, the
spellings are not examined; the fillers are those that a language file lists, or that a CHAT transcriber marked.
"""

from __future__ import annotations

from collections.abc import Iterator

from adscreen.auditing.finding import Finding
from adscreen.extract.feature_table import FeatureTable
from adscreen.language import language_of


def describe_language(table: FeatureTable) -> Iterator[Finding]:
    """Yield an error where recordings are in another language, and a note on what was not examined."""
    other, language = table.provenance.get("other_language"), language_of(table.provenance)
    if other is not None:
        remedy = "choose recordings of one language with where=, or give a language file with language="
        count = float(table.provenance["other_language_recordings"])
        yield Finding("error", other, where="language", remedy=remedy, value=count)
    if other is not None or not language.is_english:
        what = "spelling is examined in English alone: not in recordings in another language"
        yield Finding("note", what, where="language")
    if not language.is_english and language.fillers is None:
        what = f"fillers of {language.name} are not defined: those alone were counted that CHAT marks"
        yield Finding("note", what, where="language", remedy="list them in the language file")
