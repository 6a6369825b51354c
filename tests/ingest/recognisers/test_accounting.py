"""A document of JSON and what was read of it -> the first field with speech in it that was not read."""

from __future__ import annotations

from typing import Any

import pytest

from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.recognisers.accounting import account, holds_speech
from adscreen.ingest.recognisers.fields import Reader, Reading
from adscreen.ingest.segments import untimed

TEXT = "the boy is standing on the stool and falls"
READING = Reading("x", (Segment("", untimed(TEXT), 0, 3000),))
WORDS = [{"word": word, "start": number} for number, word in enumerate(TEXT.split())]


def unread(document: Any, reading: Reading = READING, *repeats: str) -> list[str]:
    """Return what is said not to be read."""
    reader = Reader("x", lambda content: True, lambda content: reading, frozenset(repeats))
    return [f"{item.what}{item.field}" for item in account(document, reading, reader)[0]]


@pytest.mark.parametrize(
    "document",
    [
        {"text": TEXT},
        {"text": TEXT, "copy": {"lines": [TEXT[:20], TEXT[20:]]}},
        {"results": [{"alternatives": [{"transcript": TEXT}, {"transcript": "a toy stands in a pool"}]}]},
        {
            "text": TEXT,
            "summary": "It is about somebody who climbs.",
            "chapters": [{"headline": "Climbing", "start": 0}],
        },
        {"text": TEXT, "translation": {"utterances": [{"text": "le garcon tombe", "start": 0, "speaker": "A"}]}},
        {"text": TEXT, "model": "whisper large v3 turbo", "created": "2024-05-01T09:00:00Z"},
        {"segments": [{"text": TEXT, "start": 0.5, "speaker": "A"}]},
    ],
)
def test_copies_and_additions_are_accounted_for(document: Any) -> None:
    """The words once more, other alternatives, and what a service adds about the speech."""
    assert [] == unread(document)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"text": TEXT, "answers": [{"text": "what else do you see"}]}, ["answers.text"]),
        ({"text": f"{TEXT} and he cries"}, ["text"]),
        ({"text": TEXT, "notes": [{"of": "nobody knows what this is", "at": 3}]}, ["notes.of"]),
        ({"turns": [{"text": "the boy is", "who": "A"}, {"text": "standing", "who": "B"}]}, ["the speakers of turns"]),
        ({"text": TEXT, "who": [{"from": 0, "speaker": 1}, {"from": 9, "speaker": 2}]}, ["the speakers of who"]),
        ({"text": TEXT, "who": [{"start": 0, "speaker": {"@id": "S1"}}, {"start": 1, "speaker": {"@id": "S2"}}]},
         ["the speakers of who"]),
        ({"words": WORDS}, ["the times of words"]),
        ({"list": [[word, 0.1, 0.2] for word in TEXT.split()], "transcript": TEXT}, []),
    ],
)  # fmt: skip
def test_words_speakers_and_times_that_were_not_read(document: Any, expected: list[str]) -> None:
    """Speech is known by the name of its field, or by prose beside times; speakers and times by their records."""
    assert expected == unread(document)


def test_a_field_that_repeats_is_passed_over() -> None:
    """A reader says which fields write the same words otherwise."""
    document = {"text": TEXT, "tokens": [{"text": "th"}, {"text": "estand"}]}
    assert ["tokens.text"] == unread(document)
    assert [] == unread(document, READING, "tokens")


def test_a_few_words_are_reported() -> None:
    """Words written otherwise, up to a tenth, are counted and not refused."""
    long = " ".join([TEXT] * 3)
    reading = Reading("x", (Segment("", untimed(long)),))
    reader = Reader("x", lambda content: True, lambda content: reading)
    assert ([], 1) == account({"text": long.replace("boy", "25", 1)}, reading, reader)


def test_words_with_times_account_for_times() -> None:
    """Where words were read with times, no record of times is missed."""
    pieces = tuple(Piece(word, number, number) for number, word in enumerate(TEXT.split()))
    assert [] == unread({"words": WORDS}, Reading("x", (Segment("", pieces, 0, 9),)))


def test_scripts_without_spaces() -> None:
    """Words cut in another way are the same letters."""
    reading = Reading("x", (Segment("", tuple(map(Piece, "你好世界"))),))
    assert [] == unread({"text": "你好世界。"}, reading)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"status": "done", "id": "a b c"}, False),
        ({"a": {"transcript": "so"}}, True),
        ({"words": [{"name": "so"}]}, True),
    ],
)
def test_documents_without_speech(document: Any, expected: bool) -> None:
    """What holds no text in any field of speech is metadata."""
    assert expected == holds_speech(document)
