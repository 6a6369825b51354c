"""One CHAT main line -> an Utterance that keeps its disfluency.

Source: CHAT manual (MacWhinney, TalkBank), chapters "Words", "Utterances", "Scoped symbols" and "CA coding".

    line        = { linker } { element } [ terminator ] { postcode | bullet }
    element     = item { code } | pause | event | interposed | separator | bullet | language
    item        = word | omission | unintelligible | action | "<" { element } ">"
    code        = "[/]" repeated | ("[//]" | "[///]" | "[/-]" | "[/?]") retraced | "[x" count "]"
                | ("[:" | "[::") { word } "]" target | "[*" error "]" | "[#" seconds "]" pause
                | "[!" | "[?" | "[=" | "[%" | "[>" | "[<" | "[^" ... "]" comments, which leave the words as they are
    word        = see pipeline.ingest.word_form
    omission    = "0" word                     action = "0"
    unintelligible = "xxx" | "yyy" | "www"
    pause       = "(.)" | "(..)" | "(...)" | "(" [ minutes ":" ] seconds ")" | "#"
    event       = "&=" name | "&{n=" name      interposed = "&*" speaker ":" words (another speaker's, not kept)
    language    = "[-" code "]" (of all words that follow)
    linker      = '+"' | "+^" | "+<" | "+," | "++" | "+≈" | "+≋"
    terminator  = a key of TERMINATORS; it may touch the word before it
    postcode    = "[+" text "]"; "[+ exc]" excludes the utterance
    bullet      = U+0015 start "_" end U+0015 (milliseconds)

A code belongs to the item before it, over pauses, events and separators. Groups nest to any depth: the parser keeps the
open ones on a stack. What does not fit is passed over with a message; no input raises, and no word is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.ingest.word_form import UNINTELLIGIBLE, UNNAMED_LANGUAGE, is_omission, read_word
from pipeline.records import Event, Pause, Terminator, Utterance, Word

TERMINATORS: dict[str, Terminator] = {
    **dict.fromkeys((".", "!", "。", "！", "+.", '+".', '+"!', '+"/.', '+"/!'), "complete"),
    **dict.fromkeys(("?", "？", "+!?", '+"?', '+"/?'), "question"),
    **dict.fromkeys(("...", "…", "+...", "+…", "+..?"), "trailing_off"),
    **dict.fromkeys(("+/.", "+/?", "+/!", "+//.", "+//?", "+//!"), "interrupted"),
    **dict.fromkeys("↗→↘⇘∞≈≋≡", "complete"),  # conversation analysis: the pitch at the end, or none marked
    "⇗": "question",
}
ENGLISH_HESITATIONS = frozenset("uh um er erm uhm umm uhh".split())
LONGEST_REPETITION = 200  # words; a larger count in [x N] is a slip of the pen

_COUNTS_AS_RETRACING = frozenset({"//", "///", "/-", "/?"})
_PAUSE_LENGTHS: tuple[Literal["short", "medium", "long"], ...] = ("short", "short", "medium", "long")
_COMMENTS = ("!", "?", "=", "%", ">", "<", "+", "^", "@", '"', "“", "”")
_PAUSE = r"\(\s*(?:\.+|(?:\d+:)*\d+(?:\.\d*)?|\.\d+)\s*\)"
_PLUS_TERMINATOR = r"\+(?:\.{3}|…|\.\.\?|!\?|//?[.?!]|[\"“”]/?[.?!]|\.)"
_TOKEN = re.compile(
    rf"""
      (?P<plain>(?:(?>[^\W\d_]+)(?:'(?>[^\W\d_]+))?\s+)+)  # words of letters alone, most of a line, many at once
    | (?P<stop>[.?!](?=\s|$))
    | (?P<bullet>\x15[^\x15]*\x15)
    | (?P<code>\[(?:[^\[\]]|\[[^\[\]]*\])*\])
    | (?P<pause>{_PAUSE}|\#+(?![^\s\d])(?:\d+(?:[._:]\d+)*)?(?=\s|$))
    | (?P<terminator>{_PLUS_TERMINATOR})
    | (?P<linker>\+[\"“”^<,+≈≋])
    | (?P<event>&=[^\s\[\]<>]*)
    | (?P<interposed>&\*[^\s\[\]<>]*)
    | (?P<feature>&[{{}}][^\s\[\]<>]*)
    | (?P<sign>〔[^〔〕]*〕)
    | (?P<opening><)
    | (?P<closing>>)
    | (?P<separator>[,;„‡“”"‹›])
    | (?P<word>(?:[^\s\[\]<>„‡“”"‹›〔〕\x15,;(+&]+|,(?=\d)|(?!{_PAUSE})\(|(?!{_PLUS_TERMINATOR})\+|(?!&[=*{{}}])&)+)
    | (?P<stray>\S)
    """,
    re.VERBOSE,
)
_ENDINGS = "".join(mark for mark in TERMINATORS if len(mark) == 1)
_MAY_END = frozenset(_ENDINGS)
_CONTINUATIONS = frozenset("∞≈≋≡")  # they follow the pitch sign, which decides
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,}")
_TIMES = re.compile(r"(\d{1,12})_(\d{1,12})-?")
_TIMES_SAID = re.compile(r"x\s*\d+")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x14\x16-\x1f\x7f\u00ad\u200b\u2060\ufeff]")


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
    state = _Line(languages)
    for match in _TOKEN.finditer(_INVISIBLE.sub("", line)):
        state.take(match.lastgroup or "stray", match.group())
    state.close()
    utterance = Utterance(
        speaker=speaker,
        role=role,
        words=tuple(state.words),
        terminator=state.terminator or "complete",
        pauses=tuple(state.pauses),
        events=tuple(state.events),
        omissions=state.omissions,
        unintelligible=state.unintelligible,
        repetitions=state.repetitions,
        retracings=state.retracings,
        excluded=state.excluded,
        start_ms=state.start_ms,
        end_ms=state.end_ms,
        raw=line,
        line=number,
    )
    return ParsedLine(utterance, tuple(dict.fromkeys(state.messages)))


@dataclass(slots=True)
class _Covered:
    """Words that a mark has reached already, as stretches in order.

    An item ends with the last word read, so what a mark reaches anew lies before, between or behind the last stretches:
    every word is visited once, however deep groups nest.
    """

    stretches: list[tuple[int, int]] = field(default_factory=list)

    def take(self, start: int, stop: int) -> list[int]:
        """Cover the words from ``start`` to ``stop`` and return those that were not."""
        new: list[int] = []
        end = stop
        while self.stretches and self.stretches[-1][1] > start:
            inner_start, inner_stop = self.stretches.pop()
            new += range(inner_stop, end)
            start, end = min(start, inner_start), inner_start
        new += range(start, end)
        if start < stop:
            self.stretches.append((start, stop))
        return new

    def forget(self, start: int) -> None:
        """Uncover the words from ``start`` on."""
        while self.stretches and self.stretches[-1][1] > start:
            before = self.stretches.pop()[0]
            if before < start:
                self.stretches.append((before, start))


@dataclass(slots=True)
class _Line:
    """The state of the parse: what was read so far, the open groups, and the item that a code would belong to."""

    languages: tuple[str, ...]
    words: list[Word] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    terminator: Terminator | None = None
    ended: bool = False
    omissions: int = 0
    unintelligible: int = 0
    repetitions: int = 0
    retracings: int = 0
    excluded: bool = False
    start_ms: int | None = None
    end_ms: int | None = None
    language: str | None = None
    open_groups: list[int] = field(default_factory=list)
    repeated: _Covered = field(default_factory=_Covered)
    retraced: _Covered = field(default_factory=_Covered)
    replaced: _Covered = field(default_factory=_Covered)
    item: int | None = None  # its first word; it ends with the last word read

    def take(self, kind: str, token: str) -> None:
        """Read one token."""
        match kind:
            case "plain":
                self._take_words(token.split())
            case "word":
                self._take_word(token)
            case "stop":
                self._end(token)
                self.ended = True
            case "code":
                self._take_code(token[1:-1].strip())
            case "pause":
                self._take_pause(token.strip("()"))
            case "terminator":
                self._take_ending(token.replace("“", '"').replace("”", '"'))
                self.ended = True
            case "event":
                self._take_event(token[2:])
            case "interposed":
                self._take_ending(token)
            case "feature" if token.startswith("&{n="):
                self._take_event(token[4:].removesuffix("}"))
            case "sign":
                self._take_event("sign")
            case "opening":
                self.open_groups.append(len(self.words))
                self.item = None
            case "closing":
                self._close_group()
            case "bullet":
                self._take_bullet(token)
            case "stray":
                self.messages.append("a bracket, quotation or time mark without its counterpart")

    def close(self) -> None:
        """Note what the line leaves open."""
        if self.open_groups:
            self.messages.append("a group < without >")
        if self.terminator is None:
            self.messages.append("no utterance terminator")

    def _take_words(self, tokens: list[str]) -> None:
        """Read words of letters alone."""
        read = [_read_token(token, self.languages, self.language) for token in tokens]
        words = [word for word in read if isinstance(word, Word)]
        if self.ended or len(words) < len(read):
            for reading in read:
                self._take_reading(reading)
        else:
            self.words += words
            self.item = len(self.words) - 1

    def _take_word(self, token: str) -> None:
        if self.ended and _TIMES.fullmatch(token):  # a bullet that lost its U+0015, as copied text does
            self._take_bullet(token)
            return
        if token[-1] in _MAY_END:
            token = self._take_ending(token)
            if not token:
                return
        self._take_reading(_read_token(token, self.languages, self.language))

    def _take_reading(self, read: Word | str) -> None:
        """Add a word, or note what stands in its place."""
        if isinstance(read, Word):
            self._add_word(read)
            return
        match read:
            case "mark":
                self.messages.append("a mark without its word")
            case "omission":
                self.omissions += 1
            case "unintelligible":
                self.unintelligible += 1
        if read in ("omission", "action", "unintelligible"):
            self.item = len(self.words)

    def _take_ending(self, token: str) -> str:
        """Note the terminators at the end of ``token`` and cut them off. Initials (``T.V.``) keep their full stops."""
        rest = "" if token in TERMINATORS else token.rstrip(_ENDINGS)
        if _INITIALS.fullmatch(token):
            return token
        mark = token[len(rest) :]
        if mark in TERMINATORS or "..." in mark:
            self._end(mark if mark in TERMINATORS else "...")
        else:
            for sign in mark:
                self._end(sign)
        self.ended = self.ended or (not rest and mark[-1:] in (".", "?", "!"))
        return rest

    def _end(self, mark: str) -> None:
        if self.terminator is None or mark not in _CONTINUATIONS:
            self.terminator = TERMINATORS[mark]

    def _add_word(self, word: Word) -> None:
        if self.ended:
            self.messages.append("words after the utterance terminator")
            self.ended = False
        self.item = len(self.words)
        self.words.append(word)

    def _take_event(self, name: str) -> None:
        name = self._take_ending(name)
        if name:
            self.events.append(Event(len(self.words), name))
        else:
            self.messages.append("an event without a name")

    def _take_pause(self, token: str) -> None:
        token = token.strip().replace("_", ".")
        marks = token.strip(".#")
        if not marks:
            self.pauses.append(Pause(len(self.words), _PAUSE_LENGTHS[min(len(token), 3)]))
            return
        seconds = _seconds(token.lstrip("#"))
        if seconds is None:
            self.messages.append("a pause without a time that can be read")
        else:
            self.pauses.append(Pause(len(self.words), "timed", seconds))

    def _take_bullet(self, token: str) -> None:
        match = _TIMES.match(token, token[0] == "\x15") or _TIMES.search(re.sub(r"\s", "", token))
        if match is None:
            return
        start, end = int(match.group(1)), int(match.group(2))
        if end < start:
            self.messages.append("a time bullet that ends before it starts")
            return
        self.start_ms = start if self.start_ms is None else min(self.start_ms, start)
        self.end_ms = end if self.end_ms is None else max(self.end_ms, end)

    def _close_group(self) -> None:
        if not self.open_groups:
            self.messages.append("a group > without <")
            return
        self.item = self.open_groups.pop()

    def _take_code(self, code: str) -> None:
        """Apply the code between square brackets."""
        if code == "/" or code in _COUNTS_AS_RETRACING or code[:1] in (":", "*") or _TIMES_SAID.fullmatch(code):
            self._take_item_code(code)
        elif code.startswith("#"):
            self._take_pause(code[1:].strip() or "#")
        elif code.startswith("-"):
            self.language = code[1:].strip() or None
        elif code.startswith("+"):
            self.excluded = self.excluded or code[1:].strip().lower() == "exc"
        elif not code.startswith(_COMMENTS) and code != "e":
            self.messages.append("an unknown code in square brackets")

    def _take_item_code(self, code: str) -> None:
        """Apply a code that belongs to the item before it."""
        if self.item is None:
            if code[:1] != "*":  # [*] after an utterance, or before its first word, marks no word
                self.messages.append(f"a code [{code[:1]}] without an item before it")
            return
        item = slice(self.item, len(self.words))
        if code == "/":
            self.repetitions += 1
            for position in self.repeated.take(item.start, item.stop):
                self.words[position] = _repeated(self.words[position])
        elif code in _COUNTS_AS_RETRACING:
            self.retracings += 1
            for position in self.retraced.take(item.start, item.stop):
                self.words[position] = _retraced(self.words[position])
        elif code.startswith(":"):
            self._put_target(item, code.lstrip(":").split())
        elif code.startswith("*"):
            self._put_error(item, code[1:].strip() or "*")
        else:
            self._repeat(item, int(code[1:]) if len(code) < 9 else LONGEST_REPETITION + 1)

    def _put_target(self, item: slice, typed: list[str]) -> None:
        """Give the target to the first word of ``item``; the others then stand for nothing: their target is ``("",)``.

        A target that the transcriber could not tell (``[: xxx]``, ``[: x@n]``) leaves the words as they are.
        """
        if not typed:
            self.messages.append("a replacement [: ] without words")
        forms = [read_word(raw.rstrip(",.?!")).text for raw in typed if raw != "x@n" and not is_omission(raw)]
        target = tuple(text for text in forms if text and text.lower() not in UNINTELLIGIBLE)
        if not target:
            return
        if item.start == item.stop:
            return
        first = self.words[item.start]
        text = " ".join(target) if read_word(first.raw).phonetic else first.text
        self.words[item.start] = replace(first, text=text, target=target)
        for position in self.replaced.take(item.start + 1, item.stop):
            self.words[position] = replace(self.words[position], target=("",))

    def _put_error(self, item: slice, code: str) -> None:
        """Mark the last word of ``item``: one code is one error, however many words it covers."""
        if item.start < item.stop:
            last = self.words[item.stop - 1]
            codes = dict.fromkeys([*(last.error or "").split(), *code.split()])
            self.words[item.stop - 1] = replace(last, error=" ".join(code for code in codes if code != "*") or "*")

    def _repeat(self, item: slice, count: int) -> None:
        """Write out ``[x N]``: the item was said N times, and all but the last are repetitions."""
        if count < 2 or count * max(item.stop - item.start, 1) > LONGEST_REPETITION:
            self.messages.append("a repetition count [x N] out of range")
            return
        said = self.words[item]
        earlier = [_repeated(word) for word in said]
        self.words[item.start :] = [*earlier * (count - 1), *said]
        self.repetitions += count - 1
        for covered in (self.repeated, self.retraced, self.replaced):
            covered.forget(item.start)


def _seconds(time: str) -> float | None:
    """Read ``2.5`` or ``1:02.5`` (minutes and seconds); None where it is no time or longer than a day."""
    try:
        seconds = 0.0
        for part in time.split(":"):
            seconds = 60 * seconds + float(part)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


@lru_cache(maxsize=32_768)
def _read_token(
    token: str, languages: tuple[str, ...], language: str | None
) -> Word | Literal["action", "omission", "unintelligible", "mark", "nothing"]:
    """Read a word, or tell what stands in its place. Words come again, and records are frozen: both are kept."""
    if token == "0":
        return "action"
    if is_omission(token):
        return "omission"
    form = read_word(token)
    if form.text.lower() in UNINTELLIGIBLE:
        return "unintelligible"
    if not form.text:
        return "mark" if token.startswith(("&", "+")) else "nothing"
    foreign = _resolve(form.language, languages, language)
    kind = form.kind
    english = bool(languages) and languages[0].lower().startswith("en")
    if kind == "word" and foreign is None and english and form.text.lower() in ENGLISH_HESITATIONS:
        kind = "filler"
    return Word(form.text, raw=token, kind=kind, language=foreign)


def _resolve(code: str | None, languages: tuple[str, ...], language: str | None) -> str | None:
    """Name the language of a word marked ``code`` where ``language`` is spoken; None for the file's main language."""
    main = languages[0] if languages else None
    if code == UNNAMED_LANGUAGE:
        code = main if language not in (None, main) else next(iter(languages[1:]), UNNAMED_LANGUAGE)
    code = code or language
    return None if code == main else code


@lru_cache(maxsize=8_192)
def _retraced(word: Word) -> Word:
    return replace(word, retraced=True)


@lru_cache(maxsize=8_192)
def _repeated(word: Word) -> Word:
    return replace(word, repeated=True)
