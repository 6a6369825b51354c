"""A file that holds speech in a format which is not read here, or no speech -> a refusal that names it and the remedy.

captions         Advanced SubStation, TTML, SAMI, LRC, MicroDVD, Scenarist, YouTube's XML ...
word processing  the binary .doc, OpenDocument, Pages, Word as XML or as a web archive, an encrypted document
others           PDF, RTF, a web page
owner files      what Word, LibreOffice, macOS and Windows write beside a document

Source: the first bytes that each format's specification gives; [MS-CFB] for the binary documents of Office, and
[MS-OFFCRYPTO] for the stream `EncryptedPackage`.
"""

from __future__ import annotations

import re

from adscreen.cohort.files import name_members, owner_of
from adscreen.errors import InputError

_XML = r"(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?"
_CAPTIONS = (
    ("SubStation Alpha captions (.ass, .ssa)", re.compile(r"\[Script Info\]|\[V4\+? Styles\]", re.IGNORECASE)),
    ("TTML captions (.ttml, .dfxp, .xml)", re.compile(rf"{_XML}<(?:\w+:)?tt(?=[\s>])")),
    ("YouTube's captions as XML", re.compile(rf"{_XML}<(?:timedtext|transcript)(?=[\s>])")),
    ("SAMI captions (.smi)", re.compile(r"<SAMI\b", re.IGNORECASE)),
    ("lyrics with times (.lrc)", re.compile(r"\[(?:ti|ar|al|au|by|re|ve|la|length|offset|tool):[^\]\n]*\]\s*\n")),
    ("MicroDVD captions (.sub)", re.compile(r"\{\d+\}\{\d*\}")),
    ("MPL2 captions", re.compile(r"\[\d+\]\[\d+\]")),
    ("Scenarist captions (.scc)", re.compile(r"Scenarist_SCC V")),
    ("Spruce captions (.stl)", re.compile(r"\$(?:FontName|VertAlign|HorzAlign)\b")),
    ("QuickTime text (.qt.txt)", re.compile(r"\{QTtext\}", re.IGNORECASE)),
    ("RealText captions (.rt)", re.compile(r"<window\b[^>]*\btype\s*=", re.IGNORECASE)),
)
_DOCUMENTS = (
    ("an OpenDocument text as XML (.fodt)", re.compile(rf"{_XML}<office:document\b")),
    ("a Word document as XML", re.compile(rf"{_XML}(?:<\?mso-application[^>]*>\s*)?<(?:w:wordDocument|pkg:package)\b")),
    ("a web archive (.mht), as which Word may save a .doc", re.compile(r"MIME-Version:\s*1\.0", re.IGNORECASE)),
)
_OTHERS = (
    ("a PDF document", re.compile(r"%PDF-"), "save it as Word (.docx) or plain text"),
    ("an RTF document", re.compile(r"\{\\rtf"), "save it as Word (.docx) or plain text"),
    (
        "a web page",
        re.compile(r"(?:<\?xml[^>]*>\s*)?(?:(?:<!DOCTYPE )?<?html|<(?:head|body|div|p|span|br))\b", re.IGNORECASE),
        "save its words as plain text",
    ),
)
_SAVE_CAPTIONS = "export it again as WebVTT (.vtt) or SubRip (.srt)"
_SAVE_DOCUMENT = "open it in its own program and save it as a Word document (.docx)"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (
    ("EncryptedPackage", "an encrypted document", "open it with its password and save it without one"),
    ("WordDocument", "a Word document in the old binary format (.doc)", "open it in Word and save it as .docx"),
    ("Workbook", "an Excel workbook in the old binary format (.xls)", "open it in Excel and save it as .xlsx"),
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_PAGES = ("Index/Document.iwa", "Index.zip", "index.xml", "index.xml.gz")


def refuse_text(text: str, *, where: str) -> None:
    """Raise InputError where text begins as captions, or a document, in a format that is not read."""
    for name, pattern, remedy in _OTHERS:
        if pattern.match(text):
            raise InputError(f"{name}, not a transcript", where=where, remedy=remedy)
    for name, pattern in _CAPTIONS:
        if pattern.match(text):
            raise InputError(f"{name}, which are not read", where=where, remedy=_SAVE_CAPTIONS)
    for name, pattern in _DOCUMENTS:
        if pattern.match(text):
            raise InputError(f"{name}, which is not read", where=where, remedy=_SAVE_DOCUMENT)


def refuse_document(content: bytes, *, where: str) -> None:
    """Raise InputError where a file is a document, binary or an archive, of a format that is not read."""
    if content.startswith(_COMPOUND):
        for stream, name, remedy in _STREAMS:
            if stream.encode("utf-16-le") in content:
                raise InputError(name, where=where, remedy=remedy)
        raise InputError("a binary document of an old Office", where=where, remedy=_SAVE_DOCUMENT)
    if content.startswith(b"PK"):
        if b"mimetype" + _OPEN_DOCUMENT in content[:200]:
            raise InputError("an OpenDocument file (.odt, .ods)", where=where, remedy=_SAVE_DOCUMENT)
        names = frozenset(name_members(content))
        if not names.isdisjoint(_PAGES) and any(name.startswith(("Metadata/", "buildVersion")) for name in names):
            raise InputError("a document of Apple Pages", where=where, remedy="export it as Word (.docx) from Pages")
        if "ppt/presentation.xml" in names:
            raise InputError("a PowerPoint presentation", where=where, remedy="save its words as Word or plain text")


def refuse_owner_file(name: str, *, where: str) -> None:
    """Raise InputError where a file is one that a program writes beside a document, and no recording."""
    owner = owner_of(name)
    if owner:
        raise InputError(f"{owner}, not a transcript", where=where, remedy="name the document itself")
