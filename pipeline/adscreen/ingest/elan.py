"""An ELAN annotation document (.eaf) -> the turns of all speakers it annotates.

Source: ELAN Annotation Format (EAF) 3.0, Max Planck Institute for Psycholinguistics. Speech is on the tiers that
have no parent and no controlled vocabulary (that is gesture, gaze and the like); a tier's speaker is its PARTICIPANT,
else its name. Where a tier of the kind Time_Subdivision or Included_In holds an annotation's words, they give its words
their times. A document type declaration is refused before parsing, so no entity is expanded.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from adscreen.cohort.files import refuse_entities
from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.segments import Layout, Piece, Segment, converse, milliseconds, untimed
from adscreen.records import Diagnostic

_ANNOTATED = Layout(by_sentence=False, automatic=False)
_WORD_TIERS = frozenset({"Time_Subdivision", "Included_In"})


class _Slot(NamedTuple):
    """A place on the time line; ``place`` orders those without a time too, behind the last one with a time."""

    place: float
    time_ms: int | None


class _Annotation(NamedTuple):
    start: _Slot
    end: _Slot
    text: str


def read_elan(content: bytes, *, file: str, where: str) -> Conversation:
    """Read an .eaf file; raises InputError where it is damaged or annotates no speech."""
    refuse_entities(content, where=where)
    try:
        root = ET.fromstring(content)
    except (ET.ParseError, ValueError, LookupError, RecursionError):
        raise InputError("damaged XML", where=where, remedy="save it again in ELAN") from None
    if root.tag != "ANNOTATION_DOCUMENT":
        raise InputError("XML, but no ELAN annotation document", where=where, remedy="convert it to CHAT or plain text")
    slots = _slots(root.findall("TIME_ORDER/TIME_SLOT"))
    kinds = {kind.get("LINGUISTIC_TYPE_ID", ""): kind for kind in root.iterfind("LINGUISTIC_TYPE")}
    found: list[Diagnostic] = []
    segments = list(_segments(root.findall("TIER"), kinds, slots, found, file=file))
    if not segments:
        raise InputError("no annotation of speech", where=where, remedy="put it on a tier without parent or vocabulary")
    starts = [segment.start_ms or 0 for segment in segments]
    order = sorted(range(len(segments)), key=starts.__getitem__)  # tiers lie one after the other in the file
    language = next((tier.get("LANG_REF") for tier in root.iterfind("TIER") if tier.get("LANG_REF")), None)
    ordered = [segments[index] for index in order]
    return converse(ordered, file=file, layout=_ANNOTATED, language=language, diagnostics=found)


def _slots(elements: Sequence[ET.Element]) -> dict[str, _Slot]:
    slots: dict[str, _Slot] = {}
    place = 0.0
    for element in elements:
        time = milliseconds(element.get("TIME_VALUE"), unit=1)
        place = time if time is not None else place + 1 / (len(elements) + 1)  # all of a gap stay within a millisecond
        slots[element.get("TIME_SLOT_ID", "")] = _Slot(place, time)
    return slots


def _segments(
    tiers: Sequence[ET.Element],
    kinds: Mapping[str, ET.Element],
    slots: Mapping[str, _Slot],
    found: list[Diagnostic],
    *,
    file: str,
) -> Iterator[Segment]:
    word_tiers: dict[str | None, list[ET.Element]] = defaultdict(list)
    for tier in tiers:
        if _holds_words(tier, kinds):
            word_tiers[tier.get("PARENT_REF")].append(tier)
    for tier in tiers:
        kind = kinds.get(tier.get("LINGUISTIC_TYPE_REF", ""))
        if tier.get("PARENT_REF") or (kind is not None and kind.get("CONTROLLED_VOCABULARY_REF")):
            continue
        speaker = tier.get("PARTICIPANT") or tier.get("TIER_ID") or ""
        words = [_annotations(child, slots)[0] for child in word_tiers[tier.get("TIER_ID")]]
        annotations, lost = _annotations(tier, slots)
        if lost:
            found.append(Diagnostic(file, None, f"{lost} annotations of {speaker} without a place were passed over"))
        for annotation, inside in zip(annotations, _inside(annotations, words), strict=True):
            pieces = _timed(annotation.text, inside)
            yield Segment(speaker, pieces, annotation.start.time_ms, annotation.end.time_ms)


def _holds_words(tier: ET.Element, kinds: Mapping[str, ET.Element]) -> bool:
    kind = kinds.get(tier.get("LINGUISTIC_TYPE_REF", ""))
    return bool(tier.get("PARENT_REF")) and kind is not None and kind.get("CONSTRAINTS") in _WORD_TIERS


def _annotations(tier: ET.Element, slots: Mapping[str, _Slot]) -> tuple[list[_Annotation], int]:
    """Return a tier's annotations in order of place, and how many name a slot that is not there."""
    annotations, lost = [], 0
    for element in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
        start, end = (slots.get(element.get(f"TIME_SLOT_REF{number}", "")) for number in (1, 2))
        if start is None or end is None:
            lost += 1
            continue
        text = " ".join((element.findtext("ANNOTATION_VALUE") or "").split())
        annotations.append(_Annotation(start, end, text))
    return sorted(annotations, key=lambda annotation: annotation.start.place), lost


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


def _timed(text: str, candidates: Sequence[Sequence[_Annotation]]) -> tuple[Piece, ...]:
    """Return the words of an annotation, with their times where a tier of words spells the same."""
    spelt = text.split()
    for words in candidates:
        if spelt and [word.text for word in words] == spelt:
            return tuple(Piece(word.text, word.start.time_ms, word.end.time_ms) for word in words)
    return untimed(text)
