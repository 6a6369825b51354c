"""A file in any format -> the turns of all its speakers: the reader of each format is called here.

adscreen.ingest loads this module for files that are no CHAT, so that a corpus of CHAT starts fast.
"""

from __future__ import annotations

from dataclasses import replace

from adscreen.cohort.spreadsheet import parse_workbook
from adscreen.ingest.captions import read_captions
from adscreen.ingest.chat import read_chat
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.document import read_document
from adscreen.ingest.elan import read_elan
from adscreen.ingest.exmaralda import read_exmaralda
from adscreen.ingest.label_track import read_label_track
from adscreen.ingest.nist import read_ctm, read_stm
from adscreen.ingest.plain_text import read_text
from adscreen.ingest.recognisers import parse_json, read_recogniser
from adscreen.ingest.salt import read_salt
from adscreen.ingest.source import Source, recognise
from adscreen.ingest.textgrid import read_textgrid
from adscreen.ingest.transcriber import read_transcriber
from adscreen.ingest.utterance_tables import Request, Talk, index_table, parse_table, read_rows


def parse_talk(source: Source) -> Talk:
    """Return the table that a file of the format ``table`` or ``excel`` holds; raises InputError where it is none."""
    if source.format == "excel":
        table = parse_workbook(source.content, file=source.name)
    else:
        table = parse_table(source.text, file=source.name)
    return index_table(table, file=source.name)


def read_talk(talk: Talk, recording_id: str, subject_id: str, visit: str | None, *, file: str) -> Conversation:
    """Read a recording from the table that holds it; raises InputError where the table has no row of it."""
    return read_rows(talk, Request(recording_id, subject_id, visit), file=file)


def read_format(
    source: Source, *, recording_id: str, where: str, task: str | None, language: str | None
) -> Conversation:
    """Read the one recording of a file; raises InputError where it cannot be read."""
    file = source.name
    match source.format:
        case "chat":
            return read_chat(source.text, file=file, task=task, language=language)
        case "json":
            return read_recogniser(parse_json(source.text, where=where), file=file, where=where)
        case "vtt" | "srt" | "sbv":
            return read_captions(source.text, file=file)
        case "docx":
            document = read_document(source.content, file=file, where=where)
            if document.turns:
                return document.turns
            held = replace(source, text=document.text, format=recognise(document.text, where=where))
            return read_format(held, recording_id=recording_id, where=where, task=task, language=language)
        case "salt":
            return read_salt(source.text, file=file, where=where)
        case "table":
            return read_rows(parse_talk(source), Request(recording_id, recording_id), file=file)
        case "text":
            return read_text(source.text, file=file)
        case _:
            return _read_annotation(source, recording_id=recording_id, where=where)


def _read_annotation(source: Source, *, recording_id: str, where: str) -> Conversation:
    """Read what an annotation tool wrote: tiers, or lines that have times."""
    file = source.name
    match source.format:
        case "elan":
            return read_elan(source.content, file=file, where=where)
        case "exmaralda":
            return read_exmaralda(source.content, file=file, where=where)
        case "transcriber":
            return read_transcriber(source.content, file=file, where=where)
        case "ctm":
            return read_ctm(source.text, recording_id=recording_id, file=file, where=where)
        case "stm":
            return read_stm(source.text, recording_id=recording_id, file=file, where=where)
        case "textgrid":
            return read_textgrid(source.text, file=file, where=where)
        case _:
            return read_label_track(source.text, file=file, where=where)
