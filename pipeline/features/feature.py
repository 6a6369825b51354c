"""What a feature is, and the speech it reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from pipeline.records import Transcript, Utterance, View
from pipeline.speech import marks_pauses, participant_utterances, split_sentences


class Speech:
    """The participant's speech of one transcript, in both views, lower case."""

    def __init__(self, transcript: Transcript) -> None:
        self.utterances: tuple[Utterance, ...] = participant_utterances(transcript)
        self.marks_pauses = marks_pauses(transcript)
        self._transcript = transcript

    @cached_property
    def spoken(self) -> list[str]:
        """All that was uttered, fillers and fragments included."""
        return self._view("spoken")

    @cached_property
    def fluent(self) -> list[str]:
        """Without fillers, fragments, retracings and repeats; targets put in."""
        return self._view("fluent")

    def words(self, view: View) -> list[str]:
        """Return the words of a view."""
        return self.spoken if view == "spoken" else self.fluent

    def _view(self, view: View) -> list[str]:
        sentences = split_sentences(self._transcript, view=view)
        return [token.lower() for sentence in sentences for token in sentence.tokens]


def prepare_speech(transcript: Transcript) -> Speech:
    """Return the speech that features read."""
    return Speech(transcript)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One number of a recording. ``minimum`` is the number of words of the view below which it is NaN.

    ``undefined`` says why it can be NaN with enough words.
    """

    family: str
    name: str
    unit: str
    formula: str
    view: View
    minimum: int
    source: str
    compute: Callable[[Speech], float]
    undefined: str = "undefined for this speech"

    @property
    def key(self) -> str:
        """The column name, ``family.name``."""
        return f"{self.family}.{self.name}"

    def value(self, speech: Speech) -> float:
        """Return the feature, or NaN where the view is too short."""
        return self.compute(speech) if len(speech.words(self.view)) >= self.minimum else math.nan
