"""An EXMARaLDA basic transcription (.exb) -> the turns of all speakers of its speaker table.

Source: EXMARaLDA Partitur-Editor manual and the DTD of basic transcriptions (Schmidt, exmaralda.org); HIAT (Rehbein
et al. 2004) and cGAT (Schmidt et al. 2015) for the marks in a text.

    tier type ``t``            speech; of several tiers of a speaker the one of the category ``v``
    tier type ``d``, ``nv``    what a speaker does (laughs, nods): an event, where it happens
    any other tier             no speech; named in a diagnostic where it holds a text
    events end to end          one stretch of speech, cut where an event ends a sentence
    ((0,5s)) (0.5) • (.) (-)   a pause
    ((laughs)) °h              an event
    <<laughing> so> [so]       a remark about words, an overlap: the words stay
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.notes import NOTE
from adscreen.ingest.pieces import Segment
from adscreen.ingest.segments import Layout, converse, milliseconds, untimed
from adscreen.ingest.tiers import list_tiers, undecided
from adscreen.ingest.unread_formats import refuse_xml
from adscreen.ingest.xml_document import parse_xml
from adscreen.records import Diagnostic

_ANNOTATED = Layout(joined=False, automatic=False)
_NON_VERBAL = frozenset({"nv", "nn", "nonverbal", "non-verbal"})
_SENTENCE_END = re.compile(r"[.?!…˙][\"')\]”’]*\s*$")
_SECONDS = r"(\d{1,3}(?:[.,]\d{1,3})?) ?(?:s|sec|sek|seconds?|sekunden?)?"
_TIMED = re.compile(rf"\(\( ?~?{_SECONDS} ?\)\)|\(~?{_SECONDS}\)")
_UNTIMED = re.compile(r"•(?:\s*•)*|\((?:\.{1,3}|-{1,3})\)")
_REMARK = re.compile(r"\(\(([^()]{0,200})\)\)")
_UNHEARD = re.compile(r"unverst|unintell|incompr|inaud|unclear|xxx|\?\?", re.IGNORECASE)
_BREATH = re.compile(r"°h{1,5}\b|\bh{1,5}°")
_REMARK_BEFORE = re.compile(r"<<[^<>]{0,80}>")
_SCOPE = re.compile(r"[<>]")
_OVERLAP = re.compile(r"\[([^\[\]]{1,200})\]")
_BRACKETS = str.maketrans("[]()", "    ")
_LOOSE = re.compile(r"[\[\]{}‿ˈˌ]")


class _Event(NamedTuple):
    start: str
    end: str
    text: str


class _Tier(NamedTuple):
    name: str
    speaker: str
    kind: str
    category: str
    events: list[_Event]


class _Timeline(NamedTuple):
    """The points of the timeline: their order, and their times where they have any."""

    order: Mapping[str, int]
    times: Mapping[str, int | None]


def read_exmaralda(content: bytes, *, file: str, where: str) -> Conversation:
    """Read an .exb file; raises InputError where it is damaged, or does not say which tier holds a speaker's words."""
    root = parse_xml(content, where=where, remedy="save it again in the EXMARaLDA Partitur-Editor")
    if root.tag != "basic-transcription":
        refuse_xml(root.tag, where=where)
    points = root.findall("basic-body/common-timeline/tli")
    timeline = _Timeline(
        {point.get("id", ""): position for position, point in enumerate(points)},
        {point.get("id", ""): milliseconds(point.get("time")) for point in points},
    )
    found: list[Diagnostic] = []
    tiers = list(_tiers(root, timeline, found, file=file))
    spoken = _spoken(tiers, where=where)
    if not spoken:
        raise InputError(
            "an EXMARaLDA transcription without a tier of type t that holds words",
            where=where,
            remedy="in the Partitur-Editor, give the tier of each speaker's words the type T(ranscription)",
        )
    seen = [tier for tier in tiers if tier.kind == "d" and tier.category in _NON_VERBAL and tier.speaker]
    known = {id(tier.events) for tier in (*spoken, *seen)}
    unread = [tier.name for tier in tiers if tier.events and id(tier.events) not in known]
    if unread:
        found.append(Diagnostic(file, None, f"tiers not read: {list_tiers(unread)}"))
    segments = [
        segment
        for tier in spoken
        for segment in _segments(tier, [one for one in seen if one.speaker == tier.speaker], timeline)
    ]
    segments.sort(key=lambda segment: segment[0])
    return converse([segment for _, segment in segments], file=file, layout=_ANNOTATED, diagnostics=found)


