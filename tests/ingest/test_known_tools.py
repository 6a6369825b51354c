"""The tools that are named, what is said of them, and the pages that show it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from adscreen.errors import InputError
from adscreen.ingest.known_tools import GROUPS, READS, KnownTool, RefusedFormat, list_known, read_known
from adscreen.ingest.known_tools_page import TABLES, fill_tables
from adscreen.ingest.source import SourceFormat

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "transcripts.md", ROOT / "README.md"]
KNOWN = read_known()
ASKED_FOR = (
    "Otter, Zoom, Teams, Google Meet, Rev, Trint, Descript, oTranscribe, f4transkript, MAXQDA, NVivo, Sonix",
    "Happy Scribe, Temi, YouTube, Panopto, Whisper, whisper-timestamped, WhisperX, whisper.cpp, faster-whisper, OpenAI",
    "Hugging Face, Vibe, AWS Transcribe, AWS call analytics, Google Speech-to-Text, Azure Speech, Deepgram, AssemblyAI",
    "Rev.ai, Speechmatics, ElevenLabs, IBM Watson, Praat, ELAN, EXMARaLDA, Transcriber, CLAN, batchalign, SALT",
    "Audacity, NeMo, Kaldi, REDCap, Excel, R, Word",
)


def name_of(entry: KnownTool | RefusedFormat) -> str:
    """Return the name of a record, for pytest."""
    return entry.name


def constants_of_readers() -> set[str]:
    """Return every string that a module of ingest holds, but for those about known tools."""
    sources = [path for path in (ROOT / "pipeline/adscreen/ingest").rglob("*.py") if "known_tools" not in path.name]
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("name", ", ".join(ASKED_FOR).split(", "))
def test_every_tool_that_people_use_is_known(name: str) -> None:
    """Each is found by the name that people call it."""
    assert 1 <= len(list_known(name))


@pytest.mark.parametrize("tool", KNOWN.tools, ids=name_of)
def test_a_tool_is_complete(tool: KnownTool) -> None:
    """It says what to choose and what is read, in one order of words, and gives an address or none."""
    assert tool.group in GROUPS
    assert tool.choose
    assert tool.formats
    assert [read for read in READS if read in tool.reads] == list(tool.reads)
    assert re.fullmatch(r"(?:https?://\S+)?", tool.source)
    texts = [text for text in (tool.choose, tool.not_read, tool.caution) if text]
    assert [] == [text for text in texts if "\n" in text or len(text) > 140 or not text.endswith((".", "`"))]


@pytest.mark.parametrize("refused", KNOWN.refused, ids=name_of)
def test_a_refused_format_says_what_to_give_instead(refused: RefusedFormat) -> None:
    """It has a reason and a way out, and is not among the formats that are read."""
    assert refused.reason
    assert refused.instead
    assert refused.name not in {format.name for format in KNOWN.formats}


def test_no_name_means_two_tools() -> None:
    """Names and aliases are unique, whatever their case."""
    names = [name.casefold() for tool in KNOWN.tools for name in (tool.name, *tool.aliases)]
    assert sorted(set(names)) == sorted(names)


def test_tools_are_in_the_order_of_their_groups() -> None:
    """A group is listed as a whole, so that the command and the page agree."""
    places = [GROUPS.index(tool.group) for tool in KNOWN.tools]
    assert sorted(places) == places
    assert set(range(len(GROUPS))) == set(places)


def test_tools_and_formats_name_each_other() -> None:
    """A tool names known formats only, and every known format comes from a tool."""
    assert {format.name for format in KNOWN.formats} == {name for tool in KNOWN.tools for name in tool.formats}


def test_every_format_that_is_recognised_is_known() -> None:
    """What adscreen.ingest.source recognises is on the page; JSON is there by the name of its recogniser."""
    assert set() == set(get_args(SourceFormat)) - {"json"} - {format.name for format in KNOWN.formats}


def test_every_known_format_has_a_reader() -> None:
    """The name of a format is one that a reader gives to what it has read."""
    assert set() == {format.name for format in KNOWN.formats} - constants_of_readers()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Otter", ["Otter"]),
        ("  oTTER ", ["Otter"]),
        ("teams", ["Microsoft Teams"]),
        ("elan", ["ELAN"]),
        (".eaf", ["ELAN"]),
        ("TextGrid", ["Praat"]),
        ("praat textgrid", ["Praat"]),
        ("pdf", ["PDF (.pdf)"]),
        (".otr", ["oTranscribe's own format (.otr)"]),
        ("sbv", ["YouTube"]),
    ],
)
def test_a_name_is_that_of_a_tool_a_format_or_an_ending(name: str, found: list[str]) -> None:
    """Case, spaces around it and the dot of an ending do not matter."""
    assert found == [row["name"] for row in list_known(name)]


def test_captions_are_tools_and_what_is_refused() -> None:
    """A name may mean several tools, and a format that is refused beside them."""
    names = [row["name"] for row in list_known("captions")]
    assert {"Zoom", "YouTube", "Otter"} <= set(names)
    assert ["TTML or DFXP captions (.ttml, .dfxp, .xml)"] == names[-2:-1]


def test_without_a_name_all_are_listed() -> None:
    """Every tool, then every format that is refused; each row has the same columns."""
    rows = list_known()
    assert len(KNOWN.tools) + len(KNOWN.refused) == len(rows)
    assert 1 == len({tuple(row) for row in rows})


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Oter", "did you mean Otter"),
        ("whisprx", "did you mean WhisperX"),
        ("wattson", "did you mean watson"),
        ("gramophone", "leave it out to list all"),
        ("", "leave it out to list all"),
    ],
)
def test_an_unknown_name_is_refused_with_near_ones(name: str, remedy: str) -> None:
    """The line says that it is unknown and, where there is one, which name is near."""
    with pytest.raises(InputError, match=re.escape(f"no tool or format {name!r} is known")) as caught:
        list_known(name)
    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_of_a_page_are_those_of_the_data(page: Path) -> None:
    """Fails when the data changed and the page did not."""
    text = page.read_text(encoding="utf-8")
    command = "run python -m adscreen.ingest.known_tools_page docs/transcripts.md README.md"
    assert fill_tables(text) == text, command


def test_every_table_is_on_a_page() -> None:
    """Each is marked once."""
    marks = [mark for page in PAGES for mark in re.findall(r"<!-- table: (\w+) -->", page.read_text(encoding="utf-8"))]
    assert sorted(TABLES) == sorted(marks)


def test_the_page_shows_every_tool() -> None:
    """One row each, with a link to the source where there is one, and five columns whatever the texts hold."""
    rows = [line for line in TABLES["tools"]().splitlines() if line.startswith("| ") and "---" not in line]
    rows = [row for row in rows if not row.startswith("| tool |")]
    assert len(KNOWN.tools) == len(rows)
    for tool, row in zip(KNOWN.tools, rows, strict=True):
        assert row.startswith(f"| [{tool.name}]({tool.source}) |" if tool.source else f"| {tool.name} |")
        assert 6 == row.replace(r"\|", "").count("|")


def test_only_what_is_between_the_marks_changes() -> None:
    """Text around a table stays, and what stood in its place goes."""
    page = "before\n<!-- table: groups -->\nold\n<!-- end of table -->\nafter\n"
    filled = fill_tables(page)
    assert filled.startswith("before\n<!-- table: groups -->\n\n| what you have |")
    assert filled.endswith("|\n\n<!-- end of table -->\nafter\n")
    assert "old" not in filled
    assert filled == fill_tables(filled)


def test_the_command_fills_a_page(tmp_path: Path) -> None:
    """``python -m adscreen.ingest.known_tools_page FILE``."""
    page = tmp_path / "page.md"
    page.write_text("<!-- table: refused -->\n<!-- end of table -->\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "adscreen.ingest.known_tools_page", str(page)], check=True)
    assert "| RTTM (`.rttm`) |" in page.read_text(encoding="utf-8")
