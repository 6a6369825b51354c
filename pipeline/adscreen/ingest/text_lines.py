"""Plain text -> its lines as a person reads them, without what tools wrote around the speech.

Left out: characters that nobody sees (byte-order marks, zero-width spaces, soft hyphens, marks of direction), lines
that a transcription tool adds (`Transcribed by https://otter.ai`), numbers of lines (`12 I: ...`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from adscreen.ingest.clock_times import match_stamp
from adscreen.ingest.label_forms import read_heads
from adscreen.records import Diagnostic

_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"[^\S\t]+")
_TABS = re.compile(r" ?\t[ \t]*")
_TOOLS = (
    "otter|rev|sonix|trint|descript|temi|turboscribe|happy ?scribe|go ?transcribe|whisper|amberscript|fireflies|notta"
    "|riverside|veed|zoom|teams|fathom|tactiq|read\\.ai|noscribe|atrain|vook|google meet|microsoft|scribie|gotranscript"
)
_WRITTEN_BY_TOOL = re.compile(
    rf"""[(\[]?(?:
      (?:transcribed|transcript(?:ion)?|generated|created|powered|exported|recorded|captioned)\b.{{0,40}}\b(?:by|with|using|from)\b
        .{{0,20}}\b(?:https?://|www\.|(?:{_TOOLS})\b).{{0,120}}
    | (?:www\.)?(?:{_TOOLS})(?:\.ai|\.com)?\ (?:is|are)\b.{{0,160}}
    | this\ (?:editable\ )?transcript(?:ion)?\ was\ .{{0,160}}
    | (?:the\ )?(?:meeting|transcription|recording)\ (?:has\ )?(?:started|stopped|ended)\b.{{0,40}}
    | .{{0,60}}\b(?:started|stopped)\ (?:the\ )?(?:transcription|recording)\.?
    | (?:end|start|beginning)\ of\ (?:the\ )?(?:transcript(?:ion)?|recording|audio|tape|interview)
    | (?:page|seite|página|pagina|pág\.|p\.|s\.)\ ?\d+(?:\ (?:of|/|von|de|di|sur)\ \d+)?
    | [*=\#-]{{2,9}}\ ?end(?:\ of\ \w{{1,20}})?\ ?[*=\#-]{{2,9}}
    | https?://\S+
    )[)\].!]*\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_NOTICE = 240
_SLACK = 4  # characters by which lines that one editor broke differ
_PAGE_NUMBER = re.compile(r"(?:[-–—] ?)?(\d{1,5})(?: ?[-–—])?")
_PAGE_LINE = re.compile(
    r"(?P<head>.{3,80}?[\s|–—-](?:page|seite|página|pagina|p\.|s\.)) ?(?P<page>\d{1,4})", re.IGNORECASE
)
_NUMBERED = re.compile(r"[\[(]?(?P<number>\d{1,5})(?P<mark>[.)\]:]?)(?P<space>[ \t]*)(?=\S)")


class TextLine(NamedTuple):
    """A line that holds anything, with its number in the file, from 1; tabs stay, other spaces are one."""

    number: int
    text: str


def read_lines(text: str, *, file: str) -> tuple[list[TextLine], list[Diagnostic]]:
    """Return the lines of a text that may hold speech; what was left out is reported."""
    lines = [TextLine(number, _clean(line)) for number, line in enumerate(text.split("\n"), start=1)]
    lines = [line for line in lines if line.text]
    notices = [line for line in lines if _is_notice(line.text)]
    what = "a line that a transcription tool wrote was left out"
    diagnostics = [Diagnostic(file, line.number, what) for line in notices]
    kept, counted = _without_counters([line for line in lines if not _is_notice(line.text)], file=file)
    kept, running = _without_running_heads(lines, kept, file=file)
    kept, numbered = _without_numbers(kept, file=file)
    return kept, diagnostics + counted + running + numbered


def find_wrapped(lines: Sequence[TextLine], *, begins: Sequence[bool]) -> list[bool]:
    """Tell for each line whether it goes on with the one above it, which an editor broke where its page ended.

    A file is wrapped where nearly every line that another follows is too full for the next one's first word.
    ``begins``: whether a line begins a turn, and so goes on with nothing.
    """
    width = max((len(line.text) for line in lines), default=0)
    followers = [
        index
        for index in range(1, len(lines))
        if not begins[index] and lines[index].number == lines[index - 1].number + 1
    ]
    full = {
        index
        for index in followers
        if len(lines[index - 1].text) + 1 + len(lines[index].text.split(maxsplit=1)[0]) > width - _SLACK
    }
    wrapped = 40 <= width <= 120 and len(full) > 1 and 5 * len(full) >= 4 * len(followers)
    return [wrapped and index in full for index in range(len(lines))]


def _clean(line: str) -> str:
    return _TABS.sub("\t", _SPACES.sub(" ", _INVISIBLE.sub("", line))).strip()


def _is_notice(line: str) -> bool:
    return len(line) <= _LONGEST_NOTICE and _WRITTEN_BY_TOOL.fullmatch(line) is not None


def _without_numbers(lines: list[TextLine], *, file: str) -> tuple[list[TextLine], list[Diagnostic]]:
    """Take the numbers off lines that are numbered in order; on lines without a label that is reported."""
    matches = [None if match_stamp(line.text) else _NUMBERED.match(line.text) for line in lines]
    numbered = [match for match in matches if match and (match["mark"] or match["space"])]
    if 2 * len(numbered) < len(lines) or not _in_sequence([int(match["number"]) for match in numbered]):
        return lines, []
    rests = [match.string[match.end() :] for match in numbered]
    labelled = sum(
        any(head.form in ("colon", "bracket", "timed", "tab") for head in read_heads(rest)) for rest in rests
    )
    clear = all(match["mark"] or "\t" in match["space"] or match["number"].startswith("0") for match in numbered)
    if 2 * labelled < len(numbered) and not (clear and len(numbered) > 2):
        return lines, []
    marked = set(map(id, numbered))
    stripped = [
        TextLine(line.number, line.text[match.end() :]) if match and id(match) in marked else line
        for line, match in zip(lines, matches, strict=True)
    ]
    what = "the numbers at line starts count the lines; they were left out"
    return stripped, [Diagnostic(file, None, what)] if 2 * labelled < len(numbered) else []


def _without_counters(lines: list[TextLine], *, file: str) -> tuple[list[TextLine], list[Diagnostic]]:
    """Leave out lines that hold a number alone, where these count the pages, or the blocks, between them."""
    counters = [(line, match) for line in lines if (match := _PAGE_NUMBER.fullmatch(line.text))]
    if 2 * len(counters) > len(lines) or not _in_sequence([int(match[1]) for _, match in counters]):
        return lines, []
    diagnostic = Diagnostic(
        file, counters[0][0].number, f"{len(counters)} lines that hold a number alone were left out"
    )
    left_out = {line.number for line, _ in counters}
    return [line for line in lines if line.number not in left_out], [diagnostic]


def _without_running_heads(
    lines: Sequence[TextLine], kept: list[TextLine], *, file: str
) -> tuple[list[TextLine], list[Diagnostic]]:
    """Leave out a line that comes again only where pages end: beside lines that were not kept, or with a number."""
    numbers = {line.number for line in kept}
    gone = [line.number not in numbers for line in lines]
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        labelled = any(head.form == "colon" for head in read_heads(line.text))
        if not gone[index] and line.text[-1].isalnum() and " " in line.text and not labelled:
            places[line.text].append(index)
    pages: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for line in kept:
        if match := _PAGE_LINE.fullmatch(line.text):
            pages[match["head"]].append((line.text, int(match["page"])))
    counted = {text for found in pages.values() if _in_sequence([page for _, page in found]) for text, _ in found}
    heads = counted | {
        text
        for text, found in places.items()
        if len(found) > 1 and all(index == 0 or gone[index - 1] or any(gone[index + 1 : index + 2]) for index in found)
    }
    left_out = [line for line in kept if line.text in heads]
    if not left_out:
        return kept, []
    what = f"{len(left_out)} lines that stand at the ends of pages, always the same, were left out"
    return [line for line in kept if line.text not in heads], [Diagnostic(file, left_out[0].number, what)]


def _in_sequence(numbers: Sequence[int]) -> bool:
    steps = [after - before for before, after in pairwise(numbers)]
    return bool(steps) and numbers[0] < 2 and 10 * steps.count(1) >= 9 * len(steps)
