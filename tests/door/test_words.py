"""Scripts whose letters carry marks: a word is a word through the command, in plain text and in CHAT."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ingest = Callable[..., Any]


@pytest.mark.parametrize(("name", "words"), [("hi.cha", "यह हिन्दी है"), ("ru.txt", "Михаи\u0301л идёт домо\u0301й")])
def test_three_words_each(door: Path, ingest: Ingest, name: str, words: str) -> None:
    """Combining marks belong to their letters."""
    seen = ingest(door / name)
    assert {"PAR": words} == seen.words
    assert ("3", "3") == (seen.row["words_spoken"], seen.row["words_fluent"])


@pytest.mark.parametrize("line", ["شَاهَدَ الوَلَدُ", "שָׁלוֹם יֶלֶד", "می\u200cرود خانه", "நீர் ஓடுகிறது"])
@pytest.mark.parametrize("name", ["S01.txt", "S01.cha", "S01.vtt"])
def test_two_words_in_every_format(ingest: Ingest, tmp_path: Path, line: str, name: str) -> None:
    """The readers and the counts agree on what a word is."""
    head = {"S01.cha": "@UTF8\n@Begin\n*PAR:\t", "S01.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n", "S01.txt": "PAR: "}
    file = tmp_path / name
    file.write_text(f"{head[name]}{line} .\n", encoding="utf-8")
    seen = ingest(file)
    assert line == seen.words["PAR"]
    assert ("2", "2") == (seen.row["words_spoken"], seen.row["words_fluent"])
