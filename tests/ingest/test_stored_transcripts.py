"""Our own transcripts.jsonl -> one of its recordings."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.ingest.transcript_json import transcript_to_json
from adscreen.records import Event, Pause, Transcript, Word

CHAT = "@Begin\n*PAR:\t&-um the [/] the boy [: lad] (.) fell . \x151_900\x15\n*INV:\tyes ?\n@End\n"


@pytest.fixture
def original(tmp_path: Path) -> Transcript:
    """A transcript with marks of every kind."""
    (tmp_path / "a.cha").write_text(CHAT, encoding="utf-8")
    return read_transcript(tmp_path / "a.cha", recording_id="r1", subject_id="s1", visit="1", speaker="PAR")


def stored(folder: Path, *transcripts: Transcript) -> Path:
    """Write a transcripts.jsonl."""
    path = folder / "transcripts.jsonl"
    lines = [json.dumps(transcript_to_json(transcript), ensure_ascii=False) for transcript in transcripts]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_stored_transcript_comes_back_whole(tmp_path: Path, original: Transcript) -> None:
    """Words, marks, diagnostics, digest, format and participant are those of the first reading."""
    path = stored(tmp_path, original, replace(original, recording_id="r2"))
    assert original == read_transcript(path, recording_id="r1", subject_id="s1", visit="1")
    assert "INV" == read_transcript(path, recording_id="r2", subject_id="s1", speaker="INV").participant


def test_the_only_one_needs_no_id(tmp_path: Path, original: Transcript) -> None:
    """A file of one recording is read under the ids of the manifest."""
    found = read_transcript(stored(tmp_path, original), recording_id="x", subject_id="y", visit="1")
    assert replace(original, recording_id="x", subject_id="y") == found


def _with_first(original: Transcript, **changes: Any) -> Transcript:
    first, *others = original.utterances
    return replace(original, utterances=(*others, replace(first, **changes)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": (Word("the boy"),)}, "a word is empty or holds a space"),
        ({"words": (Word("boy\x07"),)}, "a word is empty or holds a space"),
        ({"words": (Word(""),)}, "a word is empty or holds a space"),
        ({"words": (Word("boy", start_ms=2, end_ms=1),)}, "a word ends before it starts, or starts before 0"),
        ({"start_ms": 901}, "it ends before it starts, or starts before 0"),
        ({"start_ms": -1}, "it ends before it starts, or starts before 0"),
        ({"events": (Event(7, "laughs"),)}, "a pause or event lies outside it"),
        ({"pauses": (Pause(-1, "short"),)}, "a pause or event lies outside it"),
        ({"pauses": (Pause(0, "timed", float("nan")),)}, "a pause has no length"),
        ({"pauses": (Pause(0, "timed", -0.5),)}, "a pause has no length"),
    ],
)
def test_values_that_no_reader_gives_are_refused(
    tmp_path: Path, original: Transcript, changes: dict[str, Any], message: str
) -> None:
    """A file that was changed by hand or by a tool is not read as ours; the error holds none of its words."""
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(asdict(_with_first(original, **changes))), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_transcript(path, recording_id="r1", subject_id="s1")
    assert f"utterance 2: {message}" == caught.value.what
    assert "run `adscreen ingest` again" == caught.value.remedy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"recording_id": "a"}\n{"recording_id": "b"}\n', "no recording 'r1' among 2"),
        ('{"recording_id": "r1"}\n', "subject_id: field required"),
        ('{"recording_id": "r1"', "line 1: damaged JSON"),
        ('{"recording_id": 1}\n', "line 1: no recording_id"),
        ('{"recording_id": "r1"}\n[]\n', "line 2: no recording_id"),
        ('{"recording_id": "r1"}\n{"recording_id": "r1"}\n', "line 2: a second 'r1'; keep one line per recording"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    """The error says which line or field is amiss."""
    (tmp_path / "t.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_transcript(tmp_path / "t.jsonl", recording_id="r1", subject_id="s1")
    assert message in str(caught.value)
