"""Rows -> a table on stdout, by rich, or a block of lines for each row."""

from __future__ import annotations

import math
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

_NO_TERMINAL = 240  # columns where stdout is a file or a pipe
_INDENT = "  "


def terminal_width() -> int:
    """Return the columns of the terminal; many where stdout is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _NO_TERMINAL


def print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a table; numbers to three decimals, NaN as a dash. Wide where stdout is no terminal."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        print("(no rows)")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in rows[0]:
        number = all(isinstance(row[name], int | float) and not isinstance(row[name], bool) for row in rows)
        table.add_column(str(name), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(_shown(value)) for value in row.values()))
    console = Console() if sys.stdout.isatty() else Console(width=_NO_TERMINAL)
    console.print(table)


def print_blocks(rows: Sequence[Mapping[str, Any]], *, width: int) -> None:
    """Print each row as a block: its first value, then a line for each other that is not empty, folded to ``width``."""
    for row in rows:
        (_, head), *others = row.items()
        print(head)
        names = max((len(name) for name, _ in others), default=0) + len(": ")
        for name, value in others:
            if value:
                first = f"{_INDENT}{name.replace('_', ' ') + ':':<{names}}"
                print(textwrap.fill(_shown(value), width, initial_indent=first, subsequent_indent=" " * len(first)))
        print()


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
