"""The application that command modules add their commands to."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = (  # as help lists them: along the line, then what stands beside it
    *("demo", "manifest", "ingest", "features", "evaluate", "compare", "train", "score", "report", "audit", "simulate"),
    *("perplexity", "pretrain", "models", "doctor"),
)


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
