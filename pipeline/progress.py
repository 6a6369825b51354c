"""Progress bars on stderr and tables on stdout, by rich; bars only where stderr is a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

Advance = Callable[[int], None]


class Progress:
    """A set of progress bars, shown as a context; hidden ones cost nothing."""

    def __init__(self, *, shown: bool = True) -> None:
        self._shown = shown and sys.stderr.isatty()
        self._bars: Any = None

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bars = Bars(*columns, console=Console(stderr=True))
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def task(self, name: str, total: int) -> Advance:
        """Add a bar; return what moves it on by a count."""
        if self._bars is None:
            return lambda count: None
        number = self._bars.add_task(name, total=total)
        return lambda count: self._bars.advance(number, count)


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
