"""A CHAT file -> the turns of all its speakers.

Source: CHAT manual (MacWhinney, TalkBank), chapters "File headers", "The main line" and "Gems". Headers and tiers are
read here in a few lines, because a reader of clinical files must survive one bad utterance, a missing header, a
byte-order mark and any line ends; what it passes over becomes a diagnostic. Of the dependent tiers only %wor is read,
for the times of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.gems import OpenGems, Turns, select_gem, wanted_gem
from adscreen.ingest.main_line import parse_main_line
from adscreen.ingest.word_times import in_order, with_word_times
from adscreen.records import Diagnostic, Utterance

_MAIN_TIER = re.compile(r"\*([^\s:*]+)\s*:\s*(.*)", re.DOTALL)
_MARKS = frozenset("@*%")
_INDENTS = "\t \u00a0\u200b\u2060\ufeff"
_INDENTED = re.compile(
    rf"[{_INDENTS}]+(?:\*[^\W_][\w-]{{0,15}}\s?:(?!\S)|%[a-z]\w{{2,15}}:(?!\S)"
    r"|@(?:UTF8|Begin|End|Blank|New Episode)\s*$|@[A-Z][A-Za-z ]{0,30}:(?!\S))"
)
_HEADER = re.compile(r"@([^:\t\n]+)(?::\s*(.*))?", re.DOTALL)


class Line(NamedTuple):
    """A header or tier with its continuation lines joined; ``number`` is that of its first line, from 1."""

    number: int
    text: str


@dataclass(slots=True)
class _Headers:
    """What the headers say up to the line being read."""

    languages: tuple[str, ...] = ()
    roles: dict[str, str] = field(default_factory=dict)
    with_id: set[str] = field(default_factory=set)
    misspelt: set[str] = field(default_factory=set)  # codes of speakers in another case than the header's
    media: str = ""
    seen: set[str] = field(default_factory=set)
    conversation_analysis: bool = False
    gems: OpenGems = field(default_factory=OpenGems)

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
            case "Media":
                self.media = value
            case "Options":
                self.conversation_analysis = "CA" in value.replace(",", " ").split()
            case "Bg" | "Eg" | "G":
                self.gems.take(name, value)

    def code_of(self, speaker: str) -> str:
        """The code of a speaker whom @Participants does not list as written: one in another case, else the own one."""
        known = [code for code in self.roles if code.casefold() == speaker.casefold()]
        if known:
            self.misspelt.add(speaker)
        return known[0] if known else speaker


def read_chat(
    text: str, *, file: str, task: str | None = None, language: str | None = None, gem: str | None = None
) -> Conversation:
    """Read a CHAT file.

    ``file`` is its name for diagnostics. Where the file marks gems (``@G``, ``@Bg`` ... ``@Eg``), ``gem`` chooses one,
    or ``all``; without it, a gem that is called as the ``task`` is is kept alone. ``language`` stands in for a missing
    ``@Languages``. Raises InputError where no gem has the chosen name, where there are several and none has the name of
    the task, and where the file says that nothing is transcribed.
    """
    lines, diagnostics = join_lines(text, file=file)
    headers = _Headers(languages=(language,) if language else (), gems=OpenGems(wanted_gem(gem, task)))
    turns = Turns()
    spoken = False  # whether the last main line was read: a tier belongs to it
    for line in lines:
        mark = line.text[0]
        if mark == "*":
            utterance, found = _read_turn(line, headers, file=file)
            diagnostics += found
            spoken = utterance is not None
            if utterance:
                turns.add(utterance, headers.gems)
        elif mark == "@" and (header := _HEADER.match(line.text)):
            headers.take(header.group(1).strip(), (header.group(2) or "").strip())
        elif spoken and line.text.startswith("%wor:"):
            diagnostics += _take_word_times(line, turns, file=file)
    diagnostics += _check_headers(headers, {utterance.speaker for utterance in turns.utterances}, file=file)
    if not turns.utterances and "notrans" in headers.media.split():
        raise InputError(
            "the recording is not transcribed: @Media says notrans, and no line holds speech",
            where=file,
            remedy="transcribe it, or leave it out of the manifest",
        )
    selected = select_gem(turns, gem=gem, task=task, file=file)
    return Conversation(
        selected.utterances,
        language=headers.languages[0] if headers.languages else None,
        task=selected.task,
        diagnostics=(*diagnostics, *selected.diagnostics),
    )


def join_lines(text: str, *, file: str) -> tuple[list[Line], list[Diagnostic]]:
    """Split ``text`` into headers and tiers; a line that begins with a tab or space continues the one before it.

    An indented line that itself has the form of a header or tier (`` *PAR:``) is read as one, with a diagnostic.
    """
    lines: list[Line] = []
    diagnostics: list[Diagnostic] = []
    continued: list[str] = []
    for number, text_line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        own = text_line[:1] in _MARKS
        if not own and _INDENTED.match(text_line):
            what = "a header or tier that is indented; read as a line of its own"
            diagnostics.append(Diagnostic(file, number, what, "begin it in the first column"))
            own, text_line = True, text_line.lstrip(_INDENTS)
        if own:
            if continued:
                lines[-1] = Line(lines[-1].number, " ".join([lines[-1].text, *continued]))
                continued = []
            lines.append(Line(number, text_line))
        elif not text_line.strip():
            continue
        elif text_line[0] in "\t " and lines:
            continued.append(text_line.strip())
        else:
            what = "a line that is no header, tier or continuation was passed over"
            diagnostics.append(Diagnostic(file, number, what, "begin a continuation line with a tab"))
    if continued:
        lines[-1] = Line(lines[-1].number, " ".join([lines[-1].text, *continued]))
    return lines, diagnostics


def _read_turn(line: Line, headers: _Headers, *, file: str) -> tuple[Utterance | None, list[Diagnostic]]:
    match = _MAIN_TIER.match(line.text)
    if match is None:
        what = "a main line without `*CODE:` was passed over"
        return None, [Diagnostic(file, line.number, what, "begin it with its speaker, as in *PAR: or *INV:")]
    speaker, text = match.groups()
    if speaker not in headers.roles:
        speaker = headers.code_of(speaker)
    utterance, messages = parse_main_line(
        text.strip(),
        speaker=speaker,
        role=headers.roles.get(speaker, ""),
        number=line.number,
        languages=headers.languages,
    )
    if not messages:
        return utterance, []
    expected = "no utterance terminator" if headers.conversation_analysis else ""
    return utterance, [Diagnostic(file, line.number, what) for what in messages if what != expected]


def _take_word_times(line: Line, turns: Turns, *, file: str) -> list[Diagnostic]:
    """Give the last utterance the times of its %wor tier."""
    timed = with_word_times(turns.utterances[-1], line.text[5:])
    if timed is None:
        what = "a %wor tier whose words are not those of its line; its times were not read"
        return [Diagnostic(file, line.number, what)]
    turns.utterances[-1], dropped = in_order(timed)
    what = f"{dropped} words have times out of the order of the text; the times of these words were dropped"
    return [Diagnostic(file, line.number, what, "align the words again")] if dropped else []


def _check_headers(headers: _Headers, speakers: Iterable[str], *, file: str) -> list[Diagnostic]:
    """Say which headers the format asks for and the file lacks, and which codes differ from theirs in case only."""
    missing = [
        f"no @{name} header" for name in ("Begin", "Languages", "Participants", "End") if name not in headers.seen
    ]
    missing += [f"no @ID header for {speaker}" for speaker in sorted(set(speakers) - headers.with_id)]
    misspelt = [
        f"the speaker code {code} has another case than in @Participants; read as that speaker"
        for code in sorted(headers.misspelt)
    ]
    return [Diagnostic(file, None, what) for what in (*missing, *misspelt)]
