"""Progress on stderr: bars by rich on a terminal, else now and then a line; and notes, wherever it leads."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

PAUSE = 10.0  # seconds between two lines where there is no terminal
Advance = Callable[[int], None]


class Progress:
    """A set of progress bars, shown as a context; hidden ones cost nothing.

    Where stderr is no terminal, a step that takes longer than PAUSE seconds prints a line each time they have passed.
    """

    def __init__(
        self,
        *,
        shown: bool = True,
        wording: Callable[[str], str] = str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Show bars, and print notes as ``wording`` puts them; ``clock`` gives the time in seconds."""
        self._clock = clock
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
            return self._print_now_and_then(name, total) if self._spoken else lambda count: None
        number = self._bars.add_task(name, total=total)
        return lambda count: self._bars.advance(number, count)

    def _print_now_and_then(self, name: str, total: int) -> Advance:
        """Return what prints how far a step is, when PAUSE seconds have passed since its start or the last line."""
        done, last = 0, self._clock()

        def advance(count: int) -> None:
            nonlocal done, last
            done += count
            now = self._clock()
            if now - last >= PAUSE and done < total:
                last = now
                print(f"{name}: {done} of {total}", file=sys.stderr, flush=True)

        return advance


HIDDEN = Progress(shown=False)
