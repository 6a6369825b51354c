"""SHA256SUMS: what is written is what sha256sum writes, and a changed or missing file is found."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from adscreen.bundled import bundled
from adscreen.checksums import SUMS, differing, read_sums, sums_of, sums_text, write_sums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two files, one of them below another folder."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two words.txt").write_bytes(b"two")
    (tmp_path / "a.bin").write_bytes(b"\0one")
    return tmp_path


def test_sums_are_written_as_sha256sum_writes_them(folder: Path) -> None:
    """A digest, two spaces, a name with slashes, in the order given; read again they are the same."""
    names = ["b/two words.txt", "a.bin"]
    sums = sums_of(folder, names)
    write_sums(folder, sums)
    two, one = (hashlib.sha256(content).hexdigest() for content in (b"two", b"\0one"))
    assert f"{two}  b/two words.txt\n{one}  a.bin\n" == (folder / SUMS).read_text(encoding="utf-8")
    assert list(sums.items()) == list((read_sums(folder) or {}).items())
    assert [] == differing(folder, sums)


def test_changed_and_missing_files_differ(folder: Path) -> None:
    """Each is named, in the order listed; one that is not listed is no matter."""
    sums = sums_of(folder, ["a.bin", "b/two words.txt"]) | {"none.txt": "0" * 64}
    (folder / "a.bin").write_bytes(b"\0onE")
    (folder / "unlisted").write_bytes(b"")
    assert ["a.bin", "none.txt"] == differing(folder, sums)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_sums_that_cannot_be_read_are_none(folder: Path, content: bytes | None) -> None:
    """Missing or not UTF-8 is none; an empty file lists nothing."""
    if content is not None:
        (folder / SUMS).write_bytes(content)
    assert read_sums(folder) is None
    (folder / SUMS).write_bytes(b"")
    assert {} == read_sums(folder)


@pytest.mark.parametrize("name", ["models/speech-bilm", "models/english-ud"])
def test_shipped_sums_are_kept_to_the_byte(name: str) -> None:
    """The text of what is read is the file as it was committed, and every file has its digest."""
    sums = read_sums(bundled(name))
    assert sums
    assert (bundled(name) / SUMS).read_text(encoding="utf-8") == sums_text(sums)
    assert [] == differing(bundled(name), sums)
