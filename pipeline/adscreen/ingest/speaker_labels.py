"""The lines of a file -> who speaks in them.

adscreen.ingest.label_forms says in which forms a line may begin with a label. One line proves nothing: `Note: ...` is
prose and `Yes` an answer. So a form is taken for labels only where the lines of the whole file show it: names that
recur, words that name a role, most lines. One name is one speaker in any case and spacing of its letters, and whatever
time stands beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from adscreen.ingest.bare_times import may_be_said
from adscreen.ingest.label_forms import Form, Head, label_key, read_heads
from adscreen.ingest.prose import label_role
from adscreen.words import FILLERS

_CLEAR: tuple[Form, ...] = ("timed", "colon", "bracket")  # a file may have more than one of these
_FAINT: tuple[Form, ...] = ("inline", "tab", "dash", "bare")  # taken only where there is none of them

SPEAKER_WORDS = frozenset(
    "speaker spk spkr voice person unknown caregiver carer wife husband spouse partner daughter son mother father"
    " sister brother nurse observer moderator facilitator sprecher sprecherin locuteur hablante".split()
)
HEADINGS = frozenset(
    "note notes nb ps comment comments date time times duration length title topic keywords summary file filename audio"
    " video recording recorded transcript transcription transcriber transcribed session visit location place language"
    " task version id age sex gender project study speakers attendees participants present http https url www e.g i.e"
    " author typist format room site clinic centre center group diagnosis education birth dob mmse moca device duration"
    " datum uhrzeit dauer ort datei dateiname thema anwesend alter geschlecht fecha hora duración lugar edad sexo"
    " heure durée lieu sexe âge présents fichier archivo".split()
)
_NO_NAMES = FILLERS | frozenset(
    "yes no yeah yep nope ok okay oh well so and but then now right sure mhm fine good please thanks hello hi bye first"
    " second third next finally also because why what who where when how if in on at it he she they we you i'm the an"
    " that this there here one two three not only remember warning example my his her our their your step part"
    " anyway anyhow meanwhile however actually later afterwards monday tuesday wednesday thursday friday saturday"
    " sunday bueno después entonces pues luego además primero segundo ahora aquí también sí si pero bon alors donc"
    " ensuite puis après voilà enfin oui non mais et dann danach ja nein aber jetzt hier zuerst erstens".split()
)
_PARTICLES = frozenset(
    "van von der den de del della di da do dos das du la le les el al bin ibn ben ter ten te zu zur y e of the af"
    " av och und and".split()
)
_NUMBERS = frozenset("one two three four five six".split())

_INNER = re.compile(r"(?<=[\s/(\[])[*_\[]{0,2}([A-Z][\w.'-]{0,20}(?: [\w.'-]{1,20})?)[*_\]]{0,2}:(?=\s)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")  # of a date, which the name of no person holds
_TOP = 12  # lines among which the first turn begins, where only its name shows that it is one
_HEADERS = 30  # lines at the top among which headers may stand
_BEFORE_WORDS: frozenset[Form] = frozenset({"colon", "bracket"})


@dataclass(frozen=True, slots=True)
class Speakers:
    """The labels that a file uses: the forms they take, and each name in its first spelling by its key.

    ``headers`` is the number of lines at the top that are entries of a form (`Date: ...`), not turns. ``doubtful`` are
    the keys of names that one line has and that say no role, beside names that come again or many lines without.
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


def holds_label(text: str, names: Mapping[str, str]) -> bool:
    """Tell whether a label of ``names``, or one in capitals such as INV, stands within a text as at a line's start."""
    if ":" not in text:
        return False
    return any(
        label_key(match[1]) in names if names else match[1].isupper() and names_speaker(match[1])
        for match in _INNER.finditer(text)
    )


def may_be_names_alone(heads: Sequence[Sequence[Head]]) -> bool:
    """Tell whether a file begins with a name alone on its line that returns, beside others of its kind."""
    lone = [(index, head) for index, line in enumerate(heads) for head in line if _is_lone_name(head)]
    counts = _count(head for _, head in lone)
    return bool(lone) and lone[0][0] == 0 and 1 < len(counts) < counts.total() and 2 * len(lone) <= len(heads) + 1


def may_be_label(heads: Iterable[Head]) -> bool:
    """Tell whether a line begins with a colon behind what may be a speaker."""
    return any(head.form == "colon" and _is_candidate(head.label) for head in heads)


def is_heading(label: str) -> bool:
    """Tell whether a label names an entry of a form, as `Date` does, and no speaker."""
    words = [word for word in re.split(r"[\s/_]+", label.casefold()) if word]
    return bool(words) and (words[0].rstrip(".s") in HEADINGS or words[0] in HEADINGS or words[-1] in HEADINGS)


