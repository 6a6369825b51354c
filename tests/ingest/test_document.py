"""A Word document -> its paragraphs and table rows as lines of plain text."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.ingest.document import read_document

OFFICE = "word/document.xml"


def office(part: str) -> bytes:
    """Return a file with the outer form of a Word document."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(OFFICE, part)
    return content.getvalue()


def test_a_document_is_read_like_its_text(tmp_path: Path) -> None:
    """Paragraphs are lines and a table's rows are labelled turns, in the order of the document."""
    docx = pytest.importorskip("docx", reason="needs python-docx, the extra `docx`")
    document = docx.Document()
    document.add_paragraph("INV: What do you see?")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "PAR", "The boy fell."
    document.add_paragraph("PAR: He cries.")
    document.save(tmp_path / "a.docx")
    transcript = read_transcript(tmp_path / "a.docx", recording_id="r", subject_id="s")
    assert ["INV", "PAR", "PAR"] == [utterance.speaker for utterance in transcript.utterances]
    assert ("PAR", "docx") == (transcript.participant, transcript.source_format)


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where python-docx is not installed, the error says how to get it."""
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(InputError, match=r"install adscreen\[docx\], or save it as plain text"):
        read_document(office("<w/>"), where="a.docx")


@pytest.mark.parametrize("content", [office("not xml"), office("")])
def test_a_damaged_document_is_refused(content: bytes) -> None:
    """Whatever python-docx stumbles over is an input error."""
    pytest.importorskip("docx", reason="needs python-docx, the extra `docx`")
    with pytest.raises(InputError, match="a damaged Word document"):
        read_document(content, where="a.docx")


def test_entities_are_refused() -> None:
    """A document type declaration in any part is refused before the part is parsed."""
    pytest.importorskip("docx", reason="needs python-docx, the extra `docx`")
    with pytest.raises(InputError, match="XML with a document type declaration"):
        read_document(office('<!DOCTYPE a [<!ENTITY b "c">]><a/>'), where="a.docx")
