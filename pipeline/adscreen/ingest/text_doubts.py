"""The lines of a plain text and what was read in them -> what a person should look at.

Nothing here changes what is read. Where no label was found: line starts that alternate, dashes, clock times, numbers,
questions, a title. Where labels were found: lines that begin nearly as the labelled ones do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from adscreen.ingest.label_forms import Head, label_key
from adscreen.ingest.speaker_labels import is_heading, may_be_label, may_be_names_alone, names_speaker
from adscreen.ingest.text_lines import TextLine
from adscreen.records import Diagnostic

_LIKE_A_LABEL = re.compile(r"[^\W\d_]{1,3}\d{0,3}[.)>:|/=]|[A-Z]{1,4}\d{0,3}(?=\s)|[^\W\d_]{1,12}[ _]?\d{1,3}(?=\s)")
_CLOCK = re.compile(r"\d:\d\d(?!\d)")
_DASHES = ("- ", "– ", "— ", ">>")
_WORDS_TOO = frozenset({"i", "a"})
_SAID_TOO = frozenset({"note", "notes", "nb", "ps"})  # `Note: the boy fell`
_NUMBER_OR_DOUBT = re.compile(r"(?:\d{1,5}(?:[-_/]\d{1,5})?[A-Za-z]?|[^\W\d_]{1,12} ?\?{1,3}) ?[:：]\s")
_SENTENCE = re.compile(r"[.?!…。？！]+")
_QUESTION = re.compile(r"[?？]+")
_TITLE_WORDS = 6
_NAME_WORDS = 3
_NO_LABEL = "no speaker label was found, so all words were taken for one person's"
_LABEL_REMEDY = "begin each turn with its speaker and a colon, as in INV: ... and PAR: ..."


def report_unlabelled(
    lines: Sequence[TextLine], heads: Sequence[Sequence[Head]], texts: Sequence[str], *, timed: int, file: str
) -> list[Diagnostic]:
    """Report what looks like a conversation, or like no speech, in a file in which no label was found.

    ``texts`` is what was said in each turn, ``timed`` how many have a time.
    """
    number = lines[0].number if lines else None
    found = []
    if what := _suspect(lines, heads, texts, timed=timed):
        found.append(Diagnostic(file, number, f"{what}, but {_NO_LABEL}", _LABEL_REMEDY))
    if _has_title(heads, texts):
        what = "the first line looks like a title or an entry of a form, and was read as speech"
        found.append(Diagnostic(file, number, what, "delete it if nobody said it"))
    return found


def report_near_labels(
    lines: Sequence[TextLine], heads: Sequence[Head | None], names: Mapping[str, str], *, file: str
) -> list[Diagnostic]:
    """Report lines that begin with a speaker's name, a number or a heading, and went to the speaker before them."""
    first = next((index for index, head in enumerate(heads) if head), len(heads))
    near = [
        line.number
        for line, head in zip(lines[first:], heads[first:], strict=True)
        if head is None and _is_near_label(line.text, names)
    ]
    what = f"{len(near)} lines without a label begin as if they had one; read as speech of the speaker before"
    return [Diagnostic(file, near[0], what, "write each label as the others are, as in PAR: ...")] if near else []


def _is_near_label(line: str, names: Mapping[str, str]) -> bool:
    label, colon, _ = line[:60].partition(":")
    if _NUMBER_OR_DOUBT.match(line[:60]) or (colon and is_heading(label)):
        return True
    words = line[:100].split()[:_NAME_WORDS]
    starts = [" ".join(words[:length]) for length in range(1, len(words) + 1)]
    written = [start for start in starts if names.get(label_key(start), "") in (start, start[:-1])]
    return any(start.casefold() not in _WORDS_TOO for start in written)


def _suspect(
    lines: Sequence[TextLine], heads: Sequence[Sequence[Head]], texts: Sequence[str], *, timed: int
) -> str | None:
    labelled = sum(map(may_be_label, heads)) > 1 or (len(heads) > 0 and may_be_label(heads[0]))
    clocks = sum(_CLOCK.search(line.text[:80]) is not None for line in lines)
    signs = (
        (_alternates(texts), "line starts alternate as speaker labels do"),
        (labelled or may_be_names_alone(heads), "some lines begin as with a speaker label, or hold a name alone"),
        (
            4 * sum(text.startswith(_DASHES) for text in texts) > len(texts) > 1,
            "lines begin with the dash of a dialogue",
        ),
        (2 * max(timed, clocks) > len(texts), "line starts or ends hold clock times"),
        (2 * sum(text[0].isdigit() for text in texts) > len(texts), "most lines begin with a number"),
        (_is_numeric(texts), "the text holds mostly numbers"),
        (_asks(texts), "many sentences are questions"),
    )
    return next((what for holds, what in signs if holds), None)


def _asks(texts: Sequence[str]) -> bool:
    """Tell whether a third of the sentences are questions and others stand beside, as where two people talk."""
    questions = sum(len(_QUESTION.findall(text)) for text in texts)
    sentences = sum(max(1, len(_SENTENCE.findall(text))) for text in texts)
    return questions > 1 and 3 * questions >= sentences > questions


def _has_title(heads: Sequence[Sequence[Head]], texts: Sequence[str]) -> bool:
    """Tell whether the first line is an entry (`ID: 17`), names a speaker, or is short and ends unlike the others."""
    if len(texts) < 2:
        return False
    entry = next((head for head in heads[0] if head.form == "colon"), None)
    if entry and is_heading(entry.label) and label_key(entry.label) not in _SAID_TOO:
        return True
    first, *others = texts
    short = len(first.split()) <= _TITLE_WORDS and not _SENTENCE.search(first[-2:])
    ended = sum(_SENTENCE.search(text[-2:]) is not None for text in others)
    return short and (names_speaker(first) or (first[0].isupper() and 5 * ended >= 4 * len(others)))


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


def _is_numeric(texts: Iterable[str]) -> bool:
    counts = Counter(letter.isdigit() for text in texts for letter in text if letter.isalnum())
    return counts[True] > counts[False]
