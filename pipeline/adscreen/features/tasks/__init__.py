"""What speakers are asked to describe, as data: a task file lists the information units of a picture or story.

``cookie_theft.toml`` ships; its head explains the notation. A user's own file is read the same way, so a new picture
needs no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from adscreen.errors import InputError
from adscreen.features.tasks.pattern import Pattern, parse_pattern
from adscreen.features.tasks.task_file import CATEGORIES, Task, Unit, parse_task, read_task
from adscreen.language import ENGLISH, Language

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
    "read_tasks",
]

_BUNDLED = ("cookie_theft.toml",)


@cache
def bundled_tasks() -> tuple[Task, ...]:
    """Return the tasks that ship with the package."""
    folder = files(__package__)
    return tuple(parse_task(folder.joinpath(name).read_text(encoding="utf-8"), where=name) for name in _BUNDLED)


@cache
def known_tasks(definitions: tuple[str, ...] = (), *, language: Language = ENGLISH) -> tuple[Task, ...]:
    """Return the tasks of these task files' texts, then, for English, those that ship.

    Raises:
        InputError: a text is no task.
    """
    own = (parse_task(text, where="task file", language=language) for text in definitions)
    return (*own, *(bundled_tasks() if language.is_english else ()))


def read_tasks(paths: Sequence[Path], *, language: Language = ENGLISH) -> tuple[Task, ...]:
    """Return the tasks of a user's files, then, for English, those that ship.

    Raises:
        InputError: a file is missing or is no task file, or two go by one name.
    """
    own = [read_task(path, language=language) for path in paths]
    for number, task in enumerate(own):
        other = next((path for path, known in zip(paths, own[:number], strict=False) if known.goes_by(task.name)), None)
        if other is not None:
            remedy = "give one of them, or another name"
            raise InputError(f"{other.name} is for {task.name} too", where=str(paths[number]), remedy=remedy)
    return known_tasks(tuple(task.definition for task in own), language=language)


def find_task(name: str | None, tasks: Sequence[Task]) -> Task | None:
    """Return the first task that goes by a transcript's ``task``, None where there is none.

    Case, spaces and punctuation do not count: ``cookie``, ``Cookie_Theft`` and ``cookie-theft`` are one name.
    """
    return next((task for task in tasks if task.goes_by(name)), None) if name else None
