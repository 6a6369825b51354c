"""Plain text -> the turns of all its speakers.

What a turn is, adscreen.ingest.text_turns says. Where the words hold codes of CHAT, each turn is read as a main line of
CHAT (adscreen.ingest.main_line), else as prose (adscreen.ingest.prose).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from adscreen.ingest.conversation import Conversation
from adscreen.ingest.main_line import parse_main_line
from adscreen.ingest.notes import NOTE, report_notes
from adscreen.ingest.prose import (
    Content,
    label_role,
    mark_repetitions,
    terminator_of,
    tokenize_prose,
    word_kind,
)
from adscreen.ingest.text_lines import read_lines
from adscreen.ingest.text_turns import Turn, read_turns, report_backward_times, split_at_times
from adscreen.records import Diagnostic, Utterance, Word
from adscreen.words import split_text

_NOTE_MARK = "\ue000"
_NOTES_AFTER_SENTENCE = re.compile(rf"([.?!…]{{1,9}}[\"')\]]{{0,9}}) ?({_NOTE_MARK}(?: ?{_NOTE_MARK})*)")
_CHAT_CODE = re.compile(
    r"\[/{1,3}-?\]|(?<!\S)&[-+~=*]\w|\[\*\s[^\[\]]{1,40}\]|\[::?\s[^\[\]]{1,80}\]|(?<!\S)\+(?:\.\.\.|/{1,2}[.?!])"
)
_CHAT_END = re.compile(r"(?<=[.?!])\s+(?=[^\s\[(])")
_UNENDED = "no utterance terminator"  # what parse_main_line says of a line as prose has it


def read_text(text: str, *, file: str) -> Conversation:
    """Read plain text; ``file`` is its name for diagnostics."""
    lines, diagnostics = read_lines(text, file=file)
    turns, found = read_turns(lines, file=file)
    as_chat = any(_CHAT_CODE.search(turn.text) for turn in turns)
    turns = [part for turn in turns for part in split_at_times(turn, round_brackets=not as_chat)]
    diagnostics += found + report_backward_times(turns, file=file)
    if as_chat:
        utterances, messages = _read_as_chat(turns, file=file)
        return Conversation(tuple(utterances), diagnostics=tuple(diagnostics + messages))
    utterances = [utterance for turn in turns for utterance in _utterances(turn)]
    return Conversation(tuple(utterances), diagnostics=(*diagnostics, *report_notes(utterances, file=file)))


def _read_as_chat(turns: Iterable[Turn], *, file: str) -> tuple[list[Utterance], list[Diagnostic]]:
    """Read each turn as main lines of CHAT; plain text need not end its utterances, nor mark all its fillers."""
    utterances: list[Utterance] = []
    diagnostics: list[Diagnostic] = []
    for turn in turns:
        own: list[Utterance] = []
        for line in _CHAT_END.split(turn.text):
            utterance, messages = parse_main_line(
                line, speaker=turn.speaker, role=label_role(turn.speaker), number=turn.number
            )
            own.append(replace(utterance, words=tuple(map(_with_filler, utterance.words))))
            diagnostics += [Diagnostic(file, turn.number, what) for what in messages if what != _UNENDED]
        utterances += _with_times(own, turn)
    return utterances, diagnostics


def _with_filler(word: Word) -> Word:
    return replace(word, kind=word_kind(word.text, fragment=False)) if word.kind == "word" else word


def _with_times(utterances: Sequence[Utterance], turn: Turn) -> Iterator[Utterance]:
    """Give the first utterance of a turn its start and the last one its end, unless that lies before the start."""
    last = len(utterances) - 1
    backward = turn.start_ms is not None and turn.end_ms is not None and turn.end_ms < turn.start_ms
    for index, utterance in enumerate(utterances):
        start = turn.start_ms if index == 0 and utterance.start_ms is None else utterance.start_ms
        end = turn.end_ms if index == last and utterance.end_ms is None and not backward else utterance.end_ms
        yield replace(utterance, start_ms=start, end_ms=end)


def _utterances(turn: Turn) -> list[Utterance]:
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
        its_notes = tuple(islice(remaining, sentence.count(_NOTE_MARK)))
        utterances.append(_utterance(sentence, turn, role=role, notes=its_notes))
        end = start + len(sentence)
    return list(_with_times(utterances, turn))


def _utterance(sentence: str, turn: Turn, *, role: str, notes: tuple[str, ...]) -> Utterance:
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
