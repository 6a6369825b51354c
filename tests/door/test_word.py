"""Word documents through `adscreen ingest`: the text as Word shows it, and the turns of tables.

The samples under tests/ingest/samples/word are our own sentences: `teams_table.docx` has the columns Timestamp,
Speaker, Transcript that public scripts flatten, `review.docx` an interview with tracked changes, and `grid.docx` a
table of speaker, time and text without headings.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from adscreen.cohort.layouts import build_manifest

SAMPLES = Path(__file__).resolve().parents[1] / "ingest" / "samples" / "word"
TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def run(text: str, properties: str = "") -> str:
    """Return a run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, mark: str = "") -> str:
    """Return a paragraph of runs; plain text becomes one."""
    inner = "".join(part if part.startswith("<") else run(part) for part in content)
    return f"<w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr>{inner}</w:p>"


def cell(content: str, properties: str = "") -> str:
    """Return a cell of a paragraph, or of blocks."""
    blocks = content if content.startswith("<w:p>") else paragraph(content) if content else "<w:p/>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{blocks}</w:tc>"


def table(*rows: tuple[str, ...]) -> str:
    """Return a table; a cell that begins with `<w:tc>` is taken as it is."""
    body = "".join(
        f"<w:tr>{''.join(part if part.startswith('<w:tc>') else cell(part) for part in row)}</w:tr>" for row in rows
    )
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{body}</w:tbl>"


def write(path: Path, *blocks: str, namespace: str = TRANSITIONAL, **parts: str) -> Path:
    """Write a document; further ``parts`` are named without folder and ending."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{namespace}" xmlns:mc="{COMPATIBILITY}">'
        f"<w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        for name, part in parts.items():
            archive.writestr(f"word/{name}.xml", part)
    return path


@pytest.fixture
def text(tmp_path: Path, ingest: Any) -> Any:
    """Return the words of a document of blocks, which names no speakers."""

    def read(*blocks: str, **options: str) -> str:
        found: dict[str, str] = ingest(write(tmp_path / "a.docx", *blocks, **options)).words
        return found["PAR"]

    return read


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "tracked.docx",
            {
                "Interviewer": "Tell me what you see",
                "Anna": "The boy takes a cookie from the jar and falls",
            },
        ),
        (
            "sdt.docx",
            {"Interviewer": "Tell me what you see", "Anna": "The water runs over the sink And the girl laughs"},
        ),
        ("nested.docx", {"Interviewer": "What do you see", "Anna": "A boy on a stool And a girl below"}),
        ("merged.docx", {"Interviewer": "What do you see", "Anna": "A boy on a stool And a girl"}),
        ("table3.docx", {"Interviewer": "What do you see", "Anna": "A boy on a stool The sink is full"}),
        (
            "teams_old.docx",
            {
                "Anna Smith": "Tell me what you see Anything else",
                "Mary Jones": "The boy is on a stool The water runs over",
            },
        ),
    ],
)
def test_documents_of_the_door(door: Path, ingest: Any, name: str, expected: dict[str, str]) -> None:
    """Insertions, content controls, nested and merged cells, columns and Teams' times are read as Word shows them."""
    assert expected == ingest(door / name).words


@pytest.mark.parametrize(
    ("name", "speaker", "words"), [("teams.docx", "Anna B", 9), ("teams_new.docx", "Mary Jones", 10)]
)
def test_documents_of_teams(door: Path, ingest: Any, name: str, speaker: str, words: int) -> None:
    """A name and a time stand in one line, what was said in the next of the same paragraph."""
    counts = ingest(door / name).counts
    assert (words, 2) == (counts[speaker], len(counts))


def test_the_times_of_a_table(door: Path, ingest: Any) -> None:
    """A column of clock times gives the starts of turns."""
    spans = ingest(door / "table3.docx").spans
    assert [("Interviewer", 1000, None), ("Anna", 4000, None), ("Anna", 9000, None)] == spans


