"""An ELAN annotation document (.eaf) -> the turns of all speakers it annotates.

Source: ELAN Annotation Format (EAF) 2.8 and 3.0, Max Planck Institute for Psycholinguistics. An annotation has times
of its own (ALIGNABLE_ANNOTATION), or those of the one that it refers to (REF_ANNOTATION, through any number of tiers).

    root tier that holds text           a speaker's speech
    root tier of ids, or an empty one   its child of words is the speech (adscreen.ingest.tiers tells which one that is)
    tier with a controlled vocabulary   gesture, gaze and the like: no speech
    aligned tier below the speech       the times of its words, where it spells the same

A tier's speaker is its PARTICIPANT, else the one in its name (``tx@Anna``), else that of the tier above, else its name.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.segments import Layout, converse, milliseconds, untimed
from adscreen.ingest.textgrid import split_at_silences
from adscreen.ingest.tiers import (
    Name,
    Said,
    Span,
    choose_tiers,
    holds_ids,
    letters,
    list_tiers,
    read_name,
    spelling,
    undecided,
)
from adscreen.ingest.unread_formats import refuse_xml
from adscreen.ingest.xml_document import parse_xml
from adscreen.records import Diagnostic

MAX_TIERS = 100

_ANNOTATED = Layout(by_sentence=False, automatic=False)
_ALIGNED = frozenset({"Time_Subdivision", "Included_In"})
_DEPTH = 20  # of tiers below one another
_WORD_LENGTH = 1.5  # words an annotation, at most, where a tier holds one word in each
_NAME_IT = "in ELAN, give the tier of words the type `utterance`, and the others types such as `translation` or `note`"


class _Slot(NamedTuple):
    """A place on the time line; ``place`` orders those without a time too, behind the last one with a time."""

    place: float
    time_ms: int | None


class _Annotation(NamedTuple):
    """``root`` is the id of the aligned annotation whose times it has, ``order`` its place among those of that one."""

    start: _Slot
    end: _Slot
    text: str
    root: str = ""
    order: tuple[int, ...] = ()


@dataclass(slots=True)
class _Tier:
    """A tier with its annotations in order of place; ``named`` is what its name and type say."""

    id: str
    parent: str
    speaker: str
    named: Name
    is_speech: bool  # it has no controlled vocabulary
    is_aligned: bool
    language: str | None
    annotations: list[_Annotation]
    children: list[_Tier] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [annotation.text for annotation in self.annotations if annotation.text]

    @property
    def said(self) -> Said:
        """The tier as others are compared with it."""
        spans = [Span(one.start.time_ms, one.end.time_ms, one.text) for one in self.annotations]
        return Said(self.id, Name(self.speaker, self.named.use), spans)


def read_elan(content: bytes, *, file: str, where: str) -> Conversation:
    """Read an .eaf file; raises InputError where it is damaged, annotates no speech, or does not say on which tier."""
    document = parse_xml(content, where=where, remedy="save it again in ELAN")
    if document.tag != "ANNOTATION_DOCUMENT":
        refuse_xml(document.tag, where=where)
    header = document.find("HEADER")
    units = header.get("TIME_UNITS", "milliseconds") if header is not None else "milliseconds"
    if units != "milliseconds":
        raise InputError(f"times in {units[:20]}", where=where, remedy="save it in ELAN 4 or later, in milliseconds")
    found: list[Diagnostic] = []
    tiers = _tiers(document, found, file=file)
    roots = [tier for tier in tiers if tier.parent not in {other.id for other in tiers}]
    chosen = [tier for root in roots for tier in _speech_below(root, where=where)]
    if len(chosen) > MAX_TIERS:
        raise InputError(f"more than {MAX_TIERS} tiers of speech", where=where, remedy="split the file")
    kept = {tier.tier for tier in choose_tiers([tier.said for tier in chosen], where=where, remedy=_NAME_IT)[0]}
    chosen = [tier for tier in chosen if tier.id in kept]
    used: set[str] = set()
    placed = [one for tier in chosen for one in _placed(_segments(tier, tiers, used))]
    spelt = {spelling(tier.said.spans) for tier in tiers if tier.id in used}
    doubtful = [tier for tier in tiers if tier.id not in used and spelling(tier.said.spans) not in spelt]
    unread = list_tiers(tier.id for tier in doubtful if (_may_be_speech(tier) if placed else tier.texts))
    if not placed:
        held = f"tiers that hold something: {unread}; " if unread else ""
        raise InputError("no annotation of speech", where=where, remedy=held + _NAME_IT)
    if unread:
        found.append(Diagnostic(file, None, f"tiers not read: {unread}"))
    placed.sort(key=lambda one: one[0])  # tiers lie one after the other in the file
    segments = [segment for _, segment in placed]
    language = next((tier.language for tier in chosen if tier.language), None)
    return converse(segments, file=file, layout=_ANNOTATED, language=language, diagnostics=found)


def _may_be_speech(tier: _Tier) -> bool:
    """Tell whether a tier holds texts, and neither its name, its type nor they themselves say that it is no speech."""
    return bool(tier.texts) and tier.is_speech and tier.named.use != "other" and not holds_ids(tier.texts)


def _placed(segments: Iterable[Segment]) -> Iterator[tuple[int, Segment]]:
    """Yield the segments of a tier with their place in time: one without a start stays behind the one before it."""
    place = 0
    for segment in segments:
        place = segment.start_ms if segment.start_ms is not None else place
        yield place, segment


def _slots(elements: Sequence[ET.Element]) -> dict[str, _Slot]:
    slots: dict[str, _Slot] = {}
    place = 0.0
    for element in elements:
        time = milliseconds(element.get("TIME_VALUE"), unit=1)
        place = time if time is not None else place + 1 / (len(elements) + 1)  # all of a gap stay within a millisecond
        slots[element.get("TIME_SLOT_ID", "")] = _Slot(place, time)
    return slots


def _tiers(document: ET.Element, found: list[Diagnostic], *, file: str) -> list[_Tier]:
    """Return all tiers, each with its speaker and children; annotations without a place are reported."""
    kinds = {kind.get("LINGUISTIC_TYPE_ID", ""): kind for kind in document.iterfind("LINGUISTIC_TYPE")}
    places = _places(document)
    tiers: dict[str, _Tier] = {}
    for element in document.iterfind("TIER"):
        kind = kinds.get(element.get("LINGUISTIC_TYPE_REF", ""), ET.Element("LINGUISTIC_TYPE"))
        name = element.get("TIER_ID", "")
        named = read_name(name, kind=kind.get("LINGUISTIC_TYPE_ID", ""))
        annotations, lost = _annotations(element, places)
        if lost:
            speaker = element.get("PARTICIPANT") or name
            found.append(Diagnostic(file, None, f"{lost} annotations of {speaker} without a place were passed over"))
        parent = element.get("PARENT_REF", "")
        if name in tiers:
            raise InputError(f"two tiers are called {list_tiers([name])}", where=file, remedy="rename one in ELAN")
        tiers[name] = _Tier(
            id=name,
            parent=parent,
            speaker=(element.get("PARTICIPANT") or "").strip() or (named.speaker if not parent or "@" in name else ""),
            named=named,
            is_speech=not kind.get("CONTROLLED_VOCABULARY_REF"),
            is_aligned=not parent or kind.get("CONSTRAINTS") in _ALIGNED,
            language=element.get("LANG_REF"),
            annotations=annotations,
        )
    for tier in tiers.values():
        if tier.parent in tiers and tier.parent != tier.id:
            tiers[tier.parent].children.append(tier)
    for tier in tiers.values():
        tier.speaker = tier.speaker or _inherited(tier, tiers)
    return list(tiers.values())


def _inherited(tier: _Tier, tiers: Mapping[str, _Tier]) -> str:
    above = tier
    for _ in range(_DEPTH):
        if above.speaker or above.parent not in tiers:
            break
        above = tiers[above.parent]
    return above.speaker or above.id


def _places(document: ET.Element) -> dict[str, _Annotation]:
    """Return every annotation by its id, with the times of the aligned annotation that it depends on."""
    slots = _slots(document.findall("TIME_ORDER/TIME_SLOT"))
    places: dict[str, _Annotation] = {}
    waiting: dict[str, ET.Element] = {}
    for element in document.iterfind("TIER/ANNOTATION/*"):
        name = element.get("ANNOTATION_ID") or str(id(element))
        element.set("ANNOTATION_ID", name)
        start, end = (slots.get(element.get(f"TIME_SLOT_REF{number}", "")) for number in (1, 2))
        if element.tag == "REF_ANNOTATION":
            waiting[name] = element
        elif start is not None and end is not None:
            places[name] = _Annotation(start, end, _text(element), name)
    orders = _orders(waiting)
    for _ in range(_DEPTH):
        ready = [name for name, element in waiting.items() if element.get("ANNOTATION_REF", "") in places]
        for name in ready:
            element = waiting.pop(name)
            above = places[element.get("ANNOTATION_REF", "")]
            places[name] = above._replace(text=_text(element), order=(*above.order, orders.get(name, 0)))
        if not ready:
            break
    return places


def _orders(elements: Mapping[str, ET.Element]) -> dict[str, int]:
    """Number the annotations that follow one another below the same annotation (PREVIOUS_ANNOTATION)."""
    following = {element.get("PREVIOUS_ANNOTATION", ""): name for name, element in elements.items()}
    orders: dict[str, int] = {}
    for name, element in elements.items():
        if element.get("PREVIOUS_ANNOTATION", "") in elements:
            continue
        position, current = 0, name
        while current and current not in orders:
            orders[current] = position
            position, current = position + 1, following.get(current, "")
    return orders


def _text(element: ET.Element) -> str:
    return " ".join((element.findtext("ANNOTATION_VALUE") or "").split())


def _annotations(tier: ET.Element, places: Mapping[str, _Annotation]) -> tuple[list[_Annotation], int]:
    """Return a tier's annotations in order of place, and how many have none."""
    ids = [element.get("ANNOTATION_ID", "") for element in tier.iterfind("ANNOTATION/*")]
    annotations = [places[name] for name in ids if name in places]
    return sorted(annotations, key=lambda one: (one.start.place, one.order)), len(ids) - len(annotations)


