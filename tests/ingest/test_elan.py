"""An ELAN annotation document -> the turns of all speakers it annotates."""

from __future__ import annotations

import pytest

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.elan import read_elan

KINDS = """
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="speech"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="gesture" CONTROLLED_VOCABULARY_REF="G"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="words" CONSTRAINTS="Time_Subdivision"/>
"""
SLOTS = {"t1": 0, "t2": 400, "t3": None, "t4": 900, "t5": 1000, "t6": 2000}


def annotation(start: str, end: str, text: str) -> str:
    """Return an aligned annotation."""
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="{start}" TIME_SLOT_REF2="{end}">'
        f"<ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


def tier(name: str, kind: str, *annotations: str, more: str = "") -> str:
    """Return a tier."""
    return f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="{kind}" {more}>{"".join(annotations)}</TIER>'


def document(*tiers: str) -> bytes:
    """Return a whole .eaf file."""
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{name}"' + ("/>" if time is None else f' TIME_VALUE="{time}"/>')
        for name, time in SLOTS.items()
    )
    body = f"<TIME_ORDER>{slots}</TIME_ORDER>{''.join(tiers)}{KINDS}"
    return f'<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT>{body}</ANNOTATION_DOCUMENT>'.encode()


def read(content: bytes) -> Conversation:
    """Read a file a.eaf."""
    return read_elan(content, file="a.eaf", where="x/a.eaf")


def test_tiers_are_speakers_in_order_of_time() -> None:
    """A tier's participant, else its name, is the speaker; turns of several tiers are put in order."""
    found = read(
        document(
            tier("A_speech", "speech", annotation("t5", "t6", "and he"), more='PARTICIPANT="PAR"'),
            tier("INV", "speech", annotation("t1", "t4", "what is it?")),
        )
    )
    assert [("INV", "what is it?", 0, 900), ("PAR", "and he", 1000, 2000)] == [
        (u.speaker, u.raw, u.start_ms, u.end_ms) for u in found.utterances
    ]
    assert () == found.diagnostics


def test_gestures_and_translations_are_no_speech() -> None:
    """Tiers with a controlled vocabulary and tiers below another hold no words of their own."""
    found = read(
        document(
            tier("PAR", "speech", annotation("t1", "t4", "the boy")),
            tier("hands", "gesture", annotation("t1", "t4", "stroke")),
            tier("english", "speech", annotation("t1", "t4", "translated"), more='PARENT_REF="PAR"'),
        )
    )
    assert {"PAR": 2} == found.word_counts()


def test_words_take_the_times_of_their_tier() -> None:
    """A subdivision that spells the annotation times its words; a slot without a time leaves its word without."""
    words = tier(
        "w",
        "words",
        annotation("t1", "t2", "the"),
        annotation("t2", "t3", "boy"),
        annotation("t3", "t4", "fell"),
        more='PARENT_REF="PAR"',
    )
    (utterance,) = read(document(tier("PAR", "speech", annotation("t1", "t4", "the boy fell")), words)).utterances
    assert [(0, 400), (400, None), (None, 900)] == [(word.start_ms, word.end_ms) for word in utterance.words]


def test_words_that_differ_give_no_times() -> None:
    """Where the subdivision spells something else, the annotation's text holds and has no times."""
    words = tier("w", "words", annotation("t1", "t2", "a"), annotation("t2", "t4", "girl"), more='PARENT_REF="PAR"')
    (utterance,) = read(document(tier("PAR", "speech", annotation("t1", "t4", "the boy")), words)).utterances
    assert [("the", None), ("boy", None)] == [(word.text, word.start_ms) for word in utterance.words]


def test_an_annotation_without_a_place_is_reported() -> None:
    """A slot that is not there drops the annotation and says so."""
    found = read(document(tier("PAR", "speech", annotation("t1", "t9", "lost"), annotation("t1", "t4", "kept"))))
    assert ["kept"] == [u.raw for u in found.utterances]
    assert ["1 annotations of PAR without a place were passed over"] == [d.what for d in found.diagnostics]


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (document(), "no annotation of speech"),
        (b"<ANNOTATION_DOCUMENT>", "damaged XML"),
        (b"<?xml version='1.0' encoding='none'?><a/>", "damaged XML"),
        (b"<html/>", "XML, but no ELAN annotation document"),
        (BOMB + document(), "XML with a document type declaration"),
        (BOMB.decode().encode("utf-16"), "XML with a document type declaration"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, what: str) -> None:
    """Damage, other XML and entities are input errors; no entity is ever expanded."""
    with pytest.raises(InputError) as caught:
        read(content)
    assert (what, "x/a.eaf") == (caught.value.what, caught.value.where)
