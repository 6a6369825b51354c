"""A CHAT main line -> its tokens, and what each of them says wherever it stands.

The grammar is in adscreen.ingest.main_line, which puts together what the tokens say. A corpus uses the same tokens
again and again, so what each says is found out once and kept (Lexicon).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from adscreen.ingest.code_scope import LONGEST_REPETITION
from adscreen.ingest.word_form import UNINTELLIGIBLE, UNNAMED_LANGUAGE, UNTRANSCRIBED, is_omission, read_word
from adscreen.records import Pause, Terminator, Word

TERMINATORS: dict[str, Terminator] = {
    **dict.fromkeys((".", "!", "。", "！", "+.", '+".', '+"!', '+"/.', '+"/!'), "complete"),
    **dict.fromkeys(("?", "？", "+!?", '+"?', '+"/?'), "question"),
    **dict.fromkeys(("...", "…", "+...", "+…", "+..?", "+...?"), "trailing_off"),
    **dict.fromkeys(("+/.", "+/?", "+/!", "+//.", "+//?", "+//!"), "interrupted"),
    **dict.fromkeys("↗→↘⇘∞≈≋≡", "complete"),  # conversation analysis: the pitch at the end, or none marked
    "⇗": "question",
}
ENGLISH_HESITATIONS = frozenset("uh um er erm uhm umm uhh".split())

# fmt: off
Kind = Literal[
    "word", "omission", "action", "unintelligible", "untranscribed", "opening", "closing",
    "repeated", "retraced", "times_said", "target", "nonword", "excluded_item", "error", "language", "excluded",
    "pause", "event", "times", "loose_times", "ending", "message",
]
# fmt: on


class Mark(NamedTuple):
    """One thing that a token says; ``value`` is what its kind has beside its name (a word, a name, a number ...)."""

    kind: Kind
    value: Any = None


Reading = Word | tuple[Mark, ...]  # most tokens are words and say nothing else

_PAUSE = r"\(\s*(?:\.+|(?:\d+:)*\d+(?:\.\d*)?|\.\d+)\s*\)"
_ASIDE = r"\((?:\([^()]*\)|\s*\d+(?:[.,]\d+)?\s*(?:s|secs?|seconds?)?\.?\s*)\)"  # as other conventions write it
_OLD_BULLET = r'%\w{2,4}:"[^"\x15]*"(?:_\d+_\d+)?'  # of before 2008, where copying lost its U+0015
_PLUS_TERMINATOR = r"\+(?:\.{3}\??|…|\.\.\?|!\?|//?[.?!]|[\"“”]/?[.?!]|\.)"
_APART = r"\s\[\]<>„‡“”\"‹›〔〕\x15,;("  # what never stands inside a word
_TOKEN = re.compile(
    rf"""
    ( [^{_APART}+&]++(?=\s)                                 # a word that holds no token, most of a line
    | \x15[^\x15]*\x15                                      # bullet
    | \[(?:[^\[\]]|\[[^\[\]]*\])*\]                         # code
    | {_PAUSE}
    | {_PLUS_TERMINATOR}
    | \+[\"“”^<,+≈≋]                                        # linker
    | &[=*{{}}][^\s\[\]<>]*                                 # event, another speaker's words, end of a long feature
    | 〔[^〔〕]*〕                                            # sign
    | [<>,;„‡“”"‹›]                                         # group, separator
    | {_OLD_BULLET}
    | {_ASIDE}
    | (?:&[-+~])?                                           # word
      (?:[^{_APART}+&]+ | ,(?=\d) | (?!{_PAUSE}|{_ASIDE})\( | (?!{_PLUS_TERMINATOR})\+ | (?!&[-+~=*{{}}])&)+
    | &[-+~]
    | \S
    )\s*
    """,
    re.VERBOSE,
)
_ENDINGS = "".join(mark for mark in TERMINATORS if len(mark) == 1)
_ASIDE_ALONE, _OLD_BULLET_ALONE = re.compile(_ASIDE), re.compile(_OLD_BULLET)
_PAUSED = re.compile(rf"{_PAUSE}|\#+(?:\d+(?:[._:]\d+)*|long|short)?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,}")
_TIMES = re.compile(r"(\d{1,12})_(\d{1,12})-?")
_TIMES_SAID = re.compile(r"x\s*\d+")
INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x14\x16-\x1f\x7f\u00ad\u200b\u2060\ufeff]")
_RETRACINGS = frozenset({"//", "///", "/-", "/?"})
_COMMENTS = frozenset('!?=%><+^@"“”')
_PAUSE_LENGTHS: tuple[Literal["short", "medium", "long"], ...] = ("short", "short", "medium", "long")
_STRAY = Mark("message", "a bracket, quotation or time mark without its counterpart")
_SIGNS: dict[str, tuple[Mark, ...]] = {
    "<": (Mark("opening"),),
    ">": (Mark("closing"),),
    **dict.fromkeys("[]〔〕\x15", (_STRAY,)),  # one of a pair that the line does not complete
    **dict.fromkeys(',;„‡“”"‹›', ()),  # separators
    **{f"+{sign}": () for sign in '"“”^<,+≈≋'},  # linkers
}
_KEPT, _KEPT_LENGTH = 8_192, 64  # tokens of a lexicon, and how long they may be


def split_tokens(line: str) -> list[str]:
    """Return the tokens of a main line in order; spaces and invisible characters are left out.

    >>> split_tokens("<he's on> [//] he is fallin(g).")
    ['<', "he's", 'on', '>', '[//]', 'he', 'is', 'fallin(g).']
    """
    tokens: list[str] = _TOKEN.findall(INVISIBLE.sub("", line).lstrip())
    return tokens


class Lexicon(dict[str, Reading]):
    """What each token says in a file of ``languages``, the main one first, where ``language`` is spoken.

    Records are frozen, so readings are shared; those of tokens that hardly come again (times, long ones) are not kept.
    """

    def __init__(self, languages: tuple[str, ...], language: str | None) -> None:
        super().__init__()
        self.languages = languages
        self.language = language

    def __missing__(self, token: str) -> Reading:
        """Find out what a token says, and keep it."""
        if token[0] == "\x15" and token != "\x15":
            return _read_bullet(token)
        marks = tuple(_read_token(token, self.languages, self.language))
        reading: Reading = marks[0].value if len(marks) == 1 and marks[0].kind == "word" else marks
        if len(token) <= _KEPT_LENGTH:
            if len(self) == _KEPT:
                self.clear()
            self[token] = reading
        return reading


@lru_cache(maxsize=8)
def lexicon(languages: tuple[str, ...], language: str | None = None) -> Lexicon:
    """Return the lexicon that all files of these languages share."""
    return Lexicon(languages, language)


def _read_token(token: str, languages: tuple[str, ...], language: str | None) -> Iterator[Mark]:
    """Tell by its first character what a token is, and yield what it says."""
    if token in _SIGNS:
        yield from _SIGNS[token]
    elif token.startswith("["):
        yield from _read_code(token[1:-1].strip())
    elif token.startswith("〔"):
        yield Mark("event", "sign")
    elif _PAUSED.fullmatch(token):
        yield _read_pause(token.strip("()"))
    elif _ASIDE_ALONE.fullmatch(token):
        yield from _read_aside(token[1:-1])
    elif _OLD_BULLET_ALONE.fullmatch(token):
        yield from _read_bullet(token)
    elif token.startswith(("&=", "&{n=")):
        yield from _read_event(token[4:].removesuffix("}") if token[1] == "{" else token[2:])
    elif token.startswith("&*"):
        yield from _split_ending(token)[1]
    elif not token.startswith(("&{", "&}")):
        yield from _read_item(token, languages, language)


def _read_item(token: str, languages: tuple[str, ...], language: str | None) -> Iterator[Mark]:
    """Read a word or what stands in its place, and the terminator that may touch it or stand alone."""
    times = _TIMES.fullmatch(token)
    if times:  # a bullet that lost its U+0015, as copied text does, or a word
        (word,) = _read_word(token, languages, language)
        yield Mark("loose_times", (int(times.group(1)), int(times.group(2)), word.value))
        return
    said, ending = _split_ending(token)
    yield from ending
    if said == "0":
        yield Mark("action")
    elif is_omission(said):
        yield Mark("omission")
    elif said:
        yield from _read_word(said, languages, language)


def _read_word(typed: str, languages: tuple[str, ...], language: str | None) -> Iterator[Mark]:
    form = read_word(typed)
    foreign = _resolve(form.language, languages, language)
    kind = form.kind
    english = bool(languages) and languages[0].lower().startswith("en")
    if kind == "word" and foreign is None and english and form.text.lower() in ENGLISH_HESITATIONS:
        kind = "filler"
    if form.text.lower() in UNINTELLIGIBLE:
        yield Mark("untranscribed" if form.text.lower() == UNTRANSCRIBED else "unintelligible")
    elif typed.startswith("*") and typed.endswith(":"):
        yield Mark("message", "a speaker code inside a line; begin each turn on a line of its own")
    elif form.text:
        yield Mark("word", Word(form.text, raw=typed, kind=kind, language=foreign))
    elif typed.startswith(("&", "+")):
        yield Mark("message", "a mark without its word")


def _resolve(code: str | None, languages: tuple[str, ...], language: str | None) -> str | None:
    """Name the language of a word marked ``code`` where ``language`` is spoken; None for the file's main language."""
    main = languages[0] if languages else None
    if code == UNNAMED_LANGUAGE:
        code = main if language not in (None, main) else next(iter(languages[1:]), UNNAMED_LANGUAGE)
    code = code or language
    return None if code == main else code


def _split_ending(token: str) -> tuple[str, list[Mark]]:
    """Cut the terminators off the end of a token. Initials (``T.V.``) keep their full stops.

    The value of a mark ``ending`` is the terminator, and whether the line ends there: a word may follow one that
    touches the word before it (``so. and``), as copied text has it.
    """
    straight = token.replace("“", '"').replace("”", '"')
    if straight in TERMINATORS:
        return "", [Mark("ending", (straight, straight[0] in ".?!+"))]
    rest = token.rstrip(_ENDINGS)
    if rest == token or _INITIALS.fullmatch(token):
        return token, []
    typed = token[len(rest) :]
    signs = [typed] if typed in TERMINATORS else ["..."] if "..." in typed else [*typed]
    return rest, [Mark("ending", (sign, not rest and typed[-1] in ".?!")) for sign in signs]


def _read_event(name: str) -> Iterator[Mark]:
    name, ending = _split_ending(name) if name else ("", [])
    yield from ending
    yield Mark("event", name) if name else Mark("message", "an event without a name")


def _read_bullet(token: str) -> tuple[Mark, ...]:
    match = _TIMES.match(token, 1) or _TIMES.search(re.sub(r"\s", "", token))
    return (Mark("times", (int(match[1]), int(match[2]))),) if match else ()


def _read_pause(typed: str) -> Mark:
    typed = typed.strip().replace("_", ".")
    if typed.lstrip("#") in ("long", "short"):
        return Mark("pause", Pause(0, "long" if typed.endswith("long") else "short"))
    if not typed.strip(".#"):
        return Mark("pause", Pause(0, _PAUSE_LENGTHS[min(len(typed), 3)]))
    seconds = _seconds(typed.lstrip("#"))
    if seconds is None:
        return Mark("message", "a pause without a time that can be read")
    return Mark("pause", Pause(0, "timed", seconds))


def _read_aside(aside: str) -> Iterator[Mark]:
    """Read what stands in parentheses as other conventions have it: ``(2,5)``, ``(3 sec)``, ``((laughs))``."""
    if aside.startswith("("):
        yield Mark("event", aside.strip("() ") or "noise")
        yield Mark("message", "double parentheses, read as an event; write &=")
    else:
        yield Mark("pause", Pause(0, "timed", float(re.sub(r"[^\d.,]", "", aside).rstrip(".,").replace(",", "."))))
        yield Mark("message", "a pause that is not written as CHAT has it; read as seconds")


def _seconds(time: str) -> float | None:
    """Read ``2.5`` or ``1:02.5`` (minutes and seconds); None where it is no time or longer than a day."""
    try:
        seconds = 0.0
        for part in time.split(":"):
            seconds = 60 * seconds + float(part)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


def _read_code(code: str) -> Iterator[Mark]:
    """Read the code between square brackets; a comment says nothing."""
    kind, rest = code[:1], code[1:].strip()
    if code == "/":
        yield Mark("repeated")
    elif code in _RETRACINGS:
        yield Mark("retraced")
    elif _TIMES_SAID.fullmatch(code):
        yield Mark("times_said", int(rest) if len(rest) < 9 else LONGEST_REPETITION + 1)
    elif kind == ":":
        yield _read_target(code.lstrip(":").split())
    elif kind == "*":
        yield Mark("error", rest or "*")
    elif kind == "#":
        yield _read_pause(rest or "#")
    elif kind == "-":
        yield Mark("language", rest or None)
    elif kind == "+" and rest.lower() == "exc":
        yield Mark("excluded")
    elif code == "e":
        yield Mark("excluded_item")
    elif kind not in _COMMENTS:
        yield Mark("message", "an unknown code in square brackets")


def _read_target(typed: list[str]) -> Mark:
    """Read the words of a replacement; the value is None where it holds none.

    It is empty where the transcriber could not tell them (``[: xxx]``): then the words stay as they are. ``[: 0]`` puts
    no word in their place, and ``[: x@n]`` says that they are no words.
    """
    if not typed:
        return Mark("target", None)
    if typed == ["0"]:
        return Mark("target", ("",))
    if typed == ["x@n"]:
        return Mark("nonword")
    forms = [read_word(raw.rstrip(",.?!")).text for raw in typed if raw not in ("x@n", "0") and not is_omission(raw)]
    return Mark("target", tuple(text for text in forms if text and text.lower() not in UNINTELLIGIBLE))
