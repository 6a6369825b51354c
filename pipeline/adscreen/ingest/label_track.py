"""Lines of start, end and label, as an audio editor or WhisperX writes them -> the turns of all speakers.

    start TAB end TAB label          Audacity: seconds
    \\ TAB low TAB high               the frequencies of the label above: passed over
    start TAB end TAB [[NAME]]label  WhisperX (.aud)

Source: Audacity manual, "Importing and exporting labels"; WhisperX 3.1, its writer of .aud files. Labels name speakers
as in plain text (``PAR: the boy``); one without a name continues the speaker above, with a diagnostic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.pieces import Segment, carry_speakers
from adscreen.ingest.prose import label_role
from adscreen.ingest.segments import Layout, converse, milliseconds, untimed
from adscreen.ingest.speaker_labels import find_labels, match_label
from adscreen.ingest.speech_rate import unit_of_integers
from adscreen.records import Diagnostic

_LINE = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\t(\d{1,9}(?:[.,]\d{1,9})?)(?:\t(.*))?")
_FREQUENCIES = re.compile(r"\\\t\S+\t\S+\s*")
_NAME = re.compile(r"\[\[([^\[\]]{1,60})\]\]\s*")
_SHARE = 0.8


class _Label(NamedTuple):
    line: int
    start: str
    end: str
    text: str


def is_label_track(text: str) -> bool:
    """Tell whether lines are labels with two times each.

    >>> is_label_track("0.1\\t2.0\\tPAR: the boy"), is_label_track("0.1 2.0 the boy")
    (True, False)
    """
    lines = [line for line in text.removeprefix("\ufeff").split("\n") if line.strip()]
    fitting = sum(bool(_LINE.fullmatch(line) or _FREQUENCIES.fullmatch(line)) for line in lines)
    return bool(lines) and _LINE.fullmatch(lines[0]) is not None and fitting >= _SHARE * len(lines)


def read_label_track(text: str, *, file: str, where: str) -> Conversation:
    """Read the labels; raises InputError where none holds words, or their unit of time cannot be told."""
    found: list[Diagnostic] = []
    labels: list[_Label] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        match = _LINE.fullmatch(line)
        if match:
            labels.append(_Label(number, match[1], match[2], (match[3] or "").strip()))
        elif line.strip() and not _FREQUENCIES.fullmatch(line):
            found.append(Diagnostic(file, number, "a line without two times was passed over"))
    if not any(label.text for label in labels) or _are_names([label.text for label in labels]):
        remedy = "write the words of each stretch of time as its label"
        raise InputError("a label track without words", where=where, remedy=remedy)
    unit = unit_of_integers([(label.start, label.end, label.text) for label in labels], where=where) or 1000
    speakers = _speakers(labels, found, file=file)
    segments = [
        Segment(speaker, untimed(said), _time(label.start, unit), _time(label.end, unit), label.line)
        for label, (speaker, said) in zip(labels, speakers, strict=True)
    ]
    is_automatic = any(_NAME.match(label.text) for label in labels)
    layout = Layout(joined=is_automatic, automatic=is_automatic)
    return converse(segments, file=file, layout=layout, diagnostics=found)


def _are_names(texts: Sequence[str]) -> bool:
    """Tell whether all labels are names of speakers without words, as where a diarisation was written by hand."""
    return len(set(texts)) < len(texts) and all(
        len(text.split()) == 1 and (text.isupper() or "_" in text or bool(label_role(text))) for text in texts
    )


def _time(cell: str, unit: float) -> int | None:
    return milliseconds(cell.replace(",", "."), unit=unit)


def _speakers(labels: Sequence[_Label], found: list[Diagnostic], *, file: str) -> list[tuple[str, str]]:
    """Return the speaker and the words of each label."""
    known = find_labels([label.text for label in labels if label.text])
    named: list[tuple[str, str]] = []
    for label in labels:
        match = _NAME.match(label.text)
        named.append((match[1], label.text[match.end() :]) if match else match_label(label.text, known))
    named, continued = carry_speakers(named)
    if continued:
        what = f"{continued} labels without a speaker continue the one above"
        found.append(Diagnostic(file, None, what, "name the speaker in each label, as in PAR: ..."))
    return named
