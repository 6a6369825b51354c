"""The records that pass along the line: Word -> Utterance -> Transcript -> Sentence. All are frozen.

The distinctions follow the CHAT manual (MacWhinney, TalkBank), which transcribers of clinical speech write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WordKind = Literal["word", "filler", "fragment", "nonword", "excluded"]
Terminator = Literal["complete", "question", "trailing_off", "interrupted"]
View = Literal["spoken", "fluent"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an utterance.

    ``text`` is the word as uttered, free of markup (``falling`` for ``fallin(g)``); ``raw`` is what the
    transcriber typed. ``target`` holds the intended words where the transcriber gave a replacement
    (``gonna [: going to]``), else it is empty; where one replacement covers several words, the first holds it and the
    others hold ``("",)``, as does a word that stands for none (``[: 0]``). A phonetic transcription with a replacement
    (``zɪŋk@u [: sink]``) has the replacement as its ``text``, its words joined by ``_``. The kind ``excluded`` is
    of a word marked ``[e]``: kept here, read by no view. ``error`` is the error code (``m:=ed``), ``language`` the
    language of a word marked as foreign. Times are in milliseconds.
    """

    text: str
    raw: str = ""
    target: tuple[str, ...] = ()
    kind: WordKind = "word"
    retraced: bool = False
    repeated: bool = False
    error: str | None = None
    language: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence before word ``before`` (an index; the number of words where the pause ends the utterance).

    ``seconds`` is None where the transcriber gave no time: then only ``length`` is known
    (``(.)`` short, ``(..)`` medium, ``(...)`` long).
    """

    before: int
    length: Literal["short", "medium", "long", "timed"]
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something heard that is not a word (``&=laughs``), before word ``before``."""

    before: int
    name: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn or main line. ``excluded`` marks ``[+ exc]``: kept here, read by no view.

    ``repetitions`` and ``retracings`` count the marks, not the words under them (``<the boy> [/] the boy`` is one
    repetition). ``line`` is the line number in the source (1-based); ``raw`` its text without the speaker label.
    """

    speaker: str
    role: str
    words: tuple[Word, ...]
    terminator: Terminator = "complete"
    pauses: tuple[Pause, ...] = ()
    events: tuple[Event, ...] = ()
    omissions: int = 0
    unintelligible: int = 0
    repetitions: int = 0
    retracings: int = 0
    excluded: bool = False
    start_ms: int | None = None
    end_ms: int | None = None
    raw: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something in a source that was passed over or repaired. Never holds transcript text."""

    file: str
    line: int | None
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One recording. ``participant`` is the code of the speaker whose speech is screened.

    ``source_digest`` is the SHA-256 of the file's bytes; ``source_format`` names the reader.
    """

    recording_id: str
    subject_id: str
    utterances: tuple[Utterance, ...]
    participant: str
    visit: str | None = None
    task: str | None = None
    language: str | None = None
    source_format: str = ""
    source_digest: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The tokens of one participant utterance in one view. ``index`` counts the participant's utterances from 0."""

    recording_id: str
    index: int
    tokens: tuple[str, ...]
