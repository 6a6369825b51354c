"""docs/features.md and the features that it documents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from adscreen.features import FEATURES, SET_VERSION
from adscreen.features.documentation import EXAMPLE, document_features
from adscreen.features.information_units import find_mentions, first_places
from adscreen.features.tasks import parse_task

PAGE = Path(__file__).resolve().parents[2] / "docs" / "features.md"


def test_the_page_is_that_of_the_code() -> None:
    """Fails when a feature changed and the page was not generated anew."""
    assert document_features() == PAGE.read_text(encoding="utf-8"), "run python -m adscreen.features docs/features.md"


def test_every_feature_has_a_row() -> None:
    """Each with its unit and formula, under its family, and the page tells the version."""
    page = document_features()
    assert f"Feature set version {SET_VERSION}." in page
    for feature in FEATURES:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{feature.key}` |")]
        assert f"| {feature.unit} |" in row
        assert 9 == row.replace(r"\|", "").count("|")
        assert page.index(f"## {feature.family.capitalize()}\n") < page.index(row)


def test_the_example_task_file_works() -> None:
    """What the page tells a user to write is read, and finds what it says."""
    assert EXAMPLE in document_features()
    task = parse_task(EXAMPLE, where="example")
    told = find_mentions(["a girl has a kite".split(), "she can't get it down from the tree".split()], task)
    assert {"girl", "kite", "kite in the tree"} == {task.units[unit].name for unit in first_places(told)}


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    """``python -m adscreen.features FILE``."""
    subprocess.run([sys.executable, "-m", "adscreen.features", str(tmp_path / "page.md")], check=True)
    assert document_features() == (tmp_path / "page.md").read_text(encoding="utf-8")
