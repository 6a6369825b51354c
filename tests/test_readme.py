"""What README.md, the other documents and the committed example say stays true."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pandas as pd
import pytest
import typer

from adscreen.cli import app
from adscreen.report.recording.pages import page_name

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "reports" / "example"
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "models/*/README.md")
    for path in ROOT.glob(pattern)
)


def test_the_table_of_commands_lists_every_command() -> None:
    """README's table and the command line name the same commands."""
    listed = set(re.findall(r"^\| `adscreen (\w+)", README, flags=re.MULTILINE))
    assert set(typer.main.get_command(app).commands) == listed  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_a_document_names_exist(name: str) -> None:
    """Every relative link, and every path under the source root, leads somewhere."""
    text = (ROOT / name).read_text(encoding="utf-8")
    linked = [(ROOT / name).parent / link for link in re.findall(r"\]\((?!http)([^)#]+)\)", text)]
    named = [ROOT / path for path in re.findall(r"\bpipeline/[\w./]*\w", text)]
    assert [] == [path for path in [*linked, *named] if not path.exists()]


def test_the_example_has_a_page_for_every_score() -> None:
    """reports/example says SYNTHETIC on every page; its scores have the score schema's columns and the manifest's."""
    scores = pd.read_csv(EXAMPLE / "scores.csv")
    schema = json.loads((ROOT / "data_schemas" / "score_row.schema.json").read_text(encoding="utf-8"))
    assert list(schema["properties"]) == list(scores.columns)[: len(schema["properties"])]
    pages = [EXAMPLE / "report" / page_name(recording) for recording in scores["recording_id"]]
    assert all("SYNTHETIC" in page.read_text(encoding="utf-8") for page in [*pages, EXAMPLE / "report" / "index.html"])
    assert all(math.isfinite(value) for value in scores["probability"])
