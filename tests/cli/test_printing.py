"""Rows on a terminal: a table where it is wide, blocks of lines where it is narrow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.cli import options, printing

ROWS = [
    {"name": "Otter", "choose": "Export, then text with speaker names.", "not_read": ""},
    {"name": "Rev", "choose": "Word.", "not_read": "Clock times."},
]


def test_a_block_shows_each_value_under_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The first value heads the block; the others are aligned and folded; an empty one has no line."""
    printing.print_blocks(ROWS, width=40)
    expected = """\
Otter
  choose:   Export, then text with
            speaker names.

Rev
  choose:   Word.
  not read: Clock times.

"""
    assert expected == capsys.readouterr().out


@pytest.mark.parametrize(("width", "shown"), [(options.WIDE - 1, "blocks"), (options.WIDE, "table")])
def test_long_texts_fit_the_terminal(
    width: int, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From WIDE columns on there is a table with one head; below, every row names its values."""
    monkeypatch.setattr(printing, "terminal_width", lambda: width)
    options.print_records(ROWS)
    out = capsys.readouterr().out
    assert {"blocks": 2, "table": 1}[shown] == out.count("choose")


def test_a_pipe_gets_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stdout is no terminal its width is unknown, and what reads it can take long lines."""
    options.print_records(ROWS)
    assert 1 == capsys.readouterr().out.count("not_read")


@settings(max_examples=50)
@given(st.text("ab ", min_size=1, max_size=300).filter(str.strip), st.integers(30, 90))
def test_a_block_keeps_every_word_and_stays_narrow(text: str, width: int) -> None:
    """Folding loses no letter and writes no line wider than the terminal."""
    import io
    from contextlib import redirect_stdout

    with redirect_stdout(io.StringIO()) as out:
        printing.print_blocks([{"name": "x", "choose": text}], width=width)
    body = out.getvalue().splitlines()[1:]
    assert text.replace(" ", "") == "".join(body).removeprefix("  choose:").replace(" ", "")
    assert all(len(line) <= width for line in body)
