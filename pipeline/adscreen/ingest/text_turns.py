"""The lines of a plain text -> its turns: who said what, and when it began and ended where that is known.

    turn  = [ time ] [ label ] [ time ] words [ time ]

What a label is, adscreen.ingest.speaker_labels says; a line without one belongs to the speaker before it. Without
labels all lines are the participant's, and where line starts look as if they were labels, that is reported. A time
before a turn is its start, one behind it (f4, MAXQDA) its end; within it a time is the start of the sentence it stands
before. A turn ends at the end of its line, except where an editor broke its lines at the width of a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from adscreen.ingest.clock_times import Stamp, cut_first, cut_last, cut_stamps, match_stamp
from adscreen.ingest.label_forms import Head, label_key, read_heads
from adscreen.ingest.speaker_labels import (
    find_speakers,
    holds_label,
    join_times,
    may_be_label,
    may_be_names_alone,
    names_speaker,
)
from adscreen.ingest.text_lines import TextLine, find_wrapped
from adscreen.records import Diagnostic

_SENTENCE_ENDS = (".", "?", "!", "…", '."', '?"', '!"', ")", "]", "。", "？", "！")
_LIKE_A_LABEL = re.compile(r"[^\W\d_]{1,3}\d{0,3}[.)>:|/=]|[A-Z]{1,4}\d{0,3}(?=\s)|[^\W\d_]{1,12}[ _]?\d{1,3}(?=\s)")
_CLOCK = re.compile(r"\d:\d\d(?!\d)")
_DASHES = ("- ", "– ", "— ", ">>")
_WORDS_TOO = frozenset({"i", "a"})
_NO_LABEL = "no speaker label was found, so all words were taken for one person's"
_LABEL_REMEDY = "begin each turn with its speaker and a colon, as in INV: ... and PAR: ..."


class Turn(NamedTuple):
    """What one speaker said; ``number`` is that of its first line."""

    number: int
    speaker: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


def read_turns(lines: Sequence[TextLine], *, file: str) -> tuple[list[Turn], list[Diagnostic]]:
    """Return the turns of a text, and what was passed over or looks doubtful."""
    is_time = [_is_time(line.text) for line in lines]
    possible = join_times([read_heads(line.text) for line in lines], is_time)
    speakers = find_speakers(possible)
    heads = [speakers.match(found) if index >= speakers.headers else None for index, found in enumerate(possible)]
    bare = _bare_times([head.said if head else line.text for head, line in zip(heads, lines, strict=True)])
    alone = [head is not None and not head.said for head in heads]
    begins = [
        head is not None or (index > 0 and (alone[index - 1] or is_time[index - 1])) for index, head in enumerate(heads)
    ]
    lines, heads = _join_wrapped(lines, heads, find_wrapped(lines, begins=begins))
    script = _Script(bare)
    passed_over: list[int] = []
    speaker = "" if speakers.names else "PAR"
    for line, head in zip(lines, heads, strict=True):
        stamp, said = bare.cut_first(head.said if head else line.text)
        if head:
            speaker = head.label
            script.add(line, speaker, head.said if head.stamp else said, head.stamp or stamp)
        elif stamp and not said:
            script.pending = stamp
        elif not speaker:
            passed_over.append(line.number)
        else:
            script.add(line, speaker, said, stamp)
    what = "a line before the first speaker label was passed over"
    diagnostics = [Diagnostic(file, number, what, "begin it with its speaker") for number in passed_over]
    diagnostics += [
        Diagnostic(file, line.number, "a speaker whose label stands nowhere else in the file", "check the label")
        for line, head in zip(lines, heads, strict=True)
        if head and label_key(head.label) in speakers.doubtful
    ]
    within = [turn.number for turn in script.turns if holds_label(turn.text, speakers.names)]
    if within:
        what = f"{len(within)} lines hold what looks like a speaker label among their words"
        diagnostics.append(Diagnostic(file, within[0], what, "begin a line with each label"))
    if not speakers.names:
        labelled = sum(map(may_be_label, possible)) > 1 or may_be_names_alone(possible)
        diagnostics += _suspect(lines, script.turns, labelled=labelled, file=file)
    loose = bare.first or any(head and head.said and _is_bare(head.stamp) for head in heads)
    return _with_inner_times(script.turns) if loose else script.turns, diagnostics


def _join_wrapped(
    lines: Sequence[TextLine], heads: Sequence[Head | None], wrapped: Sequence[bool]
) -> tuple[list[TextLine], list[Head | None]]:
    """Join each line that an editor broke with those that go on with it."""
    starts = [index for index, goes_on in enumerate(wrapped) if not goes_on]
    joined: list[TextLine] = []
    kept: list[Head | None] = []
    for start, end in pairwise([*starts, len(lines)]):
        head, rest = heads[start], [line.text for line in lines[start + 1 : end]]
        joined.append(TextLine(lines[start].number, " ".join([lines[start].text, *rest])))
        kept.append(head._replace(said=" ".join([head.said, *rest])) if head else None)
    return joined, kept


def _is_time(line: str) -> bool:
    stamp, rest = cut_first(line)
    return stamp is not None and not rest


def _with_inner_times(turns: Sequence[Turn]) -> list[Turn]:
    """Mark bare times within a turn as times where they lie between its start and that of the next one."""
    marked: list[Turn] = []
    following: Turn | None = None
    for turn in reversed(turns):
        end = turn.end_ms if turn.end_ms is not None else following.start_ms if following else None
        if turn.start_ms is not None and end is not None and ":" in turn.text:
            turn = turn._replace(text=_mark_times(turn.text, turn.start_ms, end))
        marked.append(turn)
        following = turn
    return marked[::-1]


def _mark_times(text: str, start: int, end: int) -> str:
    """Put the bare times between ``start`` and ``end`` into brackets, which tell them from words."""
    pieces = re.split(r"(?<!\S)(\d{1,3}:\d\d)(?!\S)", text)
    for index in range(1, len(pieces), 2):
        found = match_stamp(pieces[index])
        if found and start <= found[0].start_ms <= end:
            pieces[index] = f"[{pieces[index]}]"
    return "".join(pieces)


def split_at_times(turn: Turn, *, round_brackets: bool) -> Iterator[Turn]:
    """Take the times out of a turn, and part it where one stands between two sentences: there the second starts."""
    text, stamps = cut_stamps(turn.text, round_brackets=round_brackets)
    begin, start_ms = 0, turn.start_ms
    for place, stamp in stamps:
        before = text[begin:place].rstrip()
        if not before:
            start_ms = stamp.start_ms
        elif before.endswith(_SENTENCE_ENDS):
            yield turn._replace(text=before.strip(), start_ms=start_ms, end_ms=None)
            begin, start_ms = place, stamp.start_ms
    yield turn._replace(text=text[begin:].strip(), start_ms=start_ms)


def report_backward_times(turns: Iterable[Turn], *, file: str) -> list[Diagnostic]:
    """Report turns whose time is earlier than one above, or which end before they start."""
    latest = -1
    numbers = []
    for turn in turns:
        times = [time for time in (turn.start_ms, turn.end_ms) if time is not None]
        if times and (times[0] < latest or times[-1] < times[0]):
            numbers.append(turn.number)
        latest = max([latest, *times])
    what = f"{len(numbers)} times are earlier than the one above"
    return [Diagnostic(file, numbers[0], what, "check the times")] if numbers else []


@dataclass(slots=True)
class _Script:
    """The turns read so far; ``pending`` is a time that stands before the words of the next."""

    bare: _BareTimes
    turns: list[Turn] = field(default_factory=list)
    pending: Stamp | None = None

    def add(self, line: TextLine, speaker: str, said: str, stamp: Stamp | None) -> None:
        """Take what was said in a line; a time at its end is the end of it."""
        last, said = self.bare.cut_last(said)
        if not said:
            self.pending = stamp or last or self.pending
            return
        first = stamp or self.pending
        self.pending = None
        end = first.end_ms if first and first.end_ms is not None else None
        start = first.start_ms if first else None
        if last:
            start = last.start_ms if last.end_ms is not None and start is None else start
            end = last.end_ms if last.end_ms is not None else last.start_ms
        self.turns.append(Turn(line.number, speaker, said, start, end))


class _BareTimes(NamedTuple):
    """Whether a time without brackets at the start, or at the end, of a line is a stamp in this file."""

    first: bool
    last: bool

    def cut_first(self, line: str) -> tuple[Stamp | None, str]:
        """Return the stamp at the start of a line and what stands behind it."""
        stamp, rest = cut_first(line)
        return (stamp, rest) if stamp and (self.first or stamp.marked or stamp.exact or not rest) else (None, line)

    def cut_last(self, line: str) -> tuple[Stamp | None, str]:
        """Return the stamp at the end of a line and what stands before it."""
        stamp, rest = cut_last(line)
        return (stamp, rest) if stamp and (self.last or stamp.marked or stamp.exact or not rest) else (None, line)


def _bare_times(said: Sequence[str]) -> _BareTimes:
    """A bare time may have been said; it is a stamp where a third of the lines have one, and more than one line has."""
    firsts = sum(_is_bare(cut_first(line)[0]) for line in said)
    lasts = sum(_is_bare(cut_last(line)[0]) for line in said)
    return _BareTimes(*(3 * count >= len(said) and count >= min(2, len(said)) for count in (firsts, lasts)))


def _is_bare(stamp: Stamp | None) -> bool:
    return stamp is not None and not stamp.marked and not stamp.exact


def _suspect(lines: Sequence[TextLine], turns: Sequence[Turn], *, labelled: bool, file: str) -> list[Diagnostic]:
    """Report line starts that look like labels, or hold times or numbers, in a file in which no label was found."""
    timed = sum(turn.start_ms is not None or turn.end_ms is not None for turn in turns)
    numbers = sum(turn.text[0].isdigit() for turn in turns)
    if _alternates([turn.text for turn in turns]):
        what = "line starts alternate as speaker labels do"
    elif labelled:
        what = "some lines begin as with a speaker label, or hold a name alone"
    elif 4 * sum(turn.text.startswith(_DASHES) for turn in turns) > len(turns) > 1:
        what = "lines begin with the dash of a dialogue"
    elif 2 * max(timed, sum(_CLOCK.search(line.text[:80]) is not None for line in lines)) > len(turns):
        what = "line starts or ends hold clock times"
    elif 2 * numbers > len(turns):
        what = "most lines begin with a number"
    elif _is_numeric(turns):
        what = "the text holds mostly numbers"
    else:
        return []
    return [Diagnostic(file, lines[0].number if lines else None, f"{what}, but {_NO_LABEL}", _LABEL_REMEDY)]


def _alternates(texts: Sequence[str]) -> bool:
    """Tell whether most lines begin with one of a few starts that look like labels; `I` and `A` alone are words."""
    counts = Counter(start for text in texts if (start := _label_like(text)))
    if not counts.keys() - _WORDS_TOO:
        return False
    recurring = len(counts) < counts.total() or all(map(names_speaker, counts))
    return 2 * counts.total() > len(texts) and len(counts) > 1 and recurring


def _label_like(text: str) -> str:
    """Return the start of a line where it looks like a label, else nothing."""
    head = text[:60]
    match = _LIKE_A_LABEL.match(head)
    if match and match[0].casefold() not in ("oh", "ok"):
        return match[0].casefold()
    first = head.split()[0].strip(".,:;()[]") if head.split() else ""
    return first.casefold() if first[:1].isalpha() and len(first) > 1 and names_speaker(first) else ""


def _is_numeric(turns: Iterable[Turn]) -> bool:
    counts = Counter(letter.isdigit() for turn in turns for letter in turn.text if letter.isalnum())
    return counts[True] > counts[False]
