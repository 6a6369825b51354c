"""A transcript -> the language it is in, where that is not the language of the models: as it says, or as its words do.

What a manifest says is believed, and so is a transcript that names another language. Where nothing is said, or only the
transcript says English, which tools write unasked, the participant's words are compared with the biLM's vocabulary.
Speech in another language has many words that are unknown, *and* few of those that are commonest; jargon and neologisms
have the first alone, because small words stay. The figures and how often they err: docs/languages.md,
benchmarks/other_language.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adscreen.language.codes import is_told
from adscreen.language.language import Language
from adscreen.records import Transcript
from adscreen.speech import participant_utterances, spoken_tokens

UNKNOWN_SHARE = 0.3  # at least this share of the words is unknown to the biLM, and
COMMON_SHARE = 0.2  # at most this share is among its commonest words
COMMONEST = 100  # words of the vocabulary, which is sorted by frequency
FEWEST_WORDS = 50  # of one recording, or of all short ones together
FEWEST_KNOWN = 1000  # words of a vocabulary, below which what it lacks says nothing
UNTOLD = "not told"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a biLM knows, and the commonest of them, lower case."""

    known: frozenset[str]
    common: frozenset[str]

    @classmethod
    def of(cls, words: Sequence[str]) -> Vocabulary:
        """Return the vocabulary of a biLM's list of words, which begins with its marks and the commonest words."""
        plain = [word.lower() for word in words if not (word.startswith("<") and word.endswith(">"))]
        return cls(frozenset(plain), frozenset(plain[:COMMONEST]))


@dataclass(frozen=True, slots=True)
class Heard:
    """What tells the language of one recording: ``told`` is what it says, empty where nothing; counts of words.

    ``column`` is what the manifest says, empty where it says nothing.
    """

    told: str = ""
    words: int = 0
    unknown: int = 0
    common: int = 0
    column: str = ""

    def __add__(self, other: Heard) -> Heard:
        """Return two recordings taken together, as if neither said its language."""
        return Heard("", self.words + other.words, self.unknown + other.unknown, self.common + other.common)

    def is_other(self, language: Language) -> bool:
        """Return whether this is not in a language: as it or its manifest says, or as its words do."""
        return bool(self.other_name(language)) or self.looks_other(language)

    def other_name(self, language: Language) -> str:
        """Return the other language that the recording, or else its manifest, names; empty where neither does.

        Tools write ``eng`` unasked, so that of English and another language the other one is believed.
        """
        names = (self.told, self.column) if language.is_english else (self.told,)
        return next((name for name in names if name and not language.goes_by(name)), "")

    def looks_other(self, language: Language) -> bool:
        """Return whether the words are not those of a language, where that is for them to tell."""
        if self.column or (self.told and not language.is_english):
            return False
        many_unknown = self.unknown >= UNKNOWN_SHARE * self.words
        return self.words >= FEWEST_WORDS and many_unknown and self.common <= COMMON_SHARE * self.words


def hear(transcript: Transcript, vocabulary: Vocabulary) -> Heard:
    """Return what tells a transcript's language. Marked fillers, fragments, nonwords and foreign words do not count."""
    told = transcript.language if transcript.language and is_told(transcript.language) else ""
    if len(vocabulary.known) < FEWEST_KNOWN:
        return Heard(told)
    words = [
        token.lower()
        for utterance in participant_utterances(transcript)
        for word in utterance.words
        if word.kind == "word" and word.language is None
        for token in spoken_tokens(word)
    ]
    unknown = sum(word not in vocabulary.known for word in words)
    return Heard(told, len(words), unknown, sum(word in vocabulary.common for word in words))


def find_other(heard: Iterable[Heard], language: Language) -> list[int]:
    """Return the places of recordings that are not in a language.

    Recordings too short to be judged by their words are judged together.
    """
    every = list(heard)
    short = [place for place, one in enumerate(every) if not one.told and 0 < one.words < FEWEST_WORDS]
    together = sum((every[place] for place in short), start=Heard())
    other = [place for place, one in enumerate(every) if one.is_other(language)]
    return sorted({*other, *(short if together.is_other(language) else ())})
