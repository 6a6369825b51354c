"""Transcripts go to JSON and back unchanged; a cohort becomes transcripts.jsonl and one ingest.csv row a recording."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.ingest import read_transcript
from pipeline.manifest import read_manifest
from pipeline.records import Diagnostic, Event, Pause, Transcript, Utterance, Word
from pipeline.transcripts import (
    INGEST,
    INGEST_COLUMNS,
    TRANSCRIPTS,
    read_transcripts,
    transcript_from_json,
    transcript_to_json,
    write_transcripts,
)

CHAT = """\
@UTF8
@Begin
@Languages:\teng
@Participants:\tPAR Participant, INV Investigator
@ID:\teng|corpus|PAR|||||Participant|||
@ID:\teng|corpus|INV|||||Investigator|||
*INV:\twhat do you see ?
*PAR:\t&-um <the boy> [/] the boy is fallin(g) xxx .
*PAR:\tcan I stop ? [+ exc]
@End
"""

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
maybe = st.none() | text
count = st.integers(0, 2**40)
words = st.builds(
    Word,
    text=text,
    raw=text,
    target=st.lists(text, max_size=2).map(tuple),
    kind=st.sampled_from(["word", "filler", "fragment", "nonword"]),
    retraced=st.booleans(),
    repeated=st.booleans(),
    error=maybe,
    language=maybe,
    start_ms=st.none() | count,
    end_ms=st.none() | count,
)
pauses = st.builds(
    Pause,
    before=count,
    length=st.sampled_from(["short", "medium", "long", "timed"]),
    seconds=st.none() | st.floats(0, 1e6),
)
utterances = st.builds(
    Utterance,
    speaker=text,
    role=text,
    words=st.lists(words, max_size=3).map(tuple),
    terminator=st.sampled_from(["complete", "question", "trailing_off", "interrupted"]),
    pauses=st.lists(pauses, max_size=2).map(tuple),
    events=st.lists(st.builds(Event, before=count, name=text), max_size=2).map(tuple),
    omissions=count,
    unintelligible=count,
    repetitions=count,
    retracings=count,
    excluded=st.booleans(),
    start_ms=st.none() | count,
    end_ms=st.none() | count,
    raw=text,
    line=st.none() | count,
)
transcripts = st.builds(
    Transcript,
    recording_id=text,
    subject_id=text,
    utterances=st.lists(utterances, max_size=3).map(tuple),
    participant=text,
    visit=maybe,
    task=maybe,
    language=maybe,
    source_format=text,
    source_digest=text,
    diagnostics=st.lists(
        st.builds(Diagnostic, file=text, line=st.none() | count, what=text, remedy=text), max_size=2
    ).map(tuple),
)


def _cohort(folder: Path) -> Path:
    """Write two transcripts and a manifest of three rows, of which the last has no file."""
    (folder / "one.cha").write_text(CHAT, encoding="utf-8")
    (folder / "two.txt").write_text("the girl is laughing .\n", encoding="utf-8")
    manifest = folder / "manifest.csv"
    rows = ("subject_id,visit,transcript", "S1,1,one.cha", "S2,,two.txt", "S3,,three.cha")
    manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return manifest


@given(transcripts)
def test_a_transcript_survives_json(transcript: Transcript) -> None:
    """Written as JSON text and read again, any transcript is equal to itself."""
    line = json.dumps(transcript_to_json(transcript), ensure_ascii=False, allow_nan=False)
    assert "\n" not in line
    assert transcript == transcript_from_json(json.loads(line))


def test_fields_with_a_default_may_be_absent() -> None:
    """A record written by hand needs only the fields without a default."""
    word, utterance = {"text": "boy"}, {"speaker": "PAR", "role": "Participant"}
    content = {"recording_id": "r", "subject_id": "s", "participant": "PAR"}
    expected = Transcript("r", "s", (Utterance("PAR", "Participant", (Word("boy"),)),), "PAR")
    assert expected == transcript_from_json(content | {"utterances": [utterance | {"words": [word]}]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"participant": None}, "participant: input should be a valid string"),
        ({"utterances": [{"speaker": "PAR", "role": "x", "words": [{"text": 3}]}]}, "utterances.0.words.0.text: "),
        ({"utterances": [{"speaker": "PAR", "role": "x"}]}, "utterances.0.words: "),
        ({"diagnostics": [{"file": "f", "line": "3", "what": "w"}]}, "diagnostics.0.line: "),
    ],
)
def test_a_wrong_record_is_one_line(change: dict[str, object], message: str) -> None:
    """A missing field or a value of the wrong kind names the place and the field in one line."""
    content = {"recording_id": "r", "subject_id": "s", "participant": "PAR", "utterances": []} | change
    with pytest.raises(InputError) as caught:
        transcript_from_json(content, where="t.jsonl line 1")
    assert str(caught.value).startswith(f"t.jsonl line 1: {message}")
    assert 1 == len(str(caught.value).splitlines())


def test_an_error_never_holds_transcript_text() -> None:
    """The value that was refused is not shown."""
    utterance = {"speaker": "PAR", "role": "x", "words": "private words"}
    with pytest.raises(InputError) as caught:
        transcript_from_json({"recording_id": "r", "subject_id": "s", "participant": "P", "utterances": [utterance]})
    assert "private" not in str(caught.value)


def test_every_manifest_row_has_an_ingest_row(tmp_path: Path) -> None:
    """What was read and what was not is in ingest.csv, in the manifest's order, with the reason."""
    seen: list[int] = []
    assert 1 == write_transcripts(read_manifest(_cohort(tmp_path)), tmp_path, progress=seen.append)
    with (tmp_path / INGEST).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(INGEST_COLUMNS) == list(rows[0])
    assert [("S1_1", "read"), ("S2", "read"), ("S3", "unreadable")] == [(r["recording_id"], r["status"]) for r in rows]
    assert "no such file" in rows[2]["reason"]
    assert "" == rows[2]["words_spoken"]
    assert [1, 1, 1] == seen


