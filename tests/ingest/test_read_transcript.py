"""A transcript file -> a Transcript."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.records import Transcript

CHAT = "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tPAR Participant, INV Investigator\n" + "".join(
    f"@ID:\teng|c|{code}|||||{role}|||\n" for code, role in (("PAR", "Participant"), ("INV", "Investigator"))
)


def read(path: Path, **options: str) -> Transcript:
    """Read as recording r of subject s."""
    return read_transcript(path, recording_id="r", subject_id="s", **options)


def test_a_chat_file(tmp_path: Path) -> None:
    """The transcript holds all speakers' utterances, names the participant and carries its provenance."""
    path = tmp_path / "a.cha"
    path.write_text(f"{CHAT}*INV:\twhat ?\n*PAR:\tthe boy .\n@End\n", encoding="utf-8")
    transcript = read(path, visit="1", task="cookie")
    assert ("r", "s", "1", "cookie") == (
        transcript.recording_id,
        transcript.subject_id,
        transcript.visit,
        transcript.task,
    )
    assert ("PAR", "eng", "chat", ()) == (
        transcript.participant,
        transcript.language,
        transcript.source_format,
        transcript.diagnostics,
    )
    assert hashlib.sha256(path.read_bytes()).hexdigest() == transcript.source_digest
    assert ["INV", "PAR"] == [u.speaker for u in transcript.utterances]


def test_a_text_file(tmp_path: Path) -> None:
    """Plain text takes its language and task from the manifest."""
    path = tmp_path / "a.txt"
    path.write_text("The boy fell.\n", encoding="utf-8")
    transcript = read(path, language="eng", task="cookie")
    assert ("PAR", "eng", "cookie", "text") == (
        transcript.participant,
        transcript.language,
        transcript.task,
        transcript.source_format,
    )


def test_the_manifest_names_the_speaker(tmp_path: Path) -> None:
    """``speaker`` decides between two participants; without it they are an error."""
    path = tmp_path / "a.cha"
    path.write_text("@Begin\n*ONE:\tthe boy .\n*TWO:\tthe girl .\n@End\n", encoding="utf-8")
    assert "TWO" == read(path, speaker="TWO").participant
    with pytest.raises(InputError, match="ONE 2, TWO 2"):
        read(path)


@pytest.mark.parametrize("line", ["*INV:\twhat is it ?", "*PAR:\txxx .", "*PAR:\t0 .", "%com:\tnothing"])
def test_a_file_without_participant_words_is_an_error(tmp_path: Path, line: str) -> None:
    """Only the interviewer, only noise or nothing at all cannot be screened."""
    path = tmp_path / "a.cha"
    path.write_text(f"{CHAT}{line}\n@End\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(path) == caught.value.where


def test_errors_hold_no_transcript_text(tmp_path: Path) -> None:
    """What was said appears in no error and no diagnostic."""
    path = tmp_path / "a.cha"
    path.write_text("*ONE:\tsecret <words .\nsecret line\n*TWO secret\n*TWO:\tsecret [secret] >\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    found = [str(caught.value), *map(str, read(path, speaker="ONE").diagnostics)]
    assert 5 < len(found)
    assert [] == [message for message in found if "secret" in message]


def test_every_clinical_file_is_read(shared: Path) -> None:
    """Each file with a participant gives a transcript with words of that participant."""
    paths = sorted((shared / "chat" / "clinical").glob("*.cha"))
    assert 40 == len(paths)
    for path in paths:
        transcript = read(path)
        assert any(u.words for u in transcript.utterances if u.speaker == transcript.participant), path.name


def test_chat_loads_no_other_reader(tmp_path: Path) -> None:
    """A corpus of CHAT starts fast: the readers of other formats are loaded with the first file of another format."""
    (tmp_path / "a.cha").write_text("@Begin\n*PAR:\tthe boy fell .\n@End\n", encoding="utf-8")
    code = (
        "import sys; from adscreen.ingest import read_transcript; read_transcript('a.cha');"
        "print(sorted(name for name in sys.modules if name.startswith('adscreen.ingest.') and 'read' in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
