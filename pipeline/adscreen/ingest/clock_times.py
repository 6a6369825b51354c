"""A line of a transcript -> the clock times that stand in it, in milliseconds, and the line without them.

    clock = [ date ] [ hours ":" ] minutes ":" seconds [ ("." | ",") fraction ] [ "AM" | "PM" ]
          | hours ":" minutes ":" seconds (":" | ";") frames     SMPTE; frames are left out: their rate is unknown
          | hours ":" minutes ":" seconds "-" tenths             between two "#", as f4 and MAXQDA write it
    span  = clock [ ("-" | "-->" | "to") clock ]
    stamp = span | "[" span "]" | "(" span ")" | "<" span ">" | "{" span "}" | "#" span "#"
          | "[" seconds "-" seconds "]"

Sources: the handbook of f4transkript (audiotranskription.de) for ``#00:00:05-1#``; NVivo's help, "Import transcripts",
for times at the start of a paragraph, bare, between ``[ ]`` or ``# #``.

A span that stands bare (`10:30`) may be something that was said: where it counts as a stamp is for the caller to say.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SEPARATOR = r"(?:-{1,3}>?|–|—|−|→|to)"
_CLOCK = r"\d{1,3}:[0-5]\d(?::[0-5]\d(?:[:;]\d{2})?)?(?:[.,]\d{1,3})?(?:-\d{1,3}(?=\#))?(?:[ ]?[AaPp]\.?[Mm]\b\.?)?"
_DATE = r"(?:\d{4}-\d\d-\d\d[ T]|\d{1,2}[/.]\d{1,2}[/.]\d{2,4},?[ ])?"  # of a message or a log
_SPAN = rf"{_DATE}(?P<start>{_CLOCK})(?:[ ]?{_SEPARATOR}[ ]?(?P<end>{_CLOCK})|,(?P<sbv>{_CLOCK}))?"
_OPEN, _CLOSE = r"[\[({<#]", r"[\])}>#]"
_MARKED = re.compile(rf"{_OPEN}[ ]?{_SPAN}[ ]?{_CLOSE}")
_BARE = re.compile(rf"(?<![\w:.,/]){_SPAN}(?![\w/%]|[:.,]\d)")
_SECONDS = re.compile(
    r"\[[ ]?(?P<from>\d{1,6}(?:\.\d{1,3})?)[ ]?s?[ ]?(?:-{1,2}>?|–|to)[ ]?(?P<to>\d{1,6}(?:\.\d{1,3})?)[ ]?s?[ ]?\]"
)
_PARTS = re.compile(
    r"(?P<first>\d{1,3}):(?P<second>\d{1,2})(?::(?P<third>\d{2})(?:[:;]\d{2})?)?"
    r"(?:[.,-](?P<fraction>\d{1,3}))?[ ]?(?P<half>[AaPp]?)"
)
_SPELT = re.compile(r"(?:(\d{1,2}) hours?,? ?)?(\d{1,2}) minutes?,? ?(\d{1,2}) seconds?", re.IGNORECASE)
_FRACTION = re.compile(r"[.,]\d")
_LONGEST = 64  # characters of a stamp; a longer one is none


class Stamp(NamedTuple):
    """A clock time, or the two of a span.

    ``marked``: between brackets or ``#``. ``exact``: with hours or a fraction of a second, which nobody says.
    """

    start_ms: int
    end_ms: int | None = None
    marked: bool = False
    exact: bool = False


def clock_ms(hours: int, minutes: int, seconds: int, fraction: str | None = None) -> int:
    """Return a time in milliseconds; ``fraction`` are the digits behind the point, of which three count.

    >>> clock_ms(0, 1, 2, "5"), clock_ms(1, 0, 0, "0129")
    (62500, 3600012)
    """
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((fraction or "0")[:3].ljust(3, "0"))


def read_clock(text: str) -> int | None:
    """Return a clock time in milliseconds, None where ``text`` is none.

    >>> [read_clock(text) for text in ("0:03", "1:00:12,5", "01:00:10:12", "00:00:05-1", "3")]
    [3000, 3612500, 3610000, 5100, None]
    """
    match = _PARTS.match(text)
    if match is None:
        return None
    numbers = [int(match[name]) for name in ("first", "second", "third") if match[name] is not None]
    hours, minutes, seconds = numbers if len(numbers) == 3 else (0, *numbers)
    if seconds > 59 or (len(numbers) == 3 and minutes > 59):
        return None
    if match["half"] and hours < 13:
        hours = hours % 12 + (12 if match["half"].lower() == "p" else 0)
    return clock_ms(hours, minutes, seconds, match["fraction"])


def match_stamp(text: str, position: int = 0) -> tuple[Stamp, int] | None:
    """Return the stamp that begins at ``position`` and where it ends, None where none does."""
    end = position + _LONGEST
    if seconds := _SECONDS.match(text, position, end):
        return _span_of_seconds(seconds), seconds.end()
    match = _MARKED.match(text, position, end)
    marked = match is not None
    match = match or _BARE.match(text, position, end)
    stamp = _stamp(match, marked=marked) if match else None
    return (stamp, match.end()) if match and stamp else None


def _span_of_seconds(match: re.Match[str]) -> Stamp:
    return Stamp(round(1000 * float(match["from"])), round(1000 * float(match["to"])), marked=True, exact=True)


def cut_first(line: str) -> tuple[Stamp | None, str]:
    """Return the stamp at the start of a line, if there is one, and what stands behind it."""
    found = match_stamp(line)
    if found is None:
        return _cut_spelt(line)
    stamp, end = found
    return stamp, line[end:].lstrip(" \t")


def cut_last(line: str) -> tuple[Stamp | None, str]:
    """Return the stamp at the end of a line, if there is one, and what stands before it."""
    tail = max(0, len(line) - _LONGEST)
    for pattern in (_MARKED, _BARE):
        for match in pattern.finditer(line, tail):
            stamp = _stamp(match, marked=pattern is _MARKED)
            if stamp and not line[match.end() :].strip(" \t.,;"):
                return stamp, line[: match.start()].rstrip(" \t")
    return None, line


def cut_stamps(text: str, *, round_brackets: bool = True) -> tuple[str, list[tuple[int, Stamp]]]:
    """Take the stamps out of a text that no speech can be: marked ones, and bare ones with hours or a fraction.

    Returns what is left and, for each stamp, its place in it. ``round_brackets``: whether ``(0:03)`` is a stamp; in
    CHAT it is a pause.
    """
    stamps: list[tuple[int, Stamp]] = []
    pieces: list[str] = []
    end = length = 0
    for match, stamp in _find(text, round_brackets=round_brackets):
        pieces.append(text[end : match.start()])
        length += match.start() - end
        if pieces[-1][-1:].isspace() and text[match.end() : match.end() + 1].isspace():
            pieces[-1] = pieces[-1][:-1]
            length -= 1
        stamps.append((length, stamp))
        end = match.end()
    return "".join([*pieces, text[end:]]), stamps


def _find(text: str, *, round_brackets: bool) -> list[tuple[re.Match[str], Stamp]]:
    if ":" not in text:
        return []
    found = [(match, _stamp(match, marked=True)) for match in _MARKED.finditer(text)]
    found = [(match, stamp) for match, stamp in found if round_brackets or text[match.start()] != "("]
    taken = {place for match, stamp in found for place in range(*match.span())}
    bare = [(match, _stamp(match, marked=False)) for match in _BARE.finditer(text) if match.start() not in taken]
    exact = [(match, stamp) for match, stamp in bare if stamp and stamp.exact and _outside(text, match)]
    return sorted(((match, stamp) for match, stamp in [*found, *exact] if stamp), key=lambda place: place[0].start())


def _outside(text: str, match: re.Match[str]) -> bool:
    """Tell whether a bare time is not what some bracket holds that is no stamp, as a pause of CHAT is."""
    return text[match.start() - 1 : match.start()] != "("


def _stamp(match: re.Match[str], *, marked: bool) -> Stamp | None:
    start, end = match["start"], match["end"] or match["sbv"]
    start_ms, end_ms = read_clock(start), read_clock(end) if end else None
    if start_ms is None or (end and end_ms is None):
        return None
    if match["sbv"] and not (_is_exact(start) and _is_exact(end)):
        return None
    if end_ms is not None and end_ms < start_ms:
        return None
    return Stamp(start_ms, end_ms, marked, end_ms is not None or _is_exact(start))


def _is_exact(clock: str) -> bool:
    return clock.count(":") > 1 or _FRACTION.search(clock) is not None


def _cut_spelt(line: str) -> tuple[Stamp | None, str]:
    """Read ``0 minutes 7 seconds``, which a copy of a Teams transcript has before or instead of ``0:07``."""
    match = _SPELT.match(line)
    if match is None:
        return None, line
    hours, minutes, seconds = (int(number or 0) for number in match.groups())
    rest = line[match.end() :].lstrip()
    again = match_stamp(rest)
    rest = rest[again[1] :].lstrip() if again else rest
    return Stamp(clock_ms(hours, minutes, seconds), marked=True, exact=True), rest
