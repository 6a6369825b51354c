"""The lines of a file -> who speaks in them, as people and their tools write it.

    colon     Anna: ...    Anna (0:03): ...    [0:03] Anna: ...    Anna: [0:03] ...    **Anna:** ...
    bracket   [Anna] ...   (speaker 0) ...     <Anna> ...          [[SPEAKER_00]] ...  [SPEAKER_00]: ...   [Anna] 0:03
    timed     Anna 0:03    Anna (0:03)         0:03 Anna           alone on a line, the words under it
    inline    Anna 0:03 ...
    tab       Anna TAB ...
    dash      Anna - ...   Anna > ...          Anna | ...
    bare      Anna                             alone on a line, the words under it

Sources: files that Otter, Rev, Zoom, Teams, Descript, oTranscribe, Sonix, Trint, Happy Scribe, Temi, NVivo, f4,
WhisperX and Google Meet write (tests/door/test_text.py names a public description of each).

One line proves nothing: `Note: ...` is prose and `Yes` an answer. So a form is taken for labels only where the lines of
the whole file show it: names that recur, words that name a role, most lines. One name is one speaker in any case and
spacing of its letters, and whatever time stands beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from adscreen.ingest.clock_times import Stamp, cut_first, match_stamp
from adscreen.ingest.prose import label_role
from adscreen.words import FILLERS

Form = Literal["colon", "bracket", "timed", "inline", "tab", "dash", "bare"]
_CLEAR: tuple[Form, ...] = ("timed", "colon", "bracket")  # a file may have more than one of these
_FAINT: tuple[Form, ...] = ("inline", "tab", "dash", "bare")  # taken only where there is none of them

SPEAKER_WORDS = frozenset(
    "speaker spk spkr voice person unknown caregiver carer wife husband spouse partner daughter son mother father"
    " sister brother nurse observer moderator facilitator sprecher sprecherin locuteur hablante".split()
)
HEADINGS = frozenset(
    "note notes nb ps comment comments date time times duration length title topic keywords summary file filename audio"
    " video recording recorded transcript transcription transcriber transcribed session visit location place language"
    " task version id age sex gender project study speakers attendees participants http https url www e.g i.e".split()
)
_NO_NAMES = FILLERS | frozenset(
    "yes no yeah yep nope ok okay oh well so and but then now right sure mhm fine good please thanks hello hi bye first"
    " second third next finally also because why what who where when how if in on at it he she they we you i'm the an"
    " that this there here one two three not only remember warning example".split()
)
_SOUNDS = re.compile(
    r"(?:laugh|chuckl|cough|sigh|clear|sniff|cry|whisper|inaudible|unintelligible|unclear|indistinct|pause|silence|"
    r"crosstalk|cross talk|overlap|music|applause|noise|background|phone|door|breath|yawn|sneez|hums?\b|humming|"
    r"blank_audio|sound|sings?\b|singing|points?\b|pointing|nods?\b|nodding|lach|lacht|rire|risa)",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "van von der den de del della di da do dos das du la le les el al bin ibn ben ter ten te zu zur y e of the af"
    " av och und and".split()
)
_NUMBERS = frozenset("one two three four five six".split())

_WORD = r"[^\s:：\[\]{}<>\"“”!?;|=*]{1,40}"
_NAME = rf"{_WORD}(?: {_WORD}){{0,6}}?"
_MARKS = r"[*_]{0,3}"
_COLON = re.compile(
    rf"(?:\#{{1,6}} |>> ?|- )?{_MARKS}(?P<label>{_NAME}){_MARKS} ?(?P<colon>[:：])(?!//)[*_]{{0,3}}[ \t]*"
)
_TIMED_COLON = re.compile(rf"{_MARKS}(?P<label>{_NAME}){_MARKS}[ \t,|–—-]{{0,3}}(?=[\[(<{{#]?\d)")
_GAP = re.compile(r"[ \t,|–—-]{1,3}(?=[\[(<{#]?\d)")
_BRACKET = re.compile(
    rf"{_MARKS}(?:\[(?P<double>\[)?|\((?P<round>)|<(?P<angle>)|\{{(?P<curly>))"
    rf" ?(?P<label>{_NAME})(?:[ ,]{{1,2}}(?:[-–—] )?(?P<time>\d[\d:.,]{{3,12}}))? ?"
    r"(?(double)\]\]|(?(round)\)|(?(angle)>|(?(curly)\}|\]))))"
    rf"{_MARKS}[ \t]*(?P<colon>[:：])?{_MARKS}[ \t]*"
)
_TAB = re.compile(rf"{_MARKS}(?P<label>{_NAME}){_MARKS} ?\t[ \t]*(?=\S)")
_DASH = re.compile(rf"{_MARKS}(?P<label>{_NAME}){_MARKS}(?: [-–—|>] | ?> ?(?=\S))")
_ALONE = re.compile(rf"(?:\#{{1,6}} )?{_MARKS}(?P<label>{_NAME}){_MARKS}")
_AFTER_TIME = re.compile(r"[-–—|:][ \t]+")
_TOP = 12  # lines among which the first turn begins, where only its name shows that it is one
_HEADERS = 30  # lines at the top among which headers may stand
_HEAD = 200  # characters in which a label and its time must stand
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.?){1,6}\.")
_BEFORE_WORDS: frozenset[Form] = frozenset({"colon", "bracket"})


class Head(NamedTuple):
    """How a line begins: the form of its label, the label, its time, and what was said."""

    form: Form
    label: str
    said: str
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Speakers:
    """The labels that a file uses: the forms they take, and each name in its first spelling by its key.

    ``headers`` is the number of lines at the top that are entries of a form (`Date: ...`), not turns. ``doubtful`` are
    the keys of names that one line has and that say no role, in a file of which most lines have no label.
    """

    forms: frozenset[Form]
    names: Mapping[str, str]
    headers: int = 0
    doubtful: frozenset[str] = frozenset()

    def match(self, heads: Iterable[Head]) -> Head | None:
        """Return the head among those of a line that has one of the labels, with the label in its first spelling."""
        for head in heads:
            name = self.names.get(label_key(head.label)) if head.form in self.forms else None
            if name is not None:
                return head._replace(label=name)
        return None


def find_labels(lines: Sequence[str]) -> frozenset[str]:
    """Return the labels in use at the start of lines, where they stand before words (`Anna: ...`, `[Anna] ...`)."""
    heads = [[head for head in read_heads(line) if head.form in _BEFORE_WORDS] for line in lines]
    return frozenset(find_speakers(heads).names.values())


def match_label(line: str, labels: frozenset[str]) -> tuple[str, str]:
    """Return the label of a line, empty where it has none of ``labels``, and what was said."""
    if not labels:
        return "", line
    names = {label_key(label): label for label in labels}
    head = Speakers(_BEFORE_WORDS, names).match(read_heads(line))
    return (head.label, head.said) if head else ("", line)


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
    stamp, rest = cut_first(line[:_HEAD])
    stamp, rest = _outside_brackets(stamp, rest, line)
    if stamp:
        dash = _AFTER_TIME.match(rest)
        rest = rest[dash.end() :] if dash else rest
    rest += line[_HEAD:]
    heads = [_colon(rest, stamp), _timed_colon(rest, stamp), _bracket(rest, stamp), _tab(rest, stamp)]
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


def _timed_colon(line: str, stamp: Stamp | None) -> Head | None:
    """Read a name and a time; a colon behind them, or nothing, or words."""
    match = _TIMED_COLON.match(line[:_HEAD])
    if match is None:
        return None
    label, place = match["label"], match.end()
    found = match_stamp(line, place)
    while found is None:  # the name holds a number, as `Speaker 2 0:03`
        gap = _GAP.search(line, place, _HEAD)
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
    if match is None or not _is_label(match["label"]) or _SOUNDS.match(match["label"]):
        return None
    inner = match_stamp(match["time"]) if match["time"] else None
    rest = line[match.end() :]
    after = match_stamp(rest)
    if after:
        stamp, rest = after[0], rest[after[1] :].lstrip(" \t").removeprefix(":").lstrip(" \t")
    return Head("bracket", match["label"], rest, inner[0] if inner else stamp)


def _tab(line: str, stamp: Stamp | None) -> Head | None:
    match = _TAB.match(line[:_HEAD])
    return Head("tab", match["label"], line[match.end() :], stamp) if match and _is_label(match["label"]) else None


def _dash(line: str, stamp: Stamp | None) -> Head | None:
    match = _DASH.match(line[:_HEAD])
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


def is_name(label: str) -> bool:
    """Tell whether a label is written as a name: each word with a capital letter, a number, or in a script without."""
    words = [word.strip("(),.'’-&/#") for word in label.split()]
    words = [word for word in words if word]
    return bool(words) and all(
        not word[0].islower() or word in _PARTICLES or (index > 0 and "(" in label) for index, word in enumerate(words)
    )


@lru_cache(maxsize=1024)
def names_speaker(label: str) -> bool:
    """Tell whether a label says by itself that somebody speaks: a role, `speaker 1`, `SPEAKER_00`, `P03`."""
    first, *others = re.split(r"[\W\d_]+", label.casefold())
    if label.split()[-1].casefold() in SPEAKER_WORDS and len(others) < 3:  # `Patient's wife`
        return True
    named = [word for word in label.split()[1:] if word[0].islower() and len(word) > 1 and word not in _NUMBERS]
    return len(others) <= 3 and not named and (bool(label_role(label)) or first in SPEAKER_WORDS)


def may_be_label(heads: Iterable[Head]) -> bool:
    """Tell whether a line begins with a colon behind what may be a speaker."""
    return any(head.form == "colon" and _is_candidate(head.label) for head in heads)


def _is_heading(label: str) -> bool:
    words = [word for word in re.split(r"[\s/_]+", label.casefold()) if word]
    return bool(words) and (words[0].rstrip(".s") in HEADINGS or words[0] in HEADINGS or words[-1] in HEADINGS)


@lru_cache(maxsize=1024)
def _is_candidate(label: str) -> bool:
    """Tell whether a label may be one: it speaks of a speaker, or is a name that is no everyday word."""
    if names_speaker(label) and not _is_heading(label):
        return True
    words = label.casefold().split()
    if words[0].rstrip(".,'") in _NO_NAMES:
        return False
    return is_name(label) and not _is_heading(label)


def find_speakers(heads: Sequence[Sequence[Head]]) -> Speakers:
    """Return the labels of a file from the heads of its lines; no names where the lines show no labels."""
    headers = _count_headers(heads)
    heads = heads[headers:]
    accepted = {form: _accepted(form, heads) for form in _CLEAR}
    if 2 * _covered("colon", accepted["colon"], heads) > len(heads):
        accepted["bracket"] = {}  # notes, where nearly all lines have labels of another form
    if not any(accepted.values()):
        accepted = {form: _accepted(form, heads) for form in _FAINT}
        best = next((form for form in _FAINT if accepted[form]), None)
        accepted = {form: names for form, names in accepted.items() if form == best}
    found = frozenset(form for form, names in accepted.items() if names)
    keys = {key for names in accepted.values() for key in names}
    names = _in_order(keys, heads, found)
    return Speakers(found, names, headers if keys else 0, _doubtful(names, heads, found))


def _doubtful(names: Mapping[str, str], heads: Sequence[Sequence[Head]], forms: Set[Form]) -> frozenset[str]:
    labelled = [head for line in heads for head in line if head.form in forms and label_key(head.label) in names]
    counts = _count(labelled)
    if 2 * counts.total() > len(heads) or counts.total() < 2:
        return frozenset()
    return frozenset(key for key, count in counts.items() if count == 1 and not names_speaker(names[key]))


def _covered(form: Form, names: Mapping[str, str], heads: Iterable[Sequence[Head]]) -> int:
    return sum(any(head.form == form and label_key(head.label) in names for head in line) for line in heads)


def _in_order(keys: Set[str], heads: Iterable[Sequence[Head]], forms: Set[Form]) -> dict[str, str]:
    """Return the names in the order and spelling of their first line."""
    ordered: dict[str, str] = {}
    for line in heads:
        for head in line:
            key = label_key(head.label)
            if head.form in forms and key in keys:
                ordered.setdefault(key, head.label)
    return ordered


def _count_headers(heads: Sequence[Sequence[Head]]) -> int:
    """How many lines at the top are `Date: ...`, `Title: ...` and the like, with the entries around them."""
    counts = Counter(label_key(head.label) for line in heads for head in line if head.form == "colon")
    last = 0
    for index, line in enumerate(heads[:_HEADERS]):
        colon = next((head for head in line if head.form == "colon"), None)
        if colon is None:
            continue
        once = counts[label_key(colon.label)] == 1
        if _is_heading(colon.label) and once:
            last = index + 1
        elif not _is_entry(colon):
            break
        elif once and last == index > 0:
            last = index + 1
    return last


def _is_entry(head: Head) -> bool:
    """Tell whether a line of a header may be one more entry: a number or a name, or a few words without an end."""
    words = head.said.split()
    return 0 < len(words) <= 3 and words[-1][-1] not in ".?!…" and any(not word[0].islower() for word in words)


def _accepted(form: Form, heads: Sequence[Sequence[Head]]) -> dict[str, str]:
    """Return the names that the lines of one form show to be labels, each by its key."""
    own = [(index, head) for index, line in enumerate(heads) for head in line if head.form == form]
    if not own:
        return {}
    match form:
        case "colon":
            return _colons(own, heads)
        case "bracket":
            return _brackets(own, len(heads))
        case "timed":
            return _timed(own)
        case "bare":
            return _bares(own, heads)
        case _:
            return _separated(own, len(heads))


_Own = Sequence[tuple[int, Head]]


def _count(heads: Iterable[Head]) -> Counter[str]:
    return Counter(label_key(head.label) for head in heads)


def _spelt(heads: Iterable[Head], keys: Iterable[str]) -> dict[str, str]:
    first: dict[str, str] = {}
    for head in heads:
        first.setdefault(label_key(head.label), head.label)
    return {key: first[key] for key in first if key in set(keys)}


def _colons(own: _Own, heads: Sequence[Sequence[Head]]) -> dict[str, str]:
    """Candidates, where most lines carry one, one recurs, or roles are named; else names in small letters."""
    likely = [head for _, head in own if _is_candidate(head.label)]
    under = sum(not head.said for _, head in own)  # a label alone on its line has its words on the next
    counts = _count(likely)
    length = len(heads) - under
    first = next((index for index, head in own if _is_candidate(head.label)), 0)
    clear = {label_key(head.label) for head in likely if names_speaker(head.label)}
    recurs = max(counts.values(), default=0) > 1 and first < _TOP
    if (
        2 * counts.total() > length
        or recurs
        or len(clear) > 1
        or (clear and names_speaker(own[0][1].label) and not first)
    ):
        return _spelt(likely, counts)
    return _small_letters([head for _, head in own], length)


def _small_letters(heads: Sequence[Head], length: int) -> dict[str, str]:
    likely = [head for head in heads if len(head.label.split()) <= 2 and not _is_heading(head.label)]
    likely = [head for head in likely if head.label.casefold().split()[0] not in _NO_NAMES | _PARTICLES]
    counts = _count(likely)
    recurring = len(counts) > 1 and 3 * len(counts) <= 2 * counts.total()
    return _spelt(likely, counts) if recurring and 10 * counts.total() >= 9 * length else {}


def _brackets(own: _Own, length: int) -> dict[str, str]:
    """`[Interviewer]` and `(speaker 0)` speak for themselves; a name must recur on most lines or blocks of lines."""
    counts = _count(head for _, head in own)
    clear = {label_key(head.label) for _, head in own if names_speaker(head.label)}
    named = {label_key(head.label) for _, head in own if _is_candidate(head.label)}
    under = sum(not head.said for _, head in own)
    recurring = {key for key in named if counts[key] > 1}
    total = sum(counts[key] for key in named)
    if recurring and len(named) > 1 and 2 * total >= length - under:
        return _spelt((head for _, head in own), named)
    marked = {label_key(head.label) for _, head in own if head.stamp and label_key(head.label) in named}
    if marked and sum(counts[key] for key in marked) > 1:
        return _spelt((head for _, head in own), marked | clear)
    if clear and (len(clear) > 1 or max(counts[key] for key in clear) > 1 or 2 * total >= length):
        return _spelt((head for _, head in own), clear | recurring)
    return {}


def _timed(own: _Own) -> dict[str, str]:
    """A name and a time alone on a line: twice in the file, or once near its top."""
    counts = _count(head for _, head in own)
    likely = [head for _, head in own if _is_candidate(head.label) or counts[label_key(head.label)] > 1]
    total = sum(counts[key] for key in {label_key(head.label) for head in likely})
    return _spelt(likely, counts) if total > 1 or (likely and own[0][0] < _TOP) else {}


def _separated(own: _Own, length: int) -> dict[str, str]:
    """A name before a tab, a dash or a time on most lines, and names that recur or that say a speaker."""
    likely = [head for _, head in own if _is_candidate(head.label)]
    counts = _count(likely)
    clear = {label_key(head.label) for head in likely if names_speaker(head.label)}
    if not counts or 2 * counts.total() <= length:
        return {}
    recurring = len(counts) > 1 and 4 * len(counts) <= 3 * counts.total() + 1 and max(counts.values()) > 1
    return _spelt(likely, counts) if recurring or clear == set(counts) else {}


def _bares(own: _Own, heads: Sequence[Sequence[Head]]) -> dict[str, str]:
    """A name alone on its line, again and again, with words under it each time, and no end of a sentence."""
    likely = [(index, head) for index, head in own if _is_candidate(head.label) and "." not in head.label[-1:]]
    clear = [(index, head) for index, head in likely if names_speaker(head.label)]
    for chosen in (clear, likely):
        counts = _count(head for _, head in chosen)
        kept = {key for key, count in counts.items() if count > 1 or chosen is clear}
        places = [index for index, head in chosen if label_key(head.label) in kept]
        apart = all(after - before > 1 for before, after in zip(places, [*places[1:], len(heads)], strict=False))
        if len(kept) > 1 and apart and 5 * len(places) >= len(heads) and (places[0] == 0 or chosen is clear):
            return _spelt((head for _, head in chosen), kept)
    return {}
