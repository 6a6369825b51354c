"""A transcript file -> its text, digest and format."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.ingest.source import read_source

SENTENCE = "Le garçon est tombé."


def saved(folder: Path, content: bytes, name: str = "a.txt") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, line_end: str) -> None:
    """UTF-8 and UTF-16 with a byte-order mark read alike, with any line ends."""
    source = read_source(saved(tmp_path, f"{SENTENCE}{line_end}Oui.".encode(encoding)))
    assert (f"{SENTENCE}\nOui.", "text", ()) == (source.text, source.format, source.diagnostics)


def test_windows_1252_is_read_with_a_diagnostic(tmp_path: Path) -> None:
    """A file that is not UTF-8 is taken for Windows-1252, and that is said."""
    source = read_source(saved(tmp_path, SENTENCE.encode("cp1252")))
    assert SENTENCE == source.text
    assert ["not UTF-8; read as Windows-1252, so accents may be wrong"] == [d.what for d in source.diagnostics]


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    """The digest identifies the file, not its decoded text."""
    content = SENTENCE.encode("utf-16")
    assert hashlib.sha256(content).hexdigest() == read_source(saved(tmp_path, content)).digest


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("@UTF8\n@Begin\n", "chat"),
        ("\ufeff@Begin\n", "chat"),
        ("*PAR:\thello .\n", "chat"),
        ("@Comment:\tx\n*INV:\thello .\n", "chat"),
        ("PAR: hello", "text"),
        ("**Anna:** hello", "text"),
        ("*Note: nothing", "text"),
        ("[laughs] hello", "text"),
        ("{so to speak}", "text"),
        ("hello @home", "text"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nhello", "vtt"),
        ("WEBVTTX", "text"),
        ("1\n00:00:01,000 --> 00:00:02,000\nhello", "srt"),
        ("00:00:01,000 --> 00:00:02,000\nhello", "srt"),
        ('{"text": "hello"}', "json"),
        ('[{"text": "hello"}]', "json"),
        ('{"recording_id": "r"}', "transcripts"),
        ("<?xml version='1.0'?><a/>", "elan"),
        ('File type = "ooTextFile"', "textgrid"),
        ('"ooTextFile"', "textgrid"),
        ("speaker,text\nA,hello", "table"),
        ("Subject_ID\tTranscript\nA\thello", "table"),
        ("So he said, text me", "text"),
    ],
)
def test_the_format_is_told_by_content(tmp_path: Path, text: str, kind: str) -> None:
    """Each format has its beginning, CHAT its headers or main tiers; the extension plays no part."""
    assert kind == read_source(saved(tmp_path, text.encode(), "a.doc")).format


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n\t\n", "the file is empty"),
        (b"\x89PNG\r\n\x00\x00", "a binary file, not a transcript"),
        (bytes(range(1, 256)), "a binary file, not a transcript"),
        (b"\x01\x02\x03\x04abc", "a binary file, not a transcript"),
        (b"\xff\xfe\x00", "a binary file, not a transcript"),
        (b"{\\rtf1\\ansi hello}", "an RTF document"),
        (b"%PDF-1.7 hello", "a PDF document"),
        (b"<!DOCTYPE html><html>hello", "a web page"),
        (b"PK\x03\x04 hello", "an archive"),
    ],
)
def test_what_is_no_transcript_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    """Empty, binary and foreign files are named for what they are; their markup is never read as speech."""
    with pytest.raises(InputError) as caught:
        read_source(saved(tmp_path, content))
    assert what == caught.value.what


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """A missing file, a folder and an impossible path are input errors with the path in them."""
    for path in (tmp_path / "none.cha", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(InputError) as caught:
            read_source(path)
        assert str(path) == caught.value.where


@pytest.mark.parametrize(
    ("escaped", "read"),
    [
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\uD83D", "\ufffd"),
        (r"\ude00 \ud83d\ud83d\ude00", "\ufffd \ufffd\U0001f600"),
        (r"\\ud83d \" \u0041", '\\ud83d " A'),
    ],
)
def test_half_a_character_is_read_and_reported(tmp_path: Path, escaped: str, read: str) -> None:
    """JSON can escape half an emoji, which no file can hold: it is U+FFFD with a diagnostic; all else stays."""
    source = read_source(saved(tmp_path, f'{{"text": "{escaped}"}}'.encode(), "a.json"))
    assert read == json.loads(source.text)["text"]
    assert ("\ufffd" in read) == bool(source.diagnostics)
