"""Which gem of a CHAT file is read is chosen in the manifest or for all its rows; its gems can be listed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.extract.row import recording_key
from adscreen.ingest import list_gems, transcript_of
from adscreen.records import Transcript
from adscreen.speech import participant_utterances

CHAT = """\
@UTF8
@Begin
@Participants:\tPAR Participant
@Bg:\tcookie
*PAR:\tthe boy .
@Eg:\tcookie
@G:\trecall
*PAR:\tthe story .
@End
"""


def said(transcript: Transcript) -> str:
    """Return the participant's words."""
    return " ".join(word.text for utterance in participant_utterances(transcript) for word in utterance.words)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A manifest of files with two gems: the first row chooses one, the second all, the third none."""
    for name in "abc":
        (tmp_path / f"{name}.cha").write_text(CHAT)
    path = tmp_path / "manifest.csv"
    path.write_text("subject_id,transcript,visit,gem\nS1,a.cha,1,recall\nS1,b.cha,2,all\nS1,c.cha,3,\n")
    return path


def test_the_manifest_chooses_a_gem(manifest: Path) -> None:
    """The column names the gem of a row, or ``all``; the default holds for rows that name none."""
    assert ["the story", "the boy the story", "the boy the story"] == [
        said(transcript_of(one)) for one in read_cohort(manifest).recordings
    ]
    assert ["the story", "the boy the story", "the boy"] == [
        said(transcript_of(one)) for one in read_cohort(manifest, gem="Cookie").recordings
    ]


def test_the_gem_names_the_task(manifest: Path) -> None:
    """A gem that was chosen is the task where the manifest states none; several are no task."""
    assert ["recall", None, None] == [transcript_of(one).task for one in read_cohort(manifest).recordings]


def test_a_gem_is_part_of_the_key_in_a_cache(manifest: Path) -> None:
    """What was read of one gem is never taken for what is read of another."""
    recording = read_cohort(manifest).recordings[0]
    ways = [replace(recording, gem=None, default_gem=default) for default in (None, "all", "cookie")]
    assert 4 == len({recording_key(one) for one in (recording, *ways)})


def test_only_chat_marks_gems(tmp_path: Path) -> None:
    """A gem that is asked of another file, or of speech in memory, is refused; ``all`` is all of it."""
    (tmp_path / "a.txt").write_text("the boy falls\n")
    frame = pd.DataFrame({"subject_id": ["S1"], "transcript": [str(tmp_path / "a.txt")]})
    texts = pd.DataFrame({"subject_id": ["S1"], "text": ["the boy falls"]})
    read = transcript_of(read_cohort(frame).recordings[0])
    records = pd.DataFrame({"subject_id": ["S1"], "transcript": [read]})
    for source in (frame, texts, records):
        with pytest.raises(InputError, match="no gem 'cookie'; the file marks no gems"):
            transcript_of(read_cohort(source, gem="cookie").recordings[0])
        assert "the boy falls" == said(transcript_of(read_cohort(source, gem="all").recordings[0]))


def test_the_gems_of_a_file_are_listed() -> None:
    """Each once, in order; what is longer than a name is speech that ran into the header."""
    assert ("cookie", "recall") == list_gems(CHAT)
    assert ("recall",) == list_gems(CHAT.replace("@Bg:\tcookie", "@Bg:\tcookie *PAR:\tthe boy ."))
    assert ("cookie", "recall") == list_gems(CHAT.replace("\n", "\r\n"))
    assert () == list_gems("")
