"""Turns and tables -> the files that researchers have: CHAT, Word, Excel, delimited text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook
from speech import Turn

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_EPOCH = (2020, 1, 1, 0, 0, 0)  # of a file in an archive, so that the same words are the same bytes


def write_chat(path: Path, turns: Iterable[Turn | str], *, participant: str, headers: Sequence[str] = ()) -> None:
    """Write a CHAT file; ``participant`` is the ``@ID`` of PAR, and a turn that is text is a line as it stands."""
    lines = [
        "@UTF8",
        "@Begin",
        "@Languages:\teng",
        "@Participants:\tPAR Participant, INV Investigator",
        f"@ID:\t{participant}",
        "@ID:\teng|SYNTHETIC|INV|||||Investigator|||",
        *headers,
        "@Comment:\tSYNTHETIC. Nobody said this.",
        *(turn if isinstance(turn, str) else f"*{turn.who}:\t{turn.line}" for turn in turns),
        "@End",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def add_times(turns: Iterable[Turn]) -> list[Turn]:
    """Return the turns with the bullets of a linked recording, at about two words a second."""
    start, timed = 1_000, []
    for turn in turns:
        end = start + 500 * len(turn.text.split())
        timed.append(Turn(turn.who, f"{turn.line} \x15{start}_{end}\x15"))
        start = end + 300
    return timed


def write_word(path: Path, paragraphs: Iterable[str]) -> None:
    """Write a Word document of plain paragraphs."""
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_DOCUMENT}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), f'<?xml version="1.0" encoding="UTF-8"?>{part}')


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """Write an Excel workbook; each sheet is its rows, the header first."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def write_lines(path: Path, lines: Iterable[str], *, ending: str = "\n") -> None:
    """Write lines of text in UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + ending for line in lines).encode())