def without_marks(text: str) -> str:
    """Write the marks of HIAT and cGAT as the notes of prose: ``((laughs))`` -> ``[laughs]``, ``(0.5)`` -> a pause.

    >>> without_marks("I saw ((1,2s)) a • ((laughs)) <<high> boy> [yes]")
    'I saw  [pause 1.2 s]  a  [pause]   [laughs]   boy yes'
    """
    notes: list[str] = []

    def note(text: str) -> str:
        notes.append(f" [{text.translate(_BRACKETS)}] ")
        return f"\ue001{len(notes) - 1}\ue002"

    def remark(match: re.Match[str]) -> str:
        said = match[1].strip()
        return note("unintelligible" if _UNHEARD.search(said) else said) if said else " "

    text = text.replace("\ue001", "").replace("\ue002", "")
    text = _TIMED.sub(lambda match: note(f"pause {(match[1] or match[2]).replace(',', '.')} s"), text)
    text = _UNTIMED.sub(lambda _: note("pause"), text)
    text = _REMARK.sub(remark, text)
    text = _BREATH.sub(lambda _: note("breathes"), text)
    text = NOTE.sub(lambda match: note(match[2]) if match[2] else match[0], _REMARK_BEFORE.sub("", text))
    text = _OVERLAP.sub(r"\1", _SCOPE.sub("", text))
    return re.sub("\ue001(\\d+)\ue002", lambda match: notes[int(match[1])], _LOOSE.sub("", text))


def _tiers(root: ET.Element, timeline: _Timeline, found: list[Diagnostic], *, file: str) -> Iterator[_Tier]:
    """Yield the tiers, the speaker of each by its abbreviation in the speaker table."""
    speakers = {
        speaker.get("id", ""): " ".join((speaker.findtext("abbreviation") or "").split()) or speaker.get("id", "")
        for speaker in root.iterfind("head/speakertable/speaker")
    }
    counts = Counter(speakers.values())
    lost = 0
    for tier in root.iterfind("basic-body/tier"):
        key = tier.get("speaker", "")
        name = speakers.get(key, key)
        events = [_Event(e.get("start", ""), e.get("end", ""), "".join(e.itertext())) for e in tier.iterfind("event")]
        placed = [event for event in events if event.start in timeline.order and event.end in timeline.order]
        lost += len(events) - len(placed)
        yield _Tier(
            tier.get("display-name") or tier.get("id") or "",
            key if counts[name] > 1 else name,
            tier.get("type", "").casefold(),
            tier.get("category", "").casefold(),
            sorted((event for event in placed if event.text.strip()), key=lambda event: timeline.order[event.start]),
        )
    if lost:
        found.append(Diagnostic(file, None, f"{lost} events without a place on the timeline were passed over"))


def _spoken(tiers: Sequence[_Tier], *, where: str) -> list[_Tier]:
    """Return the tier of each speaker's words."""
    by_speaker: dict[str, list[_Tier]] = defaultdict(list)
    for tier in tiers:
        if tier.kind == "t" and tier.events:
            by_speaker[tier.speaker or tier.name.removesuffix("[v]").strip()].append(tier)
    chosen = []
    for speaker, own in by_speaker.items():
        verbal = [tier for tier in own if tier.category == "v"] or own
        if len(verbal) > 1:
            remedy = "in the Partitur-Editor, let only the tier of words have the type T and the category v"
            raise undecided([tier.name for tier in verbal], where=where, remedy=remedy)
        chosen.append(verbal[0]._replace(speaker=speaker))
    return chosen


def _segments(tier: _Tier, seen: Sequence[_Tier], timeline: _Timeline) -> Iterator[tuple[int, Segment]]:
    """Yield what the events of a tier say, with its place on the timeline; what the speaker did is put where it was."""
    done = sorted((timeline.order[event.start], event.text) for other in seen for event in other.events)
    glue = "" if any(event.text[-1:].isspace() for event in tier.events) else " "
    position = 0
    for chain in _chains(tier.events):
        parts: list[str] = []
        for event in chain:
            is_between = glue or not parts or parts[-1][-1:].isspace()  # an event may begin within a word
            while is_between and position < len(done) and done[position][0] <= timeline.order[event.start]:
                parts.append(_description(done[position][1]))
                position += 1
            parts.append(event.text)
        last = timeline.order[chain[-1].end]
        while position < len(done) and done[position][0] < last:
            parts.append(_description(done[position][1]))
            position += 1
        pieces = untimed(without_marks(glue.join(parts)))
        start, end = timeline.times[chain[0].start], timeline.times[chain[-1].end]
        yield timeline.order[chain[0].start], Segment(tier.speaker, pieces, start, end)
    rest = [_description(text) for _, text in done[position:]]
    if rest and tier.events:
        end_point = tier.events[-1].end
        pieces = untimed(without_marks(" ".join(rest)))
        yield timeline.order[end_point], Segment(tier.speaker, pieces, timeline.times[end_point], None)


def _description(text: str) -> str:
    return f" (({' '.join(text.translate(_BRACKETS).split())})) "


def _chains(events: Sequence[_Event]) -> Iterator[list[_Event]]:
    """Yield runs of events, each beginning where the one before ends, of which only the last ends a sentence."""
    chain: list[_Event] = []
    for event in events:
        if chain and (chain[-1].end != event.start or _SENTENCE_END.search(chain[-1].text)):
            yield chain
            chain = []
        chain.append(event)
    if chain:
        yield chain
