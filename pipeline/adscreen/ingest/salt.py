"""A SALT transcript -> the turns of all its speakers.

    $ Child, Examiner        the speakers; the first letter of each begins its lines
    + Language: English      headers
    - 1:00                   the clock: the next utterance begins here
    ; :03   : :03            a pause within one speaker's turn, and between two speakers
    = text                   a comment
    C text                   an utterance, of adscreen.ingest.salt_line; a line that begins otherwise goes on with it

Source: "Summary of SALT Transcription Conventions" and the course "Transcription Conventions" (SALT Software, LLC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.prose import label_role
from adscreen.ingest.salt_line import parse_salt_line
from adscreen.ingest.tokens import INVISIBLE
from adscreen.records import Diagnostic, Pause, Utterance

_SPEAKERS = re.compile(
    r"\$[ \t]*(?P<names>[^\W\d_][\w .'’-]{0,39}(?:,[ \t]*[^\W\d_][\w .'’-]{0,39}){0,9})[ \t]*,?[ \t]*"
)
_ENTRY = re.compile(r"(?P<letter>[^\W\d_])(?::[ \t]*|[ \t]+)(?P<text>\S.*)", re.DOTALL)
_HEADER = re.compile(r"\+[ \t]*(?P<name>[A-Za-z][A-Za-z ]{0,30}?)[ \t]*:[ \t]*(?P<value>.*)")
_CLOCK = re.compile(r"-[ \t]*(?:(?:(\d{1,2}):)?(\d{1,3}))?:(\d{1,2})(?!\d)")
_SILENCE = re.compile(r"[:;][ \t]*(?:(\d{0,3}):)?(\d{1,4}(?:\.\d+)?)[ \t]*")
_MORPHEME = re.compile(r"\w/(?:\*?(?:s|z|ed|ing|3s|en)\b|['’]\w)|/\*|\w\|\w|\[E[A-Z]+[:\]]")
_ENDS = re.compile(r"[.!?~^>][\"'”’]*(?:\s*[\[{][^\[\]{}]*[\]}])*\s*$")
_TAIL = 200  # characters at the end of a line in which its end mark, comments and codes stand
_LANGUAGES = {"english": "eng", "spanish": "spa", "french": "fra", "german": "deu"}
_PARTICIPANTS = frozenset("child student teen adult target speaker client participant patient subject".split())
_OTHERS = frozenset("clinician teacher".split())
_REMEDY = "begin the file with the line `$ Child, Examiner` and each utterance with the first letter of its speaker"


def is_salt(text: str) -> bool:
    """Tell a SALT transcript by its line of speakers, or by headers and coded lines that one letter begins."""
    lines = _lines(text)
    if _speaker_line(lines):
        return True
    entries = [match for line in lines if (match := _ENTRY.fullmatch(line)) and match["letter"].isupper()]
    letters = {match["letter"] for match in entries}
    coded = any(_MORPHEME.search(match["text"]) for match in entries)
    headers = any(_HEADER.fullmatch(line) for line in lines)
    return coded and len(letters) > 1 and 2 * len(entries) > len(lines) and (headers or _all_end(entries))


def _all_end(entries: list[re.Match[str]]) -> bool:
    return all(_ENDS.search(match["text"]) for match in entries)


def read_salt(text: str, *, file: str, where: str) -> Conversation:
    """Read a SALT transcript; raises InputError where its line of speakers is missing or no line is of one of them."""
    names = _speaker_line(_lines(text))
    if names is None:
        raise InputError("a SALT transcript without its line of speakers", where=where, remedy=_REMEDY)
    letters = [name[0].upper() for name in names]
    if len(set(letters)) < len(letters):
        what = "a SALT transcript of which two speakers begin with one letter"
        raise InputError(what, where=where, remedy="rename one in the line that begins with $")
    script = _Script(file, dict(zip(letters, map(_role, names), strict=True)))
    for number, line in enumerate(text.split("\n"), start=1):
        script.read(number, _clean(line))
    script.close()
    if not any(utterance.speaker in letters for utterance in script.utterances):
        raise InputError("a damaged SALT transcript: no utterance of a speaker it names", where=where, remedy=_REMEDY)
    return Conversation(
        tuple(script.utterances), language=script.language, diagnostics=tuple(script.diagnostics), format="salt"
    )


class _Entry(NamedTuple):
    """An utterance that may go on; ``lines`` grows."""

    number: int
    letter: str
    lines: list[str]

    def is_finished(self) -> bool:
        """Tell whether its last line ends as an utterance must."""
        return _ENDS.search(self.lines[-1][-_TAIL:]) is not None


@dataclass(slots=True)
class _Script:
    """What was read so far: the entry that may go on, and the clock and the pause that stand before it."""

    file: str
    roles: Mapping[str, str]
    utterances: list[Utterance] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    language: str | None = None
    entry: _Entry | None = None
    clock: int | None = None
    silence: float | None = None

    def read(self, number: int, line: str) -> None:
        """Read one line."""
        if not line or line[0] in "$=":
            return
        if line[0] in "+-:;":
            self.mark(number, line)
            return
        match = _ENTRY.fullmatch(line)
        if match and self.begins(match["letter"]):
            self.close()
            self.entry = _Entry(number, match["letter"].upper(), [match["text"]])
            if self.entry.letter not in self.roles:
                what = "a line of a speaker whom the line of speakers does not name"
                self.diagnostics.append(
                    Diagnostic(self.file, number, what, "add the name to the line that begins with $")
                )
        elif self.entry:
            if self.entry.is_finished():
                what = "a line without a speaker behind a finished utterance; read as its speaker's"
                self.diagnostics.append(Diagnostic(self.file, number, what, "begin it with the letter of its speaker"))
            self.entry.lines.append(line)
        else:
            what = "a line before the first utterance was passed over"
            self.diagnostics.append(Diagnostic(self.file, number, what, "begin it with the letter of its speaker"))

    def begins(self, letter: str) -> bool:
        """Tell whether a letter begins an entry; `I` and `A` that no speaker has may go on with an unfinished one."""
        if letter in self.roles:
            return True
        finished = self.entry is None or self.entry.is_finished()
        if letter.islower():
            return finished and letter.upper() in self.roles and letter != "a"
        return finished or letter not in "IA"

    def mark(self, number: int, line: str) -> None:
        """Read a header, a time or a pause."""
        self.close()
        header, clock, silence = _HEADER.fullmatch(line), _CLOCK.match(line), _SILENCE.fullmatch(line)
        if line[0] == "+":
            if header and header["name"].casefold() == "language":
                self.language = _LANGUAGES.get(header["value"].strip().casefold())
        elif clock:
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            self.clock = ((hours * 60 + minutes) * 60 + seconds) * 1000
        elif silence:
            seconds_of_it = 60 * int(silence[1] or 0) + float(silence[2])
            self.silence = seconds_of_it if line[0] == ";" else None
        else:
            what = "a line of times that cannot be read was passed over"
            self.diagnostics.append(Diagnostic(self.file, number, what, "write - 1:05, ; :03 or : :03"))

    def close(self) -> None:
        """Read the entry that is complete."""
        if self.entry is None:
            return
        number, letter, lines = self.entry
        parsed = parse_salt_line(" ".join(lines), speaker=letter, role=self.roles.get(letter, ""), number=number)
        utterance = replace(parsed.utterance, start_ms=self.clock)
        if self.silence is not None:
            utterance = replace(utterance, pauses=(Pause(0, "timed", self.silence), *utterance.pauses))
        self.utterances.append(utterance)
        self.diagnostics += [Diagnostic(self.file, number, what) for what in parsed.messages]
        self.entry = self.clock = self.silence = None


def _clean(line: str) -> str:
    line = unicodedata.normalize("NFC", INVISIBLE.sub("", line))
    return re.sub(r"[^\S\t]", " ", line).strip().replace("’", "'").replace("‘", "'")


def _lines(text: str) -> list[str]:
    return [line for line in map(_clean, text.split("\n")) if line]


def _speaker_line(lines: list[str]) -> list[str] | None:
    """Return the names of the speakers; only headers and comments may stand before them."""
    for line in lines:
        match = _SPEAKERS.fullmatch(line)
        if match:
            return [name.strip() for name in match["names"].split(",") if name.strip()]
        if line[0] not in "+=":
            break
    return None


def _role(name: str) -> str:
    """The role that a name says: a child, client or participant is whose speech is studied."""
    first = re.split(r"[\W\d_]", name.casefold())[0]
    if first in _PARTICIPANTS:
        return "Participant"
    return "Investigator" if first in _OTHERS else label_role(name) if len(name) > 1 else ""