@lru_cache(maxsize=1024)
def _is_candidate(label: str) -> bool:
    """Tell whether a label may be one: it speaks of a speaker, or is a name that is no everyday word."""
    if names_speaker(label) and not is_heading(label):
        return True
    words = label.casefold().split()
    if words[0].rstrip(".,'") in _NO_NAMES or _YEAR.search(label):
        return False
    return is_name(label) and not is_heading(label)


def join_times(heads: Sequence[Sequence[Head]], is_time: Sequence[bool]) -> list[list[Head]]:
    """Return heads in which a name alone beside a time alone, on lines of their own, is as clear as on one line.

    ``is_time``: whether a line holds a time and no more. A name stands behind the times of a file or before them.
    """
    joined = [list(line) for line in heads]
    times = [index for index, alone in enumerate(is_time) if alone]
    for step in (1, -1):
        beside = [index + step for index in times if 0 <= index + step < len(heads)]
        named = [index for index in beside if any(_is_lone_name(head) for head in heads[index])]
        if len(times) > 1 and 5 * len(named) >= 4 * len(times):
            for index in named:
                joined[index] = [head._replace(form="timed") if _is_lone_name(head) else head for head in heads[index]]
            break
    return joined


def _is_lone_name(head: Head) -> bool:
    return head.form == "bare" and _is_candidate(head.label)


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
    if counts.total() < 2 or (len(counts) == counts.total() and 2 * counts.total() > len(heads)):
        return frozenset()
    once = (head for head in labelled if head.form == "colon" and head.said and head.stamp is None)
    keys = {label_key(head.label) for head in once if not label_role(head.label)}
    return frozenset(key for key in keys if counts[key] == 1)


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
        if (is_heading(colon.label) and once) or (last == index and _is_legend(colon)):
            last = index + 1
        elif not _is_entry(colon):
            break
        elif once and last == index > 0:
            last = index + 1
    return last


def _is_legend(head: Head) -> bool:
    """Tell whether a line explains a label: `I: Interviewer`."""
    return len(head.said) > 3 and head.said[-1].isalnum() and bool(label_role(head.said)) and names_speaker(head.said)


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
    wanted = set(keys)
    return {key: name for key, name in first.items() if key in wanted}


def _colons(own: _Own, heads: Sequence[Sequence[Head]]) -> dict[str, str]:
    """Candidates, where most lines carry one, one recurs, roles are named, or the first line has one of several."""
    likely = [head for _, head in own if _is_candidate(head.label)]
    under = sum(not head.said for _, head in own)  # a label alone on its line has its words on the next
    counts = _count(likely)
    length = len(heads) - under
    first = next((index for index, head in own if _is_candidate(head.label)), _TOP)
    clear = {label_key(head.label) for head in likely if names_speaker(head.label)}
    shown = len(clear) > 1 or (first == 0 and (len(counts) > 1 or bool(clear)))
    recurs = max(counts.values(), default=0) > 1 and first < _TOP
    if 2 * counts.total() > length or recurs or shown:
        return _spelt(likely, counts)
    return _small_letters([head for _, head in own], length)


def _small_letters(heads: Sequence[Head], length: int) -> dict[str, str]:
    likely = [head for head in heads if len(head.label.split()) <= 2 and not is_heading(head.label)]
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
    """A name and a time alone on a line: twice in the file, or once near its top; `Lunch 12:30` was said."""
    counts = _count(head for _, head in own)
    likely = [head for _, head in own if _is_candidate(head.label) or counts[label_key(head.label)] > 1]
    if not any(counts[label_key(head.label)] > 1 or _is_clearly_timed(head) for head in likely):
        return {}
    total = sum(counts[key] for key in {label_key(head.label) for head in likely})
    return _spelt(likely, counts) if total > 1 or (likely and own[0][0] < _TOP) else {}


def _is_clearly_timed(head: Head) -> bool:
    return names_speaker(head.label) or not may_be_said(head.stamp) or (" " in head.label and is_name(head.label))


def _separated(own: _Own, length: int) -> dict[str, str]:
    """A name before a tab, a dash or a time on most lines, and names that recur or that say a speaker."""
    likely = [head for _, head in own if _is_candidate(head.label)]
    counts = _count(likely)
    clear = {label_key(head.label) for head in likely if names_speaker(head.label)}
    if not counts or 2 * counts.total() <= length:
        return {}
    if all(head.form == "inline" for head in likely) and counts.total() > 1:  # the times are proof enough
        return _spelt(likely, counts)
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
        others = len({index for index, _ in likely} - set(places))  # a list of words has no labels
        apart = 3 * others <= len(places) and all(
            after - before > 1 for before, after in zip(places, [*places[1:], len(heads)], strict=False)
        )
        if len(kept) > 1 and apart and 5 * len(places) >= len(heads) and (places[0] == 0 or chosen is clear):
            return _spelt((head for _, head in chosen), kept)
    return {}
