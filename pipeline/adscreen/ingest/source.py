"""A transcript file -> its content, digest and format, recognised by content and not by name."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adscreen.cohort.files import name_members, owner_of, read_bytes
from adscreen.errors import InputError
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
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"{_HIGH}{_LOW}|(?P<half>{_HIGH}|{_LOW})|\\.", re.DOTALL)  # read from the left, in whole escapes
ARCHIVE, OLD_OFFICE, PRAAT_BINARY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"ooBinaryFile"
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
    if owner := owner_of(path.name):
        raise InputError(f"{owner}, not a transcript", where=where, remedy="name the document itself")
    if content is None:
        content = read_bytes(path, remedy="transcript paths are relative to the manifest")
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith((ARCHIVE, OLD_OFFICE, PRAAT_BINARY)):
        from adscreen.ingest.unread_formats import refuse_document

        refuse_document(content, where=where)
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
        from adscreen.ingest.xml_document import declared_encoding

        if declared := declared_encoding(content):
            return content.decode(declared), ()
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            text = "\0"
        what = "not UTF-8; read as Windows-1252, so accents may be wrong"
        diagnostics = (Diagnostic(path.name, None, what, "save the file as UTF-8"),)
    plain = _CLAN_MARK.sub("", text) if "\x02" in text else text
    if "\0" in text or len(_CONTROL.findall(plain)) > len(text) / 100:
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
    from adscreen.ingest.recognition import recognise_other

    return recognise_other(text, where=where)
