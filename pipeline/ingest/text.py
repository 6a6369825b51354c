"""Plain text, one turn a line -> the turns of all its speakers.

    turn  = [ time ] [ label ":" ] sentence { sentence }
    label = "PAR" | "Participant 1" | "**Anna:**" | "INV" | "Interviewer" | ...
    note  = "[" text "]" | "(" a sound or "inaudible" ")"

Labels are taken as such where most lines carry one or where one reappears; a line without a label then belongs to the
speaker before it. Without labels all lines are the participant's. Plain text marks no repetition, so an immediate
repeat of a word or of two words (``the the boy``) is taken for one, except words that are doubled for emphasis.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from pipeline.ingest.conversation import Conversation
from pipeline.records import Diagnostic, Event, Pause, Terminator, Utterance, Word, WordKind
from pipeline.words import FILLERS, split_text, tokenize

DOUBLED_FOR_EMPHASIS = frozenset({"very", "no", "yeah", "bye", "that", "had"})

_INTERVIEWER = frozenset(
    "inv interviewer investigator examiner experimenter doctor dr clinician researcher therapist int exp q i".split()
)
_PARTICIPANT = frozenset("par participant patient subject pt p s".split())
_LABELLED = re.compile(
    r"(?:[\[(]?\d+:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?\s*)?"  # a time before the label
    r"\**(?P<label>[^\W\d_][\w.'-]{0,29}(?: [\w.'-]{1,30}){0,2})\**\s?:\**(?!//)\s*"
)
_NOTE_MARK = "\ue000"
_NOTE = re.compile(
    r"\[([^\[\]]{1,200})\]"
    r"|\(((?:laugh|chuckl|cough|sigh|clear|sniff|cry|whisper|inaudible|unintelligible|unclear|indistinct|pause|silence)"
    r"[^()]{0,40})\)",
    re.IGNORECASE,
)
_NOTES_AFTER_SENTENCE = re.compile(rf"([.?!…]{{1,9}}[\"')\]]{{0,9}}) ?({_NOTE_MARK}(?: ?{_NOTE_MARK})*)")
_UNHEARD = re.compile(r"\b(?:inaudible|unintelligible|unclear|indistinct|xxx)\b|^\?+$", re.IGNORECASE)
_SILENCE = re.compile(r"\b(?:pause|silence)\b", re.IGNORECASE)
_TIME = re.compile(r"(?:\d+:)+\d\d(?:[.,]\d+)?")
_SECONDS = re.compile(r"(\d{1,4}(?:\.\d+)?)\s*s(?:ec(?:ond)?s?)?\b", re.IGNORECASE)
_BROKEN_OFF = ("-", "–", "—")


class _Turn(NamedTuple):
    number: int
    speaker: str
    text: str


def read_text(text: str, *, file: str) -> Conversation:
    """Read plain text; ``file`` is its name for diagnostics."""
    lines = [
        (number, " ".join(line.split())) for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    ]
    turns, diagnostics = _turns([(number, line) for number, line in lines if line], file=file)
    utterances = tuple(utterance for turn in turns for utterance in _utterances(turn))
    return Conversation(utterances, diagnostics=tuple(diagnostics))


def _turns(lines: Sequence[tuple[int, str]], *, file: str) -> tuple[list[_Turn], list[Diagnostic]]:
    matches = [_LABELLED.match(line) for _, line in lines]
    labels = _labels([match.group("label") for match in matches if match], lines=len(lines))
    if not labels:
        return [_Turn(number, "PAR", line) for number, line in lines], []
    turns: list[_Turn] = []
    unlabelled: list[int] = []
    for (number, line), match in zip(lines, matches, strict=True):
        if match and match.group("label") in labels:
            turns.append(_Turn(number, match.group("label"), line[match.end() :]))
        elif turns:
            turns.append(_Turn(number, turns[-1].speaker, line))
        else:
            unlabelled.append(number)
    what = "a line before the first speaker label was passed over"
    return turns, [Diagnostic(file, number, what, "begin it with its speaker") for number in unlabelled]


def _labels(found: Sequence[str], *, lines: int) -> frozenset[str]:
    """Return the labels in use: those with the form of a name, if most lines carry one or any reappears."""
    counts = Counter(label for label in found if _role(label) or _is_name(label))
    if 2 * counts.total() > lines:
        return frozenset(counts)
    if max(counts.values(), default=0) < 2:
        return frozenset()
    return frozenset(label for label, count in counts.items() if count > 1 or _role(label))


def _is_name(label: str) -> bool:
    return all(part[0].isupper() or part.isdigit() for part in label.split())


def _role(label: str) -> str:
    """The CHAT role that a label names: ``Interviewer 2`` -> ``Investigator``; empty for a name."""
    word = re.split(r"[\W\d_]", label.casefold())[0]
    return "Investigator" if word in _INTERVIEWER else "Participant" if word in _PARTICIPANT else ""


def _utterances(turn: _Turn) -> list[Utterance]:
    """Split a turn into sentences; a sentence that `--` parts from the next was broken off."""
    role = _role(turn.speaker)
    notes: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        notes.append(match.group(1) or match.group(2))
        return f" {_NOTE_MARK} "

    text = _NOTE.sub(set_aside, turn.text.replace(_NOTE_MARK, " "))
    text = _NOTES_AFTER_SENTENCE.sub(r" \2\1", " ".join(text.split()))
    remaining = iter(notes)
    utterances: list[Utterance] = []
    end = 0
    for sentence in split_text(text):
        start = text.index(sentence, end)
        if utterances and "--" in text[end:start]:
            utterances[-1] = replace(utterances[-1], terminator="interrupted")
        end = start + len(sentence)
        its_notes = tuple(islice(remaining, sentence.count(_NOTE_MARK)))
        utterances.append(_utterance(sentence, turn, role=role, notes=its_notes))
    return utterances


@dataclass(slots=True)
class _Content:
    words: list[Word] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    unintelligible: int = 0


def _utterance(sentence: str, turn: _Turn, *, role: str, notes: tuple[str, ...]) -> Utterance:
    content = _Content()
    parts = sentence.split(_NOTE_MARK)
    spelt = "".join(f"{part}[{note}]" for part, note in zip(parts, notes, strict=False)) + parts[-1]
    for part, note in zip(parts, [*notes, ""], strict=True):
        content.words += [_word(text, fragment=fragment) for text, fragment in tokenize(part)]
        _take_note(note, content)
    words, repetitions = mark_repetitions(content.words)
    return Utterance(
        speaker=turn.speaker,
        role=role,
        words=words,
        terminator=_terminator("".join(parts)),
        pauses=tuple(content.pauses),
        events=tuple(content.events),
        unintelligible=content.unintelligible,
        repetitions=repetitions,
        raw=spelt,
        line=turn.number,
    )


def _word(text: str, *, fragment: bool) -> Word:
    kind: WordKind = "fragment" if fragment else "filler" if text.lower() in FILLERS else "word"
    return Word(text, raw=text, kind=kind)


def _take_note(note: str, content: _Content) -> None:
    """File a note by what it says: speech not understood, a silence, a time (left out) or another event."""
    position = len(content.words)
    note = note.strip()
    if _UNHEARD.search(note):
        content.unintelligible += 1
    elif _SILENCE.search(note):
        seconds = _SECONDS.search(note)
        timed = float(seconds.group(1)) if seconds else None
        content.pauses.append(Pause(position, "timed" if seconds else "medium", timed))
    elif any(map(str.isalpha, note)) and not _TIME.fullmatch(note):
        content.events.append(Event(position, note))


def _terminator(sentence: str) -> Terminator:
    ending = sentence.rstrip("\"')]”’ ")
    if ending.endswith("?"):
        return "question"
    if ending.endswith(("...", "…")):
        return "trailing_off"
    return "interrupted" if ending.endswith(_BROKEN_OFF) else "complete"


def mark_repetitions(words: Sequence[Word]) -> tuple[tuple[Word, ...], int]:
    """Mark the earlier copy of a word or of two words said twice in a row; return the words and the number of repeats.

    Fillers, fragments and DOUBLED_FOR_EMPHASIS are never marked.

    >>> marked, count = mark_repetitions([Word(text) for text in "I think I think the the boy".split()])
    >>> [word.text for word in marked if word.repeated], count
    (['I', 'think', 'the'], 2)
    """
    keys = [word.text.casefold() if word.kind == "word" else "" for word in words]
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
