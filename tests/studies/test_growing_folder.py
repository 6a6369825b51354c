"""A folder that grows is old or new and never between, however its writer ends; and has one writer at a time."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adscreen import writing
from adscreen.errors import InputError
from adscreen.studies import growing_folder as module
from adscreen.studies.growing_folder import growing_folder

ROOT = Path(__file__).resolve().parents[2]
GROW = """
import sys, time
from pathlib import Path
from adscreen.studies.growing_folder import growing_folder
out, state, hold = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
with growing_folder(out) as fresh:
    print("begun", flush=True)
    for number in range(40):
        (fresh / f"page{number}.html").write_text(state)
    (fresh / "run.json").write_text(state)
    time.sleep(hold)
"""


def grow(out: Path, state: str) -> None:
    """Write a next state of forty pages and run.json."""
    with growing_folder(out) as fresh:
        for number in range(40):
            (fresh / f"page{number}.html").write_text(state)
        (fresh / "run.json").write_text(state)


def states(out: Path) -> set[str]:
    """Return the states that the files of a folder belong to, and check that none is missing."""
    files = list(out.iterdir())
    assert 41 == len(files)
    return {file.read_text() for file in files}


def start(out: Path, state: str, *, hold: float = 0.0) -> subprocess.Popen[str]:
    """Start a process that writes a next state, and holds the folder for a while before it is put in its place."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "pipeline")}
    command = [sys.executable, "-c", GROW, str(out), state, str(hold)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "begun\n" == process.stdout.readline(), process.stderr and process.stderr.read()
    return process


def end(process: subprocess.Popen[str]) -> None:
    """End a process as kill -9 does."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_the_next_state_takes_the_place_of_the_last(tmp_path: Path) -> None:
    """Nothing is left beside it; a block that writes nothing changes nothing."""
    grow(tmp_path / "scores", "one")
    grow(tmp_path / "scores", "two")
    with growing_folder(tmp_path / "scores"):
        pass
    assert {"two"} == states(tmp_path / "scores")
    assert ["scores"] == [path.name for path in tmp_path.iterdir()]


def test_an_error_leaves_the_last_state(tmp_path: Path) -> None:
    """What was written so far is removed."""
    grow(tmp_path / "scores", "one")

    def fail() -> None:
        with growing_folder(tmp_path / "scores") as fresh:
            (fresh / "run.json").write_text("two")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert {"one"} == states(tmp_path / "scores")
    assert ["scores"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("moment", range(8))
def test_a_killed_writer_leaves_one_whole_state(tmp_path: Path, moment: int) -> None:
    """Killed at some moment of writing or moving, it leaves the old state or the new; the next writer clears up."""
    out = tmp_path / "scores"
    grow(out, "one")
    process = start(out, "two")
    time.sleep(moment * 0.004)
    end(process)
    assert states(out) in ({"one"}, {"two"})
    grow(out, "three")
    assert {"three"} == states(out)
    assert ["scores"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("at", ["first move", "second move"])
def test_a_writer_killed_between_two_moves_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Where the system cannot exchange folders, the next writer finds the new state, or the old one, and goes on."""

    class Killed(BaseException):
        """Stands for the end of the process: nothing of it is cleaned up."""

    out = tmp_path / "scores"
    grow(out, "one")
    moves: list[str] = []
    move = Path.replace

    def replace(self: Path, target: Path) -> Path:
        moves.append(self.name)
        if len(moves) == ["first move", "second move"].index(at) + 1:
            raise Killed
        return move(self, target)

    monkeypatch.setattr(writing, "exchange", lambda *_: False)
    with monkeypatch.context() as killing:
        killing.setattr(Path, "replace", replace)
        killing.setattr(module.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(Killed):
            grow(out, "two")
    assert (at == "second move") != out.exists()
    with growing_folder(out):
        pass
    assert [{"one"}, {"two"}][at == "second move"] == states(out)
    grow(out, "three")
    assert {"three"} == states(out)
    assert ["scores"] == [path.name for path in tmp_path.iterdir()]


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    """The second one is refused by the first one's process and host; when the first has ended, it may write."""
    out = tmp_path / "scores"
    grow(out, "one")
    process = start(out, "two", hold=60)
    try:
        line = f"scores: process {process.pid} on {socket.gethostname()} is adding to this folder; run again when it"
        with pytest.raises(InputError, match=line):
            grow(out, "three")
        assert {"one"} == states(out)
    finally:
        end(process)
    grow(out, "three")
    assert {"three"} == states(out)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (lambda: "", False),
        (lambda: "not JSON", False),
        (lambda: json.dumps({"pid": 2**22 + 1, "host": socket.gethostname()}), False),
        (lambda: json.dumps({"pid": 1, "host": socket.gethostname()}), False),
        (lambda: json.dumps({"pid": 1, "host": "another.example"}), True),
    ],
    ids=["empty", "damaged", "ended process", "reused number", "another host"],
)
def test_a_lock_that_was_left_over_stops_nobody(tmp_path: Path, content: Callable[[], str], refused: bool) -> None:
    """The system knows whether its owner runs; only that of another machine is a question for the user."""
    (tmp_path / ".scores.lock").write_text(content())
    if refused:
        with pytest.raises(InputError, match=r"process 1 on another\.example .* delete \.scores\.lock"):
            grow(tmp_path / "scores", "one")
        return
    grow(tmp_path / "scores", "one")
    assert {"one"} == states(tmp_path / "scores")
