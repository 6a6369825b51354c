"""What a user names -> recordings: one for each transcript, none from outside, each under a name of its own."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from adscreen.cohort import read_cohort
from adscreen.cohort.reading import Reading
from adscreen.errors import InputError
from adscreen.scoring.inputs import Named, find_recordings


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Path]:
    """Write empty files and return the folder that holds them."""

    def write(*names: str, folder: str = "clinic") -> Path:
        root = tmp_path / folder
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(b"x")
        return root

    return write


def ids(named: Named) -> list[str]:
    """Return the ids of the recordings found; subjects have the same."""
    assert [one.recording_id for one in named.recordings] == [one.subject_id for one in named.recordings]
    assert list(range(1, len(named.recordings) + 1)) == [one.row for one in named.recordings]
    return [one.recording_id for one in named.recordings]


def test_a_manifest_gives_its_recordings(simulated: Path) -> None:
    """Alone it is read as one, with its condition."""
    path = simulated / "held_out.csv"
    assert list(read_cohort(path).recordings) == list(find_recordings([path]).recordings)
    some = find_recordings([path], Reading(where="visit == '1'")).recordings
    assert {"1"} == {one.visit for one in some}


def test_a_folder_gives_its_transcripts_in_order(files: Callable[..., Path]) -> None:
    """Known endings, compressed ones too and in any case, in folders below; the rest is listed as passed over."""
    folder = files("b.cha", "a.TXT", "c/d.vtt.gz", "c/e.json", "scan.pdf", "manifest.csv", ".hidden.cha", "README")
    named = find_recordings([folder])
    assert ["a", "b", "d", "e"] == ids(named)
    assert ("clinic/README", "clinic/manifest.csv", "clinic/scan.pdf") == named.passed_over
    assert all(one.transcript.is_file() for one in named.recordings)


def test_links_that_lead_out_are_not_followed(files: Callable[..., Path]) -> None:
    """A link to a file or folder elsewhere is passed over; one that stays inside is a transcript."""
    outside = files("secret.cha", folder="elsewhere")
    folder = files("a.cha", "below/b.cha")
    (folder / "stolen.cha").symlink_to(outside / "secret.cha")
    (folder / "all").symlink_to(outside, target_is_directory=True)
    (folder / "again.cha").symlink_to(folder / "below" / "b.cha")
    named = find_recordings([folder])
    assert ["a", "again", "b"] == ids(named)
    assert ("clinic/stolen.cha",) == named.passed_over


def test_an_archive_is_a_folder(tmp_path: Path) -> None:
    """Its transcripts are named as paths through it."""
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("cases/S1.cha", "x")
        archive.writestr("notes.md", "x")
    named = find_recordings([tmp_path / "c.zip"])
    assert ["S1"] == ids(named)
    assert tmp_path / "c.zip" / "cases" / "S1.cha" == named.recordings[0].transcript
    assert ("c.zip/notes.md",) == named.passed_over


def test_equal_names_get_their_paths(files: Callable[..., Path]) -> None:
    """The path from the folder that all lie in tells them apart, with the ending where they differ in that alone."""
    folder = files("control/002.cha", "dementia/002.cha", "dementia/003.cha", "dementia/003.txt", "004.cha")
    expected = ["004", "control/002", "dementia/002", "dementia/003.cha", "dementia/003.txt"]
    assert expected == ids(find_recordings([folder]))
    loose = [folder / "dementia" / "002.cha", folder / "control" / "002.cha", folder / "004.cha"]
    assert ["dementia/002", "control/002", "004"] == ids(find_recordings(loose))


def test_files_and_folders_together(files: Callable[..., Path]) -> None:
    """They come in the order given."""
    folder = files("x/a.cha", "x/b.cha", "c.cha", "d.v2.cha")
    assert ["d.v2", "a", "b", "c"] == ids(find_recordings([folder / "d.v2.cha", folder / "x", folder / "c.cha"]))


def test_a_missing_file_is_a_recording(tmp_path: Path) -> None:
    """Its row will say that it cannot be read."""
    assert ["none"] == ids(find_recordings([tmp_path / "none.cha"]))


@pytest.mark.parametrize("name", ["transcripts.jsonl", "transcripts.jsonl.gz"])
def test_stored_transcripts_give_their_recordings(tmp_path: Path, name: str) -> None:
    """A line each, with the ids, visit, task and language that were stored."""
    records = [{"recording_id": f"r{n}", "subject_id": "s", "visit": str(n), "task": "cookie"} for n in range(2)]
    text = "".join(json.dumps(record) + "\n" for record in records).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    found = find_recordings([tmp_path / name]).recordings
    assert [("r0", "s", "0", "cookie", None), ("r1", "s", "1", "cookie", None)] == [
        (one.recording_id, one.subject_id, one.visit, one.task, one.language) for one in found
    ]
    (tmp_path / name).write_bytes(b"{}\n")
    with pytest.raises(InputError, match="line 1: no transcript record; run `adscreen ingest` again"):
        find_recordings([tmp_path / name])


def test_a_name_that_is_not_text_can_be_written(tmp_path: Path) -> None:
    """Bytes of a file's name that are not UTF-8 become question marks in its id; the file is still found."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "caf\udce9.cha").write_bytes(b"x")
    (recording,) = find_recordings([folder]).recordings
    assert "caf?" == recording.recording_id
    assert recording.transcript.is_file()


def test_what_cannot_be_scored_is_one_line(files: Callable[..., Path]) -> None:
    """A file twice, and a folder without a transcript: what and the remedy."""
    folder = files("a.cha", "empty/b.pdf")
    with pytest.raises(InputError, match="a is named twice; name it once"):
        find_recordings([folder, folder / "a.cha"])
    with pytest.raises(InputError, match=r"holds no transcript among 1 files; their names end in \.cha, "):
        find_recordings([folder / "empty"])
    with pytest.raises(InputError, match="where: needs a manifest"):
        find_recordings([folder], Reading(where="age > 60"))
