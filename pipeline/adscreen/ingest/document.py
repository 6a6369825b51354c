"""A Word document (.docx, .docm) -> its lines as Word shows them, or the turns that its tables hold.

A paragraph is a line, a line break ends one. A document whose turns stand in tables gives them with their speakers and
times; where labelled paragraphs stand beside, the rows are lines `speaker: text` among them. Other tables give a line
a row.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from adscreen.cohort.files import check_members, refuse_entities
from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.segments import Layout, converse
from adscreen.ingest.speaker_labels import find_labels
from adscreen.ingest.turn_tables import Turns, UnclearTable, read_turns, text_of
from adscreen.ingest.wordprocessing import (
    Block,
    Table,
    find_hidden_styles,
    holds_imported_text,
    parse_part,
    read_blocks,
)
from adscreen.records import Diagnostic

_MAIN = "word/document.xml"
_NAME_WORDS = 3
_WRITTEN = Layout(joined=False, automatic=False)


class Document(NamedTuple):
    """The lines of a document, and its turns where tables hold them."""

    text: str
    turns: Conversation | None = None


def read_document(content: bytes, *, file: str, where: str) -> Document:
    """Read a document; ``file`` is its name for diagnostics.

    Raises InputError where it is damaged or encrypted, where its text lies in another part, and where more than one
    column of a table may hold what was said.
    """
    check_members(content, where=where)
    blocks = [*_unwrapped(_blocks(content, where=where))]
    tables = [block for block in blocks if isinstance(block, Table)]
    try:
        found = read_turns(tables)
    except UnclearTable:
        what, remedy = "a table in which more than one column may hold speech", "head the columns Speaker, Text, Notes"
        raise InputError(what, where=where, remedy=remedy) from None
    turns = dict(zip(map(id, tables), found, strict=True))
    paragraphs = [
        line for block in blocks if not isinstance(block, Table) for line in block.split("\n") if line.strip()
    ]
    held = [table for table in found if table and table.segments]
    if held and not _hold_turns(paragraphs, held):
        return Document("", _converse(held, len(paragraphs), file=file))
    text = "\n".join(line for block in blocks for line in _lines(block, turns))
    if not text.strip():
        raise InputError("a Word document without text", where=where, remedy="a picture of text has to be typed")
    return Document(text)


def _blocks(content: bytes, *, where: str) -> tuple[Block, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            main = _main_part(archive)
            part = archive.read(main)
            refuse_entities(part, where=where)
            styles = posixpath.join(posixpath.dirname(main), "styles.xml")
            hidden = (
                find_hidden_styles(parse_part(archive.read(styles))) if styles in archive.namelist() else frozenset()
            )
        document = parse_part(part)
        blocks = read_blocks(document, hidden_styles=hidden)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, RecursionError, LookupError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("a damaged Word document", where=where, remedy="open it in Word and save it again") from None
    if holds_imported_text(document):
        what = "a Word document whose text lies in an embedded file"
        raise InputError(what, where=where, remedy="open it in Word and save it again")
    return blocks


def _main_part(archive: zipfile.ZipFile) -> str:
    """Return the name of the part that holds the text: what the package says, else where Word puts it."""
    if "_rels/.rels" in archive.namelist():
        for relation in parse_part(archive.read("_rels/.rels")):
            if relation.get("Type", "").endswith("/officeDocument"):
                return relation.get("Target", "").lstrip("/")
    return _MAIN


def _unwrapped(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield blocks; a table of one column only lays out what is in it."""
    for block in blocks:
        if isinstance(block, Table) and len({cell.column for row in block.rows for cell in row if cell.blocks}) < 2:
            for row in block.rows:
                for cell in row:
                    yield from _unwrapped(cell.blocks)
        else:
            yield block


def _hold_turns(paragraphs: Sequence[str], tables: Sequence[Turns]) -> bool:
    """Tell whether the paragraphs beside tables of turns hold turns as well: they have labels, or most of the words."""
    words = sum(len(segment.pieces) for table in tables for segment in table.segments)
    return bool(find_labels(paragraphs)) or sum(len(line.split()) for line in paragraphs) > words


def _converse(tables: Sequence[Turns], paragraphs: int, *, file: str) -> Conversation:
    passed_over = sum(table.passed_over for table in tables)
    counts = (
        (paragraphs, "paragraphs beside the tables of turns were passed over"),
        (passed_over, "table rows without speech or with one cell alone were passed over"),
        (sum(table.continued for table in tables), "table rows without a speaker were taken for the speaker above"),
        (max(table.notes for table in tables), "columns beside speaker and text were taken for notes and passed over"),
    )
    diagnostics = [Diagnostic(file, None, f"{count} {what}") for count, what in counts if count]
    said_by: dict[str, str] = {}  # one name is one speaker in any case of its letters
    segments = [
        segment._replace(speaker=said_by.setdefault(segment.speaker.casefold(), segment.speaker))
        for table in tables
        for segment in table.segments
    ]
    return converse(segments, file=file, layout=_WRITTEN, diagnostics=diagnostics)


def _lines(block: Block, turns: dict[int, Turns | None]) -> list[str]:
    if not isinstance(block, Table):
        return block.split("\n")
    found = turns[id(block)]
    if found and found.segments:
        return [f"{turn.speaker}: {' '.join(piece.text for piece in turn.pieces)}" for turn in found.segments]
    return [line for row in block.rows for line in _row([*filter(None, (text_of(cell.blocks) for cell in row))])]


def _row(cells: Sequence[str]) -> list[str]:
    """Return a row as lines: what may be a name and what may be said are parted by a colon."""
    names = len(cells) == 2 and len(cells[0].split()) <= _NAME_WORDS and cells[0][-1].isalnum()
    return (": " if names and not cells[0][0].isdigit() else " ").join(cells).split("\n")
