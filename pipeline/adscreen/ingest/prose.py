"""Transcribed prose -> words, notes and endings: what plain text, captions and recognisers' output have in common.

What stands in brackets is read in adscreen.ingest.notes. Lengthening (``so:::``), latching (``=``), ``°soft°``,
``>fast<`` and laughter inside words (``fu(h)nny``) leave the words as they are.

Prose marks no repetition, so an immediate repeat of a word or of two words (``the the boy``) is taken for one, except
words that are doubled for emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from adscreen.ingest.notes import NOTE, read_note
from adscreen.records import Event, Pause, Terminator, Word, WordKind
from adscreen.words import FILLERS, Token, tokenize

DOUBLED_FOR_EMPHASIS = frozenset({"very", "no", "yeah", "bye", "that", "had"})
INTERVIEWER = frozenset(
    "inv interviewer investigator examiner experimenter doctor dr clinician researcher therapist psychologist"
    " neuropsychologist assessor int exp q i interviewerin".split()
)
PARTICIPANT = frozenset(
    "par participant patient subject pt p s interviewee respondent informant client patientin proband probandin"
    " befragte befragter".split()
)

_INNER_SIGN = re.compile(
    r"(?<=[^\W\d_])(?:::+|\(h+\)|:(?=[^\W\d_]))"  # lengthening, laughter inside a word
    r"|(?<=[^\W\d_])\((?=[^\W\d_]{1,8}\))|(?<=\w)\)(?=[^\W\d_])"  # go(ing), (be)cause
)
_BREATH = re.compile(r"(?<![\w'])\.?h{2,}(?![\w'])", re.IGNORECASE)
_BROKEN_OFF = ("-", "–", "—")


@dataclass(slots=True)
class Content:
    """What an utterance holds, while it is read."""

    words: list[Word] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    unintelligible: int = 0

    def take_note(self, note: str) -> None:
        """File a note by what it says: speech not understood, a silence, a time (left out) or another event."""
        read = read_note(note, position=len(self.words)) if note else None
        if isinstance(read, Pause):
            self.pauses.append(read)
        elif read:
            self.events.append(Event(len(self.words), read))
        elif read is not None:
            self.unintelligible += 1


def tokenize_prose(text: str) -> list[Token]:
    """Return the words of a text whose notes were taken out; signs of how they were said never make or part a word.

    >>> [token.text for token in tokenize_prose("we:::ll= °it is° fu(h)nny .hhh >go(ing) on<")]
    ['well', 'it', 'is', 'funny', 'going', 'on']
    """
    if "(" in text or "[" in text:
        text = NOTE.sub(" ", text)
    if ":" in text or "(" in text:
        text = _INNER_SIGN.sub("", text)
    return tokenize(_BREATH.sub(" ", text) if "hh" in text.lower() else text)


def word_kind(text: str, *, fragment: bool) -> WordKind:
    """Tell a fragment and a filler from a word."""
    return "fragment" if fragment else "filler" if text.lower() in FILLERS else "word"


def label_role(label: str) -> str:
    """The CHAT role that a label names: ``Interviewer 2`` -> ``Investigator``; empty for a name.

    Initials (``P. Jones``) and whoever belongs to a person of a role (``Patient's wife``) have none.

    >>> label_role("P03"), label_role("P. Jones"), label_role("Patient's wife"), label_role("Anna (interviewer)")
    ('Participant', '', '', 'Investigator')
    """
    inside = re.search(r"\(([^()]+)\)\s*$", label)
    if inside and (role := label_role(inside[1])):
        return role
    word, *others = re.split(r"[\W\d_]+", label.casefold())
    owner = re.match(r"\w+['’]s? ", label) is not None
    initial = len(word) == 1 and any(map(str.isalpha, "".join(others)))
    if owner or initial:
        return ""
    return "Investigator" if word in INTERVIEWER else "Participant" if word in PARTICIPANT else ""


def terminator_of(sentence: str) -> Terminator:
    """How a sentence ends by its punctuation."""
    ending = sentence.rstrip("\"')]”’ ")
    if ending.endswith(("?", "？")):
        return "question"
    if ending.endswith(("...", "…")):
        return "trailing_off"
    return "interrupted" if ending.endswith(_BROKEN_OFF) else "complete"


def mark_repetitions(words: Sequence[Word]) -> tuple[tuple[Word, ...], int]:
    """Mark the earlier copy of a word or of two words said twice in a row; return the words and the number of repeats.

    Fillers, fragments, DOUBLED_FOR_EMPHASIS and words already marked are passed over.

    >>> marked, count = mark_repetitions([Word(text) for text in "I think I think the the boy".split()])
    >>> [word.text for word in marked if word.repeated], count
    (['I', 'think', 'the'], 2)
    """
    keys = [word.text.casefold() if word.kind == "word" and not word.repeated else "" for word in words]
    repeated: set[int] = set()
    repetitions = 0
    position = 0
    while position < len(keys):
        length = _repeated_at(keys, position)
        repeated.update(range(position, position + length))
        repetitions += length > 0
        position += length or 1
    return tuple(
        replace(word, repeated=True) if index in repeated else word for index, word in enumerate(words)
    ), repetitions


def _repeated_at(keys: Sequence[str], position: int) -> int:
    """How many words from ``position`` are said again at once: 1, 2 or 0."""
    if keys[position : position + 1] == keys[position + 1 : position + 2]:
        return int(keys[position] != "" and keys[position] not in DOUBLED_FOR_EMPHASIS)
    pair = keys[position : position + 2]
    return 2 if len(pair) == 2 and "" not in pair and pair == keys[position + 2 : position + 4] else 0
