"""Fixtures that every test module may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the data folder ../shared beside the repository")
    return SHARED
