"""Pauses and sounds as people type them: counted as such in plain text, captions and recognisers' text alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ingest = Callable[..., Any]

SAID = (
    "the (0.5) boy (.) fell (2) off (3 sec) the (1.2s) stool (pause) now (...) ok [2.0] yes ((laughs)) so (coughs) good"
)
WORDS = "the boy fell off the stool now ok yes so good"


def test_pauses_in_plain_text(door: Path, ingest: Ingest) -> None:
    """Eleven words, eight pauses, two events."""
    seen = ingest(door / "pause_text.txt", speaker="PAR")
    assert {"PAR": WORDS, "INV": "ok"} == seen.words
    assert [0.5, None, 2, 3, 1.2, None, None, 2] == seen.pauses
    assert ["laughs", "coughs"] == seen.events
    assert ("11", "8", "2") == (seen.row["words_spoken"], seen.row["pauses"], seen.row["events"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("S01.srt", f"1\n00:00:01,000 --> 00:00:09,000\n{SAID}\n"),
        ("S01.vtt", f"WEBVTT\n\n00:01.000 --> 00:09.000\n{SAID}\n"),
        ("S01.json", json.dumps({"text": SAID, "segments": [{"id": 0, "start": 1.0, "end": 9.0, "text": SAID}]})),
        ("S01.csv", f'speaker,start,end,text\nA,1.0,9.0,"{SAID}"\n'),
    ],
)
def test_the_same_in_other_formats(ingest: Ingest, tmp_path: Path, name: str, text: str) -> None:
    """What is a pause in plain text is one in captions, recognisers' text and tables."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    seen = ingest(file)
    assert [WORDS] == [*seen.words.values()]
    assert [0.5, None, 2, 3, 1.2, None, None, 2] == seen.pauses
    assert ["laughs", "coughs"] == seen.events


def test_a_german_interview(ingest: Ingest, tmp_path: Path) -> None:
    """Notes by f4's rules: what is laughed, what was not understood, pauses by their dots; no sign is a word."""
    file = tmp_path / "S01.txt"
    file.write_text(
        "I: Was sehen Sie?\nB: Der Junge (.) steht auf dem (unv.) Hocker. (lacht)\nB: Ja, (...) das Wasser "
        "läuft (Becken?) über (4).\n",
        encoding="utf-8",
    )
    seen = ingest(file, speaker="B")
    assert "Der Junge steht auf dem Hocker Ja das Wasser läuft Becken über" == seen.words["B"]
    assert ([None, None, 4], ["lacht"], "1") == (seen.pauses, seen.events, seen.row["unintelligible"])
    assert "1 stretches in parentheses or brackets were read as speech" in seen.diagnostics


def test_a_conversation_analyst_transcript(ingest: Ingest, tmp_path: Path) -> None:
    """Signs of Jefferson and GAT leave the words whole."""
    file = tmp_path / "S01.txt"
    file.write_text(
        "PAR: we::ll the bo:y (0.8) is= =climbing (--) °up° >really fast< .hhh ((points at him)) fu(h)nny\n",
        encoding="utf-8",
    )
    seen = ingest(file)
    assert {"PAR": "well the boy is climbing up really fast funny"} == seen.words
    assert ([0.8, None], ["points at him"]) == (seen.pauses, seen.events)
