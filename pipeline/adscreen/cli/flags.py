"""An error of the library -> a line that names options: ``where=`` becomes ``--where``."""

from __future__ import annotations

import re
from typing import Any

import typer

from adscreen.cli.app import app
from adscreen.errors import InputError

PARAMETER = re.compile(r"(?<![\w-])([a-z][a-z0-9_]*)=(?=[\s,;:.)]|$)")  # a parameter that an error of the library names
OTHER_NAMES = {
    "blocks": "--block",
    "engine": "--elmo-engine",
    "minimum_words": "--min-words",
    "parser": "--spacy-model",
    "python": "--allennlp-python",
}


def in_flags(error: InputError) -> str:
    """Return an error of the library as a line, with parameters written as options; other words with ``=`` stay."""
    line = str(error)
    if error.where.endswith("="):
        line = f"{error.where}{line.removeprefix(error.where.removesuffix('='))}"
    return with_flags(line)


def with_flags(line: str) -> str:
    """Return a line of the library with parameters written as options."""
    names = option_names() | OTHER_NAMES
    return PARAMETER.sub(lambda match: names.get(match[1], match[0]), line)


def option_names(group: Any = None) -> dict[str, str]:
    """Return the options of all commands, each by the name of its parameter."""
    names: dict[str, str] = {}
    root: Any = group or typer.main.get_command(app)
    for command in root.commands.values():
        if hasattr(command, "commands"):
            names |= option_names(command)
        options = [(parameter.name, flag) for parameter in command.params for flag in parameter.opts]
        names |= {name: flag for name, flag in options if flag.startswith("--")}
    return names
