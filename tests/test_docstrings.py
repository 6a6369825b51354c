"""Every example in a docstring of the library gives what it says."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import adscreen

ROOT = Path(adscreen.__file__).parent
MODULES = [
    ".".join(("adscreen", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in sorted(ROOT.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_docstrings_run(name: str) -> None:
    """An example that is wrong is worse than none."""
    assert 0 == doctest.testmod(importlib.import_module(name)).failed
