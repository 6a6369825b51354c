"""The application that command modules add their commands to.

A parameter whose type is a record of options (a dataclass of ``options.py``) stands for the record's fields: each is an
option of the command, and the command gets the record. So options that several commands have are declared once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import wraps
from typing import Any, TypeVar

import typer
from typer.core import TyperGroup

from adscreen.cli.panels import PanelCommand

COMMANDS = (  # as help lists them: along the line, then what stands beside it
    *(
        "demo",
        "manifest",
        "ingest",
        "features",
        "evaluate",
        "compare",
        "train",
        "score",
        "report",
        "lock",
        "validate",
        "audit",
    ),
    "power",
    *("simulate", "formats", "perplexity", "pretrain", "models", "doctor"),
)
Function = TypeVar("Function", bound=Callable[..., None])


class _Ordered(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order of the line; one the list lacks comes last."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: COMMANDS.index(name) if name in COMMANDS else len(COMMANDS))


app = typer.Typer(
    cls=_Ordered,
    name="adscreen",
    help="Screen transcripts of spontaneous speech for early signs of Alzheimer's disease. Research use only.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

models = typer.Typer(help="List, fetch and verify biLMs.", rich_markup_mode=None)
app.add_typer(models, name="models")


def command(name: str | None = None, *, group: typer.Typer = app) -> Callable[[Function], Function]:
    """Return a decorator that adds a function to ``group`` as a command, under its own name unless one is given."""

    def add(function: Function) -> Function:
        group.command(name, cls=PanelCommand)(_flattened(function))
        return function

    return add


def _flattened(function: Callable[..., None]) -> Callable[..., None]:
    """Return the function with the fields of its records of options as parameters of its own."""

    @wraps(function)
    def run(**values: Any) -> None:
        _call(function, values)

    parameters = list(_parameters(function))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameters(function: Callable[..., Any]) -> Iterator[inspect.Parameter]:
    """Yield the parameters of a function or a record, those of the records among them in their place."""
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        if _is_record(parameter.annotation):
            yield from _parameters(parameter.annotation)
        else:
            yield parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _call(function: Callable[..., Any], values: Mapping[str, Any]) -> Any:
    """Call a function, or make a record, with the values of its parameters."""
    arguments = {}
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        kind = parameter.annotation
        arguments[name] = _call(kind, values) if _is_record(kind) else values[name]
    return function(**arguments)


def _is_record(kind: object) -> bool:
    return isinstance(kind, type) and is_dataclass(kind)
