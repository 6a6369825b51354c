"""The command line: each command parses, makes one library call, and turns a typed error into one line.

Everything heavy is imported inside the commands, so that ``--help`` and usage errors answer at once.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from typing import Annotated, Any, NoReturn

import typer

from adscreen.cli import (  # noqa: F401
    cohort_commands,
    language_model_commands,
    lock_command,
    manifest_command,
    model_commands,
    planning_commands,
    score_commands,
    setup_commands,
    validation_commands,
)
from adscreen.cli.app import app
from adscreen.cli.flags import in_flags, with_flags
from adscreen.errors import InputError
from adscreen.version import __version__

_MOST_DETAILS = 20
_INTERRUPTED = 130  # 128 + SIGINT, as shells have it

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line and exit.

    The status is 0 on success, 3 where it is done but recordings have no result, 2 on bad input, 130 when interrupted,
    1 on a fault of our own or where memory ran out.
    """
    _write_any_letter()
    try:
        status = app(prog_name="adscreen", standalone_mode=False)
    except InputError as error:
        _fail(in_flags(error), details=[with_flags(detail) for detail in error.details])
    except typer.TyperException as error:
        _fail(_usage_line(error))
    except (typer.Abort, KeyboardInterrupt):
        status = _INTERRUPTED
    except BrokenExecutor:
        _fail("a process was ended from outside, most likely because memory ran out; use fewer --jobs", status=1)
    except MemoryError:
        _fail("memory ran out; use fewer --jobs, or a machine with more memory", status=1)
    if status == _INTERRUPTED:  # as Typer answers Ctrl-C
        _fail("interrupted", status=_INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


def _write_any_letter() -> None:
    """Let output of any encoding hold every letter: what the encoding lacks is written as ``\\u0142``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _usage_line(error: Any) -> str:
    """Return a usage error as one line that names the command's help."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    return f"{' '.join(message.split()).rstrip('.')}; see {context.command_path if context else 'adscreen'} --help"


def _fail(line: str, *, status: int = 2, details: Sequence[str] = ()) -> NoReturn:
    """Print the line of an error, then its details, one on each line and at most ``_MOST_DETAILS``; exit."""
    print(f"adscreen: {' '.join(line.split())}", file=sys.stderr)
    for detail in details[:_MOST_DETAILS]:
        print(f"  {' '.join(detail.split())}", file=sys.stderr)
    if len(details) > _MOST_DETAILS:
        print(f"  ... and {len(details) - _MOST_DETAILS} more", file=sys.stderr)
    sys.exit(status)


def _version(value: bool) -> None:
    if value:
        print(f"adscreen {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())