def test_samples(ingest: Any) -> None:
    """The samples are read with their speakers, words and times."""
    seen = ingest(SAMPLES / "teams_table.docx")
    assert {"Anna Berg": "Where is the harbour", "Peter Holm": "Behind the church You can see the masts"} == seen.words
    assert [("Anna Berg", 3000, None), ("Peter Holm", 7000, None), ("Peter Holm", 65000, None)] == seen.spans
    assert {
        "Interviewer": "What did you cook",
        "Participant": "A soup of leeks and it was too salt",
    } == ingest(SAMPLES / "review.docx").words
    seen = ingest(SAMPLES / "grid.docx")
    assert {"Anna": "We came by boat The sea was rough", "Ben": "Who steered"} == seen.words


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ((run("the "), f'<w:ins w:id="1">{run("boy ")}</w:ins>', "fell"), "the boy fell"),
        ((run("the "), '<w:del w:id="1"><w:r><w:delText>girl </w:delText></w:r></w:del>', "boy"), "the boy"),
        ((f'<w:moveFrom w:id="1">{run("boy ")}</w:moveFrom>', f'<w:moveTo w:id="2">{run("girl")}</w:moveTo>'), "girl"),
        ((f"<w:hyperlink>{run('the ')}</w:hyperlink><w:smartTag>{run('boy ')}</w:smartTag>", "fell"), "the boy fell"),
        ((f'<w:fldSimple w:instr="DATE">{run("the ")}</w:fldSimple>', "boy"), "the boy"),
        ((f"<w:sdt><w:sdtPr/><w:sdtContent>{run('the ')}</w:sdtContent></w:sdt>", "boy"), "the boy"),
        (
            (
                "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
                f"<w:sdtContent>{run('Click here to enter text.')}</w:sdtContent></w:sdt>",
                "boy",
            ),
            "boy",
        ),
        (
            (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>',
                run("code "),
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
                run("shown "),
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
                "after",
            ),
            "shown after",
        ),
        ((run("the "), run("hidden ", "<w:vanish/>"), run("boy", '<w:vanish w:val="0"/>')), "the boy"),
        (
            (
                f"<mc:AlternateContent><mc:Choice Requires='wps'>{run('the ')}</mc:Choice>"
                f"<mc:Fallback>{run('the ')}</mc:Fallback></mc:AlternateContent>",
                "boy",
            ),
            "the boy",
        ),
        (
            ("<w:r><w:t>the</w:t><w:tab/><w:t>boy</w:t><w:br/><w:t>fell</w:t><w:cr/><w:t>off</w:t></w:r>",),
            "the boy fell off",
        ),
        (("<w:r><w:t>mm</w:t><w:noBreakHyphen/><w:t>hmm</w:t></w:r>",), "mm-hmm"),
        (('<w:r><w:t>co</w:t><w:softHyphen/><w:t>at</w:t><w:sym w:font="Wingdings" w:char="F04A"/></w:r>',), "coat"),
        (("<w:r><w:t>caf</w:t><w:sym w:font='Arial' w:char='00E9'/></w:r>",), "café"),
        (
            (
                "<w:r><w:t>boy</w:t><w:footnoteReference w:id='1'/><w:commentReference w:id='1'/></w:r>",
                f"<w:ruby><w:rt><w:r><w:t>gloss</w:t></w:r></w:rt><w:rubyBase>{run(' fell')}</w:rubyBase></w:ruby>",
            ),
            "boy fell",
        ),
    ],
)
@pytest.mark.parametrize("namespace", [TRANSITIONAL, STRICT])
def test_text_as_word_shows_it(text: Any, content: tuple[str, ...], expected: str, namespace: str) -> None:
    """What is shown is read, wherever it stands; what is deleted, hidden or a code is not. Strict documents as well."""
    assert expected == text(paragraph(*content), namespace=namespace)


def test_text_boxes_follow_their_paragraph_and_come_once(text: Any) -> None:
    """A text box has one text, although it is stored for new and for old programs."""
    box = f"<w:drawing><w:txbxContent>{paragraph('in the box')}</w:txbxContent></w:drawing>"
    old = f"<w:pict><w:txbxContent>{paragraph('in the box')}</w:txbxContent></w:pict>"
    alternatives = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert "before in the box after" == text(paragraph("before", alternatives), paragraph("after"))


def test_a_deleted_mark_joins_paragraphs(text: Any, tmp_path: Path, ingest: Any) -> None:
    """Where the mark of a paragraph is deleted, the next goes on in its line; a deleted row is not shown."""
    blocks = paragraph("PAR: the ", mark='<w:del w:id="1"/>') + paragraph("boy fell") + paragraph("INV: why")
    assert {"PAR": "the boy fell", "INV": "why"} == ingest(write(tmp_path / "b.docx", blocks)).words
    deleted = table(("the boy",)).replace("<w:tr>", "<w:tr><w:trPr><w:del w:id='1'/></w:trPr>")
    assert "he fell" == text(deleted, paragraph("he fell"))


