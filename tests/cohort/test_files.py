"""A path -> the bytes of its file, which may be compressed or lie inside a .zip."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pytest

from adscreen.cohort import files
from adscreen.cohort.files import check_members, holds_many, list_files, read_bytes, refuse_entities
from adscreen.errors import InputError

CONTENT = b"The boy fell.\n"


def zipped(**members: bytes) -> bytes:
    """Return an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def saved(path: Path, content: bytes) -> Path:
    """Write a file and return its path."""
    path.write_bytes(content)
    return path


def test_plain_and_compressed_files(tmp_path: Path) -> None:
    """What is compressed is told by its first bytes, whatever its name."""
    for name, content in (("a", CONTENT), ("b", gzip.compress(CONTENT, mtime=0)), ("c.txt", lzma.compress(CONTENT))):
        assert CONTENT == read_bytes(saved(tmp_path / name, content))


def test_a_path_leads_into_an_archive(tmp_path: Path) -> None:
    """A member is named as if the archive were a folder, and may itself be compressed."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("Control/a.txt", CONTENT)
        opened.writestr("Control/b.txt.gz", gzip.compress(CONTENT, mtime=0))
    path = saved(tmp_path / "c.zip", archive.getvalue())
    assert [CONTENT, CONTENT] == [read_bytes(path / name) for name in ("Control/a.txt", "Control/b.txt.gz")]
    assert ["Control/a.txt", "Control/b.txt.gz"] == [file.as_posix() for file in list_files(path)]


def test_an_archive_that_changes_is_read_anew(tmp_path: Path) -> None:
    """The archive is opened once for all its files, but never served stale."""
    path = saved(tmp_path / "c.zip", zipped(a=CONTENT))
    assert CONTENT == read_bytes(path / "a")
    saved(path, zipped(a=CONTENT * 500, b=b"more"))
    assert CONTENT * 500 == read_bytes(path / "a")


BOMB = b"\0" * 5000


@pytest.mark.parametrize("content", [BOMB, gzip.compress(BOMB, mtime=0), lzma.compress(BOMB)])
def test_what_expands_too_far_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Plain, compressed or in an archive, more than the bound is refused."""
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    for path in (saved(tmp_path / "a", content), saved(tmp_path / "b.zip", zipped(a=content)) / "a"):
        with pytest.raises(InputError, match="larger than"):
            read_bytes(path)


def test_a_compression_inside_another_is_not_followed(tmp_path: Path) -> None:
    """One layer is taken off, so that layers cannot multiply."""
    assert gzip.compress(BOMB, mtime=0) == read_bytes(
        saved(tmp_path / "a", gzip.compress(gzip.compress(BOMB, mtime=0)))
    )


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08\x00garbage", b"\x1f\x8b", b"\xfd7zXZ\x00garbage", gzip.compress(CONTENT, mtime=0)[:-6]]
)
def test_damage_is_an_input_error(tmp_path: Path, content: bytes) -> None:
    """A file that is cut short or broken inside is refused with its path."""
    with pytest.raises(InputError, match="cannot be read") as caught:
        read_bytes(saved(tmp_path / "a.gz", content))
    assert str(tmp_path / "a.gz") == caught.value.where


def test_what_is_not_there(tmp_path: Path) -> None:
    """A missing file, a missing member, a file that is no archive and impossible paths are input errors."""
    saved(tmp_path / "c.zip", zipped(a=CONTENT))
    saved(tmp_path / "plain", CONTENT)
    for path, what in (
        (tmp_path / "none", "no such file"),
        (tmp_path / "c.zip" / "b", "no such file"),
        (tmp_path / "plain" / "b", "cannot be read"),
        (tmp_path, "cannot be read"),
        (tmp_path / "a\0b", "cannot be read"),
    ):
        with pytest.raises(InputError, match=what):
            read_bytes(path)
    for folder in (tmp_path / "none", tmp_path / "plain"):
        with pytest.raises(InputError, match=r"no such folder|neither a folder nor"):
            list_files(folder)


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    """What systems add to folders and archives is no transcript."""
    for name in ("a/.DS_Store", "a/x.cha", "__MACOSX/._x.cha", ".git/x.cha"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        saved(tmp_path / name, CONTENT)
    assert ["a/x.cha"] == [file.as_posix() for file in list_files(tmp_path)]


@pytest.mark.parametrize(
    ("name", "many"),
    [("a.csv", True), ("a.TSV.gz", True), ("a.xlsx", True), ("t.jsonl.xz", True), ("a.cha", False), ("a.json", False)],
)
def test_files_that_hold_many_recordings(name: str, many: bool) -> None:
    """Tables and transcripts.jsonl may be named in many rows of a manifest."""
    assert many == holds_many(Path(name))


def test_members_of_office_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document's parts are bounded together, and none may declare entities."""
    check_members(zipped(**{"a.xml": b"<a/>"}), where="a.docx")
    with pytest.raises(InputError, match="document type declaration"):
        check_members(zipped(**{"a.xml": b"<!DOCTYPE a>"}), where="a.docx")
    with pytest.raises(InputError, match="a damaged document"):
        check_members(b"PK\x03\x04", where="a.docx")
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match="larger than"):
        check_members(zipped(a=BOMB[:600], b=BOMB[:600]), where="a.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_entities_are_seen_in_any_encoding(encoding: str) -> None:
    """UTF-16 does not hide a declaration."""
    with pytest.raises(InputError, match="document type declaration"):
        refuse_entities('<!DOCTYPE a [<!ENTITY b "c">]>'.encode(encoding), where="a.eaf")
