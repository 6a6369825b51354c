"""Progress bars only where someone watches, else a line now and then; tables that a person can read."""

from __future__ import annotations

import io
import math
import sys

import pytest

from adscreen.cli.printing import print_rows
from adscreen.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is."""
        return True


def test_bars_go_to_a_terminal_on_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal the bar has its name and count, on stderr, and stdout stays empty."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with Progress() as progress:
        advance = progress.task("Reading", 3)
        advance(1)
        advance(2)
    assert "Reading" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()
    assert "" == capsys.readouterr().out


@pytest.mark.parametrize(("shown", "stream"), [(True, io.StringIO), (False, Terminal)])
def test_bars_are_off_in_a_pipe_and_when_quiet(
    monkeypatch: pytest.MonkeyPatch, shown: bool, stream: type[io.StringIO]
) -> None:
    """Where stderr is no terminal, or quiet was asked for, nothing is written."""
    written = stream()
    monkeypatch.setattr(sys, "stderr", written)
    with Progress(shown=shown) as progress:
        progress.task("Reading", 3)(3)
    assert "" == written.getvalue()


def test_a_long_step_prints_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stderr is no terminal, one line each time that ten seconds have passed; none for a short step."""
    times = iter([0, 1, 9, 10, 12, 19.9, 20.5, 40, 40, 41])
    progress = Progress(clock=lambda: float(next(times)))
    advance = progress.task("Scoring", 8)
    for _ in range(7):
        advance(1)
    advance_short = progress.task("Reading", 1)
    advance_short(1)
    assert ["Scoring: 3 of 8", "Scoring: 6 of 8", "Scoring: 7 of 8"] == capsys.readouterr().err.splitlines()


def test_a_table_shows_three_decimals_and_a_dash_for_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """Floats have three decimals, whole numbers none; NaN and None are a dash."""
    print_rows([{"name": "auc", "value": 0.91249, "n": 12}, {"name": None, "value": math.nan, "n": 3}])
    header, _, first, second = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert ["name", "value", "n"] == header
    assert (["auc", "0.912", "12"], ["–", "–", "3"]) == (first, second)


def test_a_cell_is_not_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets in an id or a reason are printed as they are."""
    print_rows([{"id": "[red]S1[/red]", "reason": "[/]"}])
    assert ["[red]S1[/red]", "[/]"] in [line.split() for line in capsys.readouterr().out.splitlines()]


def test_a_long_cell_is_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stdout is no terminal a long reason stands on one line, for grep."""
    reason = "row 3 names a transcript that is not there " * 4
    print_rows([{"id": "S1", "reason": reason.strip()}])
    assert any(reason.strip() in line for line in capsys.readouterr().out.splitlines())


def test_no_rows_are_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty table prints that it is empty."""
    print_rows([])
    assert "(no rows)\n" == capsys.readouterr().out
