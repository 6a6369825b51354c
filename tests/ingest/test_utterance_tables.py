"""A table with a row an utterance, or a row a recording -> the turns of one recording."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.records import Transcript

UTTERANCES = """subject_id,visit,speaker,start,end,text
S1,1,INV,0,1.5,What do you see?
S1,1,PAR,2,3,The boy fell.
S1,1,PAR,0:05,0:07,um he cries
S1,2,PAR,1,2,second visit
S2,1,PAR,1,2,someone else
"""
RECORDINGS = """recording_id\tlabel\ttranscript
r1\tcontrol\tThe boy fell. He cries.
r2\tcase\t"PAR: the jar
INV: where?
PAR: there"
"""


def saved(folder: Path, text: str, name: str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, recording: str = "r1", subject: str = "S1", **options: str) -> Transcript:
    """Read one recording of a table."""
    return read_transcript(path, recording_id=recording, subject_id=subject, **options)


def spoken(transcript: Transcript) -> list[tuple[str, str]]:
    """Return speaker and words of every utterance."""
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in transcript.utterances]


def test_a_row_an_utterance(tmp_path: Path) -> None:
    """The rows of a subject and visit are its turns, with speakers, times in seconds or on the clock, and lines."""
    transcript = read(saved(tmp_path, UTTERANCES, "talk.csv"), visit="1")
    assert [("INV", "What do you see"), ("PAR", "The boy fell"), ("PAR", "um he cries")] == spoken(transcript)
    assert [(0, 1500, 2), (2000, 3000, 3), (5000, 7000, 4)] == [
        (u.start_ms, u.end_ms, u.line) for u in transcript.utterances
    ]
    assert ("PAR", "table") == (transcript.participant, transcript.source_format)
    assert [("PAR", "second visit")] == spoken(read(tmp_path / "talk.csv", visit="2"))


def test_a_row_a_recording(tmp_path: Path) -> None:
    """One cell holds the transcript, with labelled turns or without."""
    path = saved(tmp_path, RECORDINGS, "talk.tsv")
    assert [("PAR", "The boy fell"), ("PAR", "He cries")] == spoken(read(path, "r1"))
    assert [("PAR", "the jar"), ("INV", "where"), ("PAR", "there")] == spoken(read(path, "r2"))


def test_a_table_of_one_recording_needs_no_ids(tmp_path: Path) -> None:
    """Without a column that names the recording all rows are its turns; times may be in milliseconds."""
    path = saved(tmp_path, "Speaker;Utterance;start_ms;end_ms\nA;the boy;10;20\nA;fell;30;40\n", "talk.txt")
    transcript = read(path)
    assert [("A", "the boy"), ("A", "fell")] == spoken(transcript)
    assert [(10, 20), (30, 40)] == [(u.start_ms, u.end_ms) for u in transcript.utterances]


def test_a_workbook(tmp_path: Path) -> None:
    """An Excel sheet reads like the same CSV."""
    saved(tmp_path, UTTERANCES, "talk.csv")
    pd.read_csv(tmp_path / "talk.csv", dtype=str).to_excel(tmp_path / "talk.xlsx", index=False)
    expected, found = (read(tmp_path / name, visit="1") for name in ("talk.csv", "talk.xlsx"))
    assert (expected.utterances, "excel") == (found.utterances, found.source_format)


def test_a_table_that_changes_is_read_anew(tmp_path: Path) -> None:
    """A table is parsed once for all its recordings, but never served stale."""
    path = saved(tmp_path, RECORDINGS, "talk.tsv")
    read(path)
    saved(tmp_path, RECORDINGS.replace("The boy fell", "Something else altogether"), "talk.tsv")
    assert "Something else altogether" == spoken(read(path))[0][1]


def test_rows_without_text_are_reported(tmp_path: Path) -> None:
    """An empty cell is said with its line."""
    transcript = read(saved(tmp_path, "speaker,text\nA,the boy\nA,\nA,fell\n", "talk.csv"))
    assert [(3, "a row without text was passed over")] == [(d.line, d.what) for d in transcript.diagnostics]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (UTTERANCES, "talk.csv", "talk.csv: no row of subject_id 'S9'"),
        (RECORDINGS, "talk.tsv", "talk.tsv: no row of recording_id 'r9'"),
        ("speaker,text\n", "talk.csv", "talk.csv: no rows below the header"),
        ("speaker,text\nA,b,c\n", "talk.csv", "talk.csv: row 1 has 3 cells, the header 2"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, text: str, name: str, message: str) -> None:
    """The error says which recording or column was looked for."""
    with pytest.raises(InputError) as caught:
        read(saved(tmp_path, text, name), "r9", "S9")
    assert message in str(caught.value)
