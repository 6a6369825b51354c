"""Score rows of a folder that grows -> its pages: those that are as they were are taken over, the others laid out.

A page depends on its report, on its neighbours in the list and on the other visits of its subject. A page that is taken
over is a link to the same file (a copy where the disk has no links), so it costs nothing and is never written into.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adscreen.report.recording.pages import add_visits, page_name, render_recording, stream_index, write_page
from adscreen.report.templating import INDEX
from adscreen.scoring.recording_report import RecordingReport, ScoreRow


@dataclass(frozen=True, slots=True)
class Listed:
    """One recording of the folder: its row, what returns its report, and whether the row is new."""

    row: ScoreRow
    report: Callable[[], RecordingReport]
    fresh: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The recordings of the folder before and now, in order, and the subjects of which one has changed."""

    before: Sequence[str]
    now: Sequence[str]
    touched: frozenset[str]


def write_growing_pages(
    listed: Iterable[Listed],
    folder: Path,
    *,
    earlier: Path,
    neighbours: Neighbours,
    model: dict[str, Any],
    positive_label: str,
    negative_label: str,
    render: Callable[..., str] = render_recording,
) -> Path:
    """Write the pages of a folder and its index; return the index's path.

    ``earlier`` is the folder with the pages as they were, which may be missing. Only score rows are kept in memory.

    Raises:
        InputError: the folder cannot be written.
    """
    before, now = _beside(neighbours.before), _beside(neighbours.now)
    rows: list[ScoreRow] = []
    pages: dict[str, str] = {}
    laid_out: set[str] = set()
    synthetic = False
    for one in listed:
        name = one.row.recording_id
        pages[name] = page_name(name)
        same = not one.fresh and one.row.subject_id not in neighbours.touched and before.get(name) == now[name]
        if not (same and _take_over(earlier / pages[name], folder / pages[name])):
            previous, following = (place and page_name(place) for place in now[name])
            write_page(folder / pages[name], [render(one.report(), previous=previous, next=following)])
            laid_out.add(name)
        rows.append(one.row)
        synthetic = synthetic or one.synthetic
    add_visits(rows, pages, folder, only=laid_out)
    labels = {"positive_label": positive_label, "negative_label": negative_label}
    write_page(folder / INDEX, stream_index(rows, pages, model=model, synthetic=synthetic, **labels))
    return folder / INDEX


def _beside(names: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """Return the names before and after each."""
    around = [None, *names, None]
    return {name: (around[number], around[number + 2]) for number, name in enumerate(names)}


def _take_over(page: Path, place: Path) -> bool:
    """Put a page that is there into its place; return whether it was there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(page, place)
    except FileNotFoundError:
        return False
    except OSError:
        shutil.copyfile(page, place)
    return True
