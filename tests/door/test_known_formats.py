"""docs/transcripts.md says how speakers are found and what is refused by name: the command does both."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adscreen.ingest.known_tools import read_known

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "transcripts.md").read_text(encoding="utf-8")
# An example as the page has it, a file in that form, and the words of its two speakers.
FORMS: dict[str, tuple[str, str, tuple[int, int]]] = {
    "colon": (
        "Interviewer: What do you see?",
        "Interviewer: What do you see?\nParticipant: The boy fell.\nInterviewer: More?\nParticipant: No.\n",
        (5, 4),
    ),
    "small": (
        "speaker 2: no",
        "speaker 1: what do you see\nspeaker 2: the boy fell\nspeaker 1: more\nspeaker 2: no\n",
        (5, 4),
    ),
    "bracket": (
        "[Participant] The boy fell.",
        "[Interviewer] What do you see?\n[Participant] The boy fell.\n[Interviewer] More?\n[Participant] No.\n",
        (5, 4),
    ),
    "square-colon": (
        "[SPEAKER_00]: The boy fell.",
        "[SPEAKER_01]: What do you see?\n[SPEAKER_00]: The boy fell.\n[SPEAKER_01]: More?\n[SPEAKER_00]: No.\n",
        (5, 4),
    ),
    "round": (
        "(speaker 1) The boy fell.",
        "(speaker 0) What do you see?\n(speaker 1) The boy fell.\n(speaker 0) More?\n(speaker 1) No.\n",
        (5, 4),
    ),
    "under-time": (
        "Mary Jones  0:09",
        "Anna Smith  0:03\nWhat do you see?\n\nMary Jones  0:09\nThe boy fell.\n\n"
        "Anna Smith  0:15\nMore?\n\nMary Jones  0:20\nNo.\n",
        (5, 4),
    ),
    "under-bracketed-time": (
        "Participant (00:09):",
        "Interviewer (00:03):\nWhat do you see?\n\nParticipant (00:09):\nThe boy fell.\n\n"
        "Interviewer (00:15):\nMore?\n\nParticipant (00:20):\nNo.\n",
        (5, 4),
    ),
    "under-label": (
        "`Participant`, and on the next line `The boy fell.`",
        "Interviewer\nWhat do you see?\n\nParticipant\nThe boy fell.\n\nInterviewer\nMore?\n\nParticipant\nNo.\n",
        (5, 4),
    ),
    "dash": (
        "Participant - The boy fell.",
        "Interviewer - What do you see?\nParticipant - The boy fell.\nInterviewer - More?\nParticipant - No.\n",
        (5, 4),
    ),
    "clock": (
        "[00:12] Anna: The boy fell.",
        "[00:03] Mary: What do you see?\n[00:12] Anna: The boy fell.\n[00:15] Mary: More?\n[00:20] Anna: No.\n",
        (5, 4),
    ),
    "behind": (
        "B: The boy fell. #00:00:12-4#",
        "I: What do you see? #00:00:05-1#\nB: The boy fell. #00:00:12-4#\nI: More? #00:00:14-0#\nB: No. #00:00:19-7#\n",
        (5, 4),
    ),
    "voice": (
        "<v Mary Jones>The boy fell.</v>",
        "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Anna>What do you see?</v>\n\n"
        "00:05.000 --> 00:09.000\n<v Mary Jones>The boy fell.</v>\n",
        (4, 3),
    ),
}


def zipped(**parts: str) -> bytes:
    """Return an archive of parts; dots of their names are written as ``_``, slashes as ``__``."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, content in parts.items():
                archive.writestr(name.replace("__", "/").replace("_", "."), content)
        return file.getvalue()


def compound(stream: str) -> bytes:
    """Return what begins like a binary document of Office and names a stream of its own."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + stream.encode("utf-16-le") + bytes(512)


# The content of each refused format, and a word of the line that names it.
REFUSED: dict[str, tuple[bytes, str]] = {
    "rttm": (
        b"SPEAKER s1 1 0.00 3.21 <NA> <NA> anna <NA> <NA>\nSPEAKER s1 1 3.50 1.00 <NA> <NA> mary <NA> <NA>\n",
        "RTTM",
    ),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
    "rtf": (rb"{\rtf1\ansi The boy fell.}", "RTF"),
    "doc": (compound("WordDocument"), ".doc"),
    "odt": (zipped(mimetype="application/vnd.oasis.opendocument.text", content_xml="<a/>"), "OpenDocument"),
    "html": (b"<!DOCTYPE html><html><body><p>The boy fell.</p></body></html>", "web page"),
    "ttml": (
        b'<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="0s">The boy.</p></body></tt>',
        "TTML",
    ),
    "ass": (
        b"[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:03.00,,,0,0,0,,The boy fell.\n",
        "SubStation",
    ),
    "tei": (
        b'<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><text><u who="#P">the boy</u></text></TEI>',
        "TEI",
    ),
    "xls": (compound("Workbook"), ".xls"),
    "pages": (zipped(Index__Document_iwa="x", Metadata__Properties_plist="x"), "Pages"),
    "exs": (b'<?xml version="1.0"?><segmented-transcription><head/></segmented-transcription>', "EXMARaLDA"),
    "folker": (b'<?xml version="1.0"?><folker-transcription><head/></folker-transcription>', "FOLKER"),
    "flextext": (b'<?xml version="1.0"?><document version="2"><interlinear-text/></document>', "FLEx"),
    "otr": (json.dumps({"text": "<p>The boy fell.</p>", "media": "a.mp3", "media-time": 3.5}).encode(), "JSON"),
}


def test_every_refused_format_is_tried() -> None:
    """Each format that the page lists as refused has an example here."""
    assert [format.name for format in read_known().refused] == list(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_page_calls_refused_is_refused_by_name(name: str, ingest: Callable[..., Any], tmp_path: Path) -> None:
    """The row says what the file is and what to do, whatever the file is called."""
    content, word = REFUSED[name]
    file = tmp_path / "recording"
    file.write_bytes(content)
    refused = ingest(file).refused
    assert word in refused
    assert ";" in refused


@pytest.mark.parametrize("name", FORMS)
def test_the_forms_on_the_page_are_labels(name: str, ingest: Callable[..., Any], tmp_path: Path) -> None:
    """Two speakers, each with the words of their turns; no label, no time and no digit is a word."""
    example, text, expected = FORMS[name]
    assert example in PAGE
    file = tmp_path / "recording.txt"
    file.write_text(text, encoding="utf-8")
    assert expected == tuple(ingest(file).counts.values())