def _speech_below(root: _Tier, *, where: str) -> Iterator[_Tier]:
    """Yield the tiers of a tree that hold speech: the root, or for each speaker one of the tiers below it."""
    below = _descendants(root)
    if _holds_speech(root, below):
        rivals = [tier for tier in below if tier.speaker == root.speaker and _is_rival(tier, root)]
        if rivals:
            raise undecided([root.id, *(tier.id for tier in rivals)], where=where, remedy=_NAME_IT)
        yield root
        below = [tier for tier in below if tier.is_aligned and tier.speaker != root.speaker]
    by_speaker: dict[str, list[_Tier]] = defaultdict(list)
    for tier in below:
        if tier.is_speech and tier.named.use != "other" and tier.texts and not holds_ids(tier.texts):
            by_speaker[tier.speaker].append(tier)
    for candidates in by_speaker.values():
        yield _choose(candidates, where=where)


def _descendants(root: _Tier) -> list[_Tier]:
    below: list[_Tier] = []
    level = root.children
    for _ in range(_DEPTH):
        below += level
        level = [child for tier in level for child in tier.children]
    return below


def _holds_speech(root: _Tier, below: Iterable[_Tier]) -> bool:
    """Tell whether a root tier holds words: not ids, nor next to nothing, nor one label beside a tier of words."""
    texts = root.texts
    if not root.is_speech or root.named.use == "other" or not texts or holds_ids(texts):
        return False
    fuller = [tier for tier in below if tier.named.use in ("utterances", "words") and len(tier.texts) > len(texts)]
    is_sparse = 10 * len(texts) < len(root.annotations)
    is_label = len(texts) > 2 and len(set(texts)) == 1
    return not (is_sparse and fuller) and not (is_label and any(tier.named.use == "utterances" for tier in below))


