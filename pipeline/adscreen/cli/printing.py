"""Rows -> a table on stdout, by rich."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any


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
    console = Console()
    if not sys.stdout.isatty():
        console = Console(width=240)
    console.print(table)


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
