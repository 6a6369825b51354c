"""Run folders: whole or not at all, never over what is there; CSV that no spreadsheet runs, JSON without NaN."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import adscreen
from adscreen.errors import InputError
from adscreen.studies.runs import check_free, new_run
from adscreen.version import installed_versions


def write_run(out: Path, *, content: str = "x", force: bool = False) -> None:
    """Write a run of one file."""
    with new_run(out, force=force, command="test", settings={"seed": 3, "manifest": Path("m.csv")}) as folder:
        (folder / "scores.csv").write_text(content)


def fail_in_a_run(out: Path, error: type[BaseException], *, force: bool = False) -> None:
    """Begin a run, write a file, and fail."""
    with new_run(out, force=force, command="test", settings={}) as folder:
        (folder / "half").write_text("x")
        raise error("stop")


def names(folder: Path) -> list[str]:
    """Return what a folder holds, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def test_a_run_says_how_it_was_made(tmp_path: Path) -> None:
    """run.json has the command, the settings, the versions and the time."""
    write_run(tmp_path / "out")
    assert ["run.json", "scores.csv"] == names(tmp_path / "out")
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert ("test", {"seed": 3, "manifest": "m.csv"}) == (record["command"], record["settings"])
    assert adscreen.__version__ == record["adscreen"]
    assert np.__version__ == record["versions"]["numpy"]
    assert pd.Timestamp(record["time"]).tzinfo is not None


def test_parents_are_made(tmp_path: Path) -> None:
    """A run may be written into folders that do not exist yet, or into an empty one."""
    (tmp_path / "empty").mkdir()
    write_run(tmp_path / "a" / "b" / "out")
    write_run(tmp_path / "empty")
    assert (tmp_path / "a" / "b" / "out" / "run.json").is_file()
    assert (tmp_path / "empty" / "run.json").is_file()


@pytest.mark.parametrize("error", [ValueError, InputError, KeyboardInterrupt])
def test_a_run_that_fails_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    """An error inside leaves neither the folder nor the temporary one."""
    with pytest.raises(error):
        fail_in_a_run(tmp_path / "out", error)
    assert [] == names(tmp_path)


def test_a_run_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    """While the run is written its folder does not exist."""
    with new_run(tmp_path / "out", force=False, command="test", settings={}) as folder:
        assert not (tmp_path / "out").exists()
        assert tmp_path == folder.parent


def test_a_run_is_replaced_only_by_force(tmp_path: Path) -> None:
    """A second run is refused; with force it replaces the first, files that it does not write included."""
    out = tmp_path / "out"
    write_run(out, content="first")
    (out / "extra").write_text("x")
    with pytest.raises(InputError, match="already holds a run; name a new folder, or add force="):
        write_run(out, content="second")
    assert "first" == (out / "scores.csv").read_text()
    write_run(out, content="third", force=True)
    assert "third" == (out / "scores.csv").read_text()
    assert ["run.json", "scores.csv"] == names(out)


def test_a_forced_run_that_fails_keeps_the_old_one(tmp_path: Path) -> None:
    """The old run goes only when the new one is whole."""
    write_run(tmp_path / "out", content="first")
    with pytest.raises(ValueError, match="stop"):
        fail_in_a_run(tmp_path / "out", ValueError, force=True)
    assert ["out"] == names(tmp_path)
    assert "first" == (tmp_path / "out" / "scores.csv").read_text()


@pytest.mark.parametrize("force", [False, True])
def test_foreign_files_are_never_replaced(tmp_path: Path, force: bool) -> None:
    """A folder without run.json, and a file, stay as they are even with force."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.docx").write_text("x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="holds files that adscreen did not write"):
        write_run(tmp_path / "folder", force=force)
    with pytest.raises(InputError, match="is a file"):
        write_run(tmp_path / "file", force=force)
    assert ["file", "folder"] == names(tmp_path)
    assert ["thesis.docx"] == names(tmp_path / "folder")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """A path through a file is one line, not a traceback."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        write_run(tmp_path / "file" / "out")


@pytest.mark.parametrize("out", [".", "..", "../here"])
def test_the_folder_one_is_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    """A run moves into its place whole, which would take the current folder away."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match="is the folder you are in"):
        check_free(Path(out), force=True)
    assert ["here"] == names(tmp_path)


def test_a_package_that_is_absent_has_no_version() -> None:
    """The version is None where the distribution is not installed."""
    assert {"numpy": np.__version__, "no-such-thing": None} == installed_versions(("numpy", "no-such-thing"))


@pytest.fixture(autouse=True)
def _nothing_hidden_left(tmp_path: Path) -> Iterator[None]:
    """No test leaves a temporary folder behind."""
    yield
    assert [] == [name for name in names(tmp_path) if name.startswith(".")]
