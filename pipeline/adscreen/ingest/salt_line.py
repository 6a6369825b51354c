"""One utterance of a SALT transcript -> an Utterance that keeps its disfluency.

    utterance = { word | maze | pause | comment | code | "<" | ">" } terminator { code }
    maze      = "(" words ")"          a filled pause, a repetition or a revision: it was said, but is not fluent
    word      = said [ "|" root ] { "/" morpheme } { code }
              | "*" word               left out, where it is due          | word "*"     broken off
              | "%" sound              | "X" | "XX" | "XXX"               not understood
    morpheme  = "s" | "z" | "ed" | "3s" | "ing" | "n't" | "'ll" | ...     | "*" morpheme  left out
    code      = "[" text "]"           on a word, `[E...]` is an error, and `[EW:went]`, `[EO:went]` tell the word meant
    comment   = "{" text "}"           an event
    pause     = ":" seconds
    terminator = "." | "!" | "?" | "~" (a prompt, left open) | "^" (interrupted) | ">" (abandoned)

Source: "Summary of SALT Transcription Conventions" (SALT Software, LLC).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from adscreen.ingest.salt_words import inflect
from adscreen.records import Event, Pause, Terminator, Utterance, Word, WordKind
from adscreen.words import FILLERS

_TERMINATORS: dict[str, Terminator] = {
    ".": "complete",
    "!": "complete",
    "?": "question",
    "~": "trailing_off",
    "^": "interrupted",
    ">": "trailing_off",
}
_TOKEN = re.compile(
    r"""(?P<comment>\{[^{}]*\})
    | (?P<code>\[[^\[\]]*\])
    | (?P<pause>:(?:\d{1,2}:)?\d{1,4}(?:\.\d+)?(?![\w]))
    | (?P<word>[^\s(){}\[\]<>.!?~^:"“”,;]+(?:[.:](?=\w)[^\s(){}\[\]<>.!?~^:"“”,;]+)*)
    | (?P<sign>[^\s])""",
    re.VERBOSE,
)
_AHEAD = 4  # times the words of a maze: how far on its repetition is looked for, over fillers and fragments
_UNHEARD = re.compile(r"X{1,3}(?:/.*)?")
_TARGET = re.compile(r"E[OW]:\s*([^\W\d_][\w' -]*)")
_ERROR = re.compile(r"E[A-Z]*(?::.*)?")


class ParsedLine(NamedTuple):
    """An utterance and what in its line is amiss; a message never holds transcript text."""

    utterance: Utterance
    messages: tuple[str, ...]


def parse_salt_line(text: str, *, speaker: str, role: str = "", number: int | None = None) -> ParsedLine:
    """Parse an utterance without the letter of its speaker.

    >>> [word.text for word in parse_salt_line("(He um) they work/ed on it/'s roof.", speaker="C").utterance.words]
    ['He', 'um', 'they', 'worked', 'on', "it's", 'roof']
    """
    state = _Line()
    tokens = list(_TOKEN.finditer(text))
    for index, match in enumerate(tokens):
        touching = index > 0 and tokens[index - 1].end() == match.start()
        state.read(match, touching=touching)
    words, repetitions, retracings = _mark_mazes(state.words, state.mazes + ([state.maze] if state.maze else []))
    if state.depth:
        state.messages.append("a maze ( without )")
    if state.terminator is None:
        state.messages.append("an utterance without its end mark")
    utterance = Utterance(
        speaker=speaker,
        role=role,
        words=tuple(words),
        terminator=state.terminator or "complete",
        pauses=tuple(state.pauses),
        events=tuple(state.events),
        omissions=state.omissions,
        unintelligible=state.unintelligible,
        repetitions=repetitions,
        retracings=retracings,
        raw=text,
        line=number,
    )
    return ParsedLine(utterance, tuple(dict.fromkeys(state.messages)))


@dataclass(slots=True)
class _Line:
    """What was read of a line so far; ``maze`` holds the places of the words of the maze that is open."""

    words: list[Word] = field(default_factory=list)
    mazes: list[list[int]] = field(default_factory=list)
    maze: list[int] = field(default_factory=list)
    depth: int = 0
    overlaps: int = 0
    pauses: list[Pause] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    terminator: Terminator | None = None
    omissions: int = 0
    unintelligible: int = 0

    def read(self, match: re.Match[str], *, touching: bool) -> None:
        """Read one token; ``touching``: nothing stands between it and the one before."""
        token = match[0]
        if match["comment"]:
            if name := token[1:-1].strip():
                self.events.append(Event(len(self.words), name))
        elif match["code"]:
            if touching and self.words:
                self.code(token[1:-1].strip())
        elif match["pause"]:
            minutes, _, seconds = token[1:].rpartition(":")
            self.pauses.append(Pause(len(self.words), "timed", 60 * int(minutes or 0) + float(seconds)))
        elif match["word"]:
            self.word(token)
        else:
            self.sign(token)

    def word(self, token: str) -> None:
        """Read a word with its marks."""
        if self.terminator is not None:
            self.messages.append("words after the end mark of an utterance")
            self.terminator = None
        if _UNHEARD.fullmatch(token):
            self.unintelligible += 1
            return
        said, _, root = token.partition("|")
        if said.startswith("*"):
            self.omissions += 1
            return
        word = _read_word(token, said=said, root=root)
        if word:
            if self.depth:
                self.maze.append(len(self.words))
            self.words.append(word)

    def code(self, code: str) -> None:
        """Read a code that touches a word: an error, and what was meant where it says so."""
        if not _ERROR.fullmatch(code):
            return
        target = _TARGET.fullmatch(code)
        meant = tuple(target[1].split()) if target else self.words[-1].target
        self.words[-1] = replace(self.words[-1], error=code, target=meant)

    def sign(self, sign: str) -> None:
        """Read a bracket of a maze or an overlap, or a terminator."""
        if sign == "(":
            self.depth += 1
        elif sign == ")":
            self.close_maze()
        elif sign == "<":
            self.overlaps += 1
        elif sign == ">" and self.overlaps:
            self.overlaps -= 1
        elif sign in _TERMINATORS and self.depth == 0:
            self.terminator = _TERMINATORS[sign]
        elif sign in "{}[]":
            self.messages.append("a bracket without its counterpart")

    def close_maze(self) -> None:
        """End a maze; the outer one ends those within it."""
        if self.depth == 0:
            self.messages.append("a maze ) without (")
            return
        self.depth -= 1
        if self.depth == 0 and self.maze:
            self.mazes.append(self.maze)
            self.maze = []


def _read_word(token: str, *, said: str, root: str) -> Word | None:
    """Return a word as it was uttered, None where nothing of it is a letter or digit."""
    stem, *morphemes = said.split("/")
    uttered = [morpheme.rstrip("*") for morpheme in morphemes if not morpheme.startswith("*")]
    missing = [morpheme for part in (said, root) for morpheme in part.split("/")[1:] if morpheme.startswith("*")]
    text = inflect(stem.strip("%*&@#+-"), uttered).replace("+", "")
    if not any(map(str.isalnum, text)):
        return None
    kind: WordKind = "fragment" if said.endswith("*") else "filler" if text.lower() in FILLERS else "word"
    return Word(text, raw=token, kind=kind, error="/" + missing[0] if missing else None)


def _mark_mazes(words: Sequence[Word], mazes: Sequence[Sequence[int]]) -> tuple[list[Word], int, int]:
    """Mark the words of mazes: repeated where they are said again at once, else retraced; fillers stay fillers."""
    marked = list(words)
    repetitions = retracings = 0
    for maze in mazes:
        places = [place for place in maze if words[place].kind == "word"]
        if not places:
            continue
        said = [words[place].text.casefold() for place in places]
        window = words[maze[-1] + 1 : maze[-1] + 1 + _AHEAD * len(said)]
        after = [word.text.casefold() for word in window if word.kind == "word"]
        times = _times_repeated(said, after[: len(said)])
        repetitions += times
        retracings += times == 0
        for place in places:
            marked[place] = replace(words[place], repeated=times > 0, retraced=times == 0)
    return marked, repetitions, retracings


def _times_repeated(said: Sequence[str], after: Sequence[str]) -> int:
    """How often ``said`` repeats the words that follow (``you you`` before ``you can``: 2), 0 where it does not."""
    for length in range(1, len(said) + 1):
        if len(said) % length == 0 and list(said) == list(after[:length]) * (len(said) // length):
            return len(said) // length
    return 0
