"""Transcripts go to JSON and back unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.ingest.transcript_json import read_transcripts, transcript_from_json, transcript_to_json
from adscreen.records import Diagnostic, Event, Pause, Transcript, Utterance, Word

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


def test_lines_are_transcripts(tmp_path: Path) -> None:
    """A file of one record a line gives its transcripts back in order."""
    path = tmp_path / "one.cha"
    path.write_text(CHAT, encoding="utf-8")
    expected = [read_transcript(path, recording_id=f"S1_{visit}", subject_id="S1", visit=visit) for visit in "12"]
    lines = [json.dumps(transcript_to_json(transcript)) + "\n" for transcript in expected]
    (tmp_path / "t.jsonl").write_text("".join(lines), encoding="utf-8")
    assert expected == list(read_transcripts(tmp_path / "t.jsonl"))


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """A line that is cut short and a file that is missing are input errors that name the place."""
    (tmp_path / "t.jsonl").write_text('{"recording_id": "r"', encoding="utf-8")
    with pytest.raises(InputError, match=r"t\.jsonl line 1: not JSON"):
        list(read_transcripts(tmp_path / "t.jsonl"))
    with pytest.raises(InputError, match="cannot be read"):
        list(read_transcripts(tmp_path / "none.jsonl"))