def test_styles_that_hide(text: Any) -> None:
    """Text in a hidden style, or one based on it, is not shown; other parts (headers, comments) are not read."""
    styles = (
        f'<w:styles xmlns:w="{TRANSITIONAL}"><w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="I"><w:basedOn w:val="H"/></w:style></w:styles>'
    )
    content = paragraph(run("notes ", '<w:rStyle w:val="I"/>'), "the boy")
    assert "the boy" == text(content, styles=styles, header1="<a>head</a>", comments="<a>said nobody</a>")


ROWS = (("Interviewer", "What do you see?"), ("Anna", "A boy on a stool."), ("Anna", "The sink is full."))
TURNS = {"Interviewer": "What do you see", "Anna": "A boy on a stool The sink is full"}
CLOCK = ("00:01", "00:04", "01:09")


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        [("Speaker", "Text"), *ROWS],
        [(said, name) for name, said in ROWS],
        [("Utterance", "Who"), *((said, name) for name, said in ROWS)],
        [(f"{name}:", said) for name, said in ROWS],
        [ROWS[0], ROWS[1], ("ANNA", "The sink is full.")],
        [(*row, time) for row, time in zip(ROWS, CLOCK, strict=True)],
        [(str(n), f"[{time}]", *row) for n, (row, time) in enumerate(zip(ROWS, CLOCK, strict=True), 1)],
        [
            ("Time", "Speaker", "Transcript", "Notes"),
            *((t, *row, "seems tired today") for row, t in zip(ROWS, CLOCK, strict=True)),
        ],
        [(f"{name} {time}", said) for (name, said), time in zip(ROWS, CLOCK, strict=True)],
        [
            ("Zeit", "Sprecher", "Text", "Bemerkungen"),
            *((t, *row, "wirkt heute müde") for row, t in zip(ROWS, CLOCK, strict=True)),
        ],
        [("Nr.", "Locuteur", "Texte"), *((str(n), *row) for n, row in enumerate(ROWS, 1))],
        [("Nr.", "Wer spricht", "Text"), *((str(n), *row) for n, row in enumerate(ROWS, 1))],
        [("Task 1",), *ROWS],
        [ROWS[0], ROWS[1], ("", "The sink is full.")],
        [
            ROWS[0],
            (cell("Anna", '<w:vMerge w:val="restart"/>'), "A boy on a stool."),
            (cell("", "<w:vMerge/>"), "The sink is full."),
        ],
        [ROWS[0], (cell("Anna: A boy on a stool.", '<w:gridSpan w:val="2"/>'),), ROWS[2]],
    ],
)
def test_tables_of_turns(tmp_path: Path, ingest: Any, rows: list[tuple[str, ...]]) -> None:
    """Columns are told apart by their content or headings, in any order, with times, numbers, notes, merged cells."""
    assert TURNS == ingest(write(tmp_path / "a.docx", table(*rows))).words


def test_a_column_for_each_speaker(tmp_path: Path, ingest: Any) -> None:
    """Where the headings are roles, they are the speakers of their columns."""
    rows = (("Interviewer", "Patient"), ("What do you see?", ""), ("", "A boy."), ("And here?", "The sink is full."))
    expected = {"Interviewer": "What do you see And here", "Patient": "A boy The sink is full"}
    assert expected == ingest(write(tmp_path / "a.docx", table(*rows))).words


def test_a_table_over_pages_and_paragraphs_beside_it(tmp_path: Path, ingest: Any) -> None:
    """Tables of as many columns are one; a title is passed over, and that is said."""
    path = write(tmp_path / "a.docx", paragraph("Interview of 3 May"), table(*ROWS[:2]), paragraph(), table(ROWS[2]))
    seen = ingest(path)
    assert TURNS == seen.words
    assert "1 paragraphs beside the tables of turns were passed over" in seen.diagnostics


def test_labelled_paragraphs_beside_a_table(tmp_path: Path, ingest: Any) -> None:
    """A document may hold turns in paragraphs and in a table."""
    blocks = (paragraph("INV: What do you see?"), table(("PAR", "The boy fell.")), paragraph("PAR: He cries."))
    assert {"INV": "What do you see", "PAR": "The boy fell He cries"} == ingest(
        write(tmp_path / "a.docx", *blocks)
    ).words


