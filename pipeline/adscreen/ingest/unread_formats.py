"""A file in a format that is not read here -> a refusal that names the format and says what to do instead.

    text        captions, documents and mark-up, by how they begin
    XML         by the name of the root element
    documents   binary ones and archives, by their first bytes and the names of their parts

adscreen.ingest.foreign_text names what is left: damaged files of formats that are read.

Source: the first bytes that each format's specification gives; [MS-CFB] for the binary documents of Office, and
[MS-OFFCRYPTO] for the stream `EncryptedPackage`; RT-09 evaluation plan (NIST) for RTTM.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from adscreen.cohort.files import name_members
from adscreen.errors import InputError
from adscreen.ingest.source import ARCHIVE, OLD_OFFICE, PRAAT_BINARY
from adscreen.ingest.xml_document import is_xml, root_name


class _Format(NamedTuple):
    """A format by how it begins, what it is called, and what to do instead."""

    start: re.Pattern[str]
    name: str
    remedy: str


_SAVE_CAPTIONS = "export it again as WebVTT (.vtt) or SubRip (.srt)"
_SAVE_DOCUMENT = "open it in its own program and save it as a Word document (.docx)"
_SAVE_PAGES = "save it as Word (.docx) or plain text, and compare that with the page"
_SAVE_IN_WORD = "open it in Word or LibreOffice and save it as Word (.docx)"
_SAVE_WORDS = "save its words as plain text, one turn per line"
_XML = r"(?:<\?xml[^>]*>\s*)?"
_RTTM_TYPE = "SPEAKER|LEXEME|NON-LEX|NON-SPEECH|SEGMENT|SPKR-INFO|NOSCORE|NO_RT_METADATA|SU|EDIT|FILLER|IP|CB|A/P"
_FORMATS = tuple(
    _Format(re.compile(start, re.IGNORECASE), name, remedy)
    for start, name, remedy in (
        (r"%PDF-", "a PDF document", _SAVE_PAGES),
        (r"\{\\rtf", "an RTF document", _SAVE_IN_WORD),
        (rf"{_XML}(?:(?:<!DOCTYPE )?<?html|<(?:head|body|div|p|span|br))\b", "a web page", _SAVE_WORDS),
        (rf"{_XML}<office:document\b", "an OpenDocument text as XML (.fodt)", _SAVE_DOCUMENT),
        (r"MIME-Version:\s*1\.0", "a web archive (.mht), as which Word may save a .doc", _SAVE_DOCUMENT),
        (r"(?:Return-Path|Received|Message-ID):", "an e-mail", _SAVE_WORDS),
        (r"\\(?:documentclass|begin\{)", "a LaTeX document", _SAVE_WORDS),
        (r"%!PS", "a PostScript document", _SAVE_WORDS),
        (r"\[Script Info\]|\[V4\+? Styles\]", "SubStation Alpha captions (.ass, .ssa)", _SAVE_CAPTIONS),
        (r"<SAMI\b", "SAMI captions (.smi)", _SAVE_CAPTIONS),
        (r"<window\b[^>]*\btype\s*=", "RealText captions (.rt)", _SAVE_CAPTIONS),
        (
            r"\[(?:ti|ar|al|au|by|re|ve|la|length|offset|tool):[^\]\n]*\]\s*\n",
            "lyrics with times (.lrc)",
            _SAVE_CAPTIONS,
        ),
        (r"\{\d+\}\{\d*\}", "MicroDVD captions (.sub)", _SAVE_CAPTIONS),
        (r"\[\d+\]\[\d+\]", "MPL2 captions", _SAVE_CAPTIONS),
        (r"Scenarist_SCC V", "Scenarist captions (.scc)", _SAVE_CAPTIONS),
        (r"\$(?:FontName|VertAlign|HorzAlign)\b", "Spruce captions (.stl)", _SAVE_CAPTIONS),
        (r"\{QTtext\}", "QuickTime text (.qt.txt)", _SAVE_CAPTIONS),
        (
            rf"(?:;;.*\n)*(?-i:{_RTTM_TYPE})[ \t]+\S*[^\s:][ \t]+\S+(?:[ \t]+(?:\d+(?:\.\d+)?|<NA>)){{2}}(?!\S)",
            "RTTM, which says who spoke when and holds no words",
            "give the words with their speakers: the recogniser's JSON, or STM",
        ),
    )
)
_XML_FORMATS = {  # by the name of the root element, in small letters
    "tt": ("TTML captions (.ttml, .dfxp, .xml)", _SAVE_CAPTIONS),
    "timedtext": ("YouTube's captions as XML", _SAVE_CAPTIONS),
    "transcript": ("YouTube's captions as XML", _SAVE_CAPTIONS),
    "worddocument": ("a Word document as XML", _SAVE_DOCUMENT),
    "package": ("a Word document as XML", _SAVE_DOCUMENT),
    "workbook": ("an Excel workbook as XML", "save it in Excel as .xlsx or CSV"),
    "tei": ("a TEI document", "convert it with TEICORPO to ELAN (.eaf) or CHAT"),
    "teicorpus": ("a TEI corpus", "convert each of its texts with TEICORPO to ELAN (.eaf) or CHAT"),
    "folker-transcription": ("a FOLKER transcript (.fln, .flk)", "export it from FOLKER as EXMARaLDA (.exb)"),
    "segmented-transcription": ("an EXMARaLDA segmented transcription (.exs)", "give the basic transcription (.exb)"),
    "list-transcription": ("an EXMARaLDA list transcription", "give the basic transcription (.exb)"),
    "corpus": ("an EXMARaLDA corpus file (.coma)", "give the transcription (.exb) of each recording"),
    "chat": ("TalkBank XML", "give the CHAT file (.cha) that it was made from"),
    "annotation": ("an Anvil annotation", "import it into ELAN and save it as .eaf"),
    "audiodoc": ("VoxSigma XML (Vocapia)", "export CTM, or labelled text"),
    "document": ("FLEx interlinear text (.flextext)", "export it from FLEx to ELAN (.eaf)"),
    "metatranscript": ("IMDI metadata", "give the transcript that it describes"),
    "cmd": ("CMDI metadata", "give the transcript that it describes"),
    "svg": ("a picture (SVG)", "give the transcript"),
}
_READ_HERE = "of XML, ELAN (.eaf), EXMARaLDA (.exb) and Transcriber (.trs) are read"
_ATTRIBUTE = re.compile(r"<[^<>]*=")  # which a note in angle brackets does not have
_STREAMS = (
    ("EncryptedPackage", "an encrypted document", "open it with its password and save it without one"),
    ("WordDocument", "a Word document in the old binary format (.doc)", "open it in Word and save it as .docx"),
    ("Workbook", "an Excel workbook in the old binary format (.xls)", "open it in Excel and save it as .xlsx"),
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_PAGES = ("Index/Document.iwa", "Index.zip", "index.xml", "index.xml.gz")


def refuse_text(text: str, *, where: str) -> None:
    """Raise InputError where text begins as one of a format that is not read."""
    for format in _FORMATS:
        if format.start.match(text):
            raise InputError(format.name, where=where, remedy=format.remedy)
    name = root_name(text).casefold()
    if name in _XML_FORMATS and (_ATTRIBUTE.match(text) or is_xml(text)):
        refuse_xml(name, where=where)


def refuse_xml(root: str, *, where: str) -> NoReturn:
    """Raise InputError for XML that no reader knows, by the name of its root element with or without its namespace."""
    unknown = ("XML, but no ELAN annotation document", f"{_READ_HERE}; {_SAVE_WORDS}")
    what, remedy = _XML_FORMATS.get(root.rpartition("}")[2].casefold(), unknown)
    raise InputError(what, where=where, remedy=remedy)


def refuse_document(content: bytes, *, where: str) -> None:
    """Raise InputError where a file is a document, binary or an archive, of a format that is not read."""
    if content.startswith(OLD_OFFICE):
        for stream, name, remedy in _STREAMS:
            if stream.encode("utf-16-le") in content:
                raise InputError(name, where=where, remedy=remedy)
        raise InputError("a binary document of an old Office", where=where, remedy=_SAVE_DOCUMENT)
    if content.startswith(PRAAT_BINARY):
        remedy = "in Praat, choose Save as text file"
        raise InputError("a binary Praat file (of a TextGrid, as a rule)", where=where, remedy=remedy)
    if content.startswith(ARCHIVE):
        if b"mimetype" + _OPEN_DOCUMENT in content[:200]:
            raise InputError("an OpenDocument file (.odt, .ods)", where=where, remedy=_SAVE_DOCUMENT)
        names = frozenset(name_members(content))
        if not names.isdisjoint(_PAGES) and any(name.startswith(("Metadata/", "buildVersion")) for name in names):
            raise InputError("a document of Apple Pages", where=where, remedy="export it as Word (.docx) from Pages")
        if "ppt/presentation.xml" in names:
            raise InputError("a PowerPoint presentation", where=where, remedy="save its words as Word or plain text")
