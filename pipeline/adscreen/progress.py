"""Progress bars on stderr, by rich, where stderr is a terminal; and notes, wherever it leads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

Advance = Callable[[int], None]


class Progress:
    """A set of progress bars, shown as a context; hidden ones cost nothing."""

    def __init__(self, *, shown: bool = True, wording: Callable[[str], str] = str) -> None:
        """Show bars, and print notes as ``wording`` puts them."""
        self._spoken = shown
        self._wording = wording
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

    def notes(self, lines: Iterable[str]) -> None:
        """Print sentences about the run on stderr, also where that is no terminal; a hidden set prints nothing."""
        for line in lines if self._spoken else ():
            print(f"Note: {self._wording(line)}", file=sys.stderr)

    def task(self, name: str, total: int) -> Advance:
        """Add a bar; return what moves it on by a count."""
        if self._bars is None:
            return lambda count: None
        number = self._bars.add_task(name, total=total)
        return lambda count: self._bars.advance(number, count)


HIDDEN = Progress(shown=False)