def _is_rival(tier: _Tier, root: _Tier) -> bool:
    """Tell whether a tier below a root that nothing calls a transcription is called one, and spells something else."""
    return (
        root.named.use == ""
        and tier.is_speech
        and tier.named.use == "utterances"
        and bool(tier.texts)
        and spelling(tier.said.spans) != spelling(root.said.spans)
    )


def _choose(candidates: Sequence[_Tier], *, where: str) -> _Tier:
    """Return the tier of a speaker's words: one of utterances, else one of words, else the only one."""
    for use in ("utterances", "words", ""):
        pool = [tier for tier in candidates if tier.named.use == use]
        same = {spelling(tier.said.spans) for tier in pool}
        if pool and (len(pool) == 1 or len(same) == 1):
            return max(pool, key=lambda tier: tier.is_aligned)
        if pool:
            raise undecided([tier.id for tier in pool], where=where, remedy=_NAME_IT)
    raise undecided([tier.id for tier in candidates], where=where, remedy=_NAME_IT)


def _segments(tier: _Tier, tiers: Sequence[_Tier], used: set[str]) -> Iterator[Segment]:
    """Yield the utterances of a tier, their words with times where an aligned tier of the same tree spells them."""
    used.add(tier.id)
    by_id = {other.id: other for other in tiers}
    root = tier
    for _ in range(_DEPTH):
        root = by_id.get(root.parent, root)
    if tier is not root and len(" ".join(tier.texts).split()) <= _WORD_LENGTH * len(tier.texts):
        yield from _of_words(tier, root)
        return
    if tier is root and tier.named.use == "words" and len(" ".join(tier.texts).split()) <= len(tier.texts):
        timed = [Piece(word.text, word.start.time_ms, word.end.time_ms) for word in tier.annotations if word.text]
        yield from split_at_silences(tier.speaker, timed)
        return
    words = [one for one in _descendants(root) if one.is_aligned and one is not tier and one.speaker == tier.speaker]
    inside = _inside(tier.annotations, [one.annotations for one in words])
    siblings = Counter(annotation.root for annotation in tier.annotations)
    for annotation, held in zip(tier.annotations, inside, strict=True):
        pieces, spelt_by = _timed(annotation.text, held)
        used.update(words[index].id for index in spelt_by)
        is_only = siblings[annotation.root] == 1
        end = annotation.end.time_ms if is_only or tier.is_aligned else None
        yield Segment(tier.speaker, pieces, annotation.start.time_ms, end)


