"""A Word document -> its lines as Word shows them, or the turns that its tables hold."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.ingest.document import read_document

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TAGS = "p r t tbl tr tc sdt sdtContent ins del br tab fldChar hyperlink txbxContent pPr rPr vanish gridSpan".split()


def office(part: str, **members: str) -> bytes:
    """Return a file with the outer form of a Word document."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", part)
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return content.getvalue()


def body(inner: str) -> str:
    """Return a document part."""
    return f"<w:document {NAMESPACE}><w:body>{inner}</w:body></w:document>"


def line(text: str) -> str:
    """Return a paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_paragraphs_are_lines() -> None:
    """A paragraph is a line, an empty one an empty line; a break ends a line."""
    content = office(body(line("one") + "<w:p/>" + "<w:p><w:r><w:t>two</w:t><w:br/><w:t>three</w:t></w:r></w:p>"))
    assert "one\n\ntwo\nthree" == read_document(content, file="a.docx", where="a.docx").text


def test_the_main_part_is_where_the_package_says() -> None:
    """Some programs give the part that holds the text another name."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="/word/document2"/></Relationships>'
    )
    content = office(body(line("old")), word__document2=body(line("new")), **{"_rels/.rels": relations})
    assert "new" == read_document(content, file="a.docx", where="a.docx").text


def test_the_format_is_that_of_the_document(tmp_path: Path) -> None:
    """Labelled paragraphs are turns, and the transcript says that it was a Word document."""
    (tmp_path / "a.docx").write_bytes(office(body(line("INV: What?") + line("PAR: The boy fell."))))
    transcript = read_transcript(tmp_path / "a.docx")
    assert ["INV", "PAR"] == [utterance.speaker for utterance in transcript.utterances]
    assert ("PAR", "docx") == (transcript.participant, transcript.source_format)


@pytest.mark.parametrize(
    "content",
    [
        office("not xml"),
        office(""),
        office(body(line("x")), **{"_rels/.rels": "<a"}),
        office(body(line("x")), **{"word/styles.xml": "<a"}),
        office("<a>" * 3000 + "</a>" * 3000),
        office(body("<w:sdt>" * 3000 + "</w:sdt>" * 3000)),
        b"PK\x03\x04word/document.xml",
    ],
)
def test_a_damaged_document_is_refused(content: bytes) -> None:
    """Whatever is amiss with a document is one line."""
    with pytest.raises(InputError, match=r"damaged|without text"):
        read_document(content, file="a.docx", where="a.docx")


def test_entities_are_refused_in_any_part() -> None:
    """A document type declaration is refused before the part is parsed."""
    with pytest.raises(InputError, match="XML with a document type declaration"):
        read_document(office('<!DOCTYPE a [<!ENTITY b "c">]><a/>'), file="a.docx", where="a.docx")


trees = st.recursive(
    st.sampled_from(["", "<w:t>word</w:t>", '<w:fldChar w:fldCharType="begin"/>', "<w:vanish/>", "<w:vMerge/>"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<w:{tag}>{''.join(parts)}</w:{tag}>", st.sampled_from(TAGS), st.lists(inner, max_size=3)
    ),
    max_leaves=20,
)


@given(st.lists(trees, max_size=4))
def test_any_tree_of_elements_is_read_or_refused(blocks: list[str]) -> None:
    """However elements are nested, nothing but InputError is raised."""
    with contextlib.suppress(InputError):
        read_document(office(body("".join(blocks))), file="a.docx", where="a.docx")


@given(st.lists(st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=8), min_size=1, max_size=8))
def test_no_letter_is_lost(words: list[str]) -> None:
    """However a paragraph is cut into runs, insertions and links, its text is whole."""
    wraps = (
        "{}",
        "<w:ins>{}</w:ins>",
        "<w:hyperlink>{}</w:hyperlink>",
        "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
    )
    runs = [f"<w:r><w:t>{word}</w:t></w:r>" for word in words]
    content = "".join(wraps[index % len(wraps)].format(run) for index, run in enumerate(runs))
    document = read_document(office(body(f"<w:p>{content}</w:p>")), file="a.docx", where="a.docx")
    assert "".join(words) == document.text
