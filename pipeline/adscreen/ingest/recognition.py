"""The text of a file -> its format, by how it begins and by all of its lines; or a refusal by name.

CHAT that begins as CHAT does is known in adscreen.ingest.source, so that a corpus of it loads no other reader.
"""

from __future__ import annotations

import re

from adscreen.ingest.cues import CAPTIONS_START, SUBVIEWER_START, holds_cues
from adscreen.ingest.foreign_text import refuse_foreign
from adscreen.ingest.label_track import is_label_track
from adscreen.ingest.nist import recognise_nist
from adscreen.ingest.salt import is_salt
from adscreen.ingest.source import SourceFormat
from adscreen.ingest.unread_formats import refuse_text
from adscreen.ingest.utterance_tables import is_table
from adscreen.ingest.xml_document import is_xml, root_name

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


def recognise_other(text: str, *, where: str) -> SourceFormat:
    """Return the format of text that does not begin as CHAT; raises InputError where it is of no transcript."""
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
