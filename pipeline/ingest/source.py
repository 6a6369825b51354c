"""A transcript file -> its text, digest and format, recognised by content."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import InputError
from pipeline.records import Diagnostic

SourceFormat = Literal["chat", "text"]

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x14\x16-\x19\x1b-\x1f]")
_CHAT_START = re.compile(r"\s*@(?:UTF8|Begin|Font|Color words|Window|PID)\b")
_CHAT_TIER = re.compile(r"^\*[A-Z0-9_]{2,7}:", re.MULTILINE)
_OTHER_FORMATS = (
    ("a PDF document", re.compile(r"%PDF-")),
    ("an RTF document", re.compile(r"\{\\rtf")),
    ("WebVTT captions", re.compile(r"WEBVTT\b")),
    ("SubRip captions", re.compile(r"\d+\s*\n\d+:\d\d:\d\d[,.]\d+\s*-->")),
    ("a Praat TextGrid", re.compile(r'File type = "ooTextFile')),
    ("XML or HTML", re.compile(r"<\?xml|<!DOCTYPE|<html", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file with line ends as ``\\n``; ``digest`` is the SHA-256 of its bytes, in hexadecimal."""

    name: str
    text: str
    digest: str
    format: SourceFormat
    diagnostics: tuple[Diagnostic, ...] = ()


def read_source(path: Path) -> Source:
    """Read a file; raises InputError where it is missing, empty, binary or in a format that is not a transcript's."""
    where = str(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", where=where, remedy="transcript paths are relative to the manifest") from None
    except (OSError, ValueError) as error:  # ValueError: a path that no system accepts
        raise InputError(f"cannot be read ({getattr(error, 'strerror', None) or error})", where=where) from None
    text, diagnostics = _decode(content, path)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\x1a \t\n"):
        raise InputError("the file is empty", where=where)
    return Source(path.name, text, hashlib.sha256(content).hexdigest(), _recognise(text, where=where), diagnostics)


def _decode(content: bytes, path: Path) -> tuple[str, tuple[Diagnostic, ...]]:
    """Decode UTF-8, UTF-16 with its byte-order mark, or else Windows-1252 with a diagnostic."""
    diagnostics: tuple[Diagnostic, ...] = ()
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)]
    try:
        text = content.decode(marked[0] if marked else "utf-8")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            text = "\0"
        what = "not UTF-8; read as Windows-1252, so accents may be wrong"
        diagnostics = (Diagnostic(path.name, None, what, "save the file as UTF-8"),)
    if "\0" in text or len(_CONTROL.findall(text)) > len(text) / 100:
        raise InputError("a binary file, not a transcript", where=str(path), remedy="save it as CHAT or plain text")
    return text, diagnostics


def _recognise(text: str, *, where: str) -> SourceFormat:
    if _CHAT_START.match(text) or _CHAT_TIER.search(text):
        return "chat"
    start = text.lstrip()
    names = [name for name, pattern in _OTHER_FORMATS if pattern.match(start)]
    if names or (start[0] in "{[" and _is_json(text)):
        name = names[0] if names else "JSON"
        raise InputError(f"{name}, not CHAT or plain text", where=where, remedy="convert it to CHAT or plain text")
    return "text"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
