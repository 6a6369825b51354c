"""Every benchmark finds what it measures, and explains itself."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
COMMANDS = sorted(path.stem for path in FOLDER.glob("*.py") if "ArgumentParser(" in path.read_text(encoding="utf-8"))


def test_there_are_benchmarks() -> None:
    """The folder is found, so that the test below covers something."""
    assert {"ingest", "score"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_benchmark_explains_itself(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its imports of adscreen exist, and ``--help`` says how it is used."""
    monkeypatch.setattr("sys.argv", [f"{name}.py", "--help"])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(name).main()
    assert 0 == ended.value.code
    assert capsys.readouterr().out.startswith(f"usage: {name}.py")
