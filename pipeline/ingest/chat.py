"""A CHAT file -> the turns of all its speakers.

Source: CHAT manual (MacWhinney, TalkBank), chapters "File headers", "The main line" and "Gems". Headers and tiers are
read here in a few lines, because a reader of clinical files must survive one bad utterance, a missing header, a
byte-order mark and any line ends; what it passes over becomes a diagnostic. Dependent tiers (%mor, %wor) are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.errors import InputError
from pipeline.ingest.conversation import Conversation
from pipeline.ingest.main_line import parse_main_line
from pipeline.records import Diagnostic, Utterance

_MAIN_TIER = re.compile(r"\*([^\s:*]+)\s*:\s*(.*)", re.DOTALL)
_HEADER = re.compile(r"@([^:\t\n]+)(?::\s*(.*))?", re.DOTALL)


class Line(NamedTuple):
    """A header or tier with its continuation lines joined; ``number`` is that of its first line, from 1."""

    number: int
    text: str


@dataclass(slots=True)
class _Headers:
    """What the headers say; ``gems`` and ``lazy_gem`` are those open at the line being read."""

    languages: tuple[str, ...] = ()
    roles: dict[str, str] = field(default_factory=dict)
    with_id: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    conversation_analysis: bool = False
    gems: list[str] = field(default_factory=list)
    lazy_gem: str = ""

    def take(self, name: str, value: str) -> None:
        """Read one header."""
        self.seen.add(name)
        match name:
            case "Languages":
                self.languages = tuple(value.replace(",", " ").split())
            case "Participants":
                for participant in value.split(","):
                    code, *rest = participant.split() or [""]
                    self.roles[code] = rest[-1] if rest else ""
            case "ID":
                fields = [part.strip() for part in value.split("|")]
                if len(fields) > 7 and fields[2]:
                    self.with_id.add(fields[2])
                    self.roles[fields[2]] = self.roles.get(fields[2]) or fields[7]
            case "Options":
                self.conversation_analysis = "CA" in value.replace(",", " ").split()
            case "Bg":
                self.gems.append(value)
            case "Eg":
                self._end_gem(value)
            case "G":
                self.lazy_gem = value

    def open_gems(self) -> tuple[str, ...]:
        """The labels of the gems around the current line."""
        return tuple(gem for gem in (*self.gems, self.lazy_gem) if gem)

    def _end_gem(self, label: str) -> None:
        if label in self.gems:
            self.gems.remove(label)
        elif self.gems:
            self.gems.pop()


def read_chat(text: str, *, file: str, task: str | None = None, language: str | None = None) -> Conversation:
    """Read a CHAT file.

    ``file`` is its name for diagnostics. Where the file marks gems (``@G``, ``@Bg`` ... ``@Eg``) and ``task`` is given,
    only the gem of that name is kept. ``language`` stands in for a missing ``@Languages``. Raises InputError where no
    gem has the name of the task.
    """
    lines, diagnostics = join_lines(text, file=file)
    headers = _Headers(languages=(language,) if language else ())
    turns: list[tuple[Utterance, tuple[str, ...]]] = []
    for line in lines:
        if line.text.startswith("*"):
            utterance, found = _read_turn(line, headers, file=file)
            diagnostics += found
            turns += [(utterance, headers.open_gems())] if utterance else []
        elif line.text.startswith("@") and (header := _HEADER.match(line.text)):
            headers.take(header.group(1).strip(), (header.group(2) or "").strip())
    diagnostics += _missing_headers(headers, {utterance.speaker for utterance, _ in turns}, file=file)
    labels = tuple(dict.fromkeys(gem for _, gems in turns for gem in gems))
    if task and labels:
        utterances, left_out = _select_gem(turns, labels, task=task, file=file)
        diagnostics += left_out
    else:
        utterances = tuple(utterance for utterance, _ in turns)
    return Conversation(
        utterances,
        language=headers.languages[0] if headers.languages else None,
        task=labels[0] if len(labels) == 1 else None,
        diagnostics=tuple(diagnostics),
    )


def join_lines(text: str, *, file: str) -> tuple[list[Line], list[Diagnostic]]:
    """Split ``text`` into headers and tiers; a line that begins with a tab or space continues the one before it."""
    lines: list[Line] = []
    diagnostics: list[Diagnostic] = []
    for number, text_line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        if not text_line.strip():
            continue
        if text_line[0] in "@*%":
            lines.append(Line(number, text_line))
        elif text_line[0] in "\t " and lines:
            lines[-1] = Line(lines[-1].number, f"{lines[-1].text} {text_line.strip()}")
        else:
            what = "a line that is no header, tier or continuation was passed over"
            diagnostics.append(Diagnostic(file, number, what, "begin a continuation line with a tab"))
    return lines, diagnostics


def _read_turn(line: Line, headers: _Headers, *, file: str) -> tuple[Utterance | None, list[Diagnostic]]:
    match = _MAIN_TIER.match(line.text)
    if match is None:
        what = "a main line without `*CODE:` was passed over"
        return None, [Diagnostic(file, line.number, what, "begin it with its speaker, as in *PAR: or *INV:")]
    speaker, text = match.groups()
    utterance, messages = parse_main_line(
        text.strip(),
        speaker=speaker,
        role=headers.roles.get(speaker, ""),
        number=line.number,
        languages=headers.languages,
    )
    expected = {"no utterance terminator"} if headers.conversation_analysis else set()
    return utterance, [Diagnostic(file, line.number, what) for what in messages if what not in expected]


def _missing_headers(headers: _Headers, speakers: Iterable[str], *, file: str) -> list[Diagnostic]:
    """Say which headers the format asks for and the file lacks; the words can be read without them."""
    missing = [
        f"no @{name} header" for name in ("Begin", "Languages", "Participants", "End") if name not in headers.seen
    ]
    missing += [f"no @ID header for {speaker}" for speaker in sorted(set(speakers) - headers.with_id)]
    return [Diagnostic(file, None, what) for what in missing]


def _select_gem(
    turns: list[tuple[Utterance, tuple[str, ...]]], labels: tuple[str, ...], *, task: str, file: str
) -> tuple[tuple[Utterance, ...], list[Diagnostic]]:
    wanted = {label for label in labels if _is_gem_of(label, task)}
    if not wanted:
        raise InputError(
            f"no gem {task!r}; the file marks {', '.join(sorted(labels))}",
            where=file,
            remedy="give one of these as the task, or none for the whole file",
        )
    kept = tuple(utterance for utterance, gems in turns if wanted.intersection(gems))
    left_out = len(turns) - len(kept)
    return kept, [Diagnostic(file, None, f"{left_out} utterances outside the task were left out")] if left_out else []


def _is_gem_of(label: str, task: str) -> bool:
    """Tell whether a gem belongs to a task: the same words, or more after them (``Cookie_Theft`` is of ``cookie``)."""
    label_words, task_words = (re.split(r"[\W_]+", name.strip().casefold()) for name in (label, task))
    return label_words[: len(task_words)] == task_words
