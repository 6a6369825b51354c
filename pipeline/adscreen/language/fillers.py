"""A transcript -> the same with the fillers of its language marked as such.

Readers of plain text and of recognisers know hesitations by their spelling, and spell them in English: ``um`` is a
filler there and an article in Portuguese. Here the words of another language are marked by that language's own list.
What a CHAT transcriber marked (``&-euh``) is a filler in any language.
"""

from __future__ import annotations

from dataclasses import replace

from adscreen.language.language import Language
from adscreen.records import Transcript, Word, WordKind


def mark_fillers(transcript: Transcript, language: Language) -> Transcript:
    """Return a transcript whose hesitations are those of the language; one in English is as it was read."""
    if language.is_english:
        return transcript
    utterances = (
        replace(utterance, words=tuple(_mark(word, language.fillers or frozenset()) for word in utterance.words))
        for utterance in transcript.utterances
    )
    return replace(transcript, utterances=tuple(utterances))


def _mark(word: Word, fillers: frozenset[str]) -> Word:
    marked = word.raw.startswith(("&-", "&+", "&~")) or "@fp" in word.raw
    if word.kind not in ("word", "filler", "fragment") or marked:
        return word
    kind: WordKind = word.kind
    if word.text.lower() in fillers and (word.kind != "fragment" or word.raw.startswith("&")):
        kind = "filler"
    elif word.kind == "filler":
        kind = "fragment" if word.raw.startswith("&") else "word"
    return word if kind == word.kind else replace(word, kind=kind)