def _of_words(tier: _Tier, root: _Tier) -> Iterator[Segment]:
    """Yield an utterance for each annotation of the root, of the words that the tier holds in it."""
    if tier.is_aligned:
        held = [inside[0] for inside in _inside(root.annotations, [tier.annotations])]
    else:
        by_root: dict[str, list[_Annotation]] = defaultdict(list)
        for annotation in tier.annotations:
            by_root[annotation.root].append(annotation)
        held = [by_root[annotation.root] for annotation in root.annotations]
    for above, words in zip(root.annotations, held, strict=True):
        if tier.is_aligned:
            pieces = tuple(Piece(word.text, word.start.time_ms, word.end.time_ms) for word in words if word.text)
        else:
            pieces = untimed(" ".join(word.text for word in words))
        yield Segment(tier.speaker, pieces, above.start.time_ms, above.end.time_ms)


def _inside(
    annotations: Sequence[_Annotation], tiers: Sequence[Sequence[_Annotation]]
) -> list[list[list[_Annotation]]]:
    """For each annotation, what every tier of words holds between its ends; one pass over each tier."""
    inside: list[list[list[_Annotation]]] = [[] for _ in annotations]
    for words in tiers:
        position = 0
        for annotation, held in zip(annotations, inside, strict=True):
            while position < len(words) and words[position].start.place < annotation.start.place:
                position += 1
            first = position
            while position < len(words) and words[position].start.place < annotation.end.place:
                position += 1
            held.append(list(words[first:position]))
    return inside


def _timed(text: str, candidates: Sequence[Sequence[_Annotation]]) -> tuple[tuple[Piece, ...], list[int]]:
    """Return the words of an annotation, with their times where a tier of words spells the same, and which ones do."""
    spelt = text.split()
    sounds = [letters(word) for word in spelt]
    same = [index for index, words in enumerate(candidates) if [letters(word.text) for word in words] == sounds]
    if not spelt or not same:
        return untimed(text), []
    words = candidates[same[0]]
    return tuple(
        Piece(written, word.start.time_ms, word.end.time_ms) for written, word in zip(spelt, words, strict=True)
    ), same
