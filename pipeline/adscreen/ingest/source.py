"""A transcript file -> its content, digest and format, recognised by content and not by name."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adscreen.cohort.files import name_members, read_bytes
from adscreen.errors import InputError
from adscreen.ingest.cues import CAPTIONS_START, SUBVIEWER_START, holds_cues
from adscreen.ingest.foreign_text import refuse_foreign
from adscreen.ingest.label_track import is_label_track
from adscreen.ingest.nist import recognise_nist
from adscreen.ingest.salt import is_salt
from adscreen.ingest.unread_formats import refuse_document, refuse_owner_file, refuse_text
from adscreen.ingest.utterance_tables import is_table
from adscreen.ingest.xml_document import declared_encoding, is_xml, root_name
from adscreen.records import Diagnostic

# fmt: off
SourceFormat = Literal[
    "chat", "salt", "text", "docx", "json", "transcripts", "vtt", "srt", "sbv", "table", "excel",
    "elan", "textgrid", "exmaralda", "transcriber", "ctm", "stm", "labels",
]
# fmt: on

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x14\x16-\x19\x1b-\x1f]")
_CLAN_MARK = re.compile(r"\x02[\x01-\x08\x0e-\x14]")  # underline, italics and the like begin or end
_CHAT_START = re.compile(r"\s*@(?:UTF8|Begin|Font|Color words|Window|PID)\b")
_CHAT_TIER = re.compile(r"^\*[A-Z0-9_]{2,7}:", re.MULTILINE)
_STARTS: tuple[tuple[SourceFormat, re.Pattern[str]], ...] = (
    ("vtt", re.compile(r"WEBVTT(?!\S)")),
    ("srt", CAPTIONS_START),
    ("sbv", SUBVIEWER_START),
    ("textgrid", re.compile(r'(?:File type = )?"(?:ooTextFile[^"]{0,20}|Praat chronological TextGrid text file)"')),
    ("transcripts", re.compile(r'\{\s*"recording_id"\s*:')),
    ("json", re.compile(r'\{\s*["}]|\[\s*(?:[{"]|\[\s*[\[{"\d\]-])')),
)
_XML_ROOTS: dict[str, SourceFormat] = {"basic-transcription": "exmaralda", "Trans": "transcriber"}
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"{_HIGH}{_LOW}|(?P<half>{_HIGH}|{_LOW})|\\.", re.DOTALL)  # read from the left, in whole escapes
_ZIP = b"PK\x03\x04"
_OFFICE: tuple[tuple[SourceFormat, str], ...] = (("docx", "word/document"), ("excel", "xl/workbook"))


@dataclass(frozen=True, slots=True)
class Source:
    """The content of a file; ``text`` has line ends as ``\\n`` and is empty for office documents.

    ``digest`` is the SHA-256 of ``content`` in hexadecimal: that of the file, or of what a compressed file holds.
    """

    name: str
    content: bytes
    text: str
    digest: str
    format: SourceFormat
    diagnostics: tuple[Diagnostic, ...] = ()


def read_source(path: Path, *, content: bytes | None = None) -> Source:
    """Read a file, or ``content`` as if it were that of a file of this name.

    Raises InputError where it is missing, empty, binary or in a format that is not a transcript's.
    """
    where = str(path)
    refuse_owner_file(path.name, where=where)
    if content is None:
        content = read_bytes(path, remedy="transcript paths are relative to the manifest")
    digest = hashlib.sha256(content).hexdigest()
    refuse_document(content, where=where)
    if content.startswith(_ZIP):
        return Source(path.name, content, "", digest, _recognise_archive(content, where=where))
    text, diagnostics = _decode(content, path)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\x1a \t\n"):
        raise InputError("the file is empty", where=where, remedy="export it again, or leave it out of the manifest")
    format = recognise(text, where=where)
    if format in ("json", "transcripts") and "\\ud" in text.lower():
        text, mended = _mend_escapes(text, path)
        diagnostics += mended
    return Source(path.name, content, text, digest, format, diagnostics)


def _recognise_archive(content: bytes, *, where: str) -> SourceFormat:
    names = name_members(content)
    for format, part in _OFFICE:
        if any(name.startswith(part) for name in names) or (not names and part.encode() in content):
            return format
    raise InputError(
        "an archive", where=where, remedy="name a file in it (corpus.zip/S01.cha), or run `adscreen manifest` on it"
    )


def _decode(content: bytes, path: Path) -> tuple[str, tuple[Diagnostic, ...]]:
    """Decode UTF-8, UTF-16 with its byte-order mark, or else Windows-1252 with a diagnostic."""
    diagnostics: tuple[Diagnostic, ...] = ()
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)]
    try:
        text = content.decode(marked[0] if marked else "utf-8")
    except UnicodeDecodeError:
        if declared := declared_encoding(content):
            return content.decode(declared), ()
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            text = "\0"
        what = "not UTF-8; read as Windows-1252, so accents may be wrong"
        diagnostics = (Diagnostic(path.name, None, what, "save the file as UTF-8"),)
    if "\0" in text or len(_CONTROL.findall(_CLAN_MARK.sub("", text))) > len(text) / 100:
        raise InputError("a binary file, not a transcript", where=str(path), remedy="save its words as plain text")
    return text, diagnostics


def _mend_escapes(text: str, path: Path) -> tuple[str, tuple[Diagnostic, ...]]:
    """Put U+FFFD for an escape of JSON that is half a character, which Python would read and no file could hold."""
    mended = _ESCAPE.sub(lambda match: "\\ufffd" if match["half"] else match[0], text)
    if mended == text:
        return text, ()
    what = "half of a character (an emoji cut in two, as a rule) was read as U+FFFD"
    return mended, (Diagnostic(path.name, None, what, "export the file again"),)


def recognise(text: str, *, where: str) -> SourceFormat:
    """Return the format of text; raises InputError where it begins as a file does that is no transcript."""
    if _CHAT_START.match(text):
        return "chat"
    start = text.lstrip("\ufeff \t\n")
    refuse_text(start, where=where)
    if is_xml(start):
        return _XML_ROOTS.get(root_name(start), "elan")
    for format, pattern in _STARTS:
        if pattern.match(start):
            return format
    return _recognise_lines(text, start, where=where)


def _recognise_lines(text: str, start: str, *, where: str) -> SourceFormat:
    """Return the format of text that only all its lines together can tell."""
    if nist := recognise_nist(text):
        return nist
    if is_label_track(text):
        return "labels"
    if _CHAT_TIER.search(text):
        return "chat"
    if holds_cues(text):
        return "srt"
    if is_table(text):
        return "table"
    if is_salt(start):
        return "salt"
    refuse_foreign(start, where=where)
    return "text"
