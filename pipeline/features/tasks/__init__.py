"""What speakers are asked to describe, as data: a task file lists the information units of a picture or story.

``cookie_theft.toml`` ships; its head explains the notation. A user's own file is read the same way, so a new picture
needs no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pipeline.features.tasks.file import CATEGORIES, Task, Unit, parse_task, read_task
from pipeline.features.tasks.pattern import Pattern, parse_pattern

__all__ = [
    "CATEGORIES",
    "Pattern",
    "Task",
    "Unit",
    "bundled_tasks",
    "find_task",
    "known_tasks",
    "parse_pattern",
    "parse_task",
    "read_task",
]

_BUNDLED = ("cookie_theft.toml",)


@cache
def bundled_tasks() -> tuple[Task, ...]:
    """Return the tasks that ship with the package."""
    folder = files(__package__)
    return tuple(parse_task(folder.joinpath(name).read_text(encoding="utf-8"), where=name) for name in _BUNDLED)


@cache
def known_tasks(definitions: tuple[str, ...] = ()) -> tuple[Task, ...]:
    """Return the tasks of these task files' texts, then those that ship.

    Raises:
        InputError: a text is no task.
    """
    return (*(parse_task(text, where="task file") for text in definitions), *bundled_tasks())


def find_task(name: str | None, tasks: Sequence[Task]) -> Task | None:
    """Return the first task that goes by a transcript's ``task``, None where there is none.

    Case, spaces and punctuation do not count: ``cookie``, ``Cookie_Theft`` and ``cookie-theft`` are one name.
    """
    return next((task for task in tasks if task.goes_by(name)), None) if name else None
