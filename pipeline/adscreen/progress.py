"""Progress bars on stderr, by rich, where stderr is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
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


HIDDEN = Progress(shown=False)
