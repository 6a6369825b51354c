"""The lines of a plain text -> its turns: who said what, and when it began and ended where that is known.

    turn  = [ time ] [ label ] [ time ] words [ time ]

What a label is, adscreen.ingest.speaker_labels says; a line without one belongs to the speaker before it. Without
labels all lines are the participant's, and where line starts look as if they were labels, that is reported. A time
before a turn is its start, one behind it (f4, MAXQDA) its end; within it a time is the start of the sentence it stands
before. A turn ends at the end of its line, except where an editor broke its lines at the width of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from adscreen.ingest.bare_times import BareTimes, find_bare_times, is_bare, mark_times, may_be_said
from adscreen.ingest.clock_times import Stamp, cut_first, cut_stamps
from adscreen.ingest.label_forms import Head, label_key, read_heads
from adscreen.ingest.label_remarks import fold_remarks, part_asides
from adscreen.ingest.speaker_labels import Speakers, find_speakers, holds_label, join_times
from adscreen.ingest.text_doubts import report_near_labels, report_unlabelled
from adscreen.ingest.text_lines import TextLine, find_wrapped
from adscreen.records import Diagnostic

_SENTENCE_ENDS = (".", "?", "!", "…", '."', '?"', '!"', ")", "]", "。", "？", "！")
_LIST_NUMBER = re.compile(r"(\d{1,3})[.)][ \t](?=\S)")


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
    possible = fold_remarks(join_times([read_heads(line.text) for line in lines], is_time))
    speakers = find_speakers(possible)
    heads = [speakers.match(found) if index >= speakers.headers else None for index, found in enumerate(possible)]
    heads = _with_answers(lines, heads)
    bare = find_bare_times([head.said if head else line.text for head, line in zip(heads, lines, strict=True)])
    alone = [head is not None and not head.said for head in heads]
    begins = [
        head is not None or (index > 0 and (alone[index - 1] or is_time[index - 1])) for index, head in enumerate(heads)
    ]
    lines, heads = _join_wrapped(lines, heads, find_wrapped(lines, begins=begins))
    script = _Script(bare)
    passed_over: list[int] = []
    above: set[str] = set()
    running: list[int] = []
    speaker = "" if speakers.names else "PAR"
    for line, head in zip(lines, heads, strict=True):
        stamp, said = bare.cut_first(head.said if head else line.text, alone=head is None)
        if head:
            speaker = head.label
            script.add(line, speaker, head.said if head.stamp else said, head.stamp or stamp)
        elif stamp and not said:
            script.pending = stamp
        elif not speaker:
            passed_over.append(line.number)
            above.add(line.text)
        elif head is None and line.text in above:
            running.append(line.number)
        else:
            script.add(line, speaker, said, stamp)
    turns, listed = _without_list_numbers(script.turns, file=file)
    what = "a line before the first speaker label was passed over"
    diagnostics = [Diagnostic(file, number, what, "begin it with its speaker") for number in passed_over] + listed
    if running:
        what = f"{len(running)} lines were passed over, as they repeat one above the first speaker label"
        diagnostics.append(Diagnostic(file, running[0], what, "begin each with its speaker if somebody said it"))
    diagnostics += _doubts(lines, heads, possible, speakers, turns, file=file)
    if bare.said:
        what = f"{bare.said} clock times at the starts or ends of lines were read as words"
        diagnostics.append(Diagnostic(file, None, what, "write times of the recording in brackets, as in [0:03]"))
    loose = bare.first or any(head and head.said and is_bare(head.stamp) for head in heads)
    turns = _with_inner_times(turns) if loose else turns
    return [part for turn in turns for part in _with_asides(turn, speakers.names)], diagnostics


def _doubts(
    lines: Sequence[TextLine],
    heads: Sequence[Head | None],
    possible: Sequence[Sequence[Head]],
    speakers: Speakers,
    turns: Sequence[Turn],
    *,
    file: str,
) -> list[Diagnostic]:
    """Return what looks doubtful in the labels of a file, or in its lines where no label was found."""
    diagnostics = [
        Diagnostic(file, line.number, "a speaker whose label stands nowhere else in the file", "check the label")
        for line, head in zip(lines, heads, strict=True)
        if head and label_key(head.label) in speakers.doubtful
    ]
    asides = [(turn.number, text) for turn in turns for _, text in part_asides(turn.text, speakers.names)]
    within = [number for number, text in asides if holds_label(text, speakers.names)]
    if within:
        what = f"{len(within)} lines hold what looks like a speaker label among their words"
        diagnostics.append(Diagnostic(file, within[0], what, "begin a line with each label"))
    if speakers.names:
        return diagnostics + report_near_labels(lines, heads, speakers.names, file=file)
    timed = sum(turn.start_ms is not None or turn.end_ms is not None for turn in turns)
    return diagnostics + report_unlabelled(lines, possible, [turn.text for turn in turns], timed=timed, file=file)


def _with_answers(lines: Sequence[TextLine], heads: Sequence[Head | None]) -> list[Head | None]:
    """Give a label before a time alone that time as words, where no words follow it: `PAR: 10:30` is an answer."""
    following = [*heads[1:], None]
    last = len(heads) - 1
    return [
        head._replace(said=line.text.partition(":")[2].strip(), stamp=None)
        if head
        and head.form == "colon"
        and not head.said
        and may_be_said(head.stamp)
        and (index == last or following[index])
        and not line.text[:1].isdigit()
        else head
        for index, (line, head) in enumerate(zip(lines, heads, strict=True))
    ]


def _without_list_numbers(turns: Sequence[Turn], *, file: str) -> tuple[list[Turn], list[Diagnostic]]:
    """Take the numbers off the items of lists, which count from 1: `1. dog`, `2. cat`, `3. horse`."""
    matches = [_LIST_NUMBER.match(turn.text) for turn in turns]
    numbers = [int(match[1]) for match in matches if match]
    steps = pairwise([0, *numbers])
    if len(numbers) < 3 or not all(after in (before + 1, 1) for before, after in steps):
        return list(turns), []
    bare = [
        turn._replace(text=turn.text[match.end() :]) if match else turn
        for turn, match in zip(turns, matches, strict=True)
    ]
    first = next(turn.number for turn, match in zip(turns, matches, strict=True) if match)
    return bare, [Diagnostic(file, first, f"the numbers of a list before {len(numbers)} of its items were left out")]


def _with_asides(turn: Turn, names: Mapping[str, str]) -> Iterator[Turn]:
    """Yield a turn without what others say in brackets within it, and theirs behind it."""
    for speaker, text in part_asides(turn.text, names):
        if text and speaker:
            yield Turn(turn.number, speaker, text)
        elif text:
            yield turn._replace(text=text)


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
            turn = turn._replace(text=mark_times(turn.text, turn.start_ms, end))
        marked.append(turn)
        following = turn
    return marked[::-1]


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

    bare: BareTimes
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
