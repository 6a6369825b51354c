"""How a line begins -> the forms that a speaker label in it may have.

    colon     Anna: ...    Anna (0:03): ...    [0:03] Anna: ...    Anna: [0:03] ...    **Anna:** ...
    bracket   [Anna] ...   (speaker 0) ...     <Anna> ...          [[SPEAKER_00]] ...  [SPEAKER_00]: ...   [Anna] 0:03
    timed     Anna 0:03    Anna (0:03)         0:03 Anna           alone on a line, the words under it
    inline    Anna 0:03 ...
    tab       Anna TAB ...
    dash      Anna - ...   Anna > ...          Anna | ...          INT; ...           Q. ...             INT = ...
    bare      Anna                             alone on a line, the words under it

Sources: tests/door/test_text.py names the public page or repository that each sample follows. The forms of Descript,
Sonix, Trint, Temi and Happy Scribe are as users describe them; no public file of theirs was at hand.

One line proves nothing; adscreen.ingest.speaker_labels looks at all lines of a file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from adscreen.ingest.clock_times import Stamp, cut_first, match_stamp
from adscreen.ingest.notes import NOTE, begins_with_sound
from adscreen.ingest.prose import label_role

Form = Literal["colon", "bracket", "timed", "inline", "tab", "dash", "bare"]

_SOUNDS = re.compile(  # of notes in brackets, beside those that adscreen.ingest.notes knows anywhere
    r"(?:breathe|clear(?:s|ing)|cry|hum|(?:long|short) pauses?|cross ?talk|overlap\w*|applause|(?:back)?ground\w*|"
    r"phone|door|blank_audio|sounds?|sing(?:s|ing)|point(?:s|ing))\b",
    re.IGNORECASE,
)
_WORD = r"[^\s:：\[\]{}<>\"“”!?;|=*]{1,40}"
_NAME = rf"{_WORD}(?: {_WORD}){{0,6}}?"
_MARKS = r"[*_]{0,3}"
_COLON = re.compile(
    rf"(?:\#{{1,6}} |>> ?|- )?{_MARKS}(?P<label>{_NAME}){_MARKS} ?(?P<colon>[:：])(?!//)[*_]{{0,3}}[ \t]*"
)
_TIMED_COLON = re.compile(rf"{_MARKS}(?P<label>{_NAME}){_MARKS}[ \t,|–—*_-]{{0,4}}(?=[\[(<{{#]?\d)")
_GAP = re.compile(r"[ \t,|–—-]{1,3}(?=[\[(<{#]?\d)|(?=[\[(<{]\d)")
_BRACKET = re.compile(
    rf"{_MARKS}(?:\[(?P<double>\[)?|\((?P<round>)|<(?P<angle>)|\{{(?P<curly>))"
    rf" ?(?P<label>{_NAME})(?:[ ,]{{1,2}}(?:[-–—] )?(?P<time>\d[\d:.,]{{3,12}}))? ?"
    r"(?(double)\]\]|(?(round)\)|(?(angle)>|(?(curly)\}|\]))))"
    rf"{_MARKS}[ \t]*(?P<colon>[:：])?{_MARKS}[ \t]*"
)
_TAB = re.compile(rf"{_MARKS}(?P<label>{_NAME}){_MARKS} ?\t[ \t]*(?=\S)")
_DASH = re.compile(rf"{_MARKS}(?P<label>{_NAME}){_MARKS}(?: [-–—|>] | ?> ?(?=\S))")
_FAINT_MARK = re.compile(rf"{_MARKS}(?P<label>{_NAME}){_MARKS}(?: ?[=;)] ?|\. |[—–])(?=\w)")  # behind a role only
_ALONE = re.compile(rf"(?:\#{{1,6}} )?{_MARKS}(?P<label>{_NAME}){_MARKS}")
_AFTER_TIME = re.compile(r"[-–—|:,][ \t]+")
_LIST_MARK = re.compile(r"(?:[•◦▪·] ?|\* |@(?=\d)|[*_]{1,3}(?=[\[(]?\d))(?=\S)")
_NOTE_FIRST = re.compile(r"(?:[\[(][^\[\]()]{1,40}[\])]) ?(?=\S)")
_SECONDS = re.compile(r"\[ ?(\d{1,5}(?:\.\d{1,3})?) ?s?(?:ec)?\.? ?\] ?")
_HEAD = 200  # characters in which a label and its time must stand
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.?){1,6}\.")


class Head(NamedTuple):
    """How a line begins: the form of its label, the label, its time, and what was said."""

    form: Form
    label: str
    said: str
    stamp: Stamp | None = None


@lru_cache(maxsize=1024)
def label_key(label: str) -> str:
    """Return what all spellings of a name share.

    >>> label_key("Mary  JONES") == label_key("mary jones"), label_key("SPEAKER_00") == label_key("Speaker 00")
    (True, True)
    """
    folded = unicodedata.normalize("NFKC", label).casefold()
    return "".join(letter for letter in folded if letter.isalnum() or unicodedata.combining(letter))


def read_heads(line: str) -> list[Head]:
    """Return the heads that a line may have by its form alone, the clearer ones first."""
    line = line[mark.end() :] if (mark := _LIST_MARK.match(line)) else line
    stamp, rest = cut_first(line[:_HEAD])
    stamp, rest = _outside_brackets(stamp, rest, line)
    if stamp:
        dash = _AFTER_TIME.match(rest)
        rest = rest[dash.end() :] if dash else rest
    rest += line[_HEAD:]
    heads = [
        _colon(rest, stamp) or _behind_note(rest, stamp),
        _timed_colon(rest, stamp),
        _bracket(rest, stamp),
        _tab(rest, stamp),
    ]
    heads += [_dash(rest, stamp), _alone(rest, stamp)]
    return [head for head in heads if head and label_key(head.label)]


def _outside_brackets(stamp: Stamp | None, rest: str, line: str) -> tuple[Stamp | None, str]:
    """Leave a line whose time is followed by nothing as it is: the time belongs to another line."""
    return (stamp, rest) if stamp and rest else (None, line[:_HEAD])


def _colon(line: str, stamp: Stamp | None) -> Head | None:
    match = _COLON.match(line[:_HEAD])
    if match is None or not _is_label(match["label"]):
        return None
    place = match.end("colon")
    if line[place - 2 : place - 1].isdigit() and line[place : place + 1].isdigit():  # a time of day
        return None
    said = line[match.end() :]
    after = match_stamp(said)
    if after and (after[0].marked or after[0].exact or after[1] == len(said)):
        stamp, said = stamp or after[0], said[after[1] :].lstrip(" \t")
    return Head("colon", match["label"], said, stamp)


def _behind_note(line: str, stamp: Stamp | None) -> Head | None:
    """Read a label behind a note, which belongs to its turn, or behind the seconds of a recording."""
    note = _NOTE_FIRST.match(line)
    head = _colon(line[note.end() :], stamp) if note else None
    if note is None or head is None:
        return None
    if seconds := _SECONDS.fullmatch(note[0]):
        return head._replace(stamp=head.stamp or Stamp(round(1000 * float(seconds[1])), None, True, True))
    return head._replace(said=f"{note[0].strip()} {head.said}") if NOTE.fullmatch(note[0].strip()) else None


def _timed_colon(line: str, stamp: Stamp | None) -> Head | None:
    """Read a name and a time; a colon behind them, or nothing, or words."""
    match = _TIMED_COLON.match(line[:_HEAD])
    if match is None:
        return None
    label, place = match["label"], match.end()
    found = match_stamp(line, place)
    while found is None:  # the name holds a number, as `Speaker 2 0:03`
        gap = _GAP.search(line, place + 1, _HEAD)
        if gap is None:
            return None
        label, place = line[: gap.start()], gap.end()
        found = match_stamp(line, place)
    label = label.strip("*_ ,|–—-")
    if not re.fullmatch(_NAME, label) or not _is_label(label):
        return None
    rest = line[found[1] :].lstrip("*_ \t")
    if rest[:1] in (":", "："):
        return Head("colon", label, rest[1:].lstrip("*_ \t"), found[0])
    return Head("inline" if rest else "timed", label, rest, found[0])


def _bracket(line: str, stamp: Stamp | None) -> Head | None:
    match = _BRACKET.match(line[:_HEAD])
    if match is None or not _is_label(match["label"]) or _is_sound(match["label"]):
        return None
    inner = match_stamp(match["time"]) if match["time"] else None
    rest = line[match.end() :]
    after = match_stamp(rest)
    if after:
        stamp, rest = after[0], rest[after[1] :].lstrip(" \t").removeprefix(":").lstrip(" \t")
    return Head("bracket", match["label"], rest, inner[0] if inner else stamp)


def _is_sound(label: str) -> bool:
    return begins_with_sound(label) or _SOUNDS.match(label) is not None


def _tab(line: str, stamp: Stamp | None) -> Head | None:
    match = _TAB.match(line[:_HEAD])
    return Head("tab", match["label"], line[match.end() :], stamp) if match and _is_label(match["label"]) else None


def _dash(line: str, stamp: Stamp | None) -> Head | None:
    match = _DASH.match(line[:_HEAD])
    faint = None if match else _FAINT_MARK.match(line[:_HEAD])
    if faint and (label_role(faint["label"]) or faint["label"] == "A"):  # `Q.` and `A.`
        match = faint
    return Head("dash", match["label"], line[match.end() :], stamp) if match and _is_label(match["label"]) else None


def _alone(line: str, stamp: Stamp | None) -> Head | None:
    """Read a line that holds a name and no more; the time before or behind it makes it clear."""
    match = _ALONE.fullmatch(line.rstrip())
    if match is None or not _is_label(match["label"]):
        return None
    return Head("timed" if stamp else "bare", match["label"], "", stamp)


@lru_cache(maxsize=1024)
def _is_label(label: str) -> bool:
    """Tell whether a text can be a label by its form: letters first, brackets in pairs, no end of a sentence within."""
    if not label[:1].isalpha() or len(label) > 60 or label.count("(") != label.count(")"):
        return False
    words = label.split()
    return all(not word.endswith((".", ",")) or _ABBREVIATION.fullmatch(word) or _may_end(word) for word in words)


def _may_end(word: str) -> bool:
    """`Dr.`, `Prof.` and `Smith,` are parts of a name; a longer word with a full stop ends a sentence."""
    return word.endswith(",") or len(word) <= 6