def test_two_columns_of_speech_are_refused(tmp_path: Path, ingest: Any) -> None:
    """Original and translation, say: nothing says which is what was said."""
    rows = [(name, said, f"und {said} noch einmal") for name, said in ROWS]
    refused = ingest(write(tmp_path / "a.docx", table(*rows))).refused
    assert "a table in which more than one column may hold speech; head the columns Speaker, Text, Notes" in refused


def test_other_formats_inside_word(tmp_path: Path, ingest: Any) -> None:
    """CHAT and captions that were pasted into Word are read as such."""
    chat = [
        paragraph(line) for line in ("@Begin", "@Participants: PAR Participant", "*PAR: the (.) boy fell .", "@End")
    ]
    seen = ingest(write(tmp_path / "a.docx", *chat))
    assert ({"PAR": "the boy fell"}, 1) == (seen.words, len(seen.pauses))
    captions = [paragraph(line) for line in ("1", "00:00:01,000 --> 00:00:02,000", "the boy", "", "2")]
    captions += [paragraph("00:00:02,000 --> 00:00:03,500"), paragraph("fell")]
    assert [("PAR", 1000, 2000), ("PAR", 2000, 3500)] == ingest(write(tmp_path / "b.docm", *captions)).spans


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(**members: str) -> bytes:
    """Return an archive; `__` in a name is a slash and `_X_` a dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_X_", "."), text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "old binary format (.doc); open it in Word and save it"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "an encrypted document; open it with its password"),
        ("a.xls", OLE + "Workbook".encode("utf-16-le"), "old binary format (.xls)"),
        ("a.odt", zipped(mimetype="application/vnd.oasis.opendocument.text"), "an OpenDocument file"),
        ("a.pages", zipped(Index__Document_X_iwa="", Metadata__Properties_X_plist=""), "Apple Pages"),
        ("a.pptx", zipped(ppt__presentation_X_xml=""), "PowerPoint"),
        ("a.rtf", rb"{\rtf1\ansi the boy}", "an RTF document"),
        ("a.pdf", b"%PDF-1.7\n%the boy", "a PDF document"),
        ("a.doc", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nthe boy", "a web archive"),
        (
            "a.xml",
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>',
            "Word document as XML",
        ),
        ("a.docx", zipped(word__document_X_xml="<a"), "a damaged Word document; open it in Word and save it again"),
        ("a.docx", zipped(word__document_X_xml="<a/>"), "a Word document without text"),
        ("a.docx", zipped(word__document_X_xml="<a/>")[:60], "a damaged document; save it again"),
        ("a.docx", zipped(word__document_X_xml="<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "document type declaration"),
        ("~$a.docx", b"\x05Maria" + bytes(156), "Word's lock file of an open document, not a transcript; name the"),
        (".~lock.a.odt#", b",maria,host,03.05.2026;", "LibreOffice's lock file"),
        ("._a.docx", b"\x00\x05\x16\x07", "macOS"),
        ("Thumbs.db", OLE, "Windows keeps pictures"),
    ],
    ids=str.split("doc encrypted xls odt pages pptx rtf pdf mht xml cut empty half entity owner lock mac thumbs"),
)
def test_what_is_no_word_document_is_named(tmp_path: Path, ingest: Any, name: str, content: bytes, reason: str) -> None:
    """Old, encrypted, foreign and damaged documents and lock files are refused in a line with the remedy."""
    (tmp_path / name).write_bytes(content)
    assert reason in ingest(tmp_path / name).refused


def test_text_in_an_embedded_file_is_refused(tmp_path: Path, ingest: Any) -> None:
    """Some programs leave the text in a web page that Word takes in; without Word it is not there."""
    path = write(tmp_path / "a.docx", paragraph("title"), '<w:altChunk w:id="1"/>')
    assert "a Word document whose text lies in an embedded file" in ingest(path).refused


def test_owner_files_are_no_recordings(tmp_path: Path) -> None:
    """A manifest of a folder leaves out what programs write beside documents."""
    for name in (
        "S01_1.docx",
        "~$S01_1.docx",
        ".~lock.S01_1.docx#",
        "._S01_1.docx",
        "Thumbs.db",
        "S02_1.docm",
        "S03_1.sbv",
    ):
        (tmp_path / name).write_bytes(b"x")
    manifest = build_manifest(tmp_path, "folder")
    assert ["S01_1.docx", "S02_1.docm", "S03_1.sbv"] == list(manifest["transcript"])
