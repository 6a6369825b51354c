"""A treebank sentence -> the same sentence as speech: lower case, no punctuation, with fillers and repeated words.

The English treebank is written text. Fillers of another language are those of its language file. Fillers get the head
and relation that UD's guidelines give interjections (``discourse``) and words given up those of a ``reparandum``,
whose head is the word that replaces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from adscreen.language import ENGLISH, Language
from adscreen.parser.tree import ROOT, ParsedSentence, ParsedWord
from adscreen.parser.treebank import leave_out, put_in
from adscreen.words import tokenize

FILLERS = ("uh", "um", "uh", "um", "er", "mm", "hmm", "ah", "oh", "well", "you know", "mhm")
WRITTEN_SHARE, FILLED_SHARE, REPEATED_SHARE = 0.15, 0.2, 0.2
FILLERS_PER_WORD = 0.06
LONGEST_REPEAT = 3


def fold_case(sentence: ParsedSentence) -> ParsedSentence:
    """Return the sentence in lower case, typographic apostrophes made plain."""
    return ParsedSentence(tuple(replace(word, text=_folded(word.text)) for word in sentence))


def _folded(text: str) -> str:
    return text.lower().replace("’", "'").replace("`", "'").replace("´", "'")


def speak(sentence: ParsedSentence) -> ParsedSentence:
    """Return the sentence in lower case without punctuation; other words and their tree stay as they are."""
    return fold_case(leave_out(sentence, lambda word: word.upos == "PUNCT"))


def as_transcribed(sentence: ParsedSentence, *, language: Language = ENGLISH) -> ParsedSentence:
    """Return a spoken sentence with its words spelt as adscreen.words spells them, symbols left out (``p.m.``: pm)."""
    clitics = frozenset(language.contractions.before)
    spelt = [replace(word, text=word.text if word.text in clitics else _spelt(word.text)) for word in sentence]
    return leave_out(ParsedSentence(tuple(spelt)), lambda word: not word.text)


def _spelt(text: str) -> str:
    if text.startswith("'") or text == "n't":
        return text
    return "".join(token.text for token in tokenize(text))


def augment(sentence: ParsedSentence, rng: Random, *, language: Language = ENGLISH) -> ParsedSentence:
    """Return one training variant of a sentence: as written (case folded) at times, else as speech."""
    if rng.random() < WRITTEN_SHARE:
        return fold_case(sentence)
    spoken = speak(sentence)
    if rng.random() < 0.8:
        spoken = as_transcribed(spoken, language=language)
    if spoken.words and rng.random() < REPEATED_SHARE:
        spoken = repeat_words(spoken, rng)
    if spoken.words and rng.random() < FILLED_SHARE and fillers_of(language):
        spoken = fill(spoken, rng, fillers=fillers_of(language))
    return spoken


def fillers_of(language: Language) -> Sequence[str]:
    """Return what is put in: for English, words that hold the floor too; none where the language defines none."""
    return FILLERS if language.is_english else sorted(language.fillers or ())


def fill(sentence: ParsedSentence, rng: Random, *, fillers: Sequence[str] = FILLERS) -> ParsedSentence:
    """Return the sentence with fillers between some words; each depends on the root."""
    for before in range(len(sentence), -1, -1):
        if rng.random() < FILLERS_PER_WORD + (0.2 if before == 0 else 0):
            sentence = put_in(sentence, before, _filler(sentence, before, rng.choice(fillers)))
    return sentence


def _filler(sentence: ParsedSentence, before: int, text: str) -> list[ParsedWord]:
    parts = text.split()
    root = next(index for index, word in enumerate(sentence) if word.head == ROOT)
    root += len(parts) if root >= before else 0
    if text == "you know":
        return [
            ParsedWord("you", "you", "PRON", "PronType=Prs", before + 1, "nsubj", 0),
            ParsedWord("know", "know", "VERB", "Tense=Pres|VerbForm=Fin", root, "discourse", 0),
        ]
    return [ParsedWord(text, text, "INTJ", "", root, "discourse", 0)]


def repeat_words(sentence: ParsedSentence, rng: Random) -> ParsedSentence:
    """Return the sentence with a stretch of one to three words said twice, perhaps broken off the first time.

    The first word of the stretch said first is the reparandum of the word that repeats it, and heads the others.
    """
    start = rng.randrange(len(sentence))
    length = min(rng.choice((1, 1, 1, 2, 2, LONGEST_REPEAT)), len(sentence) - start)
    stretch = sentence.words[start : start + length]
    top = _top(stretch, start)
    said = []
    for offset, word in enumerate(stretch):
        if offset == top:
            said.append(replace(word, head=start + length + top, deprel="reparandum"))
        else:
            inside = start <= word.head < start + length
            said.append(replace(word, head=word.head if inside else start + top))
    if rng.random() < 0.3:
        last = said[-1]
        said[-1] = replace(last, text=last.text[: max(1, len(last.text) // 2)])
    return put_in(sentence, start, said)


def _top(stretch: tuple[ParsedWord, ...], start: int) -> int:
    """Return the offset of the first word of a stretch whose head lies outside it."""
    inside = range(start, start + len(stretch))
    return next(offset for offset, word in enumerate(stretch) if word.head not in inside)
