"""A Transcriber document (.trs) -> the turns of all speakers of its list.

Source: Transcriber 1.5 user manual and its grammar trans-14.dtd (Barras, Geoffrois, Wu and Liberman 2001).

    Turn speaker="a b"       several people at once; ``Who nb`` says whose words follow
    Sync time                cuts the turn: the words up to the next Sync, or to the turn's end, have these times
    Event type="noise"       an event (laugh, breath ...), put where it begins; ``pi`` is speech not understood
    Event of any other type  says something of the words (language, pronunciation, entity): no words
    Comment, Background      no speech; comments are counted in a diagnostic
    (%sic) ^^word *word      the word
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.pieces import Segment
from adscreen.ingest.segments import Layout, converse, milliseconds, untimed
from adscreen.ingest.unread_formats import refuse_xml
from adscreen.ingest.xml_document import parse_xml
from adscreen.records import Diagnostic

_ANNOTATED = Layout(joined=False, automatic=False)
_UNHEARD = frozenset({"pi", "inaud", "inaudible", "unintelligible", "inintelligible", "nontrans"})
_MARKS = re.compile(r"[\^*](?=\w)|\^\^")


@dataclass(slots=True)
class _Part:
    """The words of a turn from one Sync to the next, by the number of the speaker in the turn (0: not said)."""

    start_ms: int | None
    said: dict[int, list[str]] = field(default_factory=dict)


def read_transcriber(content: bytes, *, file: str, where: str) -> Conversation:
    """Read a .trs file; raises InputError where it is damaged or holds no words."""
    root = parse_xml(content, where=where, remedy="save it again in Transcriber")
    if root.tag != "Trans":
        refuse_xml(root.tag, where=where)
    speakers = _speakers(root)
    segments = [segment for turn in root.iter("Turn") for segment in _segments(turn, speakers)]
    if not any(segment.pieces for segment in segments):
        raise InputError("a Transcriber document without words", where=where, remedy="give a transcribed file")
    comments = sum(1 for _ in root.iter("Comment"))
    found = [Diagnostic(file, None, f"{comments} comments were not read")] if comments else []
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("lang") or None
    return converse(segments, file=file, layout=_ANNOTATED, language=language, diagnostics=found)


def _speakers(root: ET.Element) -> dict[str, str]:
    """Return the name of each speaker by its id; those of the same name, or of none, go by their ids."""
    names = {
        speaker.get("id", ""): " ".join(speaker.get("name", "").split())
        for speaker in root.iterfind("Speakers/Speaker")
    }
    counts = Counter(names.values())
    return {key: name if name and counts[name] == 1 else key for key, name in names.items()}


def _segments(turn: ET.Element, names: Mapping[str, str]) -> Iterator[Segment]:
    speakers = [names.get(key, key) for key in turn.get("speaker", "").split()]
    parts = _parts(turn)
    ends = [part.start_ms for part in parts[1:]] + [milliseconds(turn.get("endTime"))]
    for part, end in zip(parts, ends, strict=True):
        for nb, texts in part.said.items():
            number = 1 if len(speakers) == 1 else nb
            speaker = speakers[number - 1] if 0 < number <= len(speakers) else ""
            yield Segment(speaker, untimed(_MARKS.sub("", " ".join(texts))), part.start_ms, end)


def _parts(turn: ET.Element) -> Sequence[_Part]:
    """Cut a turn at its Syncs, and what lies between at the marks of who speaks."""
    parts = [_Part(milliseconds(turn.get("startTime")))]
    number = 0

    def say(text: str | None) -> None:
        if text and text.strip():
            parts[-1].said.setdefault(number, []).append(text.strip())

    for element, text in _content(turn):
        if element is not None and element.tag == "Sync":
            time = milliseconds(element.get("time"))
            if parts[-1].said:
                parts.append(_Part(time))
            else:
                parts[-1].start_ms = time if time is not None else parts[-1].start_ms
            number = 0
        elif element is not None and element.tag == "Who":
            number = int(nb) if (nb := element.get("nb", "")).isdecimal() and len(nb) < 4 else 0
        elif element is not None and element.tag == "Event":
            say(_note(element))
        say(text)
    return parts


def _content(turn: ET.Element) -> Iterator[tuple[ET.Element | None, str | None]]:
    """Yield each mark of a turn with the text behind it; some tools put that text into the Sync."""
    yield None, turn.text
    for element in turn:
        yield element, element.text if element.tag == "Sync" else None
        if element.tag == "Sync":
            yield from ((mark, mark.tail) for mark in element)
        yield None, element.tail


def _note(event: ET.Element) -> str:
    """Return an event as a note of prose, empty where it is none or only the end of one."""
    description = " ".join(re.sub(r"[\[\]]", " ", event.get("desc", "")).split())
    if description.casefold() in _UNHEARD and event.get("type") in ("pronounce", "noise", "lexical"):
        return "[unintelligible]"
    is_noise = event.get("type", "noise") == "noise" and event.get("extent") != "end"
    return f"[{description}]" if is_noise and description else ""
