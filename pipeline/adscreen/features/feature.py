"""What a feature is, and the speech it reads: its words in both views, and the parse of the fluent one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from adscreen.features.coherence import Vectors
from adscreen.features.information_units import Mention, find_mentions
from adscreen.features.tasks import Task, bundled_tasks, find_task
from adscreen.language import ENGLISH, NO_PARSER, NOT_DEFINED, Language
from adscreen.parser import ParsedSentence, Parser, load_parser
from adscreen.records import Sentence, Transcript, Utterance, View
from adscreen.speech import marks_pauses, participant_utterances, split_sentences
from adscreen.writing import count

LEAST_WORDS = 10  # of the view, below which most features are NaN
UNDEFINED = "undefined for this speech"

Read = TypeVar("Read")


class Speech:
    """The participant's speech of one transcript: what features read.

    - ``utterances``: the participant's utterances as recorded.
    - ``spoken``, ``fluent``, ``words(view)``: the words of all utterances in a view, lower case.
    - ``sentences(view)``: the same by utterance; sentence ``i`` belongs to ``utterances[i]`` and may be empty.
    - ``parsed``: one ParsedSentence for each fluent sentence, in step with ``utterances``, empty where that is empty.
      Its words are syntactic words (``it 's``), ``source`` leads back to the word of ``sentences("fluent")``. The
      parser runs once, when the first feature asks.
    - ``task``: the task file of what was described, None where there is none; ``mentions``: its information units.
    - ``vectors``: one row an utterance (``coherence.sentence_vectors``); ``reference``: one a sentence of the task's
      reference; None where no biLM read them.
    - ``language``: its word lists; what it does not define is None. ``has_trees``: whether it has a parser.
    """

    def __init__(
        self,
        transcript: Transcript,
        parser: Parser | None = None,
        *,
        tasks: Sequence[Task] | None = None,
        vectors: Vectors | None = None,
        reference: Vectors | None = None,
        language: Language = ENGLISH,
    ) -> None:
        self.utterances: tuple[Utterance, ...] = participant_utterances(transcript)
        self.marks_pauses = marks_pauses(transcript)
        self.task_name = transcript.task
        self.task = find_task(transcript.task, bundled_tasks() if tasks is None else tasks)
        self.vectors = vectors
        self.reference = reference
        self.language = language
        self.has_trees = parser is None or parser.name != NO_PARSER
        self._transcript = transcript
        self._parser = parser

    @cached_property
    def spoken(self) -> list[str]:
        """All that was uttered, fillers and fragments included."""
        return _words(self._spoken_sentences)

    @cached_property
    def fluent(self) -> list[str]:
        """Without fillers, fragments, retracings and repeats; targets put in."""
        return _words(self._fluent_sentences)

    @cached_property
    def parsed(self) -> tuple[ParsedSentence, ...]:
        """The trees of the fluent sentences.

        Raises:
            InputError: no parser was given and the bundled one is missing or damaged.
        """
        parser = self._parser or load_parser()
        return tuple(parser.parse([sentence.tokens for sentence in self._fluent_sentences]))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Where the task's information units are mentioned in the fluent view; empty without a task."""
        lowered = [[token.lower() for token in sentence.tokens] for sentence in self._fluent_sentences]
        return find_mentions(lowered, self.task) if self.task else ()

    def words(self, view: View) -> list[str]:
        """Return the words of a view."""
        return self.spoken if view == "spoken" else self.fluent

    def sentences(self, view: View) -> tuple[Sentence, ...]:
        """Return the sentences of a view, case kept."""
        return self._spoken_sentences if view == "spoken" else self._fluent_sentences

    @cached_property
    def _spoken_sentences(self) -> tuple[Sentence, ...]:
        return split_sentences(self._transcript, view="spoken")

    @cached_property
    def _fluent_sentences(self) -> tuple[Sentence, ...]:
        return split_sentences(self._transcript, view="fluent")


def _words(sentences: tuple[Sentence, ...]) -> list[str]:
    return [token.lower() for sentence in sentences for token in sentence.tokens]


def prepare_speech(
    transcript: Transcript,
    parser: Parser | None = None,
    *,
    tasks: Sequence[Task] | None = None,
    vectors: Vectors | None = None,
    reference: Vectors | None = None,
    language: Language = ENGLISH,
) -> Speech:
    """Return the speech that features read; the bundled parser and tasks are used where none are given."""
    return Speech(transcript, parser, tasks=tasks, vectors=vectors, reference=reference, language=language)


def nothing(speech: Speech) -> str:
    """Return that no speech lacks anything but words."""
    return ""


def lacks_trees(speech: Speech) -> str:
    """Return that the language has no parser; empty where it has one."""
    return "" if speech.has_trees else f"no parser: {NOT_DEFINED}"


def lacks_words(named: str) -> Callable[[Speech], str]:
    """Return what says that the language does not define a list (a field of Language): empty where it does."""

    def lacks(speech: Speech) -> str:
        return f"{named.replace('_', ' ')} are {NOT_DEFINED}" if getattr(speech.language, named) is None else ""

    return lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One number of a recording. ``minimum`` is the number of words of the view below which it is NaN.

    ``lacks`` says what it needs besides words that a recording does not have (a task file), empty where nothing;
    ``undefined`` says when it is NaN all the same.
    """

    family: str
    name: str
    unit: str
    formula: str
    view: View
    minimum: int
    source: str
    compute: Callable[[Speech], float]
    undefined: str = UNDEFINED
    lacks: Callable[[Speech], str] = nothing

    @property
    def key(self) -> str:
        """The column name, ``family.name``."""
        return f"{self.family}.{self.name}"

    def value(self, speech: Speech) -> float:
        """Return the feature, or NaN where the view is too short."""
        return self.compute(speech) if len(speech.words(self.view)) >= self.minimum else math.nan

    def missing_reason(self, speech: Speech) -> str:
        """Return why the feature is NaN for this speech; asked only of one that is."""
        size = len(speech.words(self.view))
        if size < self.minimum:
            return f"{count(size, 'word')}, needs {self.minimum}"
        return self.lacks(speech) or self.undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Generic[Read]):
    """Features that read the same of a speech: ``read`` gives it, or None where there is none (they are NaN then).

    ``source`` and ``undefined`` are those of a feature that has none of its own.
    """

    name: str
    view: View
    read: Callable[[Speech], Read | None]
    source: str = ""
    undefined: str = UNDEFINED
    lacks: Callable[[Speech], str] = nothing

    def feature(
        self,
        name: str,
        unit: str,
        formula: str,
        compute: Callable[[Read], float],
        *,
        source: str | None = None,
        undefined: str | None = None,
        lacks: Callable[[Speech], str] | None = None,
        minimum: int = LEAST_WORDS,
    ) -> Feature:
        """Return a feature of the family; ``compute`` takes what ``read`` gives."""

        def of_speech(speech: Speech) -> float:
            found = self.read(speech)
            return math.nan if found is None else compute(found)

        return Feature(
            family=self.name,
            name=name,
            unit=unit,
            formula=formula,
            view=self.view,
            minimum=minimum,
            source=self.source if source is None else source,
            compute=of_speech,
            undefined=self.undefined if undefined is None else undefined,
            lacks=lacks or self.lacks,
        )
