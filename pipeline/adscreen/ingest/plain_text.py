"""Plain text, one turn a line -> the turns of all its speakers.

    turn  = [ time ] [ label ":" ] sentence { sentence }
    label = "PAR" | "Participant 1" | "**Anna:**" | "INV" | "Interviewer" | ...

Labels are taken as such where most lines carry one or where one reappears; a line without a label then belongs to the
speaker before it. Without labels all lines are the participant's. See adscreen.ingest.prose for what a sentence holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from adscreen.ingest.conversation import Conversation
from adscreen.ingest.notes import report_notes
from adscreen.ingest.prose import (
    NOTE,
    Content,
    label_role,
    mark_repetitions,
    terminator_of,
    tokenize_prose,
    word_kind,
)
from adscreen.records import Diagnostic, Utterance, Word
from adscreen.words import split_text

_LABELLED = re.compile(
    r"(?:[\[(]?\d+:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?\s*)?"  # a time before the label
    r"\**(?P<label>[^\W\d_][\w.'-]{0,29}(?: [\w.'-]{1,30}){0,2})\**\s?:\**(?!//)\s*"
)
_NOTE_MARK = "\ue000"
_NOTES_AFTER_SENTENCE = re.compile(rf"([.?!…]{{1,9}}[\"')\]]{{0,9}}) ?({_NOTE_MARK}(?: ?{_NOTE_MARK})*)")


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
    return Conversation(utterances, diagnostics=(*diagnostics, *report_notes(utterances, file=file)))


def find_labels(lines: Sequence[str]) -> frozenset[str]:
    """Return the labels in use: those with the form of a name, if most lines carry one or any reappears."""
    matches = [_LABELLED.match(line) for line in lines]
    found = [match.group("label") for match in matches if match]
    counts = Counter(label for label in found if label_role(label) or _is_name(label))
    if 2 * counts.total() > len(lines):
        return frozenset(counts)
    if max(counts.values(), default=0) < 2:
        return frozenset()
    return frozenset(label for label, count in counts.items() if count > 1 or label_role(label))


def match_label(line: str, labels: frozenset[str]) -> tuple[str, str]:
    """Return the label of a line, empty where it has none of ``labels``, and what was said."""
    match = _LABELLED.match(line) if labels else None
    return (match.group("label"), line[match.end() :]) if match and match.group("label") in labels else ("", line)


def _turns(lines: Sequence[tuple[int, str]], *, file: str) -> tuple[list[_Turn], list[Diagnostic]]:
    labels = find_labels([line for _, line in lines])
    if not labels:
        return [_Turn(number, "PAR", line) for number, line in lines], []
    turns: list[_Turn] = []
    unlabelled: list[int] = []
    for number, line in lines:
        label, said = match_label(line, labels)
        if label:
            turns.append(_Turn(number, label, said))
        elif turns:
            turns.append(_Turn(number, turns[-1].speaker, line))
        else:
            unlabelled.append(number)
    what = "a line before the first speaker label was passed over"
    return turns, [Diagnostic(file, number, what, "begin it with its speaker") for number in unlabelled]


def _is_name(label: str) -> bool:
    return all(part[0].isupper() or part.isdigit() for part in label.split())


def _utterances(turn: _Turn) -> list[Utterance]:
    """Split a turn into sentences; a sentence that `--` parts from the next was broken off."""
    role = label_role(turn.speaker)
    notes: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        notes.append(match.group())
        return f" {_NOTE_MARK} "

    text = NOTE.sub(set_aside, turn.text.replace(_NOTE_MARK, " "))
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


def _utterance(sentence: str, turn: _Turn, *, role: str, notes: tuple[str, ...]) -> Utterance:
    content = Content()
    parts = sentence.split(_NOTE_MARK)
    spelt = "".join(f"{part}{note}" for part, note in zip(parts, notes, strict=False)) + parts[-1]
    for part, note in zip(parts, [*notes, ""], strict=True):
        content.words += [
            Word(text, raw=text, kind=word_kind(text, fragment=fragment)) for text, fragment in tokenize_prose(part)
        ]
        content.take_note(note)
    words, repetitions = mark_repetitions(content.words)
    return Utterance(
        speaker=turn.speaker,
        role=role,
        words=words,
        terminator=terminator_of("".join(parts)),
        pauses=tuple(content.pauses),
        events=tuple(content.events),
        unintelligible=content.unintelligible,
        repetitions=repetitions,
        raw=spelt,
        line=turn.number,
    )
