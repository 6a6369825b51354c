"""One CHAT main line -> an Utterance that keeps its disfluency.

Source: CHAT manual (MacWhinney, TalkBank), chapters "Words", "Utterances", "Scoped symbols" and "CA coding".

    line        = { linker } { element } [ terminator ] { postcode | bullet }
    element     = item { code } | pause | event | interposed | separator | bullet | language
    item        = word | omission | unintelligible | action | "<" { element } ">"
    code        = "[e]" excluded | "[/]" repeated | ("[//]" | "[///]" | "[/-]" | "[/?]") retraced | "[x" count "]"
                | ("[:" | "[::") { word } "]" target | "[*" error "]" | "[#" seconds "]" pause
                | "[!" | "[?" | "[=" | "[%" | "[>" | "[<" | "[^" ... "]" comments, which leave the words as they are
    word        = see adscreen.ingest.word_form
    omission    = "0" word                     action = "0"
    unintelligible = "xxx" | "yyy"             untranscribed = "www"
    pause       = "(.)" | "(..)" | "(...)" | "(" [ minutes ":" ] seconds ")" | "#"
    event       = "&=" name | "&{n=" name      interposed = "&*" speaker ":" words (another speaker's, not kept)
    language    = "[-" code "]" (of all words that follow)
    linker      = '+"' | "+^" | "+<" | "+," | "++" | "+≈" | "+≋"
    terminator  = a key of TERMINATORS; it may touch the word before it
    postcode    = "[+" text "]"; "[+ exc]" excludes the utterance
    bullet      = U+0015 start "_" end U+0015 (milliseconds)

A code belongs to the item before it, over pauses, events and separators. Groups nest to any depth. What does not fit is
passed over with a message; no input raises, and no word is lost.

What a token says by itself is read in adscreen.ingest.tokens, how far a code reaches in adscreen.ingest.code_scope;
what depends on the line around a token is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adscreen.ingest.code_scope import Scope
from adscreen.ingest.tokens import TERMINATORS, Kind, Lexicon, lexicon, split_tokens
from adscreen.records import Event, Pause, Terminator, Utterance, Word

_CONTINUATIONS = frozenset("∞≈≋≡")  # they follow the pitch sign, which decides


class ParsedLine(NamedTuple):
    """An utterance and what in its line was passed over; a message never holds transcript text."""

    utterance: Utterance
    messages: tuple[str, ...]


def parse_main_line(
    line: str, *, speaker: str = "PAR", role: str = "", number: int | None = None, languages: tuple[str, ...] = ()
) -> ParsedLine:
    """Parse the text of a main line, without its ``*PAR:``.

    ``languages`` are those of the file, the main one first: words of the main language carry no language, ``@s``
    without a code means the other one, and in an English file an unmarked ``um`` is a filler too (transcribers and
    recognisers often leave out the ``&-``).

    >>> [word.text for word in parse_main_line("<he's on> [//] he is fallin(g) .").utterance.words]
    ["he's", 'on', 'he', 'is', 'falling']
    """
    state = _Line(languages, lexicon(languages))
    state.read(split_tokens(line))
    scope = state.scope
    utterance = Utterance(
        speaker=speaker,
        role=role,
        words=tuple(scope.words),
        terminator=state.terminator or "complete",
        pauses=tuple(state.pauses),
        events=tuple(state.events),
        omissions=state.omissions,
        unintelligible=state.unintelligible,
        repetitions=scope.repetitions,
        retracings=scope.retracings,
        excluded=state.excluded,
        start_ms=state.start_ms,
        end_ms=state.end_ms,
        raw=line,
        line=number,
    )
    return ParsedLine(utterance, tuple(dict.fromkeys(state.messages)) if state.messages else ())


@dataclass(slots=True)
class _Line:
    """What was read of a line so far; ``ended`` after its terminator."""

    languages: tuple[str, ...]
    lexicon: Lexicon
    scope: Scope = field(default_factory=Scope)
    pauses: list[Pause] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    terminator: Terminator | None = None
    ended: bool = False
    omissions: int = 0
    unintelligible: int = 0
    excluded: bool = False
    start_ms: int | None = None
    end_ms: int | None = None

    def read(self, tokens: list[str]) -> None:
        """Read the tokens in order, and note what the line leaves open."""
        scope, words = self.scope, self.scope.words
        for token in tokens:
            reading = self.lexicon[token]
            if type(reading) is Word and not self.ended:  # nearly all; by scope.add it would be as right and slower
                scope.item = len(words)
                words.append(reading)
            elif isinstance(reading, Word):
                self.word(reading)
            else:
                for kind, value in reading:
                    _TAKE[kind](self, value)
        if self.scope.is_open():
            self.messages.append("a group < without >")
        if self.terminator is None:
            self.messages.append("no utterance terminator")

    def word(self, word: Word) -> None:
        if self.ended:
            self.messages.append("words after the utterance terminator")
            self.ended = False
        self.scope.add(word)

    def omission(self, _: None) -> None:
        self.omissions += 1
        self.scope.add_wordless()

    def unintelligible_word(self, _: None) -> None:
        self.unintelligible += 1
        self.scope.add_wordless()

    def untranscribed(self, _: None) -> None:
        self.scope.add_wordless()
        self.messages.append("speech that is not transcribed (www)")

    def action(self, _: None) -> None:
        self.scope.add_wordless()

    def opening(self, _: None) -> None:
        self.scope.open()

    def closing(self, _: None) -> None:
        if not self.scope.close():
            self.messages.append("a group > without <")

    def repeated(self, _: None) -> None:
        if self._has_item("/"):
            self.scope.repeat()

    def retraced(self, _: None) -> None:
        if self._has_item("/"):
            self.scope.retrace()

    def excluded_item(self, _: None) -> None:
        if self._has_item("e"):
            self.scope.exclude()

    def nonword(self, _: None) -> None:
        if self._has_item(":"):
            self.scope.make_nonword()

    def target(self, words: tuple[str, ...] | None) -> None:
        if self._has_item(":"):
            if words:
                self.scope.replace_by(words)
            elif words is None:
                self.messages.append("a replacement [: ] without words")

    def error(self, code: str) -> None:
        if self.scope.item is not None:  # [*] after an utterance, or before its first word, marks no word
            self.scope.put_error(code)

    def times_said(self, count: int) -> None:
        if self._has_item("x") and not self.scope.say_times(count):
            self.messages.append("a repetition count [x N] out of range")

    def language(self, code: str | None) -> None:
        self.lexicon = lexicon(self.languages, code)

    def exclusion(self, _: None) -> None:
        self.excluded = True

    def pause(self, pause: Pause) -> None:
        self.pauses.append(Pause(len(self.scope.words), pause.length, pause.seconds))

    def event(self, name: str) -> None:
        self.events.append(Event(len(self.scope.words), name))

    def times(self, times: tuple[int, int]) -> None:
        start, end = times
        if end < start:
            self.messages.append("a time bullet that ends before it starts")
            return
        self.start_ms = start if self.start_ms is None else min(self.start_ms, start)
        self.end_ms = end if self.end_ms is None else max(self.end_ms, end)

    def loose_times(self, value: tuple[int, int, Word]) -> None:
        """Read ``100_200``: after the terminator it is a bullet that lost its U+0015, as copied text does."""
        start, end, word = value
        if self.ended:
            self.times((start, end))
        else:
            self.word(word)

    def ending(self, value: tuple[str, bool]) -> None:
        sign, ends = value
        if self.terminator is None or sign not in _CONTINUATIONS:
            self.terminator = TERMINATORS[sign]
        self.ended = self.ended or ends

    def message(self, text: str) -> None:
        self.messages.append(text)

    def _has_item(self, code: str) -> bool:
        if self.scope.item is None:
            self.messages.append(f"a code [{code}] without an item before it")
        return self.scope.item is not None


_TAKE: Mapping[Kind, Callable[[_Line, Any], None]] = {
    "word": _Line.word,
    "omission": _Line.omission,
    "action": _Line.action,
    "unintelligible": _Line.unintelligible_word,
    "untranscribed": _Line.untranscribed,
    "opening": _Line.opening,
    "closing": _Line.closing,
    "repeated": _Line.repeated,
    "retraced": _Line.retraced,
    "times_said": _Line.times_said,
    "target": _Line.target,
    "nonword": _Line.nonword,
    "excluded_item": _Line.excluded_item,
    "error": _Line.error,
    "language": _Line.language,
    "excluded": _Line.exclusion,
    "pause": _Line.pause,
    "event": _Line.event,
    "times": _Line.times,
    "loose_times": _Line.loose_times,
    "ending": _Line.ending,
    "message": _Line.message,
}