def test_an_ingest_row_counts_what_was_kept_and_dropped(tmp_path: Path) -> None:
    """Counts are of the participant's speech; the fluent view lacks the filler and the repeated words."""
    write_transcripts(read_manifest(_cohort(tmp_path)), tmp_path)
    with (tmp_path / INGEST).open(encoding="utf-8", newline="") as stream:
        row = next(csv.DictReader(stream))
    expected = {
        "utterances": "1",
        "utterances_excluded": "1",
        "utterances_of_others": "1",
        "words_spoken": "7",
        "words_fluent": "4",
        "fillers": "1",
        "fragments": "0",
        "repeated": "2",
        "retraced": "0",
        "unintelligible": "1",
    }
    assert expected == {name: row[name] for name in expected}


def test_the_lines_are_the_transcripts(tmp_path: Path) -> None:
    """transcripts.jsonl holds every readable transcript, in order, as reading its file gives it."""
    write_transcripts(read_manifest(_cohort(tmp_path)), tmp_path)
    expected = [
        read_transcript(tmp_path / "one.cha", recording_id="S1_1", subject_id="S1", visit="1"),
        read_transcript(tmp_path / "two.txt", recording_id="S2", subject_id="S2"),
    ]
    assert expected == list(read_transcripts(tmp_path / TRANSCRIPTS))


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """A line that is cut short and a file that is missing are input errors that name the place."""
    (tmp_path / "t.jsonl").write_text('{"recording_id": "r"', encoding="utf-8")
    with pytest.raises(InputError, match=r"t\.jsonl line 1: not JSON"):
        list(read_transcripts(tmp_path / "t.jsonl"))
    with pytest.raises(InputError, match="cannot be read"):
        list(read_transcripts(tmp_path / "none.jsonl"))
